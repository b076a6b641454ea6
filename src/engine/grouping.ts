import type { Batch } from "../parse/batch.js";
import { type Columns, maxBatchRows } from "../parse/columns.js";
import type { Selection } from "../parse/sort.js";
import type { KeyValue, Sum } from "./answer.js";
import { CellColumns, sumOpOf } from "./cell-columns.js";
import { DistinctValues } from "./distinct-values.js";
import { type Group, GroupTable, type SumColumn } from "./groups.js";
import { type KeyColumn, keyColumn, type Side } from "./keys.js";
import { GroupOrder } from "./order.js";
import { type GroupingPlan, isFor } from "./plan.js";
import { compileSelection } from "./select.js";
import { SpreadColumns } from "./spread.js";
import { addTotals, noTotals, type Totals } from "./totals.js";

/** What a grouping has added up over all its groups, as plain data. */
export interface GroupingTotals {
  /** Every flow once. */
  flows: Totals;
  /** All groups together, which with the key `addr` is more. */
  groups: Totals;
}

/**
 * What some of the groups are for an answer, as plain data: how many they are, and how many of them lack each cell; and those that
 * can be among the chosen ones, as a table writes them.
 */
export interface Standing {
  groups: number;
  lacking: number[];
  rows: Uint8Array[];
}

/** One group of an answer: a value for each key, and for each cell of the plan. */
export interface GroupRow {
  key: KeyValue[];
  flows: bigint;
  cells: Sum[];
}

export interface GroupRows extends Iterable<GroupRow> {
  readonly length: number;
}

/** Flows as groups, by one plan. Memory grows with distinct groups, and with the distinct values that are counted of them. */
export class Grouping {
  readonly plan: GroupingPlan;
  readonly totals: GroupingTotals;
  readonly #columns: Columns;
  readonly #keys: readonly KeyColumn[];
  readonly #groups: GroupTable;
  readonly #cells: CellColumns;
  readonly #distinct: readonly DistinctValues[];
  readonly #order: GroupOrder;
  readonly #narrow: ((batch: Batch, selection: Selection) => void) | null;
  readonly #spread: SpreadColumns | null;
  /** The rows of a batch that the plan is for, where these are not all. */
  readonly #own: Selection;
  /** The rows that count a second time, where the key is `addr`. */
  readonly #second: Selection;
  /** How many groups have come as standings, of which only the chosen ones are in the table; null: none has. */
  #stood: { groups: number; lacking: number[] } | null = null;

