import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { aggregateFlows } from "../../src/engine/aggregate.js";
import type { Aggregate, AggregateRow, Sum, Summary, Timeline, TimelineRow } from "../../src/engine/answer.js";
import type { RunEvents, Sources } from "../../src/engine/run.js";
import { SpillFile } from "../../src/engine/spill.js";
import { summarize } from "../../src/engine/summary.js";
import { timelineOf } from "../../src/engine/timeline.js";
import { EVERYTHING } from "../../src/query/filter.js";
import { parseKeys } from "../../src/query/keys.js";
import type { Metric } from "../../src/query/metric.js";
import { type AggregateQuery, RANK_METRICS, type SortTerm, type TimelineQuery } from "../../src/query/query.js";
import { UTC } from "../../src/query/zone.js";
import { seeded } from "../generate/random.js";

const folder = mkdtempSync(join(tmpdir(), "flowlog-aggregate-"));
const log = join(folder, "flows.log");
const flowsInLog = 3000;

beforeAll(() => writeFileSync(log, flowLog(flowsInLog)));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => vi.restoreAllMocks());

const which = { filter: EVERYTHING, window: { since: null, until: null } };
const silent: RunEvents = { onProblem() {}, onMalformedBytes() {}, onNote() {}, onFailure() {} };

/** An hour and more of flows, of which some last over several bins, some have no time, and some no bytes. */
function flowLog(count: number): string {
  const random = seeded(7);
  const lines = Array.from({ length: count }, () => {
    const start = 1_767_225_600 + random.int(0, 5000);
    const address = () =>
      random.pick([`10.0.${random.int(0, 3)}.${random.int(0, 40)}`, `2001:db8::${random.int(0, 30)}`]);
    const [port, other] = [random.pick([22, 80, 443, 53]), random.int(1024, 60_000)];
    const isRequest = random.chance(0.5);
    return [
      address(),
      random.chance(0.02) ? "-" : address(),
      isRequest ? other : port,
      isRequest ? port : other,
      random.pick([6, 6, 6, 17, 1, "-"]),
      random.pick([2, 18, 19, "-"]),
      random.chance(0.05) ? "-" : random.int(0, 100_000),
      random.chance(0.05) ? "-" : random.int(1, 500),
      random.chance(0.02) ? "-" : start,
      random.chance(0.02) ? "-" : start + random.pick([0, 1, 59, 600, 1500, -3]),
      random.pick(["ACCEPT", "REJECT"]),
      `eni-${random.int(0, 5)}`,
    ].join(" ");
  });
  const header = "srcaddr dstaddr srcport dstport protocol tcp-flags bytes packets start end action interface-id";
  return `${[header, ...lines].join("\n")}\n`;
}

/** Ways to read the same, the last two of which spill: the answer must not depend on them. */
const ways: (() => Partial<Sources>)[] = [
  () => ({ jobs: 2, cut: { firstBytes: 4 << 10, bytes: 9000 } }),
  () => ({ jobs: 3, memory: 0, cut: { firstBytes: 4 << 10, bytes: 5000 } }),
  () => ({ memory: 0, inputs: [], stdin: Readable.from(pieces(), { objectMode: false }) }),
];

function sourcesOf(sources: Partial<Sources> = {}): Sources {
  const usual = { inputs: [log], stdin: Readable.from([]), formats: [], jobs: 1, memory: 1e9, minParallelBytes: 0 };
  return { ...usual, ...sources };
}

const field = (kind: "sum" | "min" | "max" | "avg" | "distinct", name: string): Metric => ({
  kind,
  name: `${kind}_${name}`,
  field: name,
});
const everyMetric: Metric[] = [
  { kind: "flows", name: "flows" },
  field("sum", "bytes"),
  field("min", "bytes"),
  field("max", "packets"),
  field("avg", "bytes"),
  field("avg", "dstport"),
  field("distinct", "dstaddr"),
  field("distinct", "dstport"),
  field("distinct", "action"),
  field("distinct", "bytes"),
  field("min", "srcport"),
  { kind: "first", name: "first" },
  { kind: "last", name: "last" },
  { kind: "duration", name: "duration" },
  { kind: "bps", name: "bps" },
  { kind: "pps", name: "pps" },
  { kind: "bpp", name: "bpp" },
];

