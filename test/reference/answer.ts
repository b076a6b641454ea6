import type { Having } from "../../src/query/having.js";
import type { Metric } from "../../src/query/metric.js";
import type { Key, Query, RankMetric, SortTerm, TimelineQuery } from "../../src/query/query.js";
import { protocolName } from "../../src/record/protocols.js";
import { serviceName } from "../../src/record/services.js";
import { referenceBin } from "./bin.js";
import { referenceKind } from "./fields.js";
import type { ReferenceRecord } from "./reader.js";
import { compareValues, keyValue, protocolsWithPorts, spell } from "./talkers.js";
import type { ReferenceValue } from "./value.js";

/** What the reference must know of a question besides its Query, whose filter it does not read. */
export interface ReferenceWhich {
  passes: (record: ReferenceRecord) => boolean;
  /** Fields that the filter reads: a flow whose layout lacks one is unanswerable. */
  needs: readonly string[];
  /** The fields that the log carries, in any of its layouts. */
  fields: readonly string[];
}

export interface ReferenceTable {
  columns: string[];
  /** Times in epoch seconds; quotients as text with 4 decimals; every other number as bigint. */
  rows: ReferenceValue[][];
  matched: number;
  unanswerable: number;
}

interface Group {
  keys: ReferenceValue[];
  flows: ReferenceRecord[];
}

/** The rows of any question, found by keeping every flow of every group. */
export function referenceAnswer(
  query: Query,
  records: readonly ReferenceRecord[],
  which: ReferenceWhich,
): ReferenceTable {
  const { fields } = which;
  const flows = records.filter(({ status }) => status === "flow");
  const needed = [...which.needs, ...neededFields(query)];
  const answerable = flows.filter(({ values }) => needed.every((name) => values.has(name)));
  const matched = answerable.filter((record) => isInWindow(record, query) && which.passes(record));
  const counts = { matched: matched.length, unanswerable: flows.length - answerable.length };
  const keyNames = query.keys.map(({ name }) => name);
  if (query.command === "timeline") {
    const columns = ["time", ...keyNames, "bytes", "packets", "flows"];
    return { columns, rows: timelineRows(query, matched, fields), ...counts };
  }

  const shown = shownMetrics(query);
  const having = query.command === "aggregate" ? query.having : null;
  const kept = groupsOf(matched, query.keys).filter((group) => having === null || holds(having, group, fields));
  kept.sort((a, b) => compareGroups(a, b, sortTerms(query, fields), query.keys, fields));
  return {
    columns: [
      ...keyNames.map((key) => (shown.some(({ name }) => name === key) ? `${key}_key` : key)),
      ...shown.map(({ name }) => name),
    ],
    rows: kept
      .slice(0, query.limit === 0 ? kept.length : query.limit)
      .map((group) => [...group.keys, ...shown.map((metric) => shownValue(metric, group, fields))]),
    ...counts,
  };
}

// ── which flows ─────────────────────────────────────────────────────────────────────────────────────────────────────

function neededFields(query: Query): string[] {
  const time = query.command === "timeline" || query.window.since !== null || query.window.until !== null;
  const metrics =
    query.command === "aggregate"
      ? [
          ...(query.metrics ?? []),
          ...(query.having === null ? [] : metricsOf(query.having)),
          ...sortMetrics(query.sort),
        ]
      : query.metric === null
        ? []
        : [rankedBy(query.metric)];
  return [...(time ? ["start"] : []), ...query.keys.flatMap(fieldsOfKey), ...metrics.flatMap(fieldsOfMetric)];
}

function fieldsOfKey(key: Key): string[] {
  if (key.kind === "field") return [key.field];
  if (key.kind === "time") return ["start"];
  return key.kind === "addr" ? ["srcaddr", "dstaddr"] : ["srcport", "dstport", "protocol"];
}

function fieldsOfMetric(metric: Metric): string[] {
  if ("field" in metric) return [metric.field];
  const of = { flows: [], first: ["start"], last: ["end"], bpp: ["bytes", "packets"] };
  const times = ["start", "end"];
  return { ...of, duration: times, bps: ["bytes", ...times], pps: ["packets", ...times] }[metric.kind];
}

