// The loops over the bytes of JSON, compiled to WebAssembly with SIMD: text to tokens, parts of the text to lines, and objects that are
// written alike to lines at once.
// What the tokens mean is TypeScript's business. All pointers are byte offsets into the one memory; behind the text there
// must be 16 bytes more, of whatever they hold.

/** The kinds of token, in the lowest bits of its first word; json-tokens.ts has the same. */
const openObject: u32 = 0;
const closeObject: u32 = 1;
const openArray: u32 = 2;
const closeArray: u32 = 3;
const key: u32 = 4;
const string: u32 = 5;
const scalar: u32 = 6;
/** A key that is `message`, without escapes. */
const messageKey: u32 = 7;
/** Added to strings and keys: there is an escape in it; there is a blank in it. */
const hasEscape: u32 = 8;
const hasBlank: u32 = 16;
const kindBits: u32 = 5;

/** What may come next. */
const anyValue: u32 = 0;
const valueOrClose: u32 = 1;
const keyOrClose: u32 = 2;
const anyKey: u32 = 3;
const colon: u32 = 4;
const commaOrClose: u32 = 5;

/** Deeper than this nobody nests events. */
const maxDepth: u32 = 512;
/** For each array and object that is open: 1 for an object. */
export const stack: usize = memory.data(512);
let depth: u32 = 0;
let expected: u32 = anyValue;

/** Just behind the last byte that belongs to a token, or to nothing. */
export let stopped: usize = 0;
/**
 * Whether the byte at `stopped` cannot stand there: 1 a value was expected, 2 a name, 3 a colon, 4 a comma or an end, 5 no
 * control byte within a string, 6 no deeper nesting, 7 another end.
 */
export let problem: u32 = 0;
/** How deep in arrays and objects the text stands that comes next. */
export function level(): u32 {
  return depth;
}

/** Room at a multiple of 16. */
export function room(bytes: usize): usize {
  return heap.alloc(bytes);
}

export function release(pointer: usize): void {
  heap.free(pointer);
}

/**
 * For a name's length (below 16) and its first byte: whether tokens of such names are wanted. All others are left out together
 * with their values, unless these are objects or arrays, or `isSparse` is false.
 */
export const wanted: usize = memory.data(16 * 128);
let isSparse: bool = false;
/** Whether the value that comes next is one to leave out, and its name was the last token. */
let passing: bool = false;

/** Begin again, at a value that stands so deep; `stack` says in what. */
export function rewind(to: u32, sparse: bool): void {
  isSparse = sparse;
  passing = false;
  depth = to;
  expected = anyValue;
  problem = 0;
}

/** Past a comma, if one stands there, and the line end and indentation behind it. */
// @ts-ignore: decorator
@inline
function afterComma(p: usize, to: usize): usize {
  if (depth == 0) {
    expected = anyValue;
    return p;
  }
  if (p >= to || load<u8>(p) != 0x2c) {
    expected = commaOrClose;
    return p;
  }
  expected = load<u8>(stack + depth - 1) ? anyKey : anyValue;
  return afterBlanks(p + 1, to);
}

/** Whether a number, true, false or null may begin so. */
// @ts-ignore: decorator
@inline
function beginsScalar(byte: u32): bool {
  return byte - 0x30 < 10 || byte == 0x2d || byte == 0x74 || byte == 0x66 || byte == 0x6e;
}

/** Past blanks and line ends, some at least: not always all. */
// @ts-ignore: decorator
@inline
function afterBlanks(p: usize, to: usize): usize {
  const others = i8x16.bitmask(i8x16.gt_u(v128.load(p), i8x16.splat(0x20)));
  const next = p + (others == 0 ? 16 : ctz(others));
  return next > to ? to : next;
}

/** "message" and the quote behind it. */
const messageQuote: u64 = 0x226567617373656d;

// @ts-ignore: decorator
@inline
function put(tape: usize, kind: u32, from: usize, start: usize, end: usize): void {
  store<u32>(tape, (((start - from) as u32) << kindBits) | kind);
  store<u32>(tape, (end - from) as u32, 4);
}

/**
 * The tokens of JSON values, one after the other, with blanks, line ends or commas between them. It goes on where the last
 * call has stopped; a token that is not whole is left, as is all from a problem on.
 *
 * @param tape gets two words a token: where it starts in the text (without quotes), with its kind; and where it ends
 * @param room for how many tokens there is room
 * @param ended whether no more text follows
 * @returns how many tokens there are
 */