async function aggregate(
  asked: Partial<AggregateQuery>,
  sources?: Partial<Sources>,
): Promise<Omit<Aggregate, "rows"> & { rows: AggregateRow[] }> {
  const usual = { metrics: everyMetric, having: null, sort: [], limit: 0, keys: [] };
  const answer = await aggregateFlows(
    { command: "aggregate", ...which, ...usual, ...asked },
    sourcesOf(sources),
    silent,
  );
  return { ...answer, rows: [...answer.rows] };
}

describe("aggregate", () => {
  const keys = [
    "",
    "srcaddr",
    "srcaddr/24,service",
    "addr",
    "addr/16,dstport",
    "bytes,action",
    "service",
    "interface_id",
  ];

  test.each(keys)("by %s: the same for all threads and memories", async (by) => {
    const append = vi.spyOn(SpillFile.prototype, "append");
    const question = { keys: by === "" ? [] : parseKeys(by) };
    const one = await aggregate(question);
    expect(one.rows.length).toBeGreaterThan(0);
    expect(append).not.toHaveBeenCalled();
    for (const sources of ways) expect(await aggregate(question, sources())).toEqual(one);
    expect(append).toHaveBeenCalled();
  });

  test("first rows are those of all rows, for each metric that can be sorted by", async () => {
    for (const metric of everyMetric) {
      for (const descending of [true, false]) {
        const question = { keys: parseKeys("srcaddr"), sort: [{ by: "metric", metric, descending }] } as const;
        const all = await aggregate({ ...question, sort: [...question.sort] });
        const some = await aggregate({ ...question, sort: [...question.sort], limit: 7 });
        expect(some.rows).toEqual(all.rows.slice(0, 7));
        expect(some.total).toEqual(all.total);
        const values = all.rows.map(({ metrics }) => metrics[everyMetric.indexOf(metric)] ?? null);
        expect(values).toEqual(inOrder(values, descending));
      }
    }
  });

  test("first rows are those of all rows, for each kind of key that can be sorted by", async () => {
    for (const name of ["srcaddr", "interface_id", "service", "bytes", "dstport", "start"]) {
      for (const descending of [true, false]) {
        const sort: SortTerm[] = [{ by: "key", name, descending }];
        const question = { keys: parseKeys(`action,${name},protocol`), sort, metrics: [field("sum", "packets")] };
        const all = await aggregate(question);
        expect((await aggregate({ ...question, limit: 40 })).rows).toEqual(all.rows.slice(0, 40));
        expect(all.rows.length).toBeGreaterThan(20);
      }
    }
  });

  test("texts are in the order of their bytes, a shorter one before those that it begins, null last", async () => {
    const names = ["-", "eni-2", "eni-10", "eni", "eni-1", "z", "é", "eni-1-and-more-than-24-bytes", "Eni"];
    const stdin = Readable.from([Buffer.from(`interface-id log-status\n${names.join(" OK\n")} OK\n`)]);
    const sort: SortTerm[] = [{ by: "key", name: "interface_id", descending: false }];
    const question = { keys: parseKeys("interface_id"), sort, metrics: everyMetric.slice(0, 1) };
    const { rows } = await aggregate(question, { inputs: [], stdin });
    const known = ["Eni", "eni", "eni-1", "eni-1-and-more-than-24-bytes", "eni-10", "eni-2", "z", "é"];
    expect(rows.map(({ key }) => key[0])).toEqual([...known, null]);
  });

  test("distinct values of groups that share none add up to those of all", async () => {
    const { rows, total } = await aggregate({ keys: parseKeys("dstaddr"), metrics: [field("distinct", "dstaddr")] });
    const named = rows.filter(({ key }) => key[0] !== null);
    expect(named.every(({ metrics }) => metrics[0] === 1n)).toBe(true);
    expect(total.metrics[0]).toBe(BigInt(named.length));
    expect(rows.find(({ key }) => key[0] === null)?.metrics[0]).toBe(0n);
  });

  test("no flow at all is one group without keys, and none with", async () => {
    const nobody = { op: "address", fields: ["srcaddr"], prefixes: ["192.0.2.0/24"] } as const;
    const none = { filter: { ...nobody, fields: [...nobody.fields], prefixes: [...nobody.prefixes] } };
    const { rows, total } = await aggregate(none);
    expect(rows).toEqual([{ key: [], metrics: total.metrics }]);
    expect(total.metrics.slice(0, 8)).toEqual([0n, 0n, null, null, null, null, 0n, 0n]);
    expect((await aggregate({ ...none, keys: parseKeys("srcaddr") })).rows).toEqual([]);
    const metric = everyMetric[0] as Metric;
    expect((await aggregate({ ...none, having: { op: "compare", metric, is: ">", value: "0" } })).rows).toEqual([]);
  });
});

