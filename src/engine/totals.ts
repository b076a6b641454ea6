import type { Sum } from "./answer.js";
import type { Cell } from "./metric-value.js";

/** What flows add up to, cell by cell, as plain data. */
export interface Totals {
  flows: bigint;
  cells: Sum[];
}

export function noTotals(cells: readonly Cell[]): Totals {
  return { flows: 0n, cells: cells.map(() => null) };
}

/** Add what other flows add up to. */
export function addTotals(to: Totals, from: Totals, cells: readonly Cell[]): void {
  to.flows += from.flows;
  cells.forEach(({ op }, i) => {
    to.cells[i] = join(op, to.cells[i] ?? null, from.cells[i] ?? null);
  });
}

function join(op: Cell["op"], a: Sum, b: Sum): Sum {
  if (a === null || b === null) return a ?? b;
  if (op === "min") return a < b ? a : b;
  if (op === "max") return a > b ? a : b;
  return a + b;
}
