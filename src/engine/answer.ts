import type { Metric } from "../query/metric.js";
import type { RankMetric } from "../query/query.js";
import type { LostFieldName } from "../record/fields.js";

/** What a sum can be: exact octets, packets or flows, or null where it cannot be made. */
export type Sum = bigint | null;

/** One value of a group's key: a number field, an address, prefix or text, or null for a field logged as `-`. */
export type KeyValue = string | number | bigint | null;

/** What the run met in its inputs. Everything is counted before the filter, but `matched` and `unanswerable`. */
export interface InputReport {
  /** Inputs that were opened and answered, also in part. */
  sources: number;
  failed: number;
  skipped: number;
  /** False after any cause of exit status 3. */
  complete: boolean;
  /** lines = headers + comments + blank + records + malformed */
  lines: number;
  headers: number;
  blank: number;
  comments: number;
  /** records = flows + nodata + skipdata + other_status */
  records: number;
  malformed: number;
  nodata: number;
  skipdata: number;
  other_status: number;
  flows: number;
  /** Records for `parse`, flows for every other command. */
  matched: number;
  /** Records (flows) whose layout lacks a field that the question needs. */
  unanswerable: number;
  /** Distinct `interface_id` among the flows. */
  interfaces: number;
  /** Least `start` and greatest `end` of the flows, Unix seconds. */
  first: bigint | null;
  last: bigint | null;
}

/** One ranked group. `key` has a value for each of the ranking's `by`, in their order. */
export interface RankedGroup {
  rank: number;
  key: KeyValue[];
  bytes: Sum;
  packets: Sum;
  flows: bigint;
  /** Of the total, in percent, rounded to 4 decimals; null when the total is 0 or cannot be made. */
  percent: number | null;
  cumulative_percent: number | null;
}

/** The answer of `top-talkers`. */
export interface Ranking {
  command: "top-talkers";
  /** Output names of the keys: `srcaddr`, `srcaddr_24`, `addr`. */
  by: string[];
  metric: RankMetric;
  rows: RankedGroup[];
  others: { groups: number; bytes: Sum; packets: Sum; flows: bigint; percent: number | null };
  /** Over all matched flows, each counted once, also with the key `addr`. */
  total: { groups: number; bytes: Sum; packets: Sum; flows: bigint };
  input: InputReport;
}

/** One group of an aggregate: a value for each of its `by`, and for each of its `metrics`, in their order. */
export interface AggregateRow {
  key: KeyValue[];
  /** Null where a metric cannot be made; of the quotients `avg`, `bps`, `pps` and `bpp` ten thousandths, see `isQuotient`. */
  metrics: Sum[];
}

/** Rows that are made while they are gone through: there may be millions. */
export interface AggregateRows extends Iterable<AggregateRow> {
  readonly length: number;
}

/** The answer of `aggregate`. */
export interface Aggregate {
  command: "aggregate";
  /** Output names of the keys. */
  by: string[];
  metrics: Metric[];
  rows: AggregateRows;
  /** Over all matched flows, each counted once, whatever rows are shown. */
  total: { groups: number; flows: bigint; metrics: Sum[] };
  input: InputReport;
}

/** One bin of a timeline, or of one of its series. */
export interface TimelineRow {
  /** The first second of the bin, Unix time; null for flows without `start`. */
  time: bigint | null;
  /** The series: the values of its keys; null is all others. */
  key: KeyValue[] | null;
  bytes: Sum;
  packets: Sum;
  flows: bigint;
}

/** The answer of `timeline`. */
export interface Timeline {
  command: "timeline";
  by: string[];
  /** What the series are ranked by. */
  metric: RankMetric;
  bin_seconds: number;
  /** How many bins there are. */
  bins: number;
  /** The series, those with most first; null is all others, where there are any. Without keys there is one. */
  series: (KeyValue[] | null)[];
  /** Bins in the order of their times, of each the series in theirs. Made while they are gone through. */
  rows: Iterable<TimelineRow>;
  total: { groups: number; bytes: Sum; packets: Sum; flows: bigint };
  input: InputReport;
}

/** One group of a part of a summary. */
export interface SummaryRow {
  key: KeyValue[];
  bytes: Sum;
  packets: Sum;
  flows: bigint;
  /** Of all matched flows' bytes; of their flows where the log has no bytes, and in parts that are about flows; null of nothing. */
  percent: number | null;
}

/** Some of the groups of a part of a summary, and how many there are in all. */
export interface SummaryPart {
  by: string[];
  groups: number;
  rows: SummaryRow[];
}

/** A layout that the records have, and how many flows had it. */
export interface SummaryLayout {
  fields: string[];
  flows: number;
}

/** What a summary ranks by bytes, and, of what was rejected, by flows. */
export const SUMMARY_PARTS = [
  "actions",
  "protocols",
  "talkers",
  "services",
  "rejected_talkers",
  "rejected_services",
  "interfaces",
] as const;

export type SummaryPartName = (typeof SUMMARY_PARTS)[number];

/** The answer of `summary`. A part is null where no log carries its fields. */
export interface Summary {
  command: "summary";
  /** Over all matched flows; the least `start` and the greatest `end` of them. */
  total: { bytes: Sum; packets: Sum; flows: bigint; first: Sum; last: Sum };
  /** How much of the time between is covered: bins of ten minutes with a flow that starts in them, of all of them. */
  coverage: { bin_seconds: number; bins: number; covered: number; longest_gap_seconds: number } | null;
  /** What a transit gateway did not forward, of all matched flows; null where no log has such counters. */
  lost: Record<LostFieldName, Sum> | null;
  parts: Record<SummaryPartName, SummaryPart | null>;
  layouts: SummaryLayout[];
  input: InputReport;
}
