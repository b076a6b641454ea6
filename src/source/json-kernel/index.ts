// The two loops over the bytes of JSON, compiled to WebAssembly with SIMD: text to tokens, and parts of the text to lines.
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
const stack: usize = memory.data(512);
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

/** Begin again, at a value that stands so deep. */
export function rewind(to: u32): void {
  depth = to;
  expected = anyValue;
  problem = 0;
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
      while (end < to) {
        const bytes = v128.load(end);
        const quotes = i8x16.eq(bytes, i8x16.splat(0x22));
        const slashes = i8x16.eq(bytes, i8x16.splat(0x5c));
        const controls = i8x16.lt_u(bytes, i8x16.splat(0x20));
        const special = i8x16.bitmask(v128.or(v128.or(quotes, slashes), controls));
        const blanks = i8x16.bitmask(i8x16.eq(bytes, i8x16.splat(0x20)));
        if (special == 0) {
          if (blanks != 0) flags |= hasBlank;
          end += 16;
          continue;
        }
        const first = ctz(special);
        if ((blanks & ((1 << first) - 1)) != 0) flags |= hasBlank;
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
      if (control) {
        p = end;
        problem = 5;
        break;
      }
      if (end >= to) break;
      if (isKey) {
        const isMessage = end - start == 7 && load<u64>(start) == messageQuote;
        put(t, (isMessage ? messageKey : key) | flags, from, start, end);
        expected = colon;
      } else {
        put(t, string | flags, from, start, end);
        expected = depth == 0 ? anyValue : commaOrClose;
      }
      t += 8;
      p = end + 1;
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
      expected = depth == 0 ? anyValue : commaOrClose;
      put(t, isObject ? closeObject : closeArray, from, p, p + 1);
      t += 8;
      p++;
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
      p++;
      continue;
    }
    // A number, true, false or null.
    const isDigit = byte - 0x30 < 10 || byte == 0x2d;
    if (!isDigit && byte != 0x74 && byte != 0x66 && byte != 0x6e) {
      problem = 1;
      break;
    }
    let end = p + 1;
    while (end < to) {
      const next = load<u8>(end);
      if (next - 0x30 >= 10 && (next | 0x20) - 0x61 >= 26 && next != 0x2e && next != 0x2b && next != 0x2d) break;
      end++;
    }
    if (end == to && !ended) break;
    put(t, scalar, from, p, end);
    t += 8;
    expected = depth == 0 ? anyValue : commaOrClose;
    p = end;
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