export function tokenize(from: usize, at: usize, to: usize, tape: usize, room: u32, ended: bool): u32 {
  let p = at;
  let t = tape;
  const tapeEnd = tape + 8 * (room as usize);
  problem = 0;
  while (p < to && t < tapeEnd) {
    const byte = load<u8>(p);
    if (byte <= 0x20) {
      p++;
      if (load<u8>(p) > 0x20) continue;
      // Indentation.
      while (p < to) {
        const others = i8x16.bitmask(i8x16.gt_u(v128.load(p), i8x16.splat(0x20)));
        if (others != 0) {
          p += ctz(others);
          break;
        }
        p += 16;
      }
      if (p > to) p = to;
      continue;
    }
    if (byte == 0x22) {
      const isKey = expected == keyOrClose || expected == anyKey;
      if (!isKey && expected > valueOrClose) {
        problem = expected == colon ? 3 : 4;
        break;
      }
      const start = p + 1;
      let end = start;
      let flags: u32 = 0;
      let control: bool = false;
      let blanks = i8x16.splat(0);
      if (isSparse) {
        // Nobody asks for blanks then; what is found here is found again below.
        while (end < to) {
          const bytes = v128.load(end);
          const marks = v128.or(i8x16.eq(bytes, i8x16.splat(0x22)), i8x16.eq(bytes, i8x16.splat(0x5c)));
          if (v128.any_true(v128.or(marks, i8x16.lt_u(bytes, i8x16.splat(0x20))))) break;
          end += 16;
        }
      }
      while (end < to) {
        const bytes = v128.load(end);
        const quotes = i8x16.eq(bytes, i8x16.splat(0x22));
        const slashes = i8x16.eq(bytes, i8x16.splat(0x5c));
        const controls = i8x16.lt_u(bytes, i8x16.splat(0x20));
        const special = v128.or(v128.or(quotes, slashes), controls);
        const blank = i8x16.eq(bytes, i8x16.splat(0x20));
        if (!v128.any_true(special)) {
          blanks = v128.or(blanks, blank);
          end += 16;
          continue;
        }
        const first = ctz(i8x16.bitmask(special));
        if ((i8x16.bitmask(blank) & ((1 << first) - 1)) != 0) flags |= hasBlank;
        end += first;
        const found = load<u8>(end);
        if (found == 0x22) break;
        if (found != 0x5c) {
          control = end < to;
          break;
        }
        flags |= hasEscape;
        end += 2;
      }
      if (v128.any_true(blanks)) flags |= hasBlank;
      if (control) {
        p = end;
        problem = 5;
        break;
      }
      if (end >= to) break;
      p = end + 1;
      if (isKey) {
        const length = end - start;
        const isMessage = length == 7 && load<u64>(start) == messageQuote;
        put(t, (isMessage ? messageKey : key) | flags, from, start, end);
        t += 8;
        // What has an escape may be any name.
        const isWanted = length < 16 && load<u8>(wanted + ((length << 7) | (load<u8>(start) & 127)));
        passing = isSparse && !isWanted && flags == 0;
        // A colon and a blank follow nearly always.
        if (p + 1 < to && load<u8>(p) == 0x3a) {
          p += load<u8>(p, 1) == 0x20 ? 2 : 1;
          expected = anyValue;
        } else {
          expected = colon;
        }
        continue;
      }
      if (passing && t > tape) {
        t -= 8;
      } else {
        put(t, string | flags, from, start, end);
        t += 8;
      }
      passing = false;
      p = afterComma(p, to);
      continue;
    }
    if (byte == 0x3a) {
      if (expected != colon) {
        problem = expected <= valueOrClose ? 1 : expected == commaOrClose ? 4 : 2;
        break;
      }
      expected = anyValue;
      p++;
      continue;
    }
    if (byte == 0x2c) {
      if (expected == commaOrClose) {
        expected = load<u8>(stack + depth - 1) ? anyKey : anyValue;
      } else if (depth > 0) {
        problem = expected <= valueOrClose ? 1 : expected == colon ? 3 : 2;
        break;
      }
      p++;
      continue;
    }
    if (byte == 0x7d || byte == 0x5d) {
      const isObject = byte == 0x7d;
      if (depth == 0) {
        problem = 1;
        break;
      }
      if ((load<u8>(stack + depth - 1) == 1) != isObject) {
        problem = 7;
        break;
      }
      if (expected != commaOrClose && expected != (isObject ? keyOrClose : valueOrClose)) {
        problem = expected <= valueOrClose ? 1 : expected == colon ? 3 : 2;
        break;
      }
      depth--;
      put(t, isObject ? closeObject : closeArray, from, p, p + 1);
      t += 8;
      p = afterComma(p + 1, to);
      continue;
    }
    if (expected > valueOrClose) {
      problem = expected == colon ? 3 : expected == commaOrClose ? 4 : 2;
      break;
    }
    if (byte == 0x7b || byte == 0x5b) {
      if (depth == maxDepth) {
        problem = 6;
        break;
      }
      const isObject = byte == 0x7b;
      store<u8>(stack + depth, isObject ? 1 : 0);
      depth++;
      expected = isObject ? keyOrClose : valueOrClose;
      put(t, isObject ? openObject : openArray, from, p, p + 1);
      t += 8;
      passing = false;
      p = afterBlanks(p + 1, to);
      continue;
    }
    // A number, true, false or null.
    if (!beginsScalar(byte)) {
      problem = 1;
      break;
    }
    let end = p + 1;
    while (end < to) {
      const digits = i8x16.le_u(v128.sub<u8>(v128.load(end), i8x16.splat(0x30)), i8x16.splat(9));
      const others = ~i8x16.bitmask(digits) & 0xffff;
      if (others == 0) {
        end += 16;
        continue;
      }
      end += ctz(others);
      if (end >= to) break;
      const next = load<u8>(end);
      if ((next | 0x20) - 0x61 >= 26 && next != 0x2e && next != 0x2b && next != 0x2d) break;
      end++;
    }
    if (end >= to) {
      if (!ended) break;
      end = to;
    }
    if (passing && t > tape) {
      t -= 8;
    } else {
      put(t, scalar, from, p, end);
      t += 8;
    }
    passing = false;
    p = afterComma(end, to);
  }
  stopped = p;
  return ((t - tape) >> 3) as u32;
}

