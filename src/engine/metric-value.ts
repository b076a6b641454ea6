import type { Metric } from "../query/metric.js";
import type { Sum } from "./answer.js";

/** What is kept of a field for each group, from which metrics are computed. `count` is how many flows have a value. */
export type CellOp = "sum" | "min" | "max" | "count" | "distinct";

export interface Cell {
  op: CellOp;
  field: string;
}

/** Which of the cells that are kept a cell is: one that is not kept is a bug of the plan. */
export function cellIndex(cells: readonly Cell[], { op, field }: Cell): number {
  const index = cells.findIndex((cell) => cell.op === op && cell.field === field);
  if (index < 0) throw new Error(`no ${op} of ${field} is kept`);
  return index;
}

/** The decimals that quotients are rounded to. */
const quotientScale = 10_000n;

/** What must be kept of each group for a metric. */
export function metricCells(metric: Metric): Cell[] {
  switch (metric.kind) {
    case "flows":
      return [];
    case "first":
      return [firstCell];
    case "last":
      return [lastCell];
    case "duration":
      return [firstCell, lastCell];
    case "bps":
      return [bytesCell, firstCell, lastCell];
    case "pps":
      return [packetsCell, firstCell, lastCell];
    case "bpp":
      return [bytesCell, packetsCell];
    case "avg":
      return [
        { op: "sum", field: metric.field },
        { op: "count", field: metric.field },
      ];
    default:
      return [{ op: metric.kind, field: metric.field }];
  }
}

const firstCell: Cell = { op: "min", field: "start" };
const lastCell: Cell = { op: "max", field: "end" };
const bytesCell: Cell = { op: "sum", field: "bytes" };
const packetsCell: Cell = { op: "sum", field: "packets" };

/** Whether a metric's value is in ten thousandths. */
export function isQuotient({ kind }: Metric): boolean {
  return kind === "avg" || kind === "bps" || kind === "pps" || kind === "bpp";
}

/**
 * A metric of a group, or null where it cannot be made; quotients in ten thousandths.
 *
 * @param cellOf what was kept of the group
 */
export function metricValue(metric: Metric, flows: bigint, cellOf: (cell: Cell) => Sum): Sum {
  switch (metric.kind) {
    case "flows":
      return flows;
    case "first":
      return cellOf(firstCell);
    case "last":
      return cellOf(lastCell);
    case "duration":
      return durationOf(cellOf);
    case "bps":
      return quotient(cellOf(bytesCell), durationOf(cellOf), 8n);
    case "pps":
      return quotient(cellOf(packetsCell), durationOf(cellOf));
    case "bpp":
      return quotient(cellOf(bytesCell), cellOf(packetsCell));
    case "avg":
      return quotient(cellOf({ op: "sum", field: metric.field }), cellOf({ op: "count", field: metric.field }));
    default:
      return cellOf({ op: metric.kind, field: metric.field });
  }
}

function durationOf(cellOf: (cell: Cell) => Sum): Sum {
  const first = cellOf(firstCell);
  const last = cellOf(lastCell);
  return first === null || last === null ? null : last - first;
}

/** Rounded from exact numbers, halves up. */
function quotient(dividend: Sum, divisor: Sum, factor = 1n): Sum {
  if (dividend === null || divisor === null || divisor <= 0n) return null;
  return (2n * dividend * factor * quotientScale + divisor) / (2n * divisor);
}