function isInWindow({ values }: ReferenceRecord, { window: { since, until } }: Query): boolean {
  if (since === null && until === null) return true;
  const start = values.get("start");
  return typeof start === "bigint" && (since === null || start >= since) && (until === null || start < until);
}

// ── groups ──────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Without keys one group, of all flows. */
function groupsOf(matched: readonly ReferenceRecord[], keys: readonly Key[]): Group[] {
  if (keys.length === 0) return [{ keys: [], flows: [...matched] }];
  const groups = new Map<string, Group>();
  for (const flow of matched) {
    for (const [spelling, values] of keysOf(flow, keys)) {
      const group = groups.get(spelling) ?? { keys: values, flows: [] };
      groups.set(spelling, group);
      group.flows.push(flow);
    }
  }
  return [...groups.values()];
}

/** Every key of a flow, with its spelling: one, or with `addr` one for each of its addresses. */
function keysOf(flow: ReferenceRecord, keys: readonly Key[]): Map<string, ReferenceValue[]> {
  let all: ReferenceValue[][] = [[]];
  for (const key of keys) {
    const values = valuesOf(flow, key);
    all = all.flatMap((before) => values.map((value) => [...before, value]));
  }
  return new Map(all.map((values) => [spell(values), values]));
}

function valuesOf(flow: ReferenceRecord, key: Key): ReferenceValue[] {
  switch (key.kind) {
    case "field":
      return [keyValue(flow, key.field, { ...key, fields: [key.field] })];
    case "addr":
      return ["srcaddr", "dstaddr"].map((name) => keyValue(flow, name, { ...key, fields: [name] }));
    case "service":
      return [service(flow)];
    case "time": {
      const start = numberOf(flow, "start");
      return [start === null ? null : referenceBin(start, key.bin)[0]];
    }
  }
}

/** The port that sent the SYN-ACK, where TCP flags show one, else the lesser port; where there is none, the protocol. */
function service(flow: ReferenceRecord): ReferenceValue {
  const protocol = numberOf(flow, "protocol");
  if (protocol === null) return null;
  const ports = [numberOf(flow, "srcport"), numberOf(flow, "dstport")].filter((port) => port !== null);
  const port = ports.sort((a, b) => Number(a - b))[0];
  if (port === undefined || !protocolsWithPorts.includes(protocol)) return protocolName(Number(protocol));
  const isAnswer = protocol === 6n && ((numberOf(flow, "tcp_flags") ?? 0n) & 18n) === 18n;
  return serviceName(Number(protocol), Number((isAnswer ? numberOf(flow, "srcport") : null) ?? port));
}

/** Terms first, then keys. What is null comes last, whichever way is asked for. */
function compareGroups(
  a: Group,
  b: Group,
  terms: readonly SortTerm[],
  keys: readonly Key[],
  fields: readonly string[],
): number {
  const all: SortTerm[] = [...terms, ...keys.map(({ name }): SortTerm => ({ by: "key", name, descending: false }))];
  for (const term of all) {
    const at = term.by === "key" ? keys.findIndex(({ name }) => name === term.name) : -1;
    const [one, other] = [a, b].map((group) =>
      term.by === "key" ? (group.keys[at] ?? null) : metricOf(term.metric, group, fields),
    ) as [ReferenceValue, ReferenceValue];
    const order = compareValues(one, other, term.by === "key" && isAddress(keys[at] as Key));
    if (order !== 0) return one === null || other === null || !term.descending ? order : -order;
  }
  return 0;
}

function isAddress(key: Key): boolean {
  return key.kind === "addr" || (key.kind === "field" && referenceKind(key.field) === "address");
}

// ── metrics ─────────────────────────────────────────────────────────────────────────────────────────────────────────

function shownMetrics(query: Query): readonly Metric[] {
  const [flows, packets, bytes] = [rankedBy("flows"), rankedBy("packets"), rankedBy("bytes")];
  if (query.command === "aggregate") return query.metrics ?? [flows, packets, bytes];
  return [bytes, packets, flows];
}

function sortTerms(query: Query, fields: readonly string[]): SortTerm[] {
  if (query.command === "aggregate") {
    const [first] = shownMetrics(query);
    return query.sort.length > 0 ? query.sort : [{ by: "metric", metric: first as Metric, descending: true }];
  }
  const descending = query.command === "timeline" || !query.bottom;
  return [{ by: "metric", metric: rankedBy(query.metric ?? firstOf(fields)), descending }];
}

