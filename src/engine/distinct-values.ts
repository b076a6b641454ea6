import type { Batch } from "../parse/batch.js";
import { type Columns, maxBatchRows } from "../parse/columns.js";
import type { Selection } from "../parse/sort.js";
import { fieldKey } from "../query/query.js";
import { GroupTable, type KeyWord } from "./groups.js";
import { type KeyColumn, keyColumn } from "./keys.js";

/** The distinct values of a field in each group: pairs of a group's key and a value. Memory grows with the pairs. */
export class DistinctValues {
  /** Which cell of the groups they are counted for. */
  readonly cell: number;
  readonly pairs: GroupTable;
  readonly #field: string;
  readonly #columns: Columns;
  readonly #value: KeyColumn;
  readonly #rows: number;

  /** @param keys of the groups */
  constructor(field: string, cell: number, keys: readonly KeyWord[], columns: Columns) {
    this.cell = cell;
    this.#field = field;
    this.#columns = columns;
    this.#value = keyColumn(fieldKey(field), columns);
    // A pair is of the same part as its group.
    this.pairs = new GroupTable(columns.kernel, [...keys, ...this.#value.words], [], maxBatchRows, keys.length);
    this.#rows = columns.kernel.call.reserve(4 * maxBatchRows);
  }

  /** @param keys pointers of the columns of the groups' keys */
  add(batch: Batch, keys: readonly number[], { rows, count }: Selection): void {
    if (!batch.has(this.#field) || count === 0) return;
    const { call } = this.#columns.kernel;
    const values = this.#value.columnsOf(batch, "srcaddr");
    const { word, value } = this.#value.none;
    const own = { rows: this.#rows, count: call.selectOthers(values[word] as number, value, rows, count, this.#rows) };
    this.pairs.add([...keys, ...values], own, [], false);
  }
}
