// Groups of rows: a row of memory for each distinct key, with its accumulators side by side (for most questions one
// cache line), found through a separate, small index of slots: the hash of a key (u32, high) and the pointer of its row.
//
//   row: head u64 | key words u64 … | sums u64 …
//
// The head counts the flows (48 bits); bit 48 + i: the i-th sum has met a value; bit 56 + i: it has passed 2^64, and its word is
// the pointer of a sum of 128 bits. With one key word and two sums two rows fill a cache line, and none stands in two of them.
// Rows do not move until the table is cleared. Memory grows with distinct keys.

const blockBytes: u32 = 1 << 18;
const lineBytes: usize = 64;
const fewSlots: u32 = 14;

@unmanaged
export class Table {
  slots: usize;
  shift: u32;
  size: u32;
  keyWords: u32;
  sums: u32;
  stride: u32;
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

/** The bits of a head that say whether the i-th sum has met a value, and whether it is of 128 bits. */
// @ts-ignore: decorator
@inline
export function hasFlag(i: u32): u64 {
  return (1 as u64) << ((48 + i) as u64);
}

// @ts-ignore: decorator
@inline
export function wideFlag(i: u32): u64 {
  return (1 as u64) << ((56 + i) as u64);
}

// @ts-ignore: decorator
@inline
export function flowsIn(head: u64): u64 {
  return head & flowsMask;
}

/** A table for keys of `keyWords` words and `sums` sums (at most eight), asked about at most `batch` rows at a time. */
export function newTable(keyWords: u32, sums: u32, batch: u32): usize {
  const table = changetype<Table>(heap.alloc(offsetof<Table>()));
  table.keyWords = keyWords;
  table.sums = sums;
  table.stride = (keyOffset as u32) + ((keyWords + sums) << 3);
  table.slots = 0;
  table.size = 0;
  table.wide = 0;
  table.blockCount = 0;
  table.blockRoom = 64;
  table.blocks = heap.alloc(64 << 3);
  table.perBlock = max(blockBytes / table.stride, 1);
  table.hashes = heap.alloc((batch as usize) << 2);
  table.looked = heap.alloc((batch as usize) << 3);
  table.missed = heap.alloc((batch as usize) << 2);
  table.nobody = heap.alloc(table.stride);
  memory.fill(table.nobody, 0, table.stride);
  clear(changetype<usize>(table));
  return changetype<usize>(table);
}

/** Forget all groups, and give their memory back. */
export function clear(pointer: usize): void {
  const table = changetype<Table>(pointer);
  for (let i: u32 = 0; table.wide > 0 && i < table.size; i++) freeWide(table, rowAt(pointer, i));
  for (let i: usize = 0; i < (table.blockCount as usize); i++) heap.free(load<u32>(table.blocks + (i << 3), 4));
  table.blockCount = 0;
  table.size = 0;
  setSlots(table, fewSlots);
}

function freeWide(table: Table, row: usize): void {
  for (let i: u32 = 0; i < table.sums; i++) {
    if ((load<u64>(row) & wideFlag(i)) == 0) continue;
    heap.free(load<u64>(row + sumOffset(table, i)) as usize);
    table.wide--;
  }
}

function setSlots(table: Table, bits: u32): void {
  if (table.slots) heap.free(table.slots);
  table.shift = 32 - bits;
  table.slots = heap.alloc((8 as usize) << bits);
  memory.fill(table.slots, 0, (8 as usize) << bits);
}

/** How many groups there are. */
export function size(pointer: usize): u32 {
  return changetype<Table>(pointer).size;
}

/** How much memory the groups take. */
export function bytes(pointer: usize): f64 {
  const table = changetype<Table>(pointer);
  return (
    (table.blockCount as f64) * (table.perBlock as f64) * (table.stride as f64) +
    (((8 as u64) << ((32 - table.shift) as u64)) as f64)
  );
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
function mix(hash: u64, word: u64): u64 {
  hash = (hash ^ word) * 0x9e3779b97f4a7c15;
  return hash ^ (hash >> 32);
}

// @ts-ignore: decorator
@inline
export function column(columns: usize, word: u32): usize {
  return load<usize>(columns + (word as usize) * sizeof<usize>());
}

/**
 * Find or make the group of each selected row.
 *
 * The passes over the batch are apart so that the cache misses of its rows overlap instead of standing in line: first a slot
 * of the right hash is found for each, then its group compared without a branch; only rows that are new, or whose hash another
 * key has too, are looked at one by one.
 *
 * @param columns   pointers of the key's columns, one a key word, one at least
 * @param selection row numbers (u32), `n` of them
 * @param out       gets the pointer (u32) of each selected row's group
 */
export function findGroups(pointer: usize, columns: usize, selection: usize, n: u32, out: usize): void {
  const table = changetype<Table>(pointer);
  while (isFull(table, n)) grow(table);
  const keyWords = table.keyWords;
  const first = column(columns, 0);
  const hashes = table.hashes;
  const shift = table.shift;
  const slots = table.slots;
  const mask = (((1 as usize) << (32 - shift)) - 1) << 3;
  for (let i: usize = 0; i < ((n as usize) << 2); i += 4) {
    const row = (load<u32>(selection + i) as usize) << 3;
    let hash = mix(0, load<u64>(first + row));
    for (let word: u32 = 1; word < keyWords; word++) hash = mix(hash, load<u64>(column(columns, word) + row));
    store<u32>(hashes + i, ((hash * 0xd6e8feb86659fd93) >> 32) as u32);
  }
  const looked = table.looked;
  for (let i: usize = 0; i < ((n as usize) << 2); i += 4) {
    store<u64>(looked + (i << 1), load<u64>(slots + (((load<u32>(hashes + i) >> shift) as usize) << 3)));
  }
  const nobody = table.nobody as u32;
  for (let i: usize = 0; i < ((n as usize) << 2); i += 4) {
    const hash = load<u32>(hashes + i);
    let slot = load<u64>(looked + (i << 1));
    if (((slot >> 32) as u32) != hash && slot != 0) {
      let at = ((hash >> shift) as usize) << 3;
      do {
        at = (at + 8) & mask;
        slot = load<u64>(slots + at);
      } while (((slot >> 32) as u32) != hash && slot != 0);
    }
    store<u32>(out + i, slot == 0 ? nobody : (slot as u32));
  }
  const missed = table.missed;
  let misses: usize = 0;
  for (let i: usize = 0; i < ((n as usize) << 2); i += 4) {
    const row = (load<u32>(selection + i) as usize) << 3;
    const group = load<u32>(out + i) as usize;
    let differs = load<u64>(group, keyOffset) ^ load<u64>(first + row);
    for (let word: u32 = 1; word < keyWords; word++) {
      differs |= load<u64>(group + ((word as usize) << 3), keyOffset) ^ load<u64>(column(columns, word) + row);
    }
    store<u32>(missed + misses, i as u32);
    misses += ((differs != 0) | (group == nobody)) ? 4 : 0;
  }
  for (let i: usize = 0; i < misses; i += 4) {
    const at = load<u32>(missed + i) as usize;
    const row = (load<u32>(selection + at) as usize) << 3;
    store<u32>(out + at, findOrAdd(table, load<u32>(hashes + at), columns, row) as u32);
  }
}

function findOrAdd(table: Table, hash: u32, columns: usize, row: usize): usize {
  const mask = (((1 as usize) << (32 - table.shift)) - 1) << 3;
  let at = ((hash >> table.shift) as usize) << 3;
  let slot = load<u64>(table.slots + at);
  while (slot != 0) {
    const group = slot as u32 as usize;
    if (((slot >> 32) as u32) == hash && hasKey(group, table.keyWords, columns, row)) return group;
    at = (at + 8) & mask;
    slot = load<u64>(table.slots + at);
  }
  const group = addGroup(table, columns, row);
  store<u64>(table.slots + at, ((hash as u64) << 32) | (group as u64));
  return group;
}

/** Half of the index is empty at least: a collision costs no more than a look at the slot beside. */
// @ts-ignore: decorator
@inline
function isFull(table: Table, more: u32): bool {
  const slots = (1 as u64) << ((32 - table.shift) as u64);
  return ((table.size + more) as u64) * 2 > slots;
}

// @ts-ignore: decorator
@inline
function hasKey(group: usize, keyWords: u32, columns: usize, row: usize): bool {
  for (let word: u32 = 0; word < keyWords; word++) {
    if (load<u64>(group + ((word as usize) << 3), keyOffset) != load<u64>(column(columns, word) + row)) return false;
  }
  return true;
}

/** @param row the row's number in bytes of a column */
function addGroup(table: Table, columns: usize, row: usize): usize {
  const i = table.size++;
  if (i % table.perBlock == 0) addBlock(table);
  const group = rowAt(changetype<usize>(table), i);
  memory.fill(group, 0, table.stride);
  for (let word: u32 = 0; word < table.keyWords; word++) {
    store<u64>(group + ((word as usize) << 3), load<u64>(column(columns, word) + row), keyOffset);
  }
  return group;
}

function addBlock(table: Table): void {
  if (table.blockCount == table.blockRoom) {
    table.blockRoom <<= 1;
    table.blocks = heap.realloc(table.blocks, (table.blockRoom as usize) << 3);
  }
  const block = heap.alloc((table.perBlock as usize) * table.stride + lineBytes);
  const place = table.blocks + ((table.blockCount as usize) << 3);
  store<u32>(place, ((block + lineBytes - 1) & ~(lineBytes - 1)) as u32);
  store<u32>(place, block as u32, 4);
  table.blockCount++;
}

function grow(table: Table): void {
  const old = table.slots;
  const oldEnd = old + ((8 as usize) << (32 - table.shift));
  table.slots = 0;
  setSlots(table, 32 - table.shift + 1);
  const mask = (((1 as usize) << (32 - table.shift)) - 1) << 3;
  for (let from = old; from < oldEnd; from += 8) {
    const slot = load<u64>(from);
    if (slot == 0) continue;
    let at = ((((slot >> 32) as u32) >> table.shift) as usize) << 3;
    while (load<u64>(table.slots + at)) at = (at + 8) & mask;
    store<u64>(table.slots + at, slot);
  }
  heap.free(old);
}

/** Count one flow for each group in `groups`, as `findGroups` left them. */
export function count(groups: usize, n: u32): void {
  for (let at: usize = 0; at < ((n as usize) << 2); at += 4) {
    const group = load<u32>(groups + at) as usize;
    store<u64>(group, load<u64>(group) + 1);
  }
}

/** What the last `add` added, as a 128-bit number: low and high half. */
export let addedLow: u64 = 0;
export let addedHigh: u64 = 0;
/** Whether it met any value. */
export let addedAny: bool = false;

/** Add a column to the i-th sum of the groups in `groups`. Nulls add nothing. */
export function add(pointer: usize, i: u32, values: usize, nulls: usize, selection: usize, n: u32, groups: usize): void {
  const table = changetype<Table>(pointer);
  const offset = sumOffset(table, i);
  let low: u64 = 0;
  let high: u64 = 0;
  let any = false;
  for (let at: usize = 0; at < ((n as usize) << 2); at += 4) {
    const row = load<u32>(selection + at) as usize;
    if (nulls && load<u8>(nulls + row)) continue;
    const group = load<u32>(groups + at) as usize;
    const value = load<u64>(values + (row << 3));
    addTo(table, group, offset, i, value, 0);
    low += value;
    high += u64(low < value);
    any = true;
  }
  addedLow = low;
  addedHigh = high;
  addedAny = any;
}

/** Add a 128-bit number to the i-th sum of a group, which stands at an offset of its row. */
// @ts-ignore: decorator
@inline
export function addTo(table: Table, group: usize, offset: usize, i: u32, low: u64, high: u64): void {
  const head = load<u64>(group);
  const sum = load<u64>(group + offset) + low;
  if ((head & wideFlag(i)) | u64(sum < low) | high) {
    addWide(table, group, offset, i, low, high);
  } else {
    store<u64>(group + offset, sum);
    store<u64>(group, head | hasFlag(i));
  }
}

function addWide(table: Table, group: usize, offset: usize, i: u32, low: u64, high: u64): void {
  const head = load<u64>(group);
  let wide = load<u64>(group + offset) as usize;
  if ((head & wideFlag(i)) == 0) {
    wide = heap.alloc(16);
    store<u64>(wide, load<u64>(group + offset));
    store<u64>(wide, 0, 8);
    store<u64>(group + offset, wide as u64);
    store<u64>(group, head | hasFlag(i) | wideFlag(i));
    table.wide++;
  }
  const sum = load<u64>(wide) + low;
  store<u64>(wide, sum);
  store<u64>(wide, load<u64>(wide, 8) + high + u64(sum < low), 8);
}

/** How many flows a group has. */
export function flowsOf(group: usize): u64 {
  return flowsIn(load<u64>(group));
}

/** Whether a group's i-th sum has met a value. */
export function hasSum(group: usize, i: u32): bool {
  return (load<u64>(group) & hasFlag(i)) != 0;
}

/** The low and the high half of a group's i-th sum. */
// @ts-ignore: decorator
@inline
export function lowOf(table: Table, group: usize, i: u32): u64 {
  const word = load<u64>(group + sumOffset(table, i));
  return load<u64>(group) & wideFlag(i) ? load<u64>(word as usize) : word;
}

// @ts-ignore: decorator
@inline
export function highOf(table: Table, group: usize, i: u32): u64 {
  return load<u64>(group) & wideFlag(i) ? load<u64>(load<u64>(group + sumOffset(table, i)) as usize, 8) : 0;
}

export function sumLow(pointer: usize, group: usize, i: u32): u64 {
  return lowOf(changetype<Table>(pointer), group, i);
}

export function sumHigh(pointer: usize, group: usize, i: u32): u64 {
  return highOf(changetype<Table>(pointer), group, i);
}

/** How many groups have an i-th sum past 2^64. */
export function wideSums(pointer: usize): u32 {
  return changetype<Table>(pointer).wide;
}