/**
 * Put parts of the memory one behind the other.
 *
 * @param parts three words a part: where it starts, where it ends, and a byte to put behind it
 * @returns where what was put ends
 */
export function gather(parts: usize, count: u32, out: usize): usize {
  let to = out;
  for (let i: u32 = 0; i < count; i++) {
    const start = load<u32>(parts) as usize;
    const end = load<u32>(parts, 4) as usize;
    const after = to + (end - start);
    // In steps of 16: what is put too far is put right by the next part.
    for (let at = start; at < end; at += 16, to += 16) v128.store(to, v128.load(at));
    store<u8>(after, load<u8>(parts, 8));
    to = after + 1;
    parts += 12;
  }
  return to;
}

const nullWord: u32 = 0x6c6c756e;
const largeNullWord: u32 = 0x4c4c554e;
const noneWord: u32 = 0x656e6f4e;

/** What stands behind may be read, and does not count. */
// @ts-ignore: decorator
@inline
function isSame(a: usize, b: usize, length: usize): bool {
  let left = length as i32;
  while (true) {
    const same = i8x16.bitmask(i8x16.eq(v128.load(a), v128.load(b)));
    if (left <= 16) return ((same + 1) & ((1 << left) - 1)) == 0;
    if (same != 0xffff) return false;
    a += 16;
    b += 16;
    left -= 16;
  }
}

/** Where the value ends that was copied last, behind its closing quote; 0 where it is not one that can be copied as it stands. */
let valueEnd: usize = 0;
/** Where the copy ends. */
let copied: usize = 0;

/**
 * A string without escapes, copied.
 *
 * @param withBlanks whether it may have blanks in it
 */
// @ts-ignore: decorator
@inline
function copyString(start: usize, to: usize, out: usize, withBlanks: bool): void {
  let p = start;
  let o = out;
  const least = i8x16.splat(withBlanks ? 0x20 : 0x21);
  while (p < to) {
    const bytes = v128.load(p);
    v128.store(o, bytes);
    const marks = v128.or(i8x16.eq(bytes, i8x16.splat(0x22)), i8x16.eq(bytes, i8x16.splat(0x5c)));
    const special = i8x16.bitmask(v128.or(marks, i8x16.lt_u(bytes, least)));
    if (special == 0) {
      p += 16;
      o += 16;
      continue;
    }
    p += ctz(special);
    copied = o + ctz(special);
    valueEnd = p < to && load<u8>(p) == 0x22 ? p + 1 : 0;
    return;
  }
  valueEnd = 0;
}

