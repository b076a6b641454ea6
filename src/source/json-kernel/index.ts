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
    const isDigit = byte - 0x30 < 10 || byte == 0x2d;
    if (!isDigit && byte != 0x74 && byte != 0x66 && byte != 0x6e) {
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

const dash: usize = memory.data<u8>([0x2d]);
const nullWord: u32 = 0x6c6c756e;
const largeNullWord: u32 = 0x4c4c554e;
const noneWord: u32 = 0x656e6f4e;

/** What the parts of the last row come to, each with the byte behind it. */
export let rowBytes: usize = 0;

// @ts-ignore: decorator
@inline
function isSame(a: usize, b: usize, length: usize): bool {
  while (length >= 8) {
    if (load<u64>(a) != load<u64>(b)) return false;
    a += 8;
    b += 8;
    length -= 8;
  }
  // What stands behind a name may be read, and does not count.
  return length == 0 || ((load<u64>(a) ^ load<u64>(b)) << (64 - 8 * (length as u64))) == 0;
}

/**
 * A line of an object whose members are the expected ones, in their order, with plain values: the parts that it is put
 * together from.
 *
 * @param from     where the text begins that the tokens are of
 * @param tape     the token of the object's first member
 * @param members  how many members are expected
 * @param expected three words a member: where its name is, how long it is, and the number of its field or -1
 * @param values   room for a word a field
 * @param parts    gets three words a field, as `gather` takes them
 * @returns whether it is such an object; else nothing was done
 */
export function row(
  from: usize,
  tape: usize,
  members: u32,
  expected: usize,
  fields: u32,
  values: usize,
  parts: usize,
): bool {
  memory.fill(values, 0, 4 * (fields as usize));
  let found: u32 = 0;
  for (let i: u32 = 0; i < members; i++) {
    const name = load<u32>(tape);
    const start = from + (name >> kindBits);
    const length = from + load<u32>(tape, 4) - start;
    const word = load<u32>(tape, 8);
    const kind = word & 7;
    if (kind != string && kind != scalar) return false;
    if (length != load<u32>(expected, 4) || !isSame(start, load<u32>(expected) as usize, length)) return false;
    const field = load<i32>(expected, 8);
    if (field >= 0) {
      if ((word & (hasEscape | hasBlank)) != 0) return false;
      const value = values + 4 * (field as usize);
      if (load<u32>(value) == 0) {
        store<u32>(value, (tape + 8) as u32);
        found++;
      }
    }
    tape += 16;
    expected += 12;
  }
  if (found == 0) return false;
  let bytes: usize = 0;
  for (let i: u32 = 0; i < fields; i++) {
    const token = load<u32>(values) as usize;
    let start = dash;
    let end = dash + 1;
    if (token != 0) {
      const valueStart = from + (load<u32>(token) >> kindBits);
      const valueEnd = from + (load<u32>(token, 4) as usize);
      const length = valueEnd - valueStart;
      const word = load<u32>(valueStart);
      const isNothing = length == 4 && (word == nullWord || word == noneWord || word == largeNullWord);
      if (length > 0 && !isNothing) {
        start = valueStart;
        end = valueEnd;
      }
    }
    store<u32>(parts, start as u32);
    store<u32>(parts, end as u32, 4);
    store<u32>(parts, i + 1 == fields ? 0x0a : 0x20, 8);
    bytes += end - start + 1;
    parts += 12;
    values += 4;
  }
  rowBytes = bytes;
  return true;
}
