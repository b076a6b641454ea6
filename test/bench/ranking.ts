/**
 * The question that the tools are asked: the ten greatest groups of flows, by a metric, then by key. Answered as lines of
 * `KEY… bytes packets flows`, divided by tabs: all three sums, as flowlog shows them.
 */
export interface Ranking {
  by: readonly Key[];
  metric: "bytes" | "flows";
  /** Only flows that were refused, of TCP. */
  onlyRefusedTcp?: true;
}

export type Key = "srcaddr" | "dstaddr" | "dstport";

export const rows = 10;
