import { type Having, havingMetrics } from "./having.js";
import type { SortTerm } from "./query.js";

/**
 * What is computed of the flows of a group. `name` is its name in output: `bytes`, `avg_bytes`, `distinct_dstport`.
 *
 * `sum`, `min`, `max`, `avg` of a number field leave out flows that have `-` there, and are null where all have.
 * `distinct` is how many values a field has among the flows, `-` not counted.
 * `first` is the least `start`, `last` the greatest `end`, `duration` their difference in seconds.
 * `bps` (bits), `pps`, `bpp` are bytes * 8 / duration, packets / duration, bytes / packets; null where the divisor is not positive.
 * `avg`, `bps`, `pps` and `bpp` are computed from exact whole numbers and rounded to 4 decimals, halves away from zero.
 */
export type Metric =
  | { kind: "flows" | "first" | "last" | "duration" | "bps" | "pps" | "bpp"; name: string }
  | { kind: "sum" | "min" | "max" | "avg" | "distinct"; name: string; field: string };

/** What an aggregate shows of each group. */
export function shownMetrics({ metrics }: { metrics: readonly Metric[] | null }): readonly Metric[] {
  return metrics ?? usualMetrics;
}

const usualMetrics: readonly Metric[] = [
  { kind: "flows", name: "flows" },
  { kind: "sum", name: "packets", field: "packets" },
  { kind: "sum", name: "bytes", field: "bytes" },
];

/** The fields that a metric reads. */
export function metricFields(metric: Metric): string[] {
  switch (metric.kind) {
    case "flows":
      return [];
    case "first":
      return ["start"];
    case "last":
      return ["end"];
    case "duration":
      return ["start", "end"];
    case "bps":
      return ["bytes", "start", "end"];
    case "pps":
      return ["packets", "start", "end"];
    case "bpp":
      return ["bytes", "packets"];
    default:
      return [metric.field];
  }
}

/** The metrics that an aggregate names: to show, to choose rows by, and to sort them by. */
export function metricsIn(query: { metrics: Metric[] | null; having: Having | null; sort: SortTerm[] }): Metric[] {
  const { metrics, having, sort } = query;
  const sorted = sort.flatMap((term) => (term.by === "metric" ? [term.metric] : []));
  return [...(metrics ?? []), ...(having === null ? [] : havingMetrics(having)), ...sorted];
}
