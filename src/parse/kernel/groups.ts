// Groups of rows: a row of memory for each distinct key, with its accumulators side by side (for most questions one
// cache line), found through a separate, small index of 32-bit slots.
//
//   row: hash u32 | flags u32 (bit i: sum i has met a value) | flows u64 | key words u64 … | sums u64 …
//
// Rows never move, so a pointer names a group for the life of the table. Memory grows with distinct keys.

const blockBytes: u32 = 1 << 18;

@unmanaged
export class Table {
  slots: usize;
  shift: u32;
  size: u32;
  keyWords: u32;
  stride: u32;
  /** Blocks of rows: pointers, how many there are, how many fit, and how many rows each holds. */
  blocks: usize;
  blockCount: u32;
  blockRoom: u32;
  perBlock: u32;
  /** Places for a batch: the hash of each row. */
  hashes: usize;
}

/** Where the key stands in a row. */
// @ts-ignore: decorator
@inline
export const keyOffset: usize = 16;

/** A table for keys of `keyWords` words and `sums` sums, asked about at most `batch` rows at a time. */
export function newTable(keyWords: u32, sums: u32, batch: u32): usize {
  const table = changetype<Table>(heap.alloc(offsetof<Table>()));
  table.keyWords = keyWords;
  table.stride = (keyOffset as u32) + ((keyWords + sums) << 3);
  table.size = 0;
  table.shift = 32 - 14;
  table.slots = heap.alloc(4 << 14);
  memory.fill(table.slots, 0, 4 << 14);
  table.blockCount = 0;
  table.blockRoom = 64;
  table.blocks = heap.alloc(64 * sizeof<usize>());
  table.perBlock = max(blockBytes / table.stride, 1);
  table.hashes = heap.alloc((batch as usize) << 2);
  return changetype<usize>(table);
}

/** How many groups there are. */
export function size(pointer: usize): u32 {
  return changetype<Table>(pointer).size;
}

export function stride(pointer: usize): u32 {
  return changetype<Table>(pointer).stride;
}

