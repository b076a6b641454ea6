import { readFileSync } from "node:fs";

/** What `kernel/index.ts` exports; every pointer is a byte offset into `memory`. */
interface KernelExports {
  memory: WebAssembly.Memory;
  reserve(bytes: number): number;
  room(bytes: number): number;
  release(pointer: number): void;
  scan(from: number, to: number, maxRows: number, batch: number): number;
  scanned: WebAssembly.Global;
  roughRows: WebAssembly.Global;
  listRough(rows: number, odd: number, rough: number, list: number): number;
  decodeNumbers(
    entry: number,
    stride: number,
    rows: number,
    odd: number,
    rough: number,
    dest: number,
    max: bigint,
  ): void;
  checkRange(
    entry: number,
    stride: number,
    rows: number,
    odd: number,
    rough: number,
    digits: number,
    first: number,
    max: bigint,
  ): void;
  readNumbers(
    entry: number,
    stride: number,
    list: number,
    n: number,
    odd: number,
    dest: number,
    nulls: number,
    max: bigint,
  ): void;
  addresses(entry: number, stride: number, rows: number, odd: number, dest: number, dictionary: number): void;
  texts(entry: number, stride: number, rows: number, odd: number, dest: number, dictionary: number): void;
  noteNulls(column: number, rows: number, nulls: number): void;
  selectRange(
    column: number,
    nulls: number,
    first: bigint,
    last: bigint,
    flip: number,
    rows: number,
    n: number,
  ): number;
  selectPorts(
    column: number,
    other: number,
    protocols: number,
    asked: number,
    withPorts: number,
    flip: number,
    rows: number,
    n: number,
  ): number;
  selectTable(column: number, table: number, size: number, flip: number, rows: number, n: number): number;
  selectOthers(column: number, word: bigint, selection: number, n: number, out: number): number;
  maskPorts(ports: number, protocols: number, rows: number, portProtocols: number, dest: number): void;
  textsOf(entry: number, stride: number, list: number, n: number, dest: number, dictionary: number): void;
  dashes(entry: number, stride: number, rows: number, odd: number, all: number): void;
  extremes(column: number, selection: number, n: number, range: number): number;
  cutPrefixes(
    column: number,
    rows: number,
    odd: number,
    dest: number,
    v4: number,
    v6: number,
    dictionary: number,
  ): void;
  newDictionary(): number;
  dictionarySize(dictionary: number): number;
  dictionaryBytes(dictionary: number): number;
  forget(dictionary: number): void;
  intern(dictionary: number, bytes: number, length: number): number;
  interned(dictionary: number, code: number): number;
  internedLength(dictionary: number, code: number): number;
  sortByDashes(dashes: number, rows: number, odd: number, recordRows: number, flowRows: number): void;
  records: WebAssembly.Global;
  flows: WebAssembly.Global;
  sortFlows(
    entry: number,
    stride: number,
    rows: number,
    odd: number,
    recordRows: number,
    flowRows: number,
    otherRows: number,
  ): void;
  listOthers(entry: number, stride: number, rows: number, odd: number, list: number): void;
  others: WebAssembly.Global;
  markSeen(column: number, selection: number, n: number, seen: number): void;
  render(
    selection: number,
    from: number,
    n: number,
    index: number,
    stride: number,
    columns: number,
    count: number,
    end: number,
    endLength: number,
    quoted: number,
    none: number,
    noneLength: number,
    forbidden: number,
    out: number,
    outEnd: number,
  ): number;
  renderedEnd: WebAssembly.Global;
  newTable(keyWords: number, sums: number, ops: number, batch: number): number;
  clearTable(table: number): void;
  tableSize(table: number): number;
  tableBytes(table: number): number;
  rowAt(table: number, i: number): number;
  findGroups(table: number, columns: number, selection: number, n: number, out: number): void;
  count(groups: number, n: number): void;
  add(table: number, i: number, values: number, nulls: number, selection: number, n: number, groups: number): void;
  bound(table: number, i: number, values: number, nulls: number, selection: number, n: number, groups: number): void;
  addedLow: WebAssembly.Global;
  addedHigh: WebAssembly.Global;
  addedAny: WebAssembly.Global;
  countWithTwo(
    table: number,
    first: number,
    firstNulls: number,
    second: number,
    secondNulls: number,
    selection: number,
    n: number,
    groups: number,
  ): void;
  secondLow: WebAssembly.Global;
  secondHigh: WebAssembly.Global;
  secondAny: WebAssembly.Global;
  flowsOf(group: number): bigint;
  countPairs(
    table: number,
    i: number,
    pairs: number,
    columns: number,
    selection: number,
    groups: number,
    batch: number,
  ): void;
  hasSum(table: number, group: number, i: number): number;
  sumLow(table: number, group: number, i: number): bigint;
  sumHigh(table: number, group: number, i: number): bigint;
  wideSums(table: number): number;
  lacking(table: number, i: number): number;
  threshold(table: number, i: number, n: number, bottom: number): bigint;
  passing(table: number, i: number, value: bigint, bottom: number, from: number, out: number, room: number): number;
  passed: WebAssembly.Global;
  orderSums(table: number, i: number, descending: number, out: number): void;
  orderLacking(table: number, i: number, out: number): void;
  orderWords(table: number, word: number, descending: number, out: number): void;
  orderCodes(
    table: number,
    word: number,
    none: bigint,
    ranks: number,
    mark: bigint,
    descending: number,
    out: number,
  ): void;
  rankTexts(dictionary: number, ranks: number): void;
  sortGroups(columns: number, count: number, n: number, out: number, scratch: number): void;
  rowsAt(table: number, numbers: number, n: number): void;
  partition(table: number, keys: number, words: number, parts: number, ends: number, out: number): void;
  writeGroups(table: number, keys: number, groups: number, n: number, out: number, outEnd: number): void;
  written: WebAssembly.Global;
  writtenGroups: WebAssembly.Global;
  absorb(
    table: number,
    keys: number,
    rows: number,
    length: number,
    columns: number,
    selection: number,
    groups: number,
    batch: number,
  ): void;
}

