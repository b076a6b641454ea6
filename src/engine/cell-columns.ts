import type { Batch } from "../parse/batch.js";
import { type Columns, maxBatchRows } from "../parse/columns.js";
import { findField } from "../record/fields.js";
import type { SumColumn, SumOp } from "./groups.js";
import type { Cell } from "./metric-value.js";
import { PortMask } from "./port-mask.js";

const ops: Readonly<Record<Cell["op"], SumOp>> = {
  sum: "add",
  min: "least",
  max: "greatest",
  count: "add",
  distinct: "add",
};

/** How a table of groups keeps a cell. */
export function sumOpOf({ op }: Cell): SumOp {
  return ops[op];
}

/** The columns that cells are made of, batch by batch. */
export class CellColumns {
  readonly #columns: Columns;
  readonly #cells: readonly Cell[];
  readonly #ports: PortMask;
  #ones: number | null = null;

  constructor(cells: readonly Cell[], columns: Columns) {
    this.#cells = cells;
    this.#columns = columns;
    this.#ports = new PortMask(columns);
  }

  /** A column for each cell; null where the layout lacks its field, or where it is made later. */
  of(batch: Batch): (SumColumn | null)[] {
    return this.#cells.map(({ op, field }) => {
      if (op === "distinct" || !batch.has(field)) return null;
      const column = this.#valuesOf(field, batch);
      return op === "count" ? { words: this.#onesColumn(), nulls: column.nulls } : column;
    });
  }

  #valuesOf(field: string, batch: Batch): SumColumn {
    const nulls = this.#columns.nulls(field);
    const kind = findField(field)?.kind;
    if (kind === "counter") return { words: this.#columns.words(field), nulls };
    const words = kind === "uint16" ? this.#ports.of(field, batch) : this.#columns.words(field);
    this.#columns.kernel.call.noteNulls(words, batch.rows, nulls);
    return { words, nulls };
  }

  #onesColumn(): number {
    if (this.#ones !== null) return this.#ones;
    this.#ones = this.#columns.words("1 for every row");
    const { u64 } = this.#columns.kernel;
    u64.fill(1n, this.#ones / 8, this.#ones / 8 + maxBatchRows);
    return this.#ones;
  }
}