/** The row of the `i`-th group, in the order they were first seen. */
export function rowAt(pointer: usize, i: u32): usize {
  const table = changetype<Table>(pointer);
  return load<usize>(table.blocks + ((i / table.perBlock) as usize) * sizeof<usize>()) + (i % table.perBlock) * table.stride;
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
 * Find or make the group of each selected row, and count the row for it.
 *
 * @param columns   pointers of the key's columns, one a key word, one at least
 * @param selection row numbers (u32), `n` of them
 * @param out       gets the pointer (u32) of each selected row's group
 */
export function groupRows(pointer: usize, columns: usize, selection: usize, n: u32, out: usize): void {
  const table = changetype<Table>(pointer);
  while (isFull(table, n)) grow(table);
  const keyWords = table.keyWords;
  const first = column(columns, 0);
  const hashes = table.hashes;
  const mask = ((1 as usize) << (32 - table.shift)) - 1;
  const shift = table.shift;
  const slots = table.slots;

  // First all hashes and all slots: the cache misses of a batch then overlap instead of standing in line.
  for (let i: usize = 0; i < (n as usize); i++) {
    const row = (load<u32>(selection + (i << 2)) as usize) << 3;
    let hash = mix(0, load<u64>(first + row));
    for (let word: u32 = 1; word < keyWords; word++) hash = mix(hash, load<u64>(column(columns, word) + row));
    const short = ((hash * 0xd6e8feb86659fd93) >> 32) as u32;
    store<u32>(hashes + (i << 2), short);
    store<u32>(out + (i << 2), load<u32>(slots + (((short >> shift) as usize) << 2)));
  }
  for (let i: usize = 0; i < (n as usize); i++) {
    const row = (load<u32>(selection + (i << 2)) as usize) << 3;
    const key = load<u64>(first + row);
    let group = load<u32>(out + (i << 2)) as usize;
    if (group == 0 || load<u64>(group, keyOffset) != key || !hasRest(group, keyWords, columns, row)) {
      const hash = load<u32>(hashes + (i << 2));
      let slot = (hash >> shift) as usize;
      // A slot that was free may have been taken by an earlier row of this batch.
      group = load<u32>(slots + (slot << 2)) as usize;
      while (group != 0 && !(load<u64>(group, keyOffset) == key && hasRest(group, keyWords, columns, row))) {
        slot = (slot + 1) & mask;
        group = load<u32>(slots + (slot << 2)) as usize;
      }
      if (group == 0) {
        group = addGroup(table, hash, columns, row);
        store<u32>(slots + (slot << 2), group as u32);
      }
      store<u32>(out + (i << 2), group as u32);
    }
    store<u64>(group, load<u64>(group, 8) + 1, 8);
  }
}

/** Small indexes are kept three quarters empty: nearly every first look then finds its group. */
// @ts-ignore: decorator
@inline
function isFull(table: Table, more: u32): bool {
  const slots = (1 as u64) << ((32 - table.shift) as u64);
  return ((table.size + more) as u64) * (slots <= 1 << 20 ? 4 : 2) > slots;
}

/** Whether the words of the key after the first are those of the row. */
// @ts-ignore: decorator
@inline
function hasRest(group: usize, keyWords: u32, columns: usize, row: usize): bool {
  for (let word: u32 = 1; word < keyWords; word++) {
    if (load<u64>(group + ((word as usize) << 3), keyOffset) != load<u64>(column(columns, word) + row)) return false;
  }
  return true;
}

/** @param row the row's number in bytes of a column */
function addGroup(table: Table, hash: u32, columns: usize, row: usize): usize {
  const i = table.size++;
  if (i % table.perBlock == 0) addBlock(table);
  const group = rowAt(changetype<usize>(table), i);
  memory.fill(group, 0, table.stride);
  store<u32>(group, hash);
  for (let word: u32 = 0; word < table.keyWords; word++) {
    store<u64>(group + ((word as usize) << 3), load<u64>(column(columns, word) + row), keyOffset);
  }
  return group;
}

function addBlock(table: Table): void {
  if (table.blockCount == table.blockRoom) {
    table.blockRoom <<= 1;
    table.blocks = heap.realloc(table.blocks, (table.blockRoom as usize) * sizeof<usize>());
  }
  const block = heap.alloc((table.perBlock as usize) * table.stride);
  store<usize>(table.blocks + (table.blockCount as usize) * sizeof<usize>(), block);
  table.blockCount++;
}

function grow(table: Table): void {
  heap.free(table.slots);
  table.shift--;
  const slots = (1 as usize) << (32 - table.shift);
  table.slots = heap.alloc(slots << 2);
  memory.fill(table.slots, 0, slots << 2);
  for (let i: u32 = 0; i < table.size; i++) {
    const group = rowAt(changetype<usize>(table), i);
    let slot = (load<u32>(group) >> table.shift) as usize;
    while (load<u32>(table.slots + (slot << 2))) slot = (slot + 1) & (slots - 1);
    store<u32>(table.slots + (slot << 2), group as u32);
  }
}

/** How many rows stand side by side before the next block of them. */
export function rowsPerBlock(pointer: usize): u32 {
  return changetype<Table>(pointer).perBlock;
}

/** What the last `add` added, as a 128-bit number: low and high half. */
export let addedLow: u64 = 0;
export let addedHigh: u64 = 0;
/** Whether it met any value. */
export let addedAny: bool = false;

/** The groups whose sum passed 2^64 in the last `add`: pointers (u32), one for each time. */
export let carries: usize = 0;
export let carried: u32 = 0;
let carryRoom: u32 = 0;

/**
 * Add a column to the i-th sum of the groups in `groups` (as `groupRows` left them).
 * Nulls add nothing; the first value sets the group's flag. Read `carried` and what was added after each call.
 */
export function add(pointer: usize, i: u32, values: usize, nulls: usize, selection: usize, n: u32, groups: usize): void {
  const offset = keyOffset + ((changetype<Table>(pointer).keyWords + i) as usize << 3);
  const flag: u32 = 1 << i;
  let low: u64 = 0;
  let high: u64 = 0;
  let any = false;
  forgetCarries();
  for (let at: usize = 0; at < ((n as usize) << 2); at += 4) {
    const row = load<u32>(selection + at) as usize;
    if (nulls && load<u8>(nulls + row)) continue;
    const group = load<u32>(groups + at) as usize;
    const value = load<u64>(values + (row << 3));
    const sum = load<u64>(group + offset) + value;
    store<u64>(group + offset, sum);
    store<u32>(group, load<u32>(group, 4) | flag, 4);
    if (sum < value) carry(group as u32);
    low += value;
    high += u64(low < value);
    any = true;
  }
  addedLow = low;
  addedHigh = high;
  addedAny = any;
}

export function forgetCarries(): void {
  carried = 0;
}

/** Note that a sum of a group has passed 2^64. */
export function carry(group: u32): void {
  if (carried == carryRoom) {
    carryRoom = carryRoom == 0 ? 64 : carryRoom << 1;
    carries = carries == 0 ? heap.alloc((carryRoom as usize) << 2) : heap.realloc(carries, (carryRoom as usize) << 2);
  }
  store<u32>(carries + ((carried as usize) << 2), group);
  carried++;
}
