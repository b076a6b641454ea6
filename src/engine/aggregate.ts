import { type Metric, shownMetrics } from "../query/metric.js";
import type { AggregateQuery } from "../query/query.js";
import type { Aggregate, AggregateRows, Sum } from "./answer.js";
import { type Groupings, groupFlows, tellPartialSums } from "./group.js";
import { holds } from "./having.js";
import { type Cell, cellIndex, metricCells, metricValue } from "./metric-value.js";
import { carries, distinctFields } from "./plan.js";
import type { RunEvents, Sources } from "./run.js";

/**
 * Metrics of groups of flows: the answer of `aggregate`. Memory grows with distinct groups, and with the distinct values
 * that are counted of them.
 *
 * @throws UserError where no input carries a field that the query needs
 */
export async function aggregateFlows(query: AggregateQuery, sources: Sources, events: RunEvents): Promise<Aggregate> {
  const metrics = [...shownMetrics(query)];
  const fields = [...new Set(metrics.flatMap((metric) => metricCells(metric).map(({ field }) => field)))];
  const { groupings, result } = await groupFlows(query, fields, sources, events);
  tellPartialSums(fields, result.answered, events);
  const { layouts, answered, input } = result;
  const asked = answered.length > 0 ? answered.map(({ layout }) => layout) : layouts;
  const { plan, totals, size } = groupings.grouping(0);
  const flows = totals.flows.flows;

  const valuesOf = (rowFlows: bigint, cells: readonly Sum[]) => {
    const cellOf = cellReader(plan.cells, cells);
    return metrics.map((metric) => metricValue(metric, rowFlows, cellOf));
  };
  const totalCells = totalCellsOf(query, groupings, (field) => asked.length === 0 || carries(asked, field));
  const chosen = groupings.rows(0);
  // No flow at all is still one group where flows are not divided.
  const isEmpty = query.keys.length === 0 && flows === 0n && hasNone(query, plan.cells, totalCells);
  const rows: AggregateRows = {
    length: isEmpty ? 1 : chosen.length,
    *[Symbol.iterator]() {
      if (isEmpty) yield { key: [], metrics: valuesOf(0n, totalCells) };
      for (const row of chosen) yield { key: row.key, metrics: valuesOf(row.flows, row.cells) };
    },
  };
  return {
    command: "aggregate",
    by: query.keys.map((key) => key.name),
    metrics,
    rows,
    total: { groups: query.keys.length === 0 ? 1 : size, flows, metrics: valuesOf(flows, totalCells) },
    input,
  };
}

function cellReader(plan: readonly Cell[], cells: readonly Sum[]): (cell: Cell) => Sum {
  return (cell) => cells[cellIndex(plan, cell)] ?? null;
}

/** What all flows add up to. Of no flow at all, a sum and a count are 0, where the log has the field. */
function totalCellsOf(query: AggregateQuery, groupings: Groupings, hasField: (field: string) => boolean): Sum[] {
  const { plan, totals } = groupings.grouping(0);
  const distinct = distinctFields(query);
  return plan.cells.map(({ op, field }, i) => {
    if (!hasField(field)) return null;
    if (op === "distinct") {
      const at = distinct.indexOf(field);
      if (at < 0) return totals.flows.flows === 0n ? 0n : null;
      return BigInt(groupings.grouping(1 + at).size);
    }
    const isCount = op === "sum" || op === "count";
    return totals.flows.flows === 0n && isCount ? 0n : (totals.flows.cells[i] ?? null);
  });
}

/** Whether the one group of no flows is to be shown. */
function hasNone({ having }: AggregateQuery, plan: readonly Cell[], cells: readonly Sum[]): boolean {
  const cellOf = cellReader(plan, cells);
  return having === null || holds(having, (metric: Metric) => metricValue(metric, 0n, cellOf));
}
