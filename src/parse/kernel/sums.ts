// What is added up, or kept, for the groups that were found.

import { findGroups } from "./groups";
import {
  addOp,
  column,
  flowsIn,
  hasFlag,
  headOffset,
  keyOffset,
  leastOp,
  rowAt,
  sumOffset,
  Table,
  wideFlag,
} from "./table";

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
  const headAt = headOffset(table, i);
  let low: u64 = 0;
  let high: u64 = 0;
  let any = false;
  for (let at: usize = 0; at < ((n as usize) << 2); at += 4) {
    const row = load<u32>(selection + at) as usize;
    if (nulls && load<u8>(nulls + row)) continue;
    const group = load<u32>(groups + at) as usize;
    const value = load<u64>(values + (row << 3));
    addTo(table, group, offset, headAt, i, value, 0);
    low += value;
    high += u64(low < value);
    any = true;
  }
  addedLow = low;
  addedHigh = high;
  addedAny = any;
}

/** What the last `countWithTwo` added to the second sum; to the first, see above. */
export let secondLow: u64 = 0;
export let secondHigh: u64 = 0;
export let secondAny: bool = false;

/**
 * Count one flow for each group in `groups`, and add a column to each of the first two sums, nulls left out. A group is looked up in
 * memory once for all three, which takes half the time where groups are many.
 */
export function countWithTwo(
  pointer: usize,
  first: usize,
  firstNulls: usize,
  second: usize,
  secondNulls: usize,
  selection: usize,
  n: u32,
  groups: usize,
): void {
  const table = changetype<Table>(pointer);
  const firstAt = sumOffset(table, 0);
  const secondAt = sumOffset(table, 1);
  const wideFlags = wideFlag(0) | wideFlag(1);
  let low1: u64 = 0;
  let high1: u64 = 0;
  let low2: u64 = 0;
  let high2: u64 = 0;
  let met: u64 = 0;
  for (let at: usize = 0; at < ((n as usize) << 2); at += 4) {
    const row = load<u32>(selection + at) as usize;
    const group = load<u32>(groups + at) as usize;
    const has1 = load<u8>(firstNulls + row) == 0;
    const has2 = load<u8>(secondNulls + row) == 0;
    const value1 = has1 ? load<u64>(first + (row << 3)) : 0;
    const value2 = has2 ? load<u64>(second + (row << 3)) : 0;
    const flags = (has1 ? hasFlag(0) : 0) | (has2 ? hasFlag(1) : 0);
    const head = load<u64>(group) + 1;
    const sum1 = load<u64>(group + firstAt) + value1;
    const sum2 = load<u64>(group + secondAt) + value2;
    if ((head & wideFlags) | u64(sum1 < value1) | u64(sum2 < value2)) {
      store<u64>(group, head);
      if (has1) addTo(table, group, firstAt, 0, 0, value1, 0);
      if (has2) addTo(table, group, secondAt, 0, 1, value2, 0);
    } else {
      store<u64>(group, head | flags);
      store<u64>(group + firstAt, sum1);
      store<u64>(group + secondAt, sum2);
    }
    met |= flags;
    low1 += value1;
    high1 += u64(low1 < value1);
    low2 += value2;
    high2 += u64(low2 < value2);
  }
  addedLow = low1;
  addedHigh = high1;
  addedAny = (met & hasFlag(0)) != 0;
  secondLow = low2;
  secondHigh = high2;
  secondAny = (met & hasFlag(1)) != 0;
}

/** Keep the least, or the greatest, of a column for the groups in `groups`. What was added is that of all of them. */
export function bound(pointer: usize, i: u32, values: usize, nulls: usize, selection: usize, n: u32, groups: usize): void {
  const table = changetype<Table>(pointer);
  const op = load<u8>(table.ops + i);
  addedAny = false;
  addedHigh = 0;
  for (let at: usize = 0; at < ((n as usize) << 2); at += 4) {
    const row = load<u32>(selection + at) as usize;
    if (nulls && load<u8>(nulls + row)) continue;
    const value = load<u64>(values + (row << 3));
    boundBy(table, load<u32>(groups + at) as usize, i, op, value);
    if (!addedAny || isBeyond(op, value, addedLow)) addedLow = value;
    addedAny = true;
  }
}

