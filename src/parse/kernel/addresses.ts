// Address fields: IPv4, IPv6 or `-`. A word is the IPv4 number, or 2^32 + the code of an IPv6 address in its
// dictionary, or 2^33 for null.

import { intern, interned } from "./dictionary";

const ipv6Mark: u64 = 1 << 32;
const noAddress: u64 = 1 << 33;

/** 16 bytes of the address that was parsed last, and 8 more that `intern` may read. */
const parsed: usize = memory.data(24, 16);
export { parsed as parsedAddress };
/** Its words, in the order they were read. */
const words: usize = memory.data(16, 16);

/** For each way to cut four octets (1 to 3 digits each): which bytes are the hundreds, tens and ones of each. */
const shuffles: usize = memory.data(81 * 16, 16);
/** For each way: the least value of each octet, so that no octet begins with a needless zero. */
const leasts: usize = memory.data(81 * 16, 16);

/** By the places of three dots, as bits: which of the 27 ways to cut three octets, or `noWay`. */
const waysByDots: usize = memory.data(1 << 12, 16);
const noWay: u32 = 255;

memory.fill(waysByDots, noWay as u8, 1 << 12);
for (let way = 0; way < 81; way++) {
  let at = 0;
  let rest = way;
  let dots: u32 = 0;
  for (let octet = 0; octet < 4; octet++) {
    const length = (rest % 3) + 1;
    rest /= 3;
    if (octet < 3) dots |= 1 << (at + length);
    if (octet == 2) store<u8>(waysByDots + dots, (way % 27) as u8);
    for (let digit = 0; digit < 3; digit++) {
      const place = at + length - 3 + digit;
      store<u8>(shuffles + way * 16 + octet * 4 + digit, digit < 3 - length ? 0x80 : (place as u8));
    }
    store<u8>(shuffles + way * 16 + octet * 4 + 3, 0x80);
    store<u32>(leasts + way * 16 + octet * 4, length == 1 ? 0 : length == 2 ? 10 : 100);
    at += length + 1;
  }
}

const notIPv4: u64 = u64.MAX_VALUE;

/**
 * The number of a dotted quad, or `notIPv4`. The four octets are gathered by one shuffle, which the places of the
 * dots choose, and weighed together: 100, 10, 1.
 */
// @ts-ignore: decorator
@inline
function parseIPv4(start: usize, length: u32): u64 {
  if (length - 7 > 8) return notIPv4;
  const bytes = v128.load(start);
  const all = ((1 as u32) << length) - 1;
  const dots = (i8x16.bitmask(i8x16.eq(bytes, i8x16.splat(0x2e))) as u32) & all;
  const digits = v128.sub<u8>(bytes, i8x16.splat(0x30));
  const digitMask = (i8x16.bitmask(i8x16.le_u(digits, i8x16.splat(9))) as u32) & all;
  if ((dots | digitMask) != all || dots >= 1 << 12) return notIPv4;
  const firstThree = load<u8>(waysByDots + dots) as u32;
  // The last octet is what stands behind the last dot: as many bits of `all` as lie above those of the dots.
  const four = length - (32 - clz(dots));
  if (firstThree == noWay || four - 1 > 2) return notIPv4;
  const way = ((firstThree + 27 * (four - 1)) as usize) << 4;
  const octets = v128.swizzle(digits, v128.load(shuffles + way));
  const weights = i8x16(100, 10, 1, 0, 100, 10, 1, 0, 100, 10, 1, 0, 100, 10, 1, 0);
  const low = i32x4.extadd_pairwise_i16x8_u(i16x8.extmul_low_i8x16_u(octets, weights));
  const high = i32x4.extadd_pairwise_i16x8_u(i16x8.extmul_high_i8x16_u(octets, weights));
  const values = v128.add<i32>(v128.shuffle<i32>(low, high, 0, 2, 4, 6), v128.shuffle<i32>(low, high, 1, 3, 5, 7));
  const fits = v128.and(i32x4.ge_u(values, v128.load(leasts + way)), i32x4.le_u(values, i32x4.splat(255)));
  if (!v128.all_true<i32>(fits)) return notIPv4;
  const narrow = i16x8.narrow_i32x4_u(values, values);
  return bswap<u32>(v128.extract_lane<u32>(i8x16.narrow_i16x8_u(narrow, narrow), 0)) as u64;
}

