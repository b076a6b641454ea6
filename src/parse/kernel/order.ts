// Puts groups in order: a column of words for each thing they are compared by, and a merge sort of their numbers.
// A column's words are such that what comes first is the lesser. Texts are sorted alike, for words that say which comes first.

import { isTextBefore, size } from "./dictionary";
import { hasSum } from "./sums";
import { flowsIn, keyOffset, rowAt, sumOffset, Table } from "./table";

/** Where a key without a value stands, whatever the direction: behind all else. No other word is as great. */
const last: u64 = u64.MAX_VALUE;

/** A column of the flows (i of -1) or the i-th sums of all groups. */
export function orderSums(pointer: usize, i: i32, descending: bool, out: usize): void {
  const table = changetype<Table>(pointer);
  const flip = descending ? u64.MAX_VALUE : 0;
  for (let group: u32 = 0; group < table.size; group++) {
    const row = rowAt(pointer, group);
    const value = i < 0 ? flowsIn(load<u64>(row)) : load<u64>(row + sumOffset(table, i as u32));
    store<u64>(out + ((group as usize) << 3), value ^ flip);
  }
}

/** A column that puts the groups last that have met no value for their i-th sum. */
export function orderLacking(pointer: usize, i: u32, out: usize): void {
  for (let group: u32 = 0; group < changetype<Table>(pointer).size; group++) {
    store<u64>(out + ((group as usize) << 3), hasSum(pointer, rowAt(pointer, group), i) ? 0 : 1);
  }
}

/** A column of a word of the keys of all groups, which stands for itself. */
export function orderWords(pointer: usize, word: u32, descending: bool, out: usize): void {
  const flip = descending ? u64.MAX_VALUE : 0;
  for (let group: u32 = 0; group < changetype<Table>(pointer).size; group++) {
    const value = load<u64>(rowAt(pointer, group) + ((word as usize) << 3), keyOffset);
    store<u64>(out + ((group as usize) << 3), value ^ flip);
  }
}

/**
 * A column of a word of the keys of all groups that may be a code, or none.
 *
 * @param none  the word of null
 * @param ranks the place (u32) of each code of a dictionary among all of them; 0: the words are no codes
 * @param mark  what stands above the code in words that have one: 0 of texts, 2^32 of IPv6 addresses
 */
export function orderCodes(
  pointer: usize,
  word: u32,
  none: u64,
  ranks: usize,
  mark: u64,
  descending: bool,
  out: usize,
): void {
  for (let group: u32 = 0; group < changetype<Table>(pointer).size; group++) {
    let value = load<u64>(rowAt(pointer, group) + ((word as usize) << 3), keyOffset);
    if (value == none) {
      value = last;
    } else {
      if (ranks && (value & ~(u32.MAX_VALUE as u64)) == mark) {
        value = mark | (load<u32>(ranks + ((value as u32 as usize) << 2)) as u64);
      }
      if (descending) value = last - 1 - value;
    }
    store<u64>(out + ((group as usize) << 3), value);
  }
}

/**
 * Sort the numbers of `n` groups by some columns, the first of which counts most.
 *
 * @param columns pointers of the columns
 * @param out     gets the numbers (u32)
 * @param scratch room for as many
 */
export function sortGroups(columns: usize, count: u32, n: u32, out: usize, scratch: usize): void {
  const order = changetype<ByColumns>(heap.alloc(offsetof<ByColumns>()));
  order.columns = columns;
  order.count = count;
  mergeSort<ByColumns>(order, n, out, scratch);
  heap.free(changetype<usize>(order));
}

/**
 * Find the place of each code of a dictionary among all, by the bytes of their texts.
 *
 * @param ranks gets it (u32) for each code, from that of null on
 */
export function rankTexts(dictionary: usize, ranks: usize): void {
  const n = size(dictionary);
  const sorted = heap.alloc((n as usize) << 2);
  const order = changetype<ByText>(heap.alloc(offsetof<ByText>()));
  order.dictionary = dictionary;
  mergeSort<ByText>(order, n, sorted, ranks);
  for (let i: u32 = 0; i < n; i++) {
    store<u32>(ranks + ((codeAt(load<u32>(sorted + ((i as usize) << 2))) as usize) << 2), i);
  }
  heap.free(changetype<usize>(order));
  heap.free(sorted);
}

/** Codes are counted from 1, what is sorted from 0. */
// @ts-ignore: decorator
@inline
function codeAt(number: u32): u32 {
  return number + 1;
}

@unmanaged
class ByColumns {
  columns: usize;
  count: u32;

  // @ts-ignore: decorator
  @inline
  isBefore(a: u32, b: u32): bool {
    for (let i: u32 = 0; i < this.count; i++) {
      const column = load<u32>(this.columns + ((i as usize) << 2)) as usize;
      const left = load<u64>(column + ((a as usize) << 3));
      const right = load<u64>(column + ((b as usize) << 3));
      if (left != right) return left < right;
    }
    return false;
  }
}

@unmanaged
class ByText {
  dictionary: usize;

  isBefore(a: u32, b: u32): bool {
    return isTextBefore(this.dictionary, codeAt(a), codeAt(b));
  }
}

function mergeSort<Order>(order: Order, n: u32, out: usize, scratch: usize): void {
  for (let i: u32 = 0; i < n; i++) store<u32>(out + ((i as usize) << 2), i);
  let from = out;
  let to = scratch;
  for (let width: u32 = 1; width < n; width <<= 1) {
    for (let left: u32 = 0; left < n; left += width << 1) {
      merge<Order>(order, from, to, left, min(left + width, n), min(left + (width << 1), n));
    }
    const swap = from;
    from = to;
    to = swap;
  }
  if (from != out) memory.copy(out, from, (n as usize) << 2);
}

function merge<Order>(order: Order, from: usize, to: usize, left: u32, middle: u32, end: u32): void {
  let a = left;
  let b = middle;
  for (let at = left; at < end; at++) {
    const takesA =
      b >= end ||
      (a < middle && !order.isBefore(load<u32>(from + ((b as usize) << 2)), load<u32>(from + ((a as usize) << 2))));
    store<u32>(to + ((at as usize) << 2), load<u32>(from + (((takesA ? a : b) as usize) << 2)));
    if (takesA) a++;
    else b++;
  }
}

/** Turn the numbers of groups into the pointers of their rows. */
export function rowsAt(pointer: usize, numbers: usize, n: u32): void {
  for (let i: usize = 0; i < ((n as usize) << 2); i += 4) {
    store<u32>(numbers + i, rowAt(pointer, load<u32>(numbers + i)) as u32);
  }
}
