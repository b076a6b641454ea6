import { type Filter, filterFields } from "./filter.js";

/** Times of `start` that are asked for: [since, until) in epoch seconds; null leaves that side open. */
export interface Window {
  since: number | null;
  until: number | null;
}

/**
 * One column that flows are grouped by. `name` is its name in output: `srcaddr`, `srcaddr_24`, `srcaddr_24_56`, `addr`.
 * `v4` and `v6` are the prefix lengths that addresses of each family are cut to; null leaves them whole.
 * `addr` is either side: a flow counts for both its addresses, once if they fall in one group.
 */
export type Key =
  | { kind: "field"; name: string; field: string; v4: number | null; v6: number | null }
  | { kind: "addr"; name: string; v4: number | null; v6: number | null };

export type Metric = "bytes" | "packets" | "flows";

export const METRICS: readonly Metric[] = ["bytes", "packets", "flows"];

/** A whole question, as plain data: `JSON.parse(JSON.stringify(query))` is the same question. */
export interface Query {
  filter: Filter;
  window: Window;
  keys: Key[];
  /** What groups are ranked by; null where the command fixes it or ranks nothing. */
  metric: Metric | null;
  /** The columns that records are shown with; null is the layout's own. */
  fields: string[] | null;
  /** How many rows to show; 0 is all. */
  limit: number;
  /** Least first. */
  bottom: boolean;
}

/** The fields that a key reads. */
export function keyFields(key: Key): string[] {
  return key.kind === "addr" ? ["srcaddr", "dstaddr"] : [key.field];
}

/** The fields that a time window reads; none when it is open at both ends. */
export function windowFields(window: Window): string[] {
  return window.since === null && window.until === null ? [] : ["start"];
}

/**
 * The fields that a log must carry for a query to be answered, each once, in the order the query names them.
 * The metric is not among them: a log without `bytes` is ranked by packets, else flows (contract §4).
 */
export function queryFields(query: Query): string[] {
  return [
    ...new Set([
      ...filterFields(query.filter),
      ...windowFields(query.window),
      ...query.keys.flatMap(keyFields),
      ...(query.fields ?? []),
    ]),
  ];
}
