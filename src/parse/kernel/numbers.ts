// Number fields: plain digits in a range, or `-`.

/** A null in a column whose values never reach it (all but counters). */
const none: u64 = u64.MAX_VALUE;

// @ts-ignore: decorator
@lazy const zeros: u64 = 0x3030303030303030;

/** The last `length` (1 to 8) bytes before `end`, with "0" in front. */
// @ts-ignore: decorator
@inline
function lastDigits(end: usize, length: u32): u64 {
  const keep = u64.MAX_VALUE << ((64 - (length << 3)) as u64);
  return (load<u64>(end - 8) & keep) | (zeros & ~keep);
}

/** Whether all eight bytes are digits. */
// @ts-ignore: decorator
@inline
function areDigits(eight: u64): bool {
  return (
    ((eight & 0xf0f0f0f0f0f0f0f0) | (((eight + 0x0606060606060606) & 0xf0f0f0f0f0f0f0f0) >> 4)) == 0x3333333333333333
  );
}

/** The value of eight digits: pairs, then fours, then all (three multiplications in place of eight). */
// @ts-ignore: decorator
@inline
function valueOf(eight: u64): u64 {
  eight = ((eight & 0x0f0f0f0f0f0f0f0f) * 2561) >> 8;
  eight = ((eight & 0x00ff00ff00ff00ff) * 6553601) >> 16;
  return ((eight & 0x0000ffff0000ffff) * 42949672960001) >> 32;
}

/** The value of any run of digits, or false: for numbers of more than 16 digits, leading zeros and all. */
let longValue: u64 = 0;
function parseLong(start: usize, end: usize): bool {
  let value: u64 = 0;
  for (let at = start; at < end; at++) {
    const digit = (load<u8>(at) as u64) - 48;
    if (digit > 9) return false;
    if (value > 1844674407370955161 || (value == 1844674407370955161 && digit > 5)) return false;
    value = value * 10 + digit;
  }
  longValue = value;
  return true;
}

/**
 * Check the number field of every row that is not odd, and decode it where `dest` is given.
 *
 * @param entry      the field's place in the first row of the index
 * @param stride     bytes from one row of the index to the next
 * @param dest       the column, or 0 to check only; null is all ones, or 0 where `nulls` is given
 * @param nulls      a byte a row, 1 for null, or 0 where all ones will do
 * @param safeDigits a number of so many digits is never out of range
 * @param max        greatest value
 */
export function numbers(
  entry: usize,
  stride: usize,
  rows: u32,
  odd: usize,
  dest: usize,
  nulls: usize,
  safeDigits: u32,
  max: u64,
): void {
  for (let row: usize = 0; row < (rows as usize); row++, entry += stride) {
    if (load<u8>(odd + row)) continue;
    const place = load<u64>(entry);
    const start = place as u32 as usize;
    const end = (place >> 32) as usize;
    const length = (end - start) as u32;
    let value: u64 = 0;
    if (length <= 8) {
      const eight = lastDigits(end, length);
      if (!areDigits(eight)) {
        if (length == 1 && load<u8>(start) == 0x2d) {
          if (nulls) store<u8>(nulls + row, 1);
          if (dest) store<u64>(dest + (row << 3), nulls ? 0 : none);
        } else {
          store<u8>(odd + row, 1);
        }
        continue;
      }
      if (!dest && length <= safeDigits) continue;
      value = valueOf(eight);
    } else if (length <= 16) {
      const low = load<u64>(end - 8);
      const high = lastDigits(end - 8, length - 8);
      if (!areDigits(low) || !areDigits(high)) {
        store<u8>(odd + row, 1);
        continue;
      }
      if (!dest && length <= safeDigits) continue;
      value = valueOf(high) * 100000000 + valueOf(low);
    } else {
      if (!parseLong(start, end)) {
        store<u8>(odd + row, 1);
        continue;
      }
      value = longValue;
    }
    if (value > max) {
      store<u8>(odd + row, 1);
      continue;
    }
    if (nulls) store<u8>(nulls + row, 0);
    if (dest) store<u64>(dest + (row << 3), value);
  }
}

/** Least and greatest of the last `extremes`; least is all ones where there was none. */
export let least: u64 = none;
export let greatest: u64 = 0;

/** Put the least and greatest value of a column over the selected rows into `least` and `greatest`, nulls left out. */
export function extremes(column: usize, selection: usize, n: u32): void {
  let low: u64 = none;
  let high: u64 = 0;
  for (let i: u32 = 0; i < n; i++) {
    const value = load<u64>(column + ((load<u32>(selection + ((i as usize) << 2)) as usize) << 3));
    if (value == none) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  least = low;
  greatest = high;
}

/** Clear `all` (a byte a row) where the field is not a bare `-`. */
export function dashes(entry: usize, stride: usize, rows: u32, odd: usize, all: usize): void {
  for (let row: usize = 0; row < (rows as usize); row++, entry += stride) {
    if (load<u8>(odd + row)) continue;
    const place = load<u64>(entry);
    const start = place as u32 as usize;
    if (((place >> 32) as usize) - start != 1 || load<u8>(start) != 0x2d) store<u8>(all + row, 0);
  }
}
