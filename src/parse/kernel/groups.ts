// Finds the groups of rows in a table, and makes those that are new.

import { column, headOffset, keyOffset, rowAt, sumOffset, Table, wideFlag } from "./table";

const blockBytes: u32 = 1 << 18;
const lineBytes: usize = 64;
const fewSlots: u32 = 14;

/**
 * A table for keys of `keyWords` words and `sums` sums, asked about at most `batch` rows at a time.
 *
 * @param ops what each sum is, a byte each
 */
export function newTable(keyWords: u32, sums: u32, ops: usize, batch: u32): usize {
  const table = changetype<Table>(heap.alloc(offsetof<Table>()));
  table.keyWords = keyWords;
  table.sums = sums;
  const furtherHeads: u32 = sums > 8 ? (sums - 1) >> 3 : 0;
  table.stride = (keyOffset as u32) + ((keyWords + sums + furtherHeads) << 3);
  table.ops = heap.alloc(sums);
  memory.copy(table.ops, ops, sums);
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
    if ((load<u64>(row + headOffset(table, i)) & wideFlag(i)) == 0) continue;
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

// @ts-ignore: decorator
@inline
function mix(hash: u64, word: u64): u64 {
  hash = (hash ^ word) * 0x9e3779b97f4a7c15;
  return hash ^ (hash >> 32);
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
