// Number fields: plain digits in a range, or `-`.
//
// `scan` has tested the number fields that stand side by side at once. Rows that passed (nearly all) are decoded without
// another look; the few others, which are rough, are read with care, field by field.

/** A null in a column whose values never reach it (all but counters). */
const none: u64 = u64.MAX_VALUE;

/** The 1 to 8 bytes from `start`, moved to the end of eight; what stands in front has no digit's value. */
// @ts-ignore: decorator
@inline
function digitsFrom(start: usize, length: u32): u64 {
  return load<u64>(start) << ((64 - (length << 3)) as u64);
}

/** The value of eight digits: pairs, then fours, then all (three multiplications in place of eight). */
// @ts-ignore: decorator
@inline
function valueOf(eight: u64): u64 {
  eight = ((eight & 0x0f0f0f0f0f0f0f0f) * 2561) >> 8;
  eight = ((eight & 0x00ff00ff00ff00ff) * 6553601) >> 16;
  return ((eight & 0x0000ffff0000ffff) * 42949672960001) >> 32;
}

/** List the row numbers (u32) of the rows that are rough and not odd. */
export function listRough(rows: u32, odd: usize, rough: usize, list: usize): u32 {
  let count: u32 = 0;
  for (let row: u32 = 0; row < rows; row++) {
    if (load<u8>(odd + (row as usize)) || !load<u8>(rough + (row as usize))) continue;
    store<u32>(list + ((count as usize) << 2), row);
    count++;
  }
  return count;
}

/**
 * Decode a number field of every row that is not rough: plain digits, at most 19 of them.
 *
 * @param entry the place before the field in the first row of the index
 * @param dest  the column
 * @param max   greatest value; a row with a greater one becomes odd
 */
export function decodeNumbers(
  entry: usize,
  stride: usize,
  rows: u32,
  odd: usize,
  rough: usize,
  dest: usize,
  max: u64,
): void {
  for (let row: usize = 0; row < (rows as usize); row++, entry += stride) {
    if (load<u8>(rough + row)) continue;
    const place = load<u64>(entry);
    const start = (place as u32 as usize) + 1;
    const length = ((place >> 32) as u32) - (start as u32);
    let value: u64;
    if (length <= 8) value = valueOf(digitsFrom(start, length));
    else value = valueOf(load<u64>(start + (length as usize) - 8)) + 100000000 * beginning(start, length - 8);
    if (value > max) store<u8>(odd + row, 1);
    store<u64>(dest + (row << 3), value);
  }
}

/**
 * Make the rows odd, of those that are not rough, in which a number field is too great: plain digits, as many as the greatest
 * value has at most.
 *
 * @param digits of the greatest value
 * @param first  the greatest value's first digit, as a byte: a number below it is not looked at any closer
 */
export function checkRange(
  entry: usize,
  stride: usize,
  rows: u32,
  odd: usize,
  rough: usize,
  digits: u32,
  first: u32,
  max: u64,
): void {
  for (let row: usize = 0; row < (rows as usize); row++, entry += stride) {
    const place = load<u64>(entry);
    const start = (place as u32 as usize) + 1;
    const length = ((place >> 32) as u32) - (start as u32);
    // One branch that is seldom taken: half of all ports have five digits.
    if (u32(load<u8>(rough + row) == 0) & u32(length == digits) & u32(load<u8>(start) >= first)) {
      if (valueOf(digitsFrom(start, length)) > max) store<u8>(odd + row, 1);
    }
  }
}

/** The value of the first digits of a long number, at most eleven. */
// @ts-ignore: decorator
@inline
function beginning(start: usize, length: u32): u64 {
  // Times have two.
  if (length == 2) return ((load<u8>(start) & 15) * 10 + (load<u8>(start, 1) & 15)) as u64;
  if (length <= 8) return valueOf(digitsFrom(start, length));
  return valueOf(load<u64>(start + (length as usize) - 8)) + 100000000 * valueOf(digitsFrom(start, length - 8));
}

/** The value of a run of digits, in `digitsValue`; false where it is none, or past 2^64. */
let digitsValue: u64 = 0;
function parseDigits(start: usize, end: usize): bool {
  let value: u64 = 0;
  for (let at = start; at < end; at++) {
    const digit = (load<u8>(at) as u64) - 48;
    if (digit > 9) return false;
    if (value > 1844674407370955161 || (value == 1844674407370955161 && digit > 5)) return false;
    value = value * 10 + digit;
  }
  digitsValue = value;
  return true;
}

