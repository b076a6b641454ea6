// Finds the few groups among millions that can be the first in an order.

import { hasSum } from "./sums";
import { flowsIn, rowAt, sumOffset, Table } from "./table";

/** The flows (i of -1) or the i-th sum of a group. */
// @ts-ignore: decorator
@inline
function valueOf(row: usize, offset: usize): u64 {
  return offset == 0 ? flowsIn(load<u64>(row)) : load<u64>(row + offset);
}

// @ts-ignore: decorator
@inline
function offsetOf(table: Table, i: i32): usize {
  return i < 0 ? 0 : sumOffset(table, i as u32);
}

/**
 * The `n`-th greatest (or, with `bottom`, least) of the flows or the i-th sums, by a heap of `n` words; with no more
 * than `n` groups, the value that lets all pass. Not for sums of which one has passed 2^64.
 */
export function threshold(pointer: usize, i: i32, n: u32, bottom: bool): u64 {
  const table = changetype<Table>(pointer);
  // The order of `bottom` is that of the complements.
  const flip: u64 = bottom ? u64.MAX_VALUE : 0;
  if (table.size <= n) return flip;
  const offset = offsetOf(table, i);
  const words = heap.alloc((n as usize) << 3);
  let filled: u32 = 0;
  for (let group: u32 = 0; group < table.size; group++) {
    const value = valueOf(rowAt(pointer, group), offset) ^ flip;
    if (filled < n) siftUp(words, filled++, value);
    else if (value > load<u64>(words)) siftDown(words, n, value);
  }
  const nth = load<u64>(words) ^ flip;
  heap.free(words);
  return nth;
}

/** How many groups have met no value for their i-th sum. */
export function lacking(pointer: usize, i: u32): u32 {
  let count: u32 = 0;
  for (let group: u32 = 0; group < changetype<Table>(pointer).size; group++) {
    if (!hasSum(pointer, rowAt(pointer, group), i)) count++;
  }
  return count;
}

/** Where the last `passing` stopped. */
export let passed: u32 = 0;

/**
 * List the groups, from number `from` on, that are no worse than a threshold.
 *
 * @param out  gets their pointers (u32), at most `room`
 * @returns how many; `passed` is the number of the next group to look at
 */
export function passing(pointer: usize, i: i32, value: u64, bottom: bool, from: u32, out: usize, room: u32): u32 {
  const table = changetype<Table>(pointer);
  const offset = offsetOf(table, i);
  let count: u32 = 0;
  let group = from;
  for (; group < table.size && count < room; group++) {
    const row = rowAt(pointer, group);
    const own = valueOf(row, offset);
    if (bottom ? own > value : own < value) continue;
    store<u32>(out + ((count as usize) << 2), row as u32);
    count++;
  }
  passed = group;
  return count;
}

/** Put a value into a heap (least on top) of `at` words. */
function siftUp(words: usize, at: u32, value: u64): void {
  while (at > 0) {
    const parent = (at - 1) >> 1;
    const above = load<u64>(words + ((parent as usize) << 3));
    if (above <= value) break;
    store<u64>(words + ((at as usize) << 3), above);
    at = parent;
  }
  store<u64>(words + ((at as usize) << 3), value);
}

/** Put a value in the place of the top of a heap of `n` words. */
function siftDown(words: usize, n: u32, value: u64): void {
  let at: u32 = 0;
  while (true) {
    let child: u32 = 2 * at + 1;
    if (child >= n) break;
    const left = load<u64>(words + ((child as usize) << 3));
    if (child + 1 < n && load<u64>(words + (((child + 1) as usize) << 3)) < left) child++;
    const below = load<u64>(words + ((child as usize) << 3));
    if (below >= value) break;
    store<u64>(words + ((at as usize) << 3), below);
    at = child;
  }
  store<u64>(words + ((at as usize) << 3), value);
}