function inOrder(values: readonly Sum[], descending: boolean): Sum[] {
  return values.toSorted((a, b) => {
    if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
    return a === b ? 0 : a < b === descending ? 1 : -1;
  });
}

/** So small that there are many batches. */
function pieces(): Buffer[] {
  const text = Buffer.from(flowLog(flowsInLog));
  return Array.from({ length: Math.ceil(text.length / 700) }, (_, i) => text.subarray(i * 700, (i + 1) * 700));
}

async function timeline(asked: Partial<TimelineQuery>, sources?: Partial<Sources>): Promise<Timeline> {
  const usual = { bin: { seconds: 300, zone: UTC }, keys: [], metric: null, spread: false, limit: 3 };
  return timelineOf({ command: "timeline", ...which, ...usual, ...asked }, sourcesOf(sources), silent);
}

describe("timeline", () => {
  const questions = ["", "action", "srcaddr", "addr/24", "service,action"].flatMap((by) => [
    { by, spread: false },
    { by, spread: true },
  ]);

  test.each(questions)("by $by, spread: $spread: bins add up, for all threads and memories", async ({ by, spread }) => {
    const append = vi.spyOn(SpillFile.prototype, "append");
    const question = { keys: by === "" ? [] : parseKeys(by), spread };
    const one = await timeline(question);
    const rows = [...one.rows];
    expect(rows.filter(({ time }) => time !== null).length).toBe(one.bins * one.series.length);
    expect(rows.length).toBeGreaterThan(15);
    if (!by.startsWith("addr")) {
      for (const metric of RANK_METRICS) expect(sumOf(rows, metric)).toBe(one.total[metric]);
    } else {
      const all = await timeline({ ...question, limit: 0 });
      for (const metric of RANK_METRICS) expect(sumOf(rows, metric)).toBe(sumOf([...all.rows], metric));
    }
    for (const sources of ways) {
      const other = await timeline(question, sources());
      expect({ ...other, rows: [...other.rows] }).toEqual({ ...one, rows });
    }
    expect(append).toHaveBeenCalled();
  });

  test("spread shares alter no total, but only where it lies", async () => {
    const [plain, spread] = [await timeline({}), await timeline({ spread: true })];
    expect(spread.total).toEqual(plain.total);
    const flowsAt = ({ rows }: Timeline) => new Map([...rows].map(({ time, flows }) => [time, flows]));
    for (const [time, flows] of flowsAt(plain)) expect(flowsAt(spread).get(time)).toBe(flows);
    expect([...spread.rows].map(({ bytes }) => bytes)).not.toEqual([...plain.rows].map(({ bytes }) => bytes));
  });

  test("shares of flows without a value add up to none, and not to 0, of a series and of the others", async () => {
    const dashes = join(folder, "dashes.log");
    const lines = ["10.0.0.1 - 5 1767225600 1767226200", "10.0.0.2 8 - 1767225900 1767226500"];
    writeFileSync(dashes, `${["srcaddr bytes packets start end", ...lines].join("\n")}\n`);
    for (const limit of [0, 1]) {
      const { rows } = await timeline({ keys: parseKeys("srcaddr"), spread: true, limit }, { inputs: [dashes] });
      expect(Array.from(rows, ({ bytes, packets, flows }) => [bytes, packets, flows])).toEqual([
        [0n, 0n, 0n],
        [null, 2n, 1n],
        [4n, null, 1n],
        [null, 3n, 0n],
        [4n, null, 0n],
        [0n, 0n, 0n],
      ]);
    }
  });

  test("bins of the window are there without a flow, and too many are refused before anything is read", async () => {
    const window = { since: 1_767_225_600 - 900, until: 1_767_225_600 + 60 };
    const { rows, bins } = await timeline({ window });
    expect(bins).toBe(4);
    expect([...rows].map(({ flows }) => flows).slice(0, 3)).toEqual([0n, 0n, 0n]);
    const asked = timeline(
      { window: { since: 0, until: 1e9 }, bin: { seconds: 60, zone: UTC } },
      { inputs: ["none.log"] },
    );
    await expect(asked).rejects.toThrow(/more than 100000 bins of 60 s/);
  });

  test("a flow that covers too many bins ends the run, on threads too", async () => {
    const long = join(folder, "long.log");
    writeFileSync(
      long,
      `srcaddr bytes packets start end\n${"10.0.0.1 5 1 1767225600 1767225660\n".repeat(300)}10.0.0.1 5 1 0 1767225660\n`,
    );
    for (const jobs of [1, 2]) {
      const cut = { firstBytes: 4 << 10, bytes: 2000 };
      const asked = timeline({ bin: { seconds: 1, zone: UTC }, spread: true }, { inputs: [long], jobs, cut });
      await expect(asked).rejects.toMatchObject({ name: "UserError", hint: expect.stringMatching(/--bin/) });
    }
  });
});

