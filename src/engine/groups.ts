import type { Kernel } from "../parse/kernel.js";
import type { Selection } from "../parse/sort.js";
import type { Sum } from "./answer.js";

/** A column to be summed: its words, and a byte a row for null (0: none is null). */
export interface SumColumn {
  words: number;
  nulls: number;
}

/** Pointer of a group's row in the kernel's memory; it holds for the life of the table. */
export type Group = number;

/**
 * Groups of flows with exact sums, in the kernel's memory, which grows with the distinct keys.
 * Each group counts its flows, and sums the columns given to `add`, in their order.
 */
export class GroupTable {
  readonly #kernel: Kernel;
  readonly #table: number;
  readonly #keyWords: number;
  readonly #columns: number;
  readonly #groups: number;
  /** How often a sum of a group passed 2^64, which hardly any ever does. */
  readonly #carries: Map<Group, bigint>[];

  /** @param batch most rows of one `add` */
  constructor(kernel: Kernel, keyWords: number, sums: number, batch: number) {
    const { call } = kernel;
    this.#kernel = kernel;
    this.#keyWords = keyWords;
    this.#table = call.newTable(keyWords, sums, batch);
    this.#columns = call.reserve(4 * Math.max(1, keyWords));
    this.#groups = call.reserve(4 * batch);
    this.#carries = Array.from({ length: sums }, () => new Map());
  }

  get size(): number {
    return this.#kernel.call.tableSize(this.#table);
  }

  /** The i-th group, in the order they were first seen. */
  groupAt(i: number): Group {
    return this.#kernel.call.rowAt(this.#table, i);
  }

  /**
   * Count the selected rows for the groups of their keys. A sum whose column is null (not in this layout) gets nothing.
   * @returns what was added to each sum over all groups; null where no row had a value
   */
  add(keys: readonly number[], selection: Selection, sums: readonly (SumColumn | null)[]): Sum[] {
    const { call } = this.#kernel;
    this.#kernel.words32(this.#columns, keys.length).set(keys);
    call.groupRows(this.#table, this.#columns, selection.rows, selection.count, this.#groups);
    return sums.map((column, i) => {
      if (column === null) return null;
      call.add(this.#table, i, column.words, column.nulls, selection.rows, selection.count, this.#groups);
      this.#keepCarries(i);
      return call.addedAny.value ? this.#added() : null;
    });
  }

  #added(): bigint {
    const { addedLow, addedHigh } = this.#kernel.call;
    return (BigInt.asUintN(64, addedHigh.value as bigint) << 64n) | BigInt.asUintN(64, addedLow.value as bigint);
  }

  #keepCarries(i: number): void {
    const { carried, carries } = this.#kernel.call;
    if (carried.value === 0) return;
    const map = this.#carries[i] as Map<Group, bigint>;
    for (const group of this.#kernel.words32(carries.value as number, carried.value as number)) {
      map.set(group, (map.get(group) ?? 0n) + 1n);
    }
  }

  /** The words of a group's key. */
  key(group: Group): bigint[] {
    const first = (group >>> 3) + 2;
    return Array.from(this.#kernel.u64.subarray(first, first + this.#keyWords));
  }

  flows(group: Group): bigint {
    return this.#kernel.u64[(group >>> 3) + 1] as bigint;
  }

  /** The i-th sum of a group; null where no row of it had a value. */
  sum(group: Group, i: number): Sum {
    const flags = this.#kernel.u32[(group >>> 2) + 1] as number;
    if ((flags & (1 << i)) === 0) return null;
    const sum = this.#kernel.u64[(group >>> 3) + 2 + this.#keyWords + i] as bigint;
    return sum + ((this.#carries[i]?.get(group) ?? 0n) << 64n);
  }
}
