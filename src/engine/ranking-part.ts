import type { Columns } from "../parse/columns.js";
import { METRICS, type Metric, type Query } from "../query/query.js";
import { fieldIndex, type Layout } from "../record/layout.js";
import { type RankedPart, Ranker } from "./rank.js";
import type { Selected } from "./reading.js";

/**
 * What one thread has of a ranking: a ranker for each metric that flows are ranked by. There is more than one only
 * where the query leaves the metric to the log, and logs differ in what they carry.
 */
export class RankingPart {
  readonly #query: Query;
  readonly #columns: Columns;
  readonly #rankers = new Map<Metric, Ranker>();

  constructor(query: Query, columns: Columns) {
    this.#query = query;
    this.#columns = columns;
  }

  add({ batch, selection }: Selected): void {
    this.ranker(metricOf(this.#query, [batch.layout])).add(batch, selection);
  }

  ranker(metric: Metric): Ranker {
    const ranker = this.#rankers.get(metric) ?? new Ranker(this.#query, metric, this.#columns);
    this.#rankers.set(metric, ranker);
    return ranker;
  }

  /** All of it as plain data, for another thread. */
  export(): RankedPart[] {
    return Array.from(this.#rankers.values(), (ranker) => ranker.export());
  }

  absorb(parts: readonly RankedPart[]): void {
    for (const part of parts) this.ranker(part.metric).absorb(part);
  }
}

/** What flows of these layouts are ranked by: the query's metric, or else the first of bytes, packets and flows that one carries. */
export function metricOf({ metric }: Query, layouts: readonly Layout[]): Metric {
  if (metric !== null) return metric;
  if (layouts.length === 0) return "bytes";
  return METRICS.find((name) => name === "flows" || carries(layouts, name)) ?? "flows";
}

export function carries(layouts: readonly Layout[], field: string): boolean {
  return layouts.some((layout) => fieldIndex(layout, field) >= 0);
}