function rankedBy(name: RankMetric): Metric {
  return name === "flows" ? { kind: "flows", name } : { kind: "sum", name, field: name };
}

function firstOf(fields: readonly string[]): RankMetric {
  if (fields.includes("bytes")) return "bytes";
  return fields.includes("packets") ? "packets" : "flows";
}

function sortMetrics(sort: readonly SortTerm[]): Metric[] {
  return sort.flatMap((term) => (term.by === "metric" ? [term.metric] : []));
}

/** A metric as a whole number; a quotient in ten thousandths. */
function metricOf(metric: Metric, { flows }: Group, fields: readonly string[]): bigint | null {
  const column = (field: string) => flows.map((flow) => numberOf(flow, field)).filter((value) => value !== null);
  const sum = (field: string) => {
    if (!fields.includes(field) || (flows.length > 0 && column(field).length === 0)) return null;
    return column(field).reduce((soFar, value) => soFar + value, 0n);
  };
  const extreme = (field: string, sign: 1n | -1n) =>
    column(field).reduce<bigint | null>(
      (best, value) => (best === null || (value - best) * sign > 0n ? value : best),
      null,
    );
  const duration = () => {
    const [first, last] = [extreme("start", -1n), extreme("end", 1n)];
    return first === null || last === null ? null : last - first;
  };
  switch (metric.kind) {
    case "flows":
      return BigInt(flows.length);
    case "sum":
      return sum(metric.field);
    case "min":
      return extreme(metric.field, -1n);
    case "max":
      return extreme(metric.field, 1n);
    case "avg":
      return quotient(sum(metric.field), BigInt(column(metric.field).length));
    case "distinct": {
      const values = flows.map((flow) => keyValue(flow, metric.field, { fields: [metric.field], v4: null, v6: null }));
      return BigInt(new Set(values.filter((value) => value !== null)).size);
    }
    case "first":
      return extreme("start", -1n);
    case "last":
      return extreme("end", 1n);
    case "duration":
      return duration();
    case "bps":
      return quotient(times8(sum("bytes")), duration());
    case "pps":
      return quotient(sum("packets"), duration());
    case "bpp":
      return quotient(sum("bytes"), sum("packets"));
  }
}

const quotients = ["avg", "bps", "pps", "bpp"];

function shownValue(metric: Metric, group: Group, fields: readonly string[]): ReferenceValue {
  const value = metricOf(metric, group, fields);
  if (value === null || !quotients.includes(metric.kind)) return value;
  return `${value / 10_000n}.${String(value % 10_000n).padStart(4, "0")}`;
}

function times8(value: bigint | null): bigint | null {
  return value === null ? null : 8n * value;
}

/** In ten thousandths, a half rounded up. */
function quotient(dividend: bigint | null, divisor: bigint | null): bigint | null {
  if (dividend === null || divisor === null || divisor <= 0n) return null;
  const whole = (dividend * 10_000n) / divisor;
  return whole + (2n * (dividend * 10_000n - whole * divisor) >= divisor ? 1n : 0n);
}

function holds(having: Having, group: Group, fields: readonly string[]): boolean {
  switch (having.op) {
    case "and":
      return having.terms.every((term) => holds(term, group, fields));
    case "or":
      return having.terms.some((term) => holds(term, group, fields));
    case "not":
      return !holds(having.term, group, fields);
    case "null":
      return metricOf(having.metric, group, fields) === null;
    case "compare": {
      const value = metricOf(having.metric, group, fields);
      if (value === null) return false;
      const scaled = quotients.includes(having.metric.kind) ? value : value * 10_000n;
      const [whole = "", decimals = ""] = having.value.split(".");
      const wanted = BigInt(whole + decimals.padEnd(4, "0"));
      const order = scaled < wanted ? -1 : Number(scaled > wanted);
      return { "=": [0], "!=": [-1, 1], "<": [-1], "<=": [-1, 0], ">": [1], ">=": [0, 1] }[having.is].includes(order);
    }
  }
}

function metricsOf(having: Having): Metric[] {
  if ("terms" in having) return having.terms.flatMap(metricsOf);
  if (having.op === "not") return metricsOf(having.term);
  return [having.metric];
}

