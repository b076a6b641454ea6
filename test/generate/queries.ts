import { EVERYTHING } from "../../src/query/filter.js";
import { parseFilter } from "../../src/query/filter-parser.js";
import type { Having } from "../../src/query/having.js";
import { parseKeys } from "../../src/query/keys.js";
import { type Metric, metricFields } from "../../src/query/metric.js";
import {
  type Bin,
  type Key,
  keyFields,
  type Query,
  RANK_METRICS,
  type SortTerm,
  type Window,
} from "../../src/query/query.js";
import type { ReferenceWhich } from "../reference/answer.js";
import { referenceKind, referenceMax } from "../reference/fields.js";
import { neededFields, passes } from "../reference/filter.js";
import type { ReferenceRecord } from "../reference/reader.js";
import { randomFilter } from "./filters.js";
import type { Random } from "./random.js";

/** A question, and what the reference must know of it besides. */
export interface RandomQuery {
  query: Query;
  which: ReferenceWhich;
}

const keyTexts = [
  ..."srcaddr dstaddr/24 srcaddr/8/32 srcaddr/48 dstaddr/0/0 pkt_srcaddr addr addr/16 addr,dstport pair 5tuple".split(
    " ",
  ),
  ..."srcport dstport,protocol action interface_id log_status bytes packets,srcaddr start tcp_flags".split(" "),
  ..."instance_tag region,az_id".split(" "),
];
const zones = ["Europe/Berlin", "America/Sao_Paulo", "Asia/Kolkata", "Pacific/Apia", "Africa/Casablanca", "Etc/UTC"];
/** When the records of random logs mostly start. */
const firstDay = 1_735_689_600;
const daySec = 86_400;
const mostBins = 500;

/** A question about the fields of a log that can be answered, or null where there is none of the kind that was picked. */
export function randomQuery(
  records: readonly ReferenceRecord[],
  fields: readonly string[],
  random: Random,
): RandomQuery | null {
  const { text, asked } = randomFilter(records, random, 2);
  const needs = neededFields(asked);
  const canFilter = random.chance(0.4) && needs.every((field) => fields.includes(field));
  const filter = canFilter ? parseFilter({ text, path: null }, { now: 0, zone: { offsetMinutes: 0 } }) : EVERYTHING;
  const which: ReferenceWhich = canFilter
    ? { passes: (record) => passes(asked, record), needs, fields }
    : { passes: () => true, needs: [], fields };
  const has = (names: readonly string[]) => names.every((name) => fields.includes(name));
  const window: Window = {
    since: has(["start"]) && random.chance(0.2) ? firstDay + random.int(-1, daySec) : null,
    until: has(["start"]) && random.chance(0.2) ? firstDay + daySec + random.int(0, 7200) : null,
  };
  const keys = randomKeys(random);
  if (!keys.every((key) => has(keyFields(key)))) return null;
  const limit = random.pick([0, 1, 3, 10]);
  const ranks = RANK_METRICS.filter((name) => name === "flows" || fields.includes(name));
  const metric = random.chance(0.3) ? null : random.pick(ranks);

  switch (random.pick(["top-talkers", "aggregate", "aggregate", "timeline"] as const)) {
    case "top-talkers":
      if (keys.length === 0) return null;
      return {
        query: { command: "top-talkers", filter, window, keys, metric, limit, bottom: random.chance(0.3) },
        which,
      };
    case "aggregate": {
      const metrics = randomMetrics(fields, random);
      const having = metrics.length === 0 || random.chance(0.6) ? null : randomHaving(metrics, random, 2);
      const sort = random.chance(0.4) ? randomSort(keys, metrics, random) : [];
      const shown = metrics.length === 0 || random.chance(0.2) ? null : metrics;
      return { query: { command: "aggregate", filter, window, keys, metrics: shown, having, sort, limit }, which };
    }
    case "timeline": {
      const series = keys.filter(({ kind }) => kind !== "time");
      if (!has(["start"])) return null;
      const [first, last] = spanOf(records, false);
      const isFar = last - first > mostBins * daySec || last > 2 ** 40;
      const near = isFar ? { since: window.since ?? firstDay, until: window.until ?? firstDay + daySec } : window;
      const [, stop] = spanOf(records, true);
      const spread = !isFar && stop - first <= mostBins * daySec && random.chance(0.5);
      const covered = Math.max(daySec, isFar ? 0 : (spread ? stop : last) - first);
      const all = [1, 60, 300, 3600, 25_000, 7 * 3600, daySec];
      const bin = randomBin(
        random,
        all.filter((seconds) => seconds === daySec || covered / seconds < mostBins),
      );
      return { query: { command: "timeline", filter, window: near, bin, keys: series, metric, spread, limit }, which };
    }
  }
}

