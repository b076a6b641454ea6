// Groups as bytes that mean the same in every kernel: what passes between threads, and what is spilled to disk. The texts
// and IPv6 addresses of a key stand in its row.
//
//   row: length u64 | a row of a table | for each wide sum its high half u64 | texts and addresses of the key …,
//        up to a whole number of 8 bytes
//
// The word of a text holds its length (0: null); that of an IPv6 address 2^32.

import { intern, interned, internedHash, internedLength } from "./dictionary";
import { findGroups } from "./groups";
import { bring, highOf, lowOf } from "./sums";
import { column, flowsIn, hasFlag, headOffset, keyOffset, rowAt, sumOffset, Table, wideFlag } from "./table";

/** Where the row of the table begins in a row that is written. */
const rowOffset: usize = 8;

/** How a key word is read. */
@unmanaged
class KeyWord {
  /** 0: as it is. 1: the code of a text. 2: an address, whose low half is a code if its high half is 1. */
  kind: u32;
  dictionary: usize;
}

const textKind: u32 = 1;
const addressKind: u32 = 2;

// @ts-ignore: decorator
@inline
function keyWord(keys: usize, word: u32): KeyWord {
  return changetype<KeyWord>(keys + (word as usize) * offsetof<KeyWord>());
}

/** The code of a key word; 0 where it has none. */
// @ts-ignore: decorator
@inline
function codeOf(kind: u32, word: u64): u32 {
  return kind == textKind || (kind == addressKind && word >> 32 == 1) ? (word as u32) : 0;
}

/** A hash of what the first words of the key say, which is the same in every kernel. */
function contentHash(group: usize, keys: usize, words: u32): u32 {
  let hash: u64 = 0;
  for (let i: u32 = 0; i < words; i++) {
    let word = load<u64>(group + ((i as usize) << 3), keyOffset);
    const key = keyWord(keys, i);
    const code = codeOf(key.kind, word);
    if (code) word = internedHash(key.dictionary, code) as u64;
    hash = (hash ^ word) * 0x9e3779b97f4a7c15;
    hash ^= hash >> 29;
  }
  return ((hash * 0xc2b2ae3d27d4eb4f) >> 32) as u32;
}

/**
 * Sort the groups by the part that each belongs to, which is the same in every kernel.
 *
 * @param words how many words of the key tell the part
 * @param parts a power of two, at most 256
 * @param ends  gets, for each part, how many groups it and those before it have (u32)
 * @param out   gets the pointers (u32) of all groups
 */
export function partition(pointer: usize, keys: usize, words: u32, parts: u32, ends: usize, out: usize): void {
  const table = changetype<Table>(pointer);
  const partOf = heap.alloc(table.size as usize);
  memory.fill(ends, 0, (parts as usize) << 2);
  for (let i: u32 = 0; i < table.size; i++) {
    const part = contentHash(rowAt(pointer, i), keys, words) & (parts - 1);
    store<u8>(partOf + (i as usize), part as u8);
    const end = ends + ((part as usize) << 2);
    store<u32>(end, load<u32>(end) + 1);
  }
  let begin: u32 = 0;
  for (let part: usize = 0; part < (parts as usize); part++) {
    const size = load<u32>(ends + (part << 2));
    store<u32>(ends + (part << 2), begin);
    begin += size;
  }
  for (let i: u32 = 0; i < table.size; i++) {
    const end = ends + ((load<u8>(partOf + (i as usize)) as usize) << 2);
    const at = load<u32>(end);
    store<u32>(out + ((at as usize) << 2), rowAt(pointer, i) as u32);
    store<u32>(end, at + 1);
  }
  heap.free(partOf);
}

/** Where the last `writeGroups` stopped writing, and how many of the groups are written. */
export let written: usize = 0;
export let writtenGroups: u32 = 0;

/** Write groups, given by their pointers (u32), as long as they fit. */
export function writeGroups(pointer: usize, keys: usize, groups: usize, n: u32, out: usize, outEnd: usize): void {
  written = out;
  for (writtenGroups = 0; writtenGroups < n; writtenGroups++) {
    const group = load<u32>(groups + ((writtenGroups as usize) << 2)) as usize;
    if (!writeRow(changetype<Table>(pointer), group, keys, outEnd)) return;
  }
}