function numberOf({ values }: ReferenceRecord, field: string): bigint | null {
  const value = keyValue({ values } as ReferenceRecord, field, { fields: [field], v4: null, v6: null });
  return typeof value === "bigint" ? value : null;
}

// ── timelines ───────────────────────────────────────────────────────────────────────────────────────────────────────

/** What a flow adds to one bin. */
interface Share {
  bytes: bigint | null;
  packets: bigint | null;
  starts: boolean;
}

function timelineRows(
  query: TimelineQuery,
  matched: readonly ReferenceRecord[],
  fields: readonly string[],
): ReferenceValue[][] {
  const groups = groupsOf(matched, query.keys);
  groups.sort((a, b) => compareGroups(a, b, sortTerms(query, fields), query.keys, fields));
  const hidden = query.limit === 0 ? [] : groups.splice(query.limit);
  if (hidden.length > 0) {
    groups.push({ keys: query.keys.map(() => "others"), flows: hidden.flatMap(({ flows }) => flows) });
  }
  const series = groups.map(({ keys, flows }) => {
    const shares = new Map<bigint | null, Share[]>();
    for (const flow of flows) {
      for (const [time, share] of sharesOf(flow, query)) shares.set(time, [...(shares.get(time) ?? []), share]);
    }
    return { keys, shares };
  });
  return timesOf(query, matched).flatMap((time) =>
    series.map(({ keys, shares }) => {
      const here = shares.get(time) ?? [];
      const flows = here.filter(({ starts }) => starts).length;
      const sum = (name: "bytes" | "packets") => {
        const values = here.map((share) => share[name]).filter((value) => value !== null);
        if (!fields.includes(name) || (here.length > 0 && values.length === 0)) return null;
        return values.reduce((soFar, value) => soFar + value, 0n);
      };
      return [
        time,
        ...keys.map((key) => (key === null ? null : String(key))),
        sum("bytes"),
        sum("packets"),
        BigInt(flows),
      ];
    }),
  );
}

function sharesOf(flow: ReferenceRecord, query: TimelineQuery): [bigint | null, Share][] {
  const start = numberOf(flow, "start");
  const [bytes, packets] = [numberOf(flow, "bytes"), numberOf(flow, "packets")];
  if (start === null) return [[null, { bytes, packets, starts: true }]];
  const stop = query.spread ? stopOf(flow, start) : start + 1n;
  const upTo = (value: bigint | null, time: bigint) => {
    const within = time < start ? start : time > stop ? stop : time;
    return value === null ? null : (value * (within - start)) / (stop - start);
  };
  const shares: [bigint, Share][] = [];
  for (
    let [from, until] = referenceBin(start, query.bin);
    from < stop;
    [from, until] = referenceBin(until, query.bin)
  ) {
    const between = (value: bigint | null) =>
      value === null ? null : (upTo(value, until) as bigint) - (upTo(value, from) as bigint);
    shares.push([from, { bytes: between(bytes), packets: between(packets), starts: from <= start }]);
  }
  return shares;
}

function stopOf(flow: ReferenceRecord, start: bigint): bigint {
  const end = numberOf(flow, "end");
  return end === null || end <= start ? start + 1n : end;
}

/** Every bin from first to last, and null where flows have no start. */
function timesOf({ bin, window, spread }: TimelineQuery, matched: readonly ReferenceRecord[]): (bigint | null)[] {
  const starts = matched.map((flow) => numberOf(flow, "start"));
  const known = starts.filter((start) => start !== null).sort((a, b) => (a < b ? -1 : 1));
  const stops = matched.flatMap((flow, at) => {
    const start = starts[at] ?? null;
    return start === null || !spread ? [] : [stopOf(flow, start) - 1n];
  });
  const first = window.since === null ? known[0] : BigInt(window.since);
  const until = window.until === null ? known.at(-1) : BigInt(window.until) - 1n;
  const last = [until, ...stops].reduce((most, stop) =>
    stop !== undefined && (most === undefined || stop > most) ? stop : most,
  );
  const times: (bigint | null)[] = [];
  if (first !== undefined && last !== undefined) {
    for (let [from, next] = referenceBin(first, bin); from <= last; [from, next] = referenceBin(next, bin))
      times.push(from);
  }
  return starts.includes(null) ? [...times, null] : times;
}