  constructor(plan: GroupingPlan, columns: Columns) {
    const { kernel } = columns;
    this.plan = plan;
    this.totals = { flows: noTotals(plan.cells), groups: noTotals(plan.cells) };
    this.#columns = columns;
    this.#keys = plan.keys.length > 0 ? plan.keys.map((key) => keyColumn(key, columns)) : [noKey(columns)];
    const words = this.#keys.flatMap((key) => key.words);
    this.#groups = new GroupTable(kernel, words, plan.cells.map(sumOpOf), maxBatchRows);
    this.#cells = new CellColumns(plan.cells, columns);
    this.#distinct = plan.cells.flatMap(({ op, field }, cell) =>
      op === "distinct" ? [new DistinctValues(field, cell, words, columns)] : [],
    );
    this.#order = new GroupOrder(plan, this.#keys, this.#groups, columns);
    this.#narrow = plan.where === null ? null : compileSelection(plan.where, { since: null, until: null }, columns);
    const time = plan.isSpread ? plan.keys.find((key) => key.kind === "time") : undefined;
    this.#spread = time === undefined ? null : new SpreadColumns(time.bin, plan.cells, columns);
    this.#own = { rows: kernel.call.reserve(4 * maxBatchRows), count: 0 };
    this.#second = { rows: kernel.call.reserve(4 * maxBatchRows), count: 0 };
  }

  /** What memory goes into: the groups, and the values that are counted. */
  get tables(): readonly GroupTable[] {
    return [this.#groups, ...this.#distinct.map(({ pairs }) => pairs)];
  }

  /** How many groups there are. */
  get size(): number {
    return this.#stood?.groups ?? this.#groups.size;
  }

  /** How many groups have no value for a cell. */
  lacking(cell: number): number {
    return this.#stood === null ? this.#groups.lacking(cell) : (this.#stood.lacking[cell] as number);
  }

  add(batch: Batch, all: Selection): void {
    if (!isFor(this.plan, batch.layout)) return;
    const selection = this.#ownRows(batch, all);
    if (selection.count === 0) return;
    const values = this.#cells.of(batch);
    const keys = this.#keyPointers(batch, "srcaddr");
    const added = this.#addRows(batch, keys, selection, values);
    addTotals(this.totals.flows, added, this.plan.cells);
    addTotals(this.totals.groups, added, this.plan.cells);
    if (!this.plan.keys.some(({ kind }) => kind === "addr")) return;
    const others = this.#keyPointers(batch, "dstaddr");
    this.#selectTwoGroups(keys, others, selection);
    addTotals(this.totals.groups, this.#addRows(batch, others, this.#second, values), this.plan.cells);
  }

  #addRows(batch: Batch, keys: readonly number[], selection: Selection, values: readonly (SumColumn | null)[]): Totals {
    for (const distinct of this.#distinct) distinct.add(batch, keys, selection);
    if (this.#spread !== null) return this.#addSpread(batch, keys, selection, values, this.#spread);
    return { flows: BigInt(selection.count), cells: this.#groups.add(keys, selection, values) };
  }

  #ownRows(batch: Batch, all: Selection): Selection {
    if (this.#narrow === null && !this.plan.skipsNull) return all;
    const { kernel } = this.#columns;
    const own = this.#own;
    kernel.words32(own.rows, all.count).set(kernel.words32(all.rows, all.count));
    own.count = all.count;
    this.#narrow?.(batch, own);
    if (this.plan.skipsNull) for (const key of this.#keys) dropNulls(key, batch, own, this.#columns);
    return own;
  }

  /** A flow counts in the bin it starts in; its further shares of bytes and packets only add to later ones. */
  #addSpread(
    batch: Batch,
    keys: readonly number[],
    selection: Selection,
    values: readonly (SumColumn | null)[],
    spread: SpreadColumns,
  ): Totals {
    const firstShares = spread.firstShares(batch, selection, values);
    const added: Totals = {
      flows: BigInt(selection.count),
      cells: this.#groups.add(keys, selection, firstShares),
    };
    for (const later of spread.laterShares(
      keys,
      this.plan.keys.findIndex(({ kind }) => kind === "time"),
    )) {
      const cells = this.#groups.add(later.keys, later.selection, later.values, false);
      addTotals(added, { flows: 0n, cells }, this.plan.cells);
    }
    return added;
  }

  #keyPointers(batch: Batch, side: Side): number[] {
    return this.#keys.flatMap((key) => key.columnsOf(batch, side));
  }

  /** The rows whose two addresses fall into two groups: only they count again. */
  #selectTwoGroups(first: readonly number[], second: readonly number[], selection: Selection): void {
    const { kernel } = this.#columns;
    const rows = kernel.words32(selection.rows, selection.count);
    const to = kernel.words32(this.#second.rows, maxBatchRows);
    const pairs = first.map((pointer, i) => [
      kernel.words32(pointer, 2 * maxBatchRows),
      kernel.words32(second[i] as number, 2 * maxBatchRows),
    ]) as [Uint32Array, Uint32Array][];
    let count = 0;
    for (const row of rows) {
      if (pairs.some(([a, b]) => a[2 * row] !== b[2 * row] || a[2 * row + 1] !== b[2 * row + 1])) to[count++] = row;
    }
    this.#second.count = count;
  }

  /** Add what another grouping of the same plan has added up; its groups come as standings. */
  addTotals({ flows, groups }: GroupingTotals): void {
    addTotals(this.totals.flows, flows, this.plan.cells);
    addTotals(this.totals.groups, groups, this.plan.cells);
  }

  /** Once all flows of the groups that are here have been added: count the distinct values of each. */
  settle(): void {
    for (const { cell, pairs } of this.#distinct) {
      this.#groups.countPairs(cell, pairs);
      pairs.clear();
    }
  }

  /** What the groups that are here are for the answer, if no other grouping has any of them. */
  standing(among: Among): Standing {
    this.settle();
    const chosen = this.#order.chosen(among, false);
    return {
      groups: this.#groups.size,
      lacking: this.plan.cells.map((_, i) => this.#groups.lacking(i)),
      rows: Array.from(this.#groups.write(chosen), (bytes) => bytes.slice()),
    };
  }

  /** Add groups that no other grouping has, to those that came so before: all of this grouping's do, or none. */
  addStanding({ groups, lacking, rows }: Standing): void {
    for (const bytes of rows) this.#groups.absorb(bytes);
    this.#stood ??= { groups: 0, lacking: lacking.map(() => 0) };
    this.#stood.groups += groups;
    for (const [cell, count] of lacking.entries()) this.#stood.lacking[cell]! += count;
  }

  /** The chosen groups, in their order; their rows are made while they are gone through, from what is here by then. */
  rows(among: Among): GroupRows {
    const chosen = this.#order.chosen(among, true);
    const rowOf = (group: Group) => this.#rowOf(group);
    return {
      length: chosen.length,
      *[Symbol.iterator]() {
        for (const group of chosen) yield rowOf(group);
      },
    };
  }

  #rowOf(group: Group): GroupRow {
    return {
      key: this.plan.keys.length === 0 ? [] : this.#order.keyOf(group),
      flows: this.#groups.flows(group),
      cells: this.plan.cells.map((_, i) => this.#groups.sum(group, i)),
    };
  }
}

/** Keys of a grouping that another's choice is among, as `keyText` writes them; null: every one. */
export type Among = ReadonlySet<string> | null;

/** One word for all flows. */
function noKey(columns: Columns): KeyColumn {
  return {
    words: [{ kind: "plain", dictionary: 0 }],
    none: { word: 0, value: -1n },
    columnsOf: () => [columns.words("0 for every row")],
    valueOf: () => null,
    compare: () => 0,
  };
}

/** Leave out the rows without a value for a key. */
function dropNulls(key: KeyColumn, batch: Batch, selection: Selection, columns: Columns): void {
  const { rows, count } = selection;
  const column = key.columnsOf(batch, "srcaddr")[key.none.word] as number;
  selection.count = columns.kernel.call.selectOthers(column, key.none.value, rows, count, rows);
}