function randomKeys(random: Random): Key[] {
  if (random.chance(0.15)) return [];
  const time: Key = { kind: "time", name: "time", bin: randomBin(random, [60, 3600, 25_000, daySec]) };
  if (random.chance(0.15)) return [time];
  if (random.chance(0.15)) return [{ kind: "service", name: "service" }];
  const keys = parseKeys(random.pick(keyTexts));
  return random.chance(0.15) ? [time, ...keys] : keys;
}

function randomBin(random: Random, seconds: readonly number[]): Bin {
  const zone = random.chance(0.4)
    ? { offsetMinutes: random.pick([0, 0, 330, -225, 60, -1425]) }
    : random.chance(0.5)
      ? { offsetMinutes: 0 }
      : { name: random.pick(zones) };
  return { seconds: random.pick(seconds), zone };
}

/** From the first start of the flows to their last, or last end. */
function spanOf(records: readonly ReferenceRecord[], withEnd: boolean): [number, number] {
  const numbers = (field: string) =>
    records
      .filter(({ status }) => status === "flow")
      .map(({ values }) => values.get(field))
      .filter((value) => typeof value === "bigint")
      .map(Number);
  const starts = numbers("start");
  if (starts.length === 0) return [0, 0];
  return [Math.min(...starts), Math.max(...starts, ...(withEnd ? numbers("end") : []))];
}

function randomMetrics(fields: readonly string[], random: Random): Metric[] {
  const numbers = fields.filter((field) => referenceMax(referenceKind(field)) !== null);
  const known = fields.filter((field) => referenceKind(field) !== "text" || field === "action");
  const metrics = Array.from({ length: random.int(1, 5) }, (): Metric => {
    if (random.chance(0.4) || numbers.length === 0 || known.length === 0) {
      const kind = random.pick(["flows", "first", "last", "duration", "bps", "pps", "bpp"] as const);
      return { kind, name: kind };
    }
    const kind = random.pick(["sum", "min", "max", "avg", "distinct"] as const);
    const field = random.pick(kind === "distinct" ? known : numbers);
    return { kind, name: kind === "sum" && field === "bytes" ? "bytes" : `${kind}_${field}`, field };
  });
  const named = new Map(metrics.map((metric) => [metric.name, metric]));
  return [...named.values()].filter((metric) => metricFields(metric).every((field) => fields.includes(field)));
}

function randomHaving(metrics: readonly Metric[], random: Random, depth: number): Having {
  if (depth > 0 && random.chance(0.4)) {
    if (random.chance(0.3)) return { op: "not", term: randomHaving(metrics, random, depth - 1) };
    const terms = Array.from({ length: 2 }, () => randomHaving(metrics, random, depth - 1));
    return { op: random.pick(["and", "or"]), terms };
  }
  const metric = random.pick(metrics);
  if (random.chance(0.15)) return { op: "null", metric };
  const is = random.pick(["=", "!=", "<", "<=", ">", ">="] as const);
  const value = random.pick([
    "0",
    "1",
    "2",
    "0.5",
    "1.0",
    "1000",
    "1735700000",
    "18446744073709551615",
    `1${"0".repeat(50)}`,
  ]);
  return { op: "compare", metric, is, value };
}

function randomSort(keys: readonly Key[], metrics: readonly Metric[], random: Random): SortTerm[] {
  const terms: SortTerm[] = [
    ...keys.map(({ name }): SortTerm => ({ by: "key", name, descending: random.chance(0.5) })),
    ...metrics.map((metric): SortTerm => ({ by: "metric", metric, descending: random.chance(0.5) })),
  ];
  return random.shuffle(terms).slice(0, random.int(0, 3));
}