/** A number, true, false or null, copied. */
// @ts-ignore: decorator
@inline
function copyScalar(start: usize, to: usize, out: usize): void {
  valueEnd = 0;
  if (!beginsScalar(load<u8>(start))) return;
  let p = start;
  let o = out;
  while (p < to) {
    const bytes = v128.load(p);
    v128.store(o, bytes);
    const digits = i8x16.le_u(v128.sub<u8>(bytes, i8x16.splat(0x30)), i8x16.splat(9));
    const lower = v128.or(bytes, i8x16.splat(0x20));
    const letters = i8x16.lt_u(v128.sub<u8>(lower, i8x16.splat(0x61)), i8x16.splat(26));
    const signs = v128.or(
      i8x16.eq(bytes, i8x16.splat(0x2e)),
      v128.or(i8x16.eq(bytes, i8x16.splat(0x2b)), i8x16.eq(bytes, i8x16.splat(0x2d))),
    );
    const others = ~i8x16.bitmask(v128.or(v128.or(digits, letters), signs)) & 0xffff;
    if (others == 0) {
      p += 16;
      o += 16;
      continue;
    }
    copied = o + ctz(others);
    p += ctz(others);
    if (p < to) valueEnd = p;
    return;
  }
}

/** How many objects the last call of `alike` has taken. */
export let taken: u32 = 0;

/**
 * Lines of objects that are all written as one was: between their values stand the same bytes. It goes on where `tokenize` has
 * stopped, if a value can begin there, and stops before the first object that is written in another way, is not whole, or has a value
 * that cannot be copied as it stands; `stopped` is where that is.
 *
 * @param steps      three words a member: where the bytes are that stand before its value, how many, and the number of its field or -1;
 *                   and two for what stands behind the last value
 * @param fields     how many fields a line has; members have theirs in ascending order
 * @param isMessage  whether its one field is the whole line; it may have blanks, and what begins as JSON or as base64 of gzip does is left
 * @returns where the lines end that were put to `out`
 */
export function alike(
  at: usize,
  to: usize,
  steps: usize,
  members: u32,
  fields: i32,
  isMessage: bool,
  out: usize,
  outEnd: usize,
): usize {
  taken = 0;
  let p = at;
  let line = out;
  while (expected <= valueOrClose) {
    while (p < to && load<u8>(p) <= 0x20) p++;
    const begun = p;
    let o = line;
    let field = 0;
    let step = steps;
    let isSound = p < to && load<u8>(p) == 0x7b;
    for (let i: u32 = 0; isSound && i < members; i++, step += 12) {
      const length = load<u32>(step, 4) as usize;
      p += length;
      if (p >= to || o + 2 * fields + 64 > outEnd || !isSame(p - length, load<u32>(step) as usize, length)) {
        isSound = false;
        break;
      }
      const place = load<i32>(step, 8);
      const isString = load<u8>(p) == 0x22;
      // What is not wanted is copied too, for the next value to overwrite: so there is one loop for both.
      const value = o + 2 * (place < 0 ? 0 : place - field);
      const limit = min(to, p + (outEnd - value) - 32);
      if (isString) copyString(p + 1, limit, value, isMessage || place < 0);
      else copyScalar(p, limit, value);
      if (valueEnd == 0) {
        isSound = false;
        break;
      }
      if (place < 0) {
        p = valueEnd;
        continue;
      }
      for (; field < place; field++, o += 2) store<u16>(o, 0x202d);
      if (isMessage) {
        const first = load<u8>(p, 1);
        isSound = isString && first != 0x7b && first != 0x48;
        o = copied;
      } else {
        // Where others are left out before it, the value stands behind their dashes already.
        const size = copied - o;
        const word = load<u32>(o);
        const isNothing = size == 4 && (word == nullWord || word == noneWord || word == largeNullWord);
        if (size == 0 || isNothing) {
          store<u8>(o, 0x2d);
          o++;
        } else {
          o = copied;
        }
      }
      store<u8>(o++, 0x20);
      field++;
      p = valueEnd;
    }
    if (isSound) {
      const length = load<u32>(step, 4) as usize;
      p += length;
      isSound = p <= to && o + 2 * fields < outEnd && isSame(p - length, load<u32>(step) as usize, length);
    }
    if (!isSound) {
      p = begun;
      break;
    }
    for (; field < fields; field++, o += 2) store<u16>(o, 0x202d);
    store<u8>(o - 1, 0x0a);
    line = o;
    taken++;
    p = afterComma(p, to);
  }
  stopped = p;
  return line;
}
