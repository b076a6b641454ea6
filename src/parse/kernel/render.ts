// Writes rows of records as text: the bytes of the log with what a format puts between them. A row that needs more
// than copying (escapes, bytes that are not ASCII, needless zeros) is left to TypeScript.

import { parsedAddress, parseIPv6 } from "./addresses";

@unmanaged
class Column {
  /** What stands before the value: a name, a comma. */
  literal: usize;
  literalLength: u32;
  /** Its place in the layout, or `absent`. */
  field: u32;
  kind: u32;
}

const absent: u32 = u32.MAX_VALUE;
const numberKind: u32 = 0;
const addressKind: u32 = 1;
const tagKind: u32 = 3;

/** Where the text of the last `render` ends. */
export let renderedEnd: usize = 0;

/** Most bytes of a value beyond those of its field: two quotes, "null", an address written out. */
const valueRoom: usize = 48;

/**
 * Write selected rows, until one does not fit or needs the long way.
 *
 * @param selection row numbers (u32), of which those from `from` to `n` - 1 are written
 * @param stride    bytes from one row of the index to the next
 * @param columns   `count` Columns
 * @param end       what stands behind a row, `endLength` bytes
 * @param quoted    whether texts and addresses stand in quotes
 * @param none      what stands for null, `noneLength` bytes
 * @param forbidden a byte that a text may not have to be copied, beside quote and backslash
 * @returns the number of the first row that was not written
 */
export function render(
  selection: usize,
  from: u32,
  n: u32,
  index: usize,
  stride: usize,
  columns: usize,
  count: u32,
  end: usize,
  endLength: u32,
  quoted: bool,
  none: usize,
  noneLength: u32,
  forbidden: u8,
  out: usize,
  outEnd: usize,
): u32 {
  let literals: usize = (endLength as usize) + 16;
  for (let i: u32 = 0; i < count; i++) literals += (columnAt(columns, i).literalLength as usize) + valueRoom;
  for (let i = from; i < n; i++) {
    const fields = index + (load<u32>(selection + ((i as usize) << 2)) as usize) * stride;
    const lineLength = load<u32>(fields + stride - 4) - load<u32>(fields);
    if (out + literals + lineLength > outEnd) {
      renderedEnd = out;
      return i;
    }
    let at = out;
    for (let c: u32 = 0; c < count; c++) {
      const column = columnAt(columns, c);
      at = copy(column.literal, column.literalLength, at);
      if (column.field == absent) continue;
      const place = load<u64>(fields + ((column.field as usize) << 2));
      at = value((place as u32 as usize) + 1, ((place >> 32) as u32) - (place as u32) - 1, column.kind, at, quoted, none, noneLength, forbidden);
      if (at == 0) {
        renderedEnd = out;
        return i;
      }
    }
    out = copy(end, endLength, at);
  }
  renderedEnd = out;
  return n;
}

// @ts-ignore: decorator
@inline
function columnAt(columns: usize, i: u32): Column {
  return changetype<Column>(columns + (i as usize) * offsetof<Column>());
}

/** Copies up to 15 bytes more than asked, which the next copy writes over. */
// @ts-ignore: decorator
@inline
function copy(from: usize, length: u32, out: usize): usize {
  for (let at: usize = 0; at < (length as usize); at += 16) v128.store(out + at, v128.load(from + at));
  return out + length;
}

/** Where the value ends, or 0 where it needs the long way. */
// @ts-ignore: decorator
@inline
function value(
  start: usize,
  length: u32,
  kind: u32,
  out: usize,
  quoted: bool,
  none: usize,
  noneLength: u32,
  forbidden: u8,
): usize {
  if (length == 1 && load<u8>(start) == 0x2d) return copy(none, noneLength, out);
  if (kind == numberKind) {
    if (load<u8>(start) == 0x30 && length > 1) return 0;
    return copy(start, length, out);
  }
  if (quoted) {
    store<u8>(out, 0x22);
    out++;
  }
  if (kind == addressKind) {
    out = isIPv6(start) ? writeIPv6(start, length, out) : copy(start, length, out);
  } else if (isPlain(start, length, out, forbidden, kind == tagKind ? 0x25 : forbidden)) {
    out += length;
  } else {
    return 0;
  }
  if (quoted) {
    store<u8>(out, 0x22);
    out++;
  }
  return out;
}

