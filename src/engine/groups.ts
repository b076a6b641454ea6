import type { Kernel } from "../parse/kernel.js";
import { Scratch } from "../parse/scratch.js";
import type { Selection } from "../parse/sort.js";
import type { Sum } from "./answer.js";

/** What is kept of a column for each group: the sum of its values, or the least or greatest of them. */
export type SumOp = "add" | "least" | "greatest";

/** A column of values: its words, and a byte a row for null (0: none is null). */
export interface SumColumn {
  words: number;
  nulls: number;
}

/** How a word of a key is read: as it is, or as a code of a text or of an IPv6 address. */
export interface KeyWord {
  kind: "plain" | "text" | "address";
  /** 0 for a plain word. */
  dictionary: number;
}

const kindNumbers = { plain: 0, text: 1, address: 2 } as const;
const opNumbers: Readonly<Record<SumOp, number>> = { add: 0, least: 1, greatest: 2 };

/** Pointer of a group's row in the kernel's memory; it holds until the table is cleared. */
export type Group = number;

/** Room for rows that are written: more than a row takes whose key is the longest line, in two fields. */
const outBytes = 4 << 20;

/**
 * Groups of flows with exact sums, in the kernel's memory, which grows with the distinct keys.
 * Each group counts its flows, and sums the columns given to `add`, in their order, or keeps their least or greatest values.
 */
export class GroupTable {
  readonly #kernel: Kernel;
  readonly #table: number;
  readonly #keys: readonly KeyWord[];
  readonly #ops: readonly SumOp[];
  /** How many words of a key tell which part a group is of. */
  readonly #partWords: number;
  readonly #keyWords: number;
  readonly #columns: number;
  readonly #groups: number;
  readonly #batch: number;
  #out = 0;
  #absorbing: { columns: number; selection: number } | null = null;