let compiled: WebAssembly.Module | undefined;

/**
 * One instance of the kernel with its own memory, which only grows.
 * `u8`, `u32` and `u64` are views of all of it: read them anew after any call that may have made it grow.
 */
export class Kernel {
  readonly call: KernelExports;
  #u8 = new Uint8Array(0);
  #u32 = new Uint32Array(0);
  #u64 = new BigUint64Array(0);

  constructor() {
    compiled ??= new WebAssembly.Module(readFileSync(new URL("./kernel.wasm", import.meta.url)));
    const instance = new WebAssembly.Instance(compiled, { env: { abort: failKernel } });
    const call = instance.exports as unknown as KernelExports;
    // WebAssembly gives pointers as signed numbers: past 2 GiB they would count from the end of a view.
    this.call = {
      ...call,
      reserve: (bytes) => call.reserve(bytes) >>> 0,
      room: (bytes) => call.room(bytes) >>> 0,
      interned: (dictionary, code) => call.interned(dictionary, code) >>> 0,
    };
  }

  get u8(): Uint8Array {
    if (this.#u8.buffer !== this.call.memory.buffer) this.#u8 = new Uint8Array(this.call.memory.buffer);
    return this.#u8;
  }

  get u32(): Uint32Array {
    if (this.#u32.buffer !== this.call.memory.buffer) this.#u32 = new Uint32Array(this.call.memory.buffer);
    return this.#u32;
  }

  get u64(): BigUint64Array {
    if (this.#u64.buffer !== this.call.memory.buffer) this.#u64 = new BigUint64Array(this.call.memory.buffer);
    return this.#u64;
  }

  /** A view of `length` 32-bit words at a pointer. */
  words32(pointer: number, length: number): Uint32Array {
    return this.u32.subarray(pointer >>> 2, (pointer >>> 2) + length);
  }

  /** The bytes that a code of a dictionary stands for. */
  interned(dictionary: number, code: number): Uint8Array {
    const start = this.call.interned(dictionary, code);
    return this.u8.subarray(start, start + this.call.internedLength(dictionary, code));
  }

  /** The code of a text's bytes; 0, null, is never one. */
  intern(dictionary: number, bytes: Uint8Array): number {
    const place = this.call.reserve(bytes.length + 8);
    this.u8.set(bytes, place);
    const code = this.call.intern(dictionary, place, bytes.length);
    this.call.release(place);
    return code;
  }
}

/** AssemblyScript calls this when memory is at its end (4 GiB); the kernel is built without assertions. */
function failKernel(): never {
  throw new Error("the kernel is out of memory (4 GiB)");
}
