import { type Filter, filterFields } from "./filter.js";
import type { Having } from "./having.js";
import { type Metric, metricFields, metricsIn } from "./metric.js";
import type { Zone } from "./zone.js";

/** Times of `start` that are asked for: [since, until) in epoch seconds; null leaves that side open. */
export interface Window {
  since: number | null;
  until: number | null;
}

/**
 * How `start` is divided: a bin each `seconds` from the first instant of each day of the zone on, so that the last bin of a day may
 * be shorter. At most 86,400, which is a day of the zone, be it of 23, 24 or 25 hours.
 */
export interface Bin {
  seconds: number;
  zone: Zone;
}

/**
 * One column that flows are grouped by. `name` is its name in output: `srcaddr`, `srcaddr_24`, `srcaddr_24_56`, `addr`.
 * `v4` and `v6` are the prefix lengths that addresses of each family are cut to; null leaves them whole.
 * `addr` is either side: a flow counts for both its addresses, once if they fall in one group.
 * `service` is what the flow's server offers, by its port; `time` the first second of the bin that `start` lies in.
 */
export type Key =
  | { kind: "field"; name: string; field: string; v4: number | null; v6: number | null }
  | { kind: "addr"; name: string; v4: number | null; v6: number | null }
  | { kind: "service"; name: "service" }
  | { kind: "time"; name: "time"; bin: Bin };

/** A field as it stands, as a key. */
export function fieldKey(field: string): Key {
  return { kind: "field", name: field, field, v4: null, v6: null };
}

/** What groups can be ranked by. */
export type RankMetric = "bytes" | "packets" | "flows";

export const RANK_METRICS: readonly RankMetric[] = ["bytes", "packets", "flows"];

/** What rows are put in order by: the value of a key, or a metric. */
export type SortTerm =
  | { by: "key"; name: string; descending: boolean }
  | { by: "metric"; metric: Metric; descending: boolean };

/** Which flows are asked about. */
export interface Which {
  filter: Filter;
  window: Window;
}

/** `top-talkers`: groups ranked by one sum, each with its share. */
export interface TalkersQuery extends Which {
  command: "top-talkers";
  keys: Key[];
  /** Null: the first of bytes, packets and flows that the log has. */
  metric: RankMetric | null;
  /** How many rows to show; 0 is all. */
  limit: number;
  /** Least first. */
  bottom: boolean;
}

/** `aggregate`: metrics of groups. Without keys all flows are one group. */
export interface AggregateQuery extends Which {
  command: "aggregate";
  keys: Key[];
  /** Null: flows, packets and bytes, of which the log may lack the last two. */
  metrics: Metric[] | null;
  having: Having | null;
  /** Before the keys, which settle what is left open. Empty: the first metric, descending. */
  sort: SortTerm[];
  limit: number;
}

/** `timeline`: sums of bins, of all flows together or of the groups that have most, each a series, and the others. */
export interface TimelineQuery extends Which {
  command: "timeline";
  bin: Bin;
  keys: Key[];
  metric: RankMetric | null;
  /** Share bytes and packets out over the bins from `start` to `end`. */
  spread: boolean;
  /** How many series; 0 is all. */
  limit: number;
}

/** `summary`: what a person asks of a log first. It has no keys of its own. */
export interface SummaryQuery extends Which {
  command: "summary";
  /** How many rows of each kind. */
  limit: number;
}

/** A whole question, as plain data: `JSON.parse(JSON.stringify(query))` is the same question. */
export type Query = TalkersQuery | AggregateQuery | TimelineQuery;

/** The fields that a key reads. */
export function keyFields(key: Key): string[] {
  switch (key.kind) {
    case "field":
      return [key.field];
    case "addr":
      return ["srcaddr", "dstaddr"];
    case "service":
      return ["srcport", "dstport", "protocol"];
    case "time":
      return ["start"];
  }
}

/** The fields that a time window reads; none when it is open at both ends. */
export function windowFields(window: Window): string[] {
  return window.since === null && window.until === null ? [] : ["start"];
}

/** The columns that rows are grouped by; those of a timeline begin with the time. */
export function groupingKeys(query: Query): Key[] {
  return query.command === "timeline" ? [{ kind: "time", name: "time", bin: query.bin }, ...query.keys] : query.keys;
}

/**
 * The fields that a log must carry for a query to be answered, each once, in the order the query names them. Metrics that
 * nobody has named are not among them: a log without `bytes` is ranked by packets, else flows (contract §4).
 */
export function queryFields(query: Query | SummaryQuery): string[] {
  const which = [...filterFields(query.filter), ...windowFields(query.window)];
  // It tells what there is, so nothing must be.
  if (query.command === "summary") return [...new Set(which)];
  return [
    ...new Set([
      ...which,
      ...groupingKeys(query).flatMap(keyFields),
      ...(query.command === "timeline" && query.spread ? ["end"] : []),
      ...namedMetrics(query).flatMap(metricFields),
    ]),
  ];
}

function namedMetrics(query: Query): Metric[] {
  if (query.command === "aggregate") return metricsIn(query);
  const { metric } = query;
  if (metric === null || metric === "flows") return [];
  return [{ kind: "sum", name: metric, field: metric }];
}
