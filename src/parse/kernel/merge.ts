// Brings the groups of another thread's table into this one.

import { carry, column, forgetCarries, groupRows, keyOffset, Table } from "./groups";

/**
 * Find or make, in this table, the groups of rows that were copied out of another table of the same shape.
 *
 * @param rows      the copied rows, `n` of them, no more than a batch has
 * @param columns   pointers of columns to be used for the key's words
 * @param codes     for each key word 0, or where the other table's codes lead to the codes of this one (u32)
 * @param marks     for each key word the high half (u32) that a word with a code in its low half has
 * @param selection the row numbers 0 to n-1
 * @param out       gets the pointer of each row's group
 */
export function mergeRows(
  pointer: usize,
  rows: usize,
  n: u32,
  columns: usize,
  codes: usize,
  marks: usize,
  selection: usize,
  out: usize,
): void {
  const table = changetype<Table>(pointer);
  for (let word: u32 = 0; word < table.keyWords; word++) {
    const to = column(columns, word);
    const recode = column(codes, word);
    const mark = load<u32>(marks + ((word as usize) << 2)) as u64;
    for (let i: usize = 0; i < (n as usize); i++) {
      let value = load<u64>(rows + i * table.stride + ((word as usize) << 3), keyOffset);
      if (recode && value >> 32 == mark) {
        value = (mark << 32) | (load<u32>(recode + ((value as u32 as usize) << 2)) as u64);
      }
      store<u64>(to + (i << 3), value);
    }
  }
  groupRows(pointer, columns, selection, n, out);
  for (let i: usize = 0; i < (n as usize); i++) {
    const group = load<u32>(out + (i << 2)) as usize;
    // One was counted for finding it.
    store<u64>(group, load<u64>(group, 8) + load<u64>(rows + i * table.stride, 8) - 1, 8);
  }
}

/** Add the i-th sums of copied rows to the groups that `mergeRows` found for them. Read `carried` after each call. */
export function mergeSum(pointer: usize, i: u32, rows: usize, n: u32, groups: usize): void {
  const table = changetype<Table>(pointer);
  const offset = keyOffset + ((table.keyWords + i) as usize << 3);
  const flag: u32 = 1 << i;
  forgetCarries();
  for (let row: usize = 0; row < (n as usize); row++) {
    const from = rows + row * table.stride;
    if ((load<u32>(from, 4) & flag) == 0) continue;
    const group = load<u32>(groups + (row << 2)) as usize;
    const value = load<u64>(from + offset);
    const sum = load<u64>(group + offset) + value;
    store<u64>(group + offset, sum);
    store<u32>(group, load<u32>(group, 4) | flag, 4);
    if (sum < value) carry(group as u32);
  }
}
