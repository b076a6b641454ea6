// Groups of rows: a row of memory for each distinct key, with its accumulators side by side (for most questions one
// cache line), found through a separate, small index of slots: the hash of a key (u32, high) and the pointer of its row.
//
//   row: head u64 | key words u64 … | sums u64 … | further heads u64 …
//
// The head counts the flows (48 bits); bit 48 + i: the i-th sum has met a value; bit 56 + i: it has passed 2^64, and its word is
// the pointer of a sum of 128 bits. From the ninth sum on, each eight have a further head with such bits. A sum may be a least or a
// greatest value instead. With one key word and two sums two rows fill a cache line, and none stands in two of them.
// Rows do not move until the table is cleared. Memory grows with distinct keys.

@unmanaged
export class Table {
  slots: usize;
  shift: u32;
  size: u32;
  keyWords: u32;
  sums: u32;
  stride: u32;
  /** What each sum is, a byte each: `addOp`, `leastOp` or `greatestOp`. */
  ops: usize;
  /** Blocks of rows: where the rows begin and the block itself (u32 each), how many there are, how many fit, rows in each. */
  blocks: usize;
  blockCount: u32;
  blockRoom: u32;
  perBlock: u32;
  /** Places for a batch: the hash of each row, and the rows whose group is not where its hash says. */
  hashes: usize;
  looked: usize;
  missed: usize;
  /** A row that stands for none. */
  nobody: usize;
  /** How many sums have passed 2^64. */
  wide: u32;
}

/** Where the key stands in a row. */
// @ts-ignore: decorator
@inline
export const keyOffset: usize = 8;
// @ts-ignore: decorator
@inline
const flowsMask: u64 = (1 << 48) - 1;

export const addOp: u8 = 0;
export const leastOp: u8 = 1;
export const greatestOp: u8 = 2;

/** The bits of its head that say whether the i-th sum has met a value, and whether it is of 128 bits. */
// @ts-ignore: decorator
@inline
export function hasFlag(i: u32): u64 {
  return (1 as u64) << ((48 + (i & 7)) as u64);
}

// @ts-ignore: decorator
@inline
export function wideFlag(i: u32): u64 {
  return (1 as u64) << ((56 + (i & 7)) as u64);
}

/** Where in a row the head of the i-th sum is. */
// @ts-ignore: decorator
@inline
export function headOffset(table: Table, i: u32): usize {
  return i < 8 ? 0 : keyOffset + ((table.keyWords + table.sums + (i >> 3) - 1) << 3);
}

// @ts-ignore: decorator
@inline
export function flowsIn(head: u64): u64 {
  return head & flowsMask;
}

/** The row of the `i`-th group, in the order they were first seen. */
export function rowAt(pointer: usize, i: u32): usize {
  const table = changetype<Table>(pointer);
  return load<u32>(table.blocks + (((i / table.perBlock) as usize) << 3)) + (i % table.perBlock) * table.stride;
}

// @ts-ignore: decorator
@inline
export function sumOffset(table: Table, i: u32): usize {
  return keyOffset + (((table.keyWords + i) as usize) << 3);
}

// @ts-ignore: decorator
@inline
export function column(columns: usize, word: u32): usize {
  return load<usize>(columns + (word as usize) * sizeof<usize>());
}
