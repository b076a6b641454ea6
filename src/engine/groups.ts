import type { Kernel } from "../parse/kernel.js";
import { Scratch } from "../parse/scratch.js";
import type { Selection } from "../parse/sort.js";
import type { Sum } from "./answer.js";

/** A column to be summed: its words, and a byte a row for null (0: none is null). */
export interface SumColumn {
  words: number;
  nulls: number;
}

/** The groups of a table: its rows in the kernel's form, block by block, and how often a row's sums passed 2^64. */
export interface TablePart {
  blocks: ArrayBuffer[];
  /** For each sum: the number of the row, and how often. */
  carries: (readonly [number, bigint])[][];
}

/** What codes of another thread's dictionary are in this one's, for words whose high half is `mark`. */
export interface Recoding {
  codes: Uint32Array;
  mark: number;
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
  readonly #batch: number;
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
    this.#batch = batch;
    this.#carries = Array.from({ length: sums }, () => new Map());
  }

  get size(): number {
    return this.#kernel.call.tableSize(this.#table);
  }

  /** The i-th group, in the order they were first seen. */
  groupAt(i: number): Group {
    return this.#kernel.call.rowAt(this.#table, i);
  }

  /** All groups, in the order they were first seen. */
  *all(): Generator<Group, void> {
    for (let i = 0; i < this.size; i++) yield this.groupAt(i);
  }

  /**
   * Groups among which are the first `n` in the order of their flows (`i` of -1) or of their i-th sum: greatest first,
   * or least with `bottom`, ties all of them. Most groups of millions are left out here, without an object made of any.
   */
  *candidates(i: number, n: number, bottom: boolean): Generator<Group, void> {
    const { call } = this.#kernel;
    // A group without a value, or with more than a word holds, does not stand where its word says.
    if (n === 0 || (i >= 0 && !this.#isSumPlain(i))) {
      yield* this.all();
      return;
    }
    const value = call.threshold(this.#table, i, Math.min(n, this.size), bottom ? 1 : 0);
    for (let from = 0; from < this.size; from = call.passed.value as number) {
      const count = call.passing(this.#table, i, value, bottom ? 1 : 0, from, this.#groups, this.#batch);
      yield* this.#kernel.words32(this.#groups, count).slice();
    }
  }

  /** Whether every group has an i-th sum, and none has passed 2^64. */
  #isSumPlain(i: number): boolean {
    if ((this.#carries[i]?.size ?? 0) > 0) return false;
    return this.#kernel.call.lacking(this.#table, i) === 0;
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

  /** All groups as plain data, for a table of the same shape in another thread. */
  export(): TablePart {
    const { call, u8 } = this.#kernel;
    const perBlock = call.rowsPerBlock(this.#table);
    const stride = call.stride(this.#table);
    const blocks: ArrayBuffer[] = [];
    const numbers = new Map<Group, number>();
    for (let i = 0; i < this.size; i += perBlock) {
      const start = this.groupAt(i);
      blocks.push(u8.slice(start, start + Math.min(perBlock, this.size - i) * stride).buffer);
    }
    const isCarried = (group: Group) => this.#carries.some((carries) => carries.has(group));
    if (this.#carries.some(({ size }) => size > 0)) {
      for (let i = 0; i < this.size; i++) if (isCarried(this.groupAt(i))) numbers.set(this.groupAt(i), i);
    }
    const carries = this.#carries.map((map) =>
      Array.from(map, ([group, count]) => [numbers.get(group)!, count] as const),
    );
    return { blocks, carries };
  }

  /**
   * Add the groups of another table to this one's.
   * @param recodings for each key word, what its codes in the other thread are in this one
   */
  absorb({ blocks, carries }: TablePart, recodings: readonly (Recoding | null)[]): void {
    const { call } = this.#kernel;
    const stride = call.stride(this.#table);
    const perBlock = call.rowsPerBlock(this.#table);
    const scratch = new Scratch(this.#kernel);
    const rows = scratch.reserve(perBlock * stride);
    const selection = scratch.reserve(4 * perBlock);
    const columns = scratch.reserveWords(recodings.map(() => scratch.reserve(8 * perBlock)));
    const codes = scratch.reserveWords(
      recodings.map((recoding) => (recoding === null ? 0 : scratch.copy(recoding.codes))),
    );
    const marks = scratch.reserveWords(recodings.map((recoding) => recoding?.mark ?? 0));
    const identity = this.#kernel.words32(selection, perBlock);
    for (let i = 0; i < perBlock; i++) identity[i] = i;
    blocks.forEach((block, at) => {
      const n = block.byteLength / stride;
      this.#kernel.u8.set(new Uint8Array(block), rows);
      call.mergeRows(this.#table, rows, n, columns, codes, marks, selection, this.#groups);
      for (const [i, map] of this.#carries.entries()) {
        call.mergeSum(this.#table, i, rows, n, this.#groups);
        this.#keepCarries(i);
        for (const [number, count] of carries[i] ?? []) {
          if (number < at * perBlock || number >= at * perBlock + n) continue;
          const group = this.#kernel.words32(this.#groups, n)[number - at * perBlock] as Group;
          map.set(group, (map.get(group) ?? 0n) + count);
        }
      }
    });
    scratch.release();
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