/** Whether the text is an IPv6 address (no zone, no brackets); its 16 bytes are then in `parsed`. */
export function parseIPv6(start: usize, end: usize): bool {
  if (end - start < 2 || end - start > 45) return false;
  let count: u32 = 0;
  let gap: i32 = -1;
  let at = start;
  if (load<u8>(at) == 0x3a) {
    if (load<u8>(at + 1) != 0x3a) return false;
    gap = 0;
    at += 2;
  }
  while (at < end) {
    if (count == 8) return false;
    const group = at;
    let value: u32 = 0;
    while (at < end && at - group < 5) {
      const byte = load<u8>(at) as u32;
      let digit = byte - 48;
      if (digit > 9) {
        digit = (byte | 32) - 97 + 10;
        if (digit < 10 || digit > 15) break;
      }
      value = (value << 4) | digit;
      at++;
    }
    if (at < end && load<u8>(at) == 0x2e) {
      // The last 32 bits may be written as a dotted quad.
      const quad = parseIPv4(group, (end - group) as u32);
      if (quad == notIPv4 || count > 6) return false;
      store<u16>(words + ((count as usize) << 1), (quad >> 16) as u16);
      store<u16>(words + ((count as usize) << 1) + 2, quad as u16);
      count += 2;
      at = end;
      break;
    }
    if (at == group || at - group > 4) return false;
    store<u16>(words + ((count as usize) << 1), value as u16);
    count++;
    if (at == end) break;
    if (load<u8>(at) != 0x3a) return false;
    at++;
    if (at == end) return false;
    if (load<u8>(at) == 0x3a) {
      if (gap >= 0) return false;
      gap = count as i32;
      at++;
    }
  }
  if (gap < 0 ? count != 8 : count > 7) return false;
  const before: u32 = gap < 0 ? 8 : (gap as u32);
  const zeros: u32 = 8 - count;
  for (let word: u32 = 0; word < 8; word++) {
    let value: u16 = 0;
    if (word < before) value = load<u16>(words + ((word as usize) << 1));
    else if (word >= before + zeros) value = load<u16>(words + (((word - zeros) as usize) << 1));
    store<u16>(parsed + ((word as usize) << 1), bswap<u16>(value));
  }
  return true;
}

/** Check the address field of every row that is not odd, and decode it where `dest` is given. */
export function addresses(
  entry: usize,
  stride: usize,
  rows: u32,
  odd: usize,
  dest: usize,
  dictionary: usize,
): void {
  for (let row: usize = 0; row < (rows as usize); row++, entry += stride) {
    if (load<u8>(odd + row)) continue;
    const place = load<u64>(entry);
    const start = (place as u32 as usize) + 1;
    const end = (place >> 32) as usize;
    let word = parseIPv4(start, (end - start) as u32);
    if (word == notIPv4) {
      if (end - start == 1 && load<u8>(start) == 0x2d) {
        word = noAddress;
      } else if (parseIPv6(start, end)) {
        word = dest ? ipv6Mark | (intern(dictionary, parsed, 16) as u64) : 0;
      } else {
        store<u8>(odd + row, 1);
        continue;
      }
    }
    if (dest) store<u64>(dest + (row << 3), word);
  }
}

/** Cut the addresses of a column to prefixes: IPv4 at `v4` bits, IPv6 at `v6` bits. */
export function cutPrefixes(
  column: usize,
  rows: u32,
  odd: usize,
  dest: usize,
  v4: u32,
  v6: u32,
  dictionary: usize,
): void {
  const mask4: u64 = v4 == 0 ? 0 : ((0xffffffff as u32) << (32 - v4)) as u64;
  const high: u64 = v6 == 0 ? 0 : v6 >= 64 ? u64.MAX_VALUE : u64.MAX_VALUE << ((64 - v6) as u64);
  const low: u64 = v6 <= 64 ? 0 : u64.MAX_VALUE << ((128 - v6) as u64);
  for (let row: usize = 0; row < (rows as usize); row++) {
    if (load<u8>(odd + row)) continue;
    let word = load<u64>(column + (row << 3));
    if (word < ipv6Mark) {
      word &= mask4;
    } else if (word < noAddress) {
      const bytes = interned(dictionary, word as u32);
      store<u64>(parsed, load<u64>(bytes) & bswap<u64>(high));
      store<u64>(parsed, load<u64>(bytes, 8) & bswap<u64>(low), 8);
      word = ipv6Mark | (intern(dictionary, parsed, 16) as u64);
    }
    store<u64>(dest + (row << 3), word);
  }
}
