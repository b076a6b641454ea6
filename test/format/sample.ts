import type { Aggregate, InputReport, RankedGroup, Ranking, Summary, Timeline } from "../../src/engine/answer.js";
import { plainPaint } from "../../src/format/paint.js";
import type { Look } from "../../src/format/sheet.js";
import type { Metric } from "../../src/query/metric.js";

export const pipe: Look = { width: null, paint: plainPaint, exact: false, header: true };

/** What the run met, as in the contract's example but without anything to remark on; `parts` stand in its place. */
export function makeReport(parts: Partial<InputReport> = {}): InputReport {
  return {
    ...{ sources: 1, failed: 0, skipped: 0, complete: true, lines: 9, headers: 1, blank: 0, comments: 0, records: 8 },
    ...{ malformed: 0, nodata: 0, skipdata: 0, other_status: 0, flows: 8, matched: 8, unanswerable: 0, interfaces: 1 },
    ...{ first: 1767225600n, last: 1767226200n },
    ...parts,
  };
}

export function makeGroup(parts: Partial<RankedGroup>): RankedGroup {
  return {
    ...{ rank: 1, key: ["192.0.2.7"], bytes: 9000n, packets: 12n, flows: 3n, percent: 60, cumulative_percent: 60 },
    ...parts,
  };
}

/** The ranking of the contract's example. */
export function makeRanking(parts: Partial<Ranking> = {}): Ranking {
  return {
    command: "top-talkers",
    by: ["srcaddr"],
    metric: "bytes",
    rows: [makeGroup({})],
    others: { groups: 4, bytes: 6000n, packets: 9n, flows: 5n, percent: 40 },
    total: { groups: 5, bytes: 15000n, packets: 21n, flows: 8n },
    input: makeReport(),
    ...parts,
  };
}

const flows: Metric = { kind: "flows", name: "flows" };
const bytes: Metric = { kind: "sum", name: "bytes", field: "bytes" };
const bps: Metric = { kind: "bps", name: "bps" };

/** 12 flows of three groups, of which two are shown, by flows, bytes and bits per second. */
export function makeAggregate(parts: Partial<Aggregate> = {}): Aggregate {
  return {
    command: "aggregate",
    by: ["srcaddr"],
    metrics: [flows, bytes, bps],
    rows: [
      { key: ["192.0.2.7"], metrics: [9n, 12_345n, 1_234_567n] },
      { key: [null], metrics: [2n, 600n, null] },
    ],
    total: { groups: 3, flows: 12n, metrics: [12n, 15_000n, 25_000n] },
    input: makeReport(),
    ...parts,
  };
}

/** Two bins of five minutes of one group and the others. */
export function makeTimeline(parts: Partial<Timeline> = {}): Timeline {
  const [first, second] = [1767225600n, 1767225900n];
  return {
    command: "timeline",
    by: ["srcaddr"],
    metric: "bytes",
    bin_seconds: 300,
    bins: 2,
    series: [["192.0.2.7"], null],
    rows: [
      { time: first, key: ["192.0.2.7"], bytes: 9000n, packets: 12n, flows: 3n },
      { time: first, key: null, bytes: 0n, packets: 0n, flows: 0n },
      { time: second, key: ["192.0.2.7"], bytes: 0n, packets: 0n, flows: 0n },
      { time: second, key: null, bytes: 6000n, packets: null, flows: 5n },
    ],
    total: { groups: 5, bytes: 15_000n, packets: 12n, flows: 8n },
    input: makeReport(),
    ...parts,
  };
}

/** A log without `interface_id`, of which nothing was rejected. */
export function makeSummary(parts: Partial<Summary> = {}): Summary {
  const row = { bytes: 9000n, packets: 12n, flows: 3n, percent: 60 };
  return {
    command: "summary",
    total: { bytes: 15_000n, packets: 21n, flows: 8n, first: 1767225600n, last: 1767226200n },
    coverage: { bin_seconds: 600, bins: 3, covered: 2, longest_gap_seconds: 600 },
    lost: null,
    parts: {
      actions: { by: ["action"], groups: 1, rows: [{ ...row, key: ["ACCEPT"], bytes: 15_000n, percent: 100 }] },
      protocols: { by: ["protocol"], groups: 2, rows: [{ ...row, key: [6] }] },
      talkers: { by: ["srcaddr"], groups: 1, rows: [{ ...row, key: [null], bytes: null, percent: null }] },
      services: { by: ["service"], groups: 1, rows: [{ ...row, key: ["https"], percent: 0.0001 }] },
      rejected_talkers: { by: ["srcaddr"], groups: 0, rows: [] },
      rejected_services: { by: ["service"], groups: 0, rows: [] },
      interfaces: null,
    },
    layouts: [{ fields: ["srcaddr", "bytes"], flows: 8 }],
    input: makeReport(),
    ...parts,
  };
}