/**
 * Check, and decode where `dest` is given, a number field of the listed rows, whatever it holds.
 *
 * @param list  row numbers (u32), `n` of them
 * @param dest  the column, or 0 to check only; null is all ones, or 0 where `nulls` is given
 * @param nulls a byte a row, set to 1 for null, or 0 where all ones will do
 * @param max   greatest value; a row with a greater one, or with anything else, becomes odd
 */
export function readNumbers(
  entry: usize,
  stride: usize,
  list: usize,
  n: u32,
  odd: usize,
  dest: usize,
  nulls: usize,
  max: u64,
): void {
  for (let i: usize = 0; i < (n as usize); i++) {
    const row = load<u32>(list + (i << 2)) as usize;
    if (load<u8>(odd + row)) continue;
    const place = load<u64>(entry + row * stride);
    const start = (place as u32 as usize) + 1;
    const end = (place >> 32) as usize;
    if (end - start == 1 && load<u8>(start) == 0x2d) {
      if (nulls) store<u8>(nulls + row, 1);
      if (dest) store<u64>(dest + (row << 3), nulls ? 0 : none);
    } else if (parseDigits(start, end) && digitsValue <= max) {
      if (dest) store<u64>(dest + (row << 3), digitsValue);
    } else {
      store<u8>(odd + row, 1);
    }
  }
}

/**
 * Copy a column of ports, with null where the protocol has none.
 *
 * @param portProtocols a byte for each of 256 protocols: 1 where it has ports
 */
export function maskPorts(ports: usize, protocols: usize, rows: u32, portProtocols: usize, dest: usize): void {
  for (let row: usize = 0; row < ((rows as usize) << 3); row += 8) {
    const protocol = load<u64>(protocols + row);
    const hasPorts = protocol < 256 && load<u8>(portProtocols + (protocol as usize)) == 1;
    store<u64>(dest + row, hasPorts ? load<u64>(ports + row) : none);
  }
}

/**
 * Widen a range, least and greatest (u64 each), by the values of a column over the selected rows, nulls left out.
 * @returns whether it is another then
 */
export function extremes(column: usize, selection: usize, n: u32, range: usize): bool {
  let low = load<u64>(range);
  let high = load<u64>(range, 8);
  for (let i: u32 = 0; i < n; i++) {
    const value = load<u64>(column + ((load<u32>(selection + ((i as usize) << 2)) as usize) << 3));
    if (value == none) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const isWider = low != load<u64>(range) || high != load<u64>(range, 8);
  store<u64>(range, low);
  store<u64>(range, high, 8);
  return isWider;
}

/** Clear `all` (a byte a row) where the field is not a bare `-`. */
export function dashes(entry: usize, stride: usize, rows: u32, odd: usize, all: usize): void {
  for (let row: usize = 0; row < (rows as usize); row++, entry += stride) {
    if (load<u8>(odd + row)) continue;
    const place = load<u64>(entry);
    const start = (place as u32 as usize) + 1;
    if (((place >> 32) as usize) - start != 1 || load<u8>(start) != 0x2d) store<u8>(all + row, 0);
  }
}

/** Write a byte for each row of a column: 1 where it is all ones, which stands for null. */
export function noteNulls(column: usize, rows: u32, nulls: usize): void {
  for (let row: usize = 0; row < (rows as usize); row++) {
    store<u8>(nulls + row, u8(load<u64>(column + (row << 3)) == u64.MAX_VALUE));
  }
}

/**
 * Select those of some rows whose word in a column is another.
 * @param selection row numbers (u32), `n` of them
 * @param out       gets the row numbers; may be the same place
 * @returns how many
 */
export function selectOthers(column: usize, word: u64, selection: usize, n: u32, out: usize): u32 {
  let count: u32 = 0;
  for (let i: usize = 0; i < ((n as usize) << 2); i += 4) {
    const row = load<u32>(selection + i);
    store<u32>(out + ((count as usize) << 2), row);
    count += u32(load<u64>(column + ((row as usize) << 3)) != word);
  }
  return count;
}
