// Cuts text into lines and fields: 64 bytes at a time, one bit a byte that is a control byte or a blank.

/** Longest line, in bytes without its end, that can be a record. */
const maxLine: u32 = 1 << 20;

/** Where the last scan stopped: just after the last line it took. */
export let scanned: usize = 0;

/** One bit for each of 16 bytes: blank, any control byte, DEL. */
// @ts-ignore: decorator
@inline
function breaks(pointer: usize): u64 {
  const bytes = v128.load(pointer);
  return i8x16.bitmask(v128.or(i8x16.le_u(bytes, i8x16.splat(0x20)), i8x16.eq(bytes, i8x16.splat(0x7f)))) as u64;
}

// @ts-ignore: decorator
@inline
function afterMark(pointer: usize): usize {
  return load<u8>(pointer) == 0xef && load<u16>(pointer, 1) == 0xbfbb ? pointer + 3 : pointer;
}

/**
 * Index the lines of [from, to), which must end with a line end, until `maxRows` are found.
 *
 * `index` gets for each row `fields` words: where the field begins (low half) and ends (high half).
 * `starts` and `ends` get where the line begins and ends, without CR and LF.
 * `odd` gets 0 for a line of exactly `fields` fields that may be a record, else 1: another count, a control byte
 * other than tab, too long, blank, a comment. The index of an odd row is not to be read.
 */
export function scan(
  from: usize,
  to: usize,
  fields: u32,
  maxRows: u32,
  index: usize,
  starts: usize,
  ends: usize,
  odd: usize,
): u32 {
  let row: u32 = 0;
  let n: u32 = 0;
  let bad: u32 = 0;
  let line = from;
  let field = afterMark(from);
  let first = field;
  for (let block = from; block < to; block += 64) {
    let mask =
      breaks(block) | (breaks(block + 16) << 16) | (breaks(block + 32) << 32) | (breaks(block + 48) << 48);
    while (mask) {
      const at = block + (ctz(mask) as usize);
      if (at >= to) break;
      mask &= mask - 1;
      if (at > field) {
        if (n < fields) store<u64>(index + ((n as usize) << 3), (field as u64) | ((at as u64) << 32));
        if (n == 0) first = field;
        n++;
      }
      field = at + 1;
      const byte = load<u8>(at);
      if (byte == 0x20) continue;
      if (byte == 0x0a) {
        const end = at > line && load<u8>(at - 1) == 0x0d ? at - 1 : at;
        store<u32>(starts + ((row as usize) << 2), line as u32);
        store<u32>(ends + ((row as usize) << 2), end as u32);
        const isOdd = bad | u32(n != fields) | u32((end - line) as u32 > maxLine) | u32(load<u8>(first) == 0x23);
        store<u8>(odd + (row as usize), isOdd as u8);
        row++;
        index += (fields as usize) << 3;
        n = 0;
        bad = 0;
        line = at + 1;
        field = afterMark(line);
        first = field;
        if (row == maxRows) {
          scanned = line;
          return row;
        }
      } else if (byte != 0x09 && !(byte == 0x0d && load<u8>(at + 1) == 0x0a)) {
        bad = 1;
      }
    }
  }
  scanned = line;
  return row;
}