function writeRow(table: Table, group: usize, keys: usize, outEnd: usize): bool {
  const row = written + rowOffset;
  let at = row + table.stride;
  let length = rowOffset + table.stride + ((table.sums as usize) << 3);
  for (let i: u32 = 0; i < table.keyWords; i++) {
    const key = keyWord(keys, i);
    const code = codeOf(key.kind, load<u64>(group + ((i as usize) << 3), keyOffset));
    if (code) length += internedLength(key.dictionary, code) as usize;
  }
  if (written + length + 8 > outEnd) return false;
  memory.copy(row, group, table.stride);
  for (let i: u32 = 0; i < table.sums; i++) {
    if ((load<u64>(group + headOffset(table, i)) & wideFlag(i)) == 0) continue;
    store<u64>(row + sumOffset(table, i), lowOf(table, group, i));
    store<u64>(at, highOf(table, group, i));
    at += 8;
  }
  for (let i: u32 = 0; i < table.keyWords; i++) {
    const key = keyWord(keys, i);
    const place = ((i as usize) << 3) + keyOffset;
    const code = codeOf(key.kind, load<u64>(group + place));
    if (code == 0) continue;
    const size = internedLength(key.dictionary, code);
    store<u64>(row + place, key.kind == textKind ? (size as u64) : (1 as u64) << 32);
    memory.copy(at, interned(key.dictionary, code), size);
    at += size;
  }
  at = (at + 7) & ~7;
  store<u64>(written, (at - written) as u64);
  written = at;
  return true;
}

/**
 * Add rows that were written by a kernel (whole ones, `length` bytes of them, 8 readable bytes behind) to a table of the same
 * shape.
 *
 * @param columns   pointers of columns to be used for the key's words
 * @param selection the row numbers 0 to batch - 1
 * @param groups    room for the pointer (u32) of each row's group
 * @param batch     how many rows are added at once
 */
export function absorb(
  pointer: usize,
  keys: usize,
  rows: usize,
  length: usize,
  columns: usize,
  selection: usize,
  groups: usize,
  batch: u32,
): void {
  const table = changetype<Table>(pointer);
  const end = rows + length;
  while (rows < end) {
    const first = rows;
    let n: u32 = 0;
    for (; n < batch && rows < end; n++, rows += load<u32>(rows)) readKey(table, keys, rows + rowOffset, columns, n);
    findGroups(pointer, columns, selection, n, groups);
    let row = first;
    for (let i: u32 = 0; i < n; i++, row += load<u32>(row)) {
      addRow(table, load<u32>(groups + ((i as usize) << 2)) as usize, row + rowOffset);
    }
  }
}

function readKey(table: Table, keys: usize, row: usize, columns: usize, to: u32): void {
  let text = row + table.stride;
  for (let i: u32 = 0; i < table.sums; i++) if (load<u64>(row + headOffset(table, i)) & wideFlag(i)) text += 8;
  for (let i: u32 = 0; i < table.keyWords; i++) {
    let word = load<u64>(row + ((i as usize) << 3), keyOffset);
    const key = keyWord(keys, i);
    if (codeOf(key.kind, word) != 0 || (key.kind == addressKind && word >> 32 == 1)) {
      const size: u32 = key.kind == textKind ? (word as u32) : 16;
      word = (word & 0xffffffff00000000) | (intern(key.dictionary, text, size) as u64);
      text += size;
    }
    store<u64>(column(columns, i) + ((to as usize) << 3), word);
  }
}

function addRow(table: Table, group: usize, row: usize): void {
  store<u64>(group, load<u64>(group) + flowsIn(load<u64>(row)));
  let high = row + table.stride;
  for (let i: u32 = 0; i < table.sums; i++) {
    const head = load<u64>(row + headOffset(table, i));
    if ((head & hasFlag(i)) == 0) continue;
    let upper: u64 = 0;
    if (head & wideFlag(i)) {
      upper = load<u64>(high);
      high += 8;
    }
    bring(table, group, i, load<u64>(row + sumOffset(table, i)), upper);
  }
}