function sumOf(rows: readonly TimelineRow[], metric: (typeof RANK_METRICS)[number]): bigint {
  return rows.reduce((sum, row) => sum + (row[metric] ?? 0n), 0n);
}

describe("summary", () => {
  const ask = (sources?: Partial<Sources>): Promise<Summary> =>
    summarize({ command: "summary", ...which, limit: 4 }, sourcesOf(sources), silent);

  test("is the same for all threads and memories", async () => {
    const append = vi.spyOn(SpillFile.prototype, "append");
    const one = await ask();
    expect(one.parts.services?.rows.length).toBe(4);
    expect(one.coverage).toMatchObject({ bin_seconds: 600, bins: 9, covered: 9, longest_gap_seconds: 0 });
    for (const sources of ways) expect(await ask(sources())).toEqual(one);
    expect(append).toHaveBeenCalled();
  });

  const asStdin = (...lines: string[]): Partial<Sources> => ({
    inputs: [],
    stdin: Readable.from([Buffer.from(`${lines.join("\n")}\n`)], { objectMode: false }),
  });

  test("times of no calendar cover nothing", async () => {
    const { coverage } = await ask(asStdin("start end", "600 660", "1800 1860", "1767225600000 1767225660000", "- -"));
    expect(coverage).toEqual({ bin_seconds: 600, bins: 3, covered: 2, longest_gap_seconds: 600 });
    expect((await ask(asStdin("start end", "9223372036854775807 -"))).coverage).toBeNull();
  });

  test("layouts come in the order of their flows, whichever thread meets one first", async () => {
    const layouts = ["srcaddr a", "srcaddr b", "srcaddr c", "srcaddr d"];
    const inputs = layouts.map((layout, i) => {
      const path = join(folder, `layout-${i}.log`);
      writeFileSync(path, `${layout}\n${"10.0.0.1 x\n".repeat(i === 2 ? 900 : 500)}`);
      return path;
    });
    for (const jobs of [1, 2, 3]) {
      const answer = await ask({ inputs, jobs, cut: { firstBytes: 1 << 10, bytes: 2000 } });
      const met = answer.layouts.map(({ fields, flows }) => [fields[1], flows]);
      expect(met).toEqual([["c", 900], ...["a", "b", "d"].map((name) => [name, 500])]);
    }
  });

  test("flows that cannot be in a sum or a part are told, those of the same fields together", async () => {
    const notes: string[] = [];
    const log = asStdin("srcaddr bytes", "10.0.0.1 5", "action bytes start protocol", "ACCEPT 5 600 6", "- 1 600 6");
    await summarize({ command: "summary", ...which, limit: 4 }, sourcesOf(log), {
      ...silent,
      onNote: (note) => notes.push(note),
    });
    expect(notes).toEqual([
      "1 flow has no `start`, `action`, `protocol`: left out where they are needed",
      "2 flows have no `srcaddr`: left out where it is needed",
    ]);
  });

  test("has no part of fields that the log lacks", async () => {
    const { parts, total, coverage } = await ask({
      inputs: [],
      stdin: Readable.from([Buffer.from("srcaddr action\n10.0.0.1 ACCEPT\n10.0.0.2 REJECT\n")], { objectMode: false }),
    });
    expect(parts.talkers?.rows.map(({ key, percent }) => [...key, percent])).toEqual([
      ["10.0.0.1", 50],
      ["10.0.0.2", 50],
    ]);
    expect(parts).toMatchObject({ services: null, protocols: null, interfaces: null, rejected_services: null });
    expect(parts.rejected_talkers?.groups).toBe(1);
    expect(total).toMatchObject({ bytes: null, packets: null, flows: 2n, first: null });
    expect(coverage).toBeNull();
  });
});