/** Copy a text that is printable ASCII and has none of the bytes that would need an escape; false where it has. */
// @ts-ignore: decorator
@inline
function isPlain(start: usize, length: u32, out: usize, forbidden: u8, alsoForbidden: u8): bool {
  for (let at: u32 = 0; at < length; at += 16) {
    const bytes = v128.load(start + at);
    const bad = v128.or(
      v128.or(i8x16.gt_u(bytes, i8x16.splat(0x7e)), i8x16.eq(bytes, i8x16.splat(0x22))),
      v128.or(
        i8x16.eq(bytes, i8x16.splat(0x5c)),
        v128.or(i8x16.eq(bytes, i8x16.splat(forbidden)), i8x16.eq(bytes, i8x16.splat(alsoForbidden))),
      ),
    );
    const rest = length - at;
    if ((i8x16.bitmask(bad) as u32) & (rest >= 16 ? 0xffff : (1 << rest) - 1)) return false;
    v128.store(out + at, bytes);
  }
  return true;
}

/** Whether an address that was checked is IPv6: then a colon stands among its first five bytes. */
// @ts-ignore: decorator
@inline
function isIPv6(start: usize): bool {
  return (i8x16.bitmask(i8x16.eq(v128.load(start), i8x16.splat(0x3a))) & 0x1f) != 0;
}

// @ts-ignore: decorator
@inline
function word(i: u32): u32 {
  return bswap<u16>(load<u16>(parsedAddress + ((i as usize) << 1))) as u32;
}

/** The canonical text of an address (RFC 5952); `record/address.ts` has its twin. */
function writeIPv6(start: usize, length: u32, out: usize): usize {
  parseIPv6(start, start + length);
  if (load<u64>(parsedAddress) == 0 && word(4) == 0 && word(5) == 0xffff) {
    // ::ffff: as little-endian bytes.
    store<u64>(out, 0x003a666666663a3a);
    return writeIPv4((word(6) << 16) | word(7), out + 7);
  }
  let best: u32 = 0;
  let bestLength: u32 = 1;
  let run: u32 = 0;
  for (let i: u32 = 0; i < 8; i++) {
    run = word(i) == 0 ? run + 1 : 0;
    if (run > bestLength) {
      bestLength = run;
      best = i + 1 - run;
    }
  }
  if (bestLength < 2) bestLength = 0;
  for (let i: u32 = 0; i < 8; i++) {
    if (bestLength > 0 && i == best) {
      store<u16>(out, 0x3a3a);
      out += 2;
      i += bestLength - 1;
      continue;
    }
    if (i > 0 && !(bestLength > 0 && i == best + bestLength)) {
      store<u8>(out, 0x3a);
      out++;
    }
    out = writeHex(word(i), out);
  }
  return out;
}

function writeHex(value: u32, out: usize): usize {
  let shift: i32 = value > 0xfff ? 12 : value > 0xff ? 8 : value > 0xf ? 4 : 0;
  for (; shift >= 0; shift -= 4) {
    const digit = (value >> shift) & 15;
    store<u8>(out, (digit < 10 ? 48 + digit : 87 + digit) as u8);
    out++;
  }
  return out;
}

function writeIPv4(value: u32, out: usize): usize {
  for (let shift: i32 = 24; shift >= 0; shift -= 8) {
    const octet = (value >> shift) & 255;
    if (octet > 99) store<u8>(out++, (48 + octet / 100) as u8);
    if (octet > 9) store<u8>(out++, (48 + (octet / 10) % 10) as u8);
    store<u8>(out++, (48 + (octet % 10)) as u8);
    if (shift > 0) store<u8>(out++, 0x2e);
  }
  return out;
}