  /**
   * @param batch     most rows of one `add`
   * @param partWords how many of the key's words tell which part a group is of; left out, all of them
   */
  constructor(
    kernel: Kernel,
    keys: readonly KeyWord[],
    ops: readonly SumOp[],
    batch: number,
    partWords: number = keys.length,
  ) {
    const { call } = kernel;
    this.#kernel = kernel;
    this.#keys = keys;
    this.#ops = ops;
    this.#partWords = partWords;
    const scratch = new Scratch(kernel);
    const opBytes = scratch.reserve(ops.length + 1);
    kernel.u8.set(
      ops.map((op) => opNumbers[op]),
      opBytes,
    );
    this.#table = call.newTable(keys.length, ops.length, opBytes, batch);
    scratch.release();
    this.#keyWords = call.reserve(8 * keys.length);
    kernel.words32(this.#keyWords, 2 * keys.length).set(keys.flatMap((key) => [kindNumbers[key.kind], key.dictionary]));
    this.#columns = call.reserve(4 * keys.length);
    this.#groups = call.reserve(4 * batch);
    this.#batch = batch;
  }

  get size(): number {
    return this.#kernel.call.tableSize(this.#table);
  }

  /** How much memory the groups take, without the texts of their keys. */
  get bytes(): number {
    return this.#kernel.call.tableBytes(this.#table);
  }

  /** How many groups have no value for their i-th sum. */
  lacking(i: number): number {
    return this.#kernel.call.lacking(this.#table, i);
  }

  /** All groups, in the order they were first seen. */
  *all(): Generator<Group, void> {
    for (let i = 0; i < this.size; i++) yield this.#kernel.call.rowAt(this.#table, i);
  }

  /**
   * All groups, sorted by some columns, the first of which counts most; each is written by a function, for the table
   * of that pointer, as a word a group of which the lesser comes first. Takes 8 bytes a group and column for as long as it takes.
   */
  sorted(columns: readonly ((out: number, table: number) => void)[]): Uint32Array {
    const { call } = this.#kernel;
    const scratch = new Scratch(this.#kernel);
    const { size } = this;
    try {
      const pointers = columns.map((write) => {
        const out = scratch.reserve(8 * size);
        write(out, this.#table);
        return out;
      });
      const numbers = scratch.reserve(4 * size);
      call.sortGroups(scratch.reserveWords(pointers), columns.length, size, numbers, scratch.reserve(4 * size));
      call.rowsAt(this.#table, numbers, size);
      return this.#kernel.words32(numbers, size).slice();
    } finally {
      scratch.release();
    }
  }

  /** Whether a sum has passed 2^64. */
  get hasWideSums(): boolean {
    return this.#kernel.call.wideSums(this.#table) > 0;
  }

  /**
   * Groups among which are the first `n` in the order of their flows (`i` of -1) or of their i-th sum: greatest first,
   * or least with `bottom`, ties all of them. Most groups of millions are left out here, without an object made of any.
   */
  *candidates(i: number, n: number, bottom: boolean): Generator<Group, void> {
    const { call } = this.#kernel;
    // A group without a value, or with more than a word holds, does not stand where its word says.
    if (n === 0 || (i >= 0 && (call.wideSums(this.#table) > 0 || this.lacking(i) > 0))) {
      yield* this.all();
      return;
    }
    const value = call.threshold(this.#table, i, Math.min(n, this.size), bottom ? 1 : 0);
    for (let from = 0; from < this.size; ) {
      const count = call.passing(this.#table, i, value, bottom ? 1 : 0, from, this.#groups, this.#batch);
      from = call.passed.value as number;
      yield* this.#kernel.words32(this.#groups, count).slice();
    }
  }

  /**
   * Count the selected rows for the groups of their keys. A sum whose column is null (not in this layout) gets nothing.
   * @param counts whether the rows are flows of their own, or further parts of ones that are counted already
   * @returns what was added to each sum over all groups (or what is the least of it, or the greatest); null where no row had
   *          a value
   */
  add(keys: readonly number[], selection: Selection, sums: readonly (SumColumn | null)[], counts = true): Sum[] {
    const { call } = this.#kernel;
    this.#kernel.words32(this.#columns, keys.length).set(keys);
    call.findGroups(this.#table, this.#columns, selection.rows, selection.count, this.#groups);
    const [first, second] = sums;
    const areTwo = sums.length === 2 && first && second && this.#ops.every((op) => op === "add");
    if (counts && areTwo) return this.#countWithTwo(first, second, selection);
    if (counts) call.count(this.#groups, selection.count);
    return sums.map((column, i) => {
      if (column === null) return null;
      const update = this.#ops[i] === "add" ? call.add : call.bound;
      update(this.#table, i, column.words, column.nulls, selection.rows, selection.count, this.#groups);
      return call.addedAny.value ? wide(call.addedLow.value as bigint, call.addedHigh.value as bigint) : null;
    });
  }

  /** Most questions ask for flows and two sums. */
  #countWithTwo(first: SumColumn, second: SumColumn, { rows, count }: Selection): Sum[] {
    const { call } = this.#kernel;
    call.countWithTwo(this.#table, first.words, first.nulls, second.words, second.nulls, rows, count, this.#groups);
    return [
      call.addedAny.value ? wide(call.addedLow.value as bigint, call.addedHigh.value as bigint) : null,
      call.secondAny.value ? wide(call.secondLow.value as bigint, call.secondHigh.value as bigint) : null,
    ];
  }

  /** Set the i-th sum of each group to how many groups of another table have keys that begin with its own. */
  countPairs(i: number, pairs: GroupTable): void {
    this.#absorbing ??= this.#reserveToAbsorb();
    const { columns, selection } = this.#absorbing;
    this.#kernel.call.countPairs(this.#table, i, pairs.#table, columns, selection, this.#groups, this.#batch);
  }

  /** Forget all groups. */
  clear(): void {
    this.#kernel.call.clearTable(this.#table);
  }

  /**
   * Groups as bytes that any table of the same keys and sums can absorb, in any thread. Whole rows in each piece, which holds
   * until the kernel's memory may have grown: copied or written out before anything else is done.
   */
  *write(groups: ArrayLike<Group>): Generator<Uint8Array, void> {
    const scratch = new Scratch(this.#kernel);
    try {
      yield* this.#write(scratch.copy(Uint32Array.from(groups)), groups.length);
    } finally {
      scratch.release();
    }
  }

  /** The same of all groups, part by part. Which part a group belongs to depends on nothing but its key. */
  *writeParts(parts: number): Generator<{ part: number; bytes: Uint8Array }, void> {
    const scratch = new Scratch(this.#kernel);
    const order = scratch.reserve(4 * this.size);
    const ends = scratch.reserve(4 * parts);
    try {
      this.#kernel.call.partition(this.#table, this.#keyWords, this.#partWords, parts, ends, order);
      let begin = 0;
      for (const [part, end] of this.#kernel.words32(ends, parts).slice().entries()) {
        for (const bytes of this.#write(order + 4 * begin, end - begin)) yield { part, bytes };
        begin = end;
      }
    } finally {
      scratch.release();
    }
  }

  *#write(groups: number, count: number): Generator<Uint8Array, void> {
    const { call } = this.#kernel;
    if (this.#out === 0) this.#out = call.room(outBytes);
    for (let done = 0; done < count; ) {
      call.writeGroups(this.#table, this.#keyWords, groups + 4 * done, count - done, this.#out, this.#out + outBytes);
      // Read at once: another table may write before the next piece is asked for.
      const written = call.writtenGroups.value as number;
      if (written === 0) throw new Error("a group's key is longer than any line");
      done += written;
      yield this.#kernel.u8.subarray(this.#out, (call.written.value as number) >>> 0);
    }
  }

  /** Add groups that were written, in whole rows. */
  absorb(bytes: Uint8Array): void {
    const { call } = this.#kernel;
    this.#absorbing ??= this.#reserveToAbsorb();
    const { columns, selection } = this.#absorbing;
    const scratch = new Scratch(this.#kernel);
    const rows = scratch.reserve(bytes.length + 8);
    this.#kernel.u8.set(bytes, rows);
    const [table, keys, groups] = [this.#table, this.#keyWords, this.#groups];
    call.absorb(table, keys, rows, bytes.length, columns, selection, groups, this.#batch);
    scratch.release();
  }

  /** Made once: what is spilled comes back in a hundred thousand pieces, and all of their groups took less time than this. */
  #reserveToAbsorb(): { columns: number; selection: number } {
    const lasting = new Scratch(this.#kernel);
    return {
      columns: lasting.reserveWords(this.#keys.map(() => lasting.reserve(8 * this.#batch))),
      selection: lasting.copy(Uint32Array.from({ length: this.#batch }, (_, i) => i)),
    };
  }

  /** The words of a group's key. */
  key(group: Group): bigint[] {
    const first = (group >>> 3) + 1;
    return Array.from(this.#kernel.u64.subarray(first, first + this.#keys.length));
  }

  flows(group: Group): bigint {
    return this.#kernel.call.flowsOf(group);
  }

  /** The i-th sum of a group; null where no row of it had a value. */
  sum(group: Group, i: number): Sum {
    const { call } = this.#kernel;
    if (call.hasSum(this.#table, group, i) === 0) return null;
    return wide(call.sumLow(this.#table, group, i), call.sumHigh(this.#table, group, i));
  }
}

/** The number of a low and a high half, as the kernel gives them. */
function wide(low: bigint, high: bigint): bigint {
  return (BigInt.asUintN(64, high) << 64n) | BigInt.asUintN(64, low);
}