// @ts-ignore: decorator
@inline
function isBeyond(op: u8, value: u64, than: u64): bool {
  return op == leastOp ? value < than : value > than;
}

function boundBy(table: Table, group: usize, i: u32, op: u8, value: u64): void {
  const head = group + headOffset(table, i);
  const place = group + sumOffset(table, i);
  if ((load<u64>(head) & hasFlag(i)) != 0 && !isBeyond(op, value, load<u64>(place))) return;
  store<u64>(place, value);
  store<u64>(head, load<u64>(head) | hasFlag(i));
}

/** Bring a value of another table, of 128 bits, into the i-th sum of a group. */
export function bring(table: Table, group: usize, i: u32, low: u64, high: u64): void {
  const op = load<u8>(table.ops + i);
  if (op == addOp) addTo(table, group, sumOffset(table, i), headOffset(table, i), i, low, high);
  else boundBy(table, group, i, op, low);
}

/** Add a 128-bit number to the i-th sum of a group, which stands at an offset of its row, and its head at another. */
// @ts-ignore: decorator
@inline
function addTo(table: Table, group: usize, offset: usize, headAt: usize, i: u32, low: u64, high: u64): void {
  const head = load<u64>(group + headAt);
  const sum = load<u64>(group + offset) + low;
  if ((head & wideFlag(i)) | u64(sum < low) | high) {
    addWide(table, group, offset, headAt, i, low, high);
  } else {
    store<u64>(group + offset, sum);
    store<u64>(group + headAt, head | hasFlag(i));
  }
}

function addWide(table: Table, group: usize, offset: usize, headAt: usize, i: u32, low: u64, high: u64): void {
  const head = load<u64>(group + headAt);
  let wide = load<u64>(group + offset) as usize;
  if ((head & wideFlag(i)) == 0) {
    wide = heap.alloc(16);
    store<u64>(wide, load<u64>(group + offset));
    store<u64>(wide, 0, 8);
    store<u64>(group + offset, wide as u64);
    store<u64>(group + headAt, head | hasFlag(i) | wideFlag(i));
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
export function hasSum(pointer: usize, group: usize, i: u32): bool {
  return (load<u64>(group + headOffset(changetype<Table>(pointer), i)) & hasFlag(i)) != 0;
}

/** The low and the high half of a group's i-th sum. */
// @ts-ignore: decorator
@inline
export function lowOf(table: Table, group: usize, i: u32): u64 {
  const word = load<u64>(group + sumOffset(table, i));
  return load<u64>(group + headOffset(table, i)) & wideFlag(i) ? load<u64>(word as usize) : word;
}

// @ts-ignore: decorator
@inline
export function highOf(table: Table, group: usize, i: u32): u64 {
  const isWide = load<u64>(group + headOffset(table, i)) & wideFlag(i);
  return isWide ? load<u64>(load<u64>(group + sumOffset(table, i)) as usize, 8) : 0;
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

/**
 * Count, into the i-th sum of each group of a table, the groups of another whose keys begin with its own: how many values there
 * are that the other has a key word more for. A group without any gets 0.
 *
 * @param columns   pointers of columns to be used for the key's words
 * @param selection the row numbers 0 to batch - 1
 * @param groups    room for the pointer (u32) of each row's group
 * @param batch     how many groups are looked up at once
 */
export function countPairs(
  pointer: usize,
  i: u32,
  pairs: usize,
  columns: usize,
  selection: usize,
  groups: usize,
  batch: u32,
): void {
  const table = changetype<Table>(pointer);
  const total = changetype<Table>(pairs).size;
  for (let group: u32 = 0; group < table.size; group++) bring(table, rowAt(pointer, group), i, 0, 0);
  for (let done: u32 = 0; done < total; done += batch) {
    const n = min(batch, total - done);
    for (let row: u32 = 0; row < n; row++) {
      const pair = rowAt(pairs, done + row);
      for (let word: u32 = 0; word < table.keyWords; word++) {
        store<u64>(column(columns, word) + ((row as usize) << 3), load<u64>(pair + ((word as usize) << 3), keyOffset));
      }
    }
    findGroups(pointer, columns, selection, n, groups);
    for (let row: usize = 0; row < ((n as usize) << 2); row += 4) bring(table, load<u32>(groups + row), i, 1, 0);
  }
}
