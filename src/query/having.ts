import type { Metric } from "./metric.js";

/**
 * Which groups are shown, as plain data. A comparison with a metric that is null is false, `!=` too; `not` holds exactly where its
 * term does not. `value` is a decimal number of at most 4 decimals: `1500`, `0.25`; of `first` and `last` epoch seconds, of
 * `duration` seconds.
 */
export type Having =
  | { op: "and" | "or"; terms: Having[] }
  | { op: "not"; term: Having }
  | { op: "compare"; metric: Metric; is: Comparison; value: string }
  | { op: "null"; metric: Metric };

export type Comparison = "=" | "!=" | "<" | "<=" | ">" | ">=";

/** The metrics that are compared. */
export function havingMetrics(having: Having): Metric[] {
  switch (having.op) {
    case "and":
    case "or":
      return having.terms.flatMap(havingMetrics);
    case "not":
      return havingMetrics(having.term);
    default:
      return [having.metric];
  }
}
