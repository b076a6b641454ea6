// Cuts text into lines and fields. Most text is lines of as many fields as the layout has, divided by single blanks:
// such stretches are cut without a branch for each field. All other lines go, one by one, through `cutLine`.

/** Longest line, in bytes without its end, that can be a record. */
const maxLine: u32 = 1 << 20;

/** How much text is looked at before its lines are cut: the breaks found in it are then still in the nearest cache. */
const stretchBytes: usize = 4096;

/** Where the breaks (blanks and line feeds) of a stretch stand, u32 each, and those of the line that goes on into it. */
const mostBreaks: u32 = 2 * (stretchBytes as u32);
const breaksRoom: usize = memory.data(4 * (1 + 2 * 4096 + 16), 16);
/** In front of the first there is a place for the byte before the line. */
const breaks: usize = breaksRoom + 4;

/** Number fields that stand side by side, which are checked at once. */
@unmanaged
class Run {
  /** Where, in a row of the index, stands what is before the first field, and the end of the last one. */
  before: u32;
  last: u32;
  /** For each field one more than the digits it may have (u32), and all ones up to a whole number of 16 bytes. */
  limits: usize;
}

/** What the rows of a batch are to be, and where they go. */
@unmanaged
class Batch {
  fields: u32;
  /**
   * A row of `fields` + 1 places (u32): the byte before the line, then the end of each field. A field begins one byte
   * behind the end of the one before. Needs room for three places more than the rows have.
   */
  index: usize;
  /** Where each line begins and ends, without CR and LF (u32). */
  starts: usize;
  ends: usize;
  /**
   * 0 for a line of exactly `fields` fields that may be a record, else 1: another count, a control byte other than tab, too
   * long, blank, a comment. The index of an odd row is not to be read.
   */
  odd: usize;
  /** 0 for a line whose number fields are plain digits, and so few that they are in range, or that a look at the value tells. */
  rough: usize;
  /** Room for a bit for each byte of the text: whether it is neither digit nor break. */
  letters: usize;
  runs: usize;
  runCount: u32;
}

/** Where the last scan stopped: just after the last line it took. */
export let scanned: usize = 0;
/** How many of its rows are rough and not odd. */
export let roughRows: u32 = 0;

/** Where the line that is being cut begins. */
let line: usize = 0;
/** How many breaks of it and of what follows are noted. */
let noted: u32 = 0;
/** How many lines of the whole call were cut. */
let row: u32 = 0;
/** How many there may be. */
let maxRows: u32 = 0;
/** The text from whose first byte on, rounded down to a multiple of 64, `letters` counts. */
let base: usize = 0;

/** Lines with other breaks than single blanks stand here once more, with single blanks. */
let copies: usize = 0;
let copiesRoom: usize = 0;
let copied: usize = 0;

// @ts-ignore: decorator
@inline
function afterMark(pointer: usize): usize {
  return load<u8>(pointer) == 0xef && load<u16>(pointer, 1) == 0xbfbb ? pointer + 3 : pointer;
}

/** A bit for each byte of four times 16. */
// @ts-ignore: decorator
@inline
function bits(a: v128, b: v128, c: v128, d: v128): u64 {
  return (
    (i8x16.bitmask(a) as u64) |
    ((i8x16.bitmask(b) as u64) << 16) |
    ((i8x16.bitmask(c) as u64) << 32) |
    ((i8x16.bitmask(d) as u64) << 48)
  );
}

// @ts-ignore: decorator
@inline
function isBlank(bytes: v128): v128 {
  return i8x16.eq(bytes, i8x16.splat(0x20));
}

// @ts-ignore: decorator
@inline
function isLineFeed(bytes: v128): v128 {
  return i8x16.eq(bytes, i8x16.splat(0x0a));
}

// @ts-ignore: decorator
@inline
function isDigit(bytes: v128): v128 {
  return i8x16.le_u(v128.sub<u8>(bytes, i8x16.splat(0x30)), i8x16.splat(9));
}

/** Control bytes, DEL, and bytes beyond ASCII: one more than each of them is, as a signed number, at most a blank. */
// @ts-ignore: decorator
@inline
function isStrange(bytes: v128): v128 {
  return i8x16.gt_s(i8x16.splat(0x21), v128.add<u8>(bytes, i8x16.splat(1)));
}

/** Index the lines of [from, to), which must end with a line end, until there are as many as the batch may have. */
export function scan(from: usize, to: usize, mostRows: u32, pointer: usize): u32 {
  const batch = changetype<Batch>(pointer);
  maxRows = mostRows;
  const letters = batch.letters;
  base = from & ~63;
  line = from;
  row = 0;
  roughRows = 0;
  copied = 0;
  while (line < to && row < maxRows) {
    // A new line begins here, with no break of it noted.
    noted = 0;
    let block = line & ~63;
    let before = u64.MAX_VALUE << ((line & 63) as u64);
    let wasBreak: u64 = (1 as u64) << ((line & 63) as u64);
    let careful: usize = 0;
    while (block < to && row < maxRows && !careful) {
      const stretchEnd = min(block + stretchBytes, to);
      // Each byte of a sum counts at most 64 line feeds.
      let sum = i8x16.splat(0);
      let sum2 = i8x16.splat(0);
      let sum3 = i8x16.splat(0);
      let sum4 = i8x16.splat(0);
      // Those that are no business of this stretch.
      let others: u32 = 0;
      for (; block < stretchEnd; block += 64) {
        const a = v128.load(block);
        const b = v128.load(block, 16);
        const c = v128.load(block, 32);
        const d = v128.load(block, 48);
        const aFeed = isLineFeed(a);
        const bFeed = isLineFeed(b);
        const cFeed = isLineFeed(c);
        const dFeed = isLineFeed(d);
        const aBreak = v128.or(isBlank(a), aFeed);
        const bBreak = v128.or(isBlank(b), bFeed);
        const cBreak = v128.or(isBlank(c), cFeed);
        const dBreak = v128.or(isBlank(d), dFeed);
        let mask = bits(aBreak, bBreak, cBreak, dBreak);
        const strange = v128.or(
          v128.or(v128.xor(isStrange(a), aFeed), v128.xor(isStrange(b), bFeed)),
          v128.or(v128.xor(isStrange(c), cFeed), v128.xor(isStrange(d), dFeed)),
        );
        let foreign: u32 = 0;
        if (before != u64.MAX_VALUE || to - block < 64) {
          if (to - block < 64) before &= ((1 as u64) << ((to - block) as u64)) - 1;
          foreign = popcnt(bits(aFeed, bFeed, cFeed, dFeed) & ~before) as u32;
          mask &= before;
          before = u64.MAX_VALUE;
        }
        if (v128.any_true(strange) || (mask & ((mask << 1) | wasBreak)) != 0) {
          careful = block + 64;
          break;
        }
        others += foreign;
        wasBreak = mask >> 63;
        sum = v128.sub<u8>(sum, aFeed);
        sum2 = v128.sub<u8>(sum2, bFeed);
        sum3 = v128.sub<u8>(sum3, cFeed);
        sum4 = v128.sub<u8>(sum4, dFeed);
        store<u64>(
          letters + ((block - base) >> 3),
          ~bits(v128.or(isDigit(a), aBreak), v128.or(isDigit(b), bBreak), v128.or(isDigit(c), cBreak), v128.or(isDigit(d), dBreak)),
        );
        note(mask, block, breaks + ((noted as usize) << 2));
        noted += popcnt(mask) as u32;
      }
      const lineFeeds = total(sum) + total(sum2) + total(sum3) + total(sum4) - others;
      cutStretch(batch, lineFeeds, to);
      // A line of so many breaks is no record of any layout; it must not fill the place for them.
      if (noted > mostBreaks - (stretchBytes as u32)) careful = min(block, to);
    }
    while (careful && line < careful && line < to && row < maxRows) {
      cutLine(batch, to);
    }
  }
  scanned = line;
  return row;
}

/** The sum of 16 bytes. */
// @ts-ignore: decorator
@inline
function total(bytes: v128): u32 {
  const words = i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(bytes));
  return (
    v128.extract_lane<u32>(words, 0) +
    v128.extract_lane<u32>(words, 1) +
    v128.extract_lane<u32>(words, 2) +
    v128.extract_lane<u32>(words, 3)
  );
}

/** Note where the bits of a mask stand, from the lowest. May write some places more than there are bits. */
// @ts-ignore: decorator
@inline
function note(mask: u64, block: usize, out: usize): void {
  let rest = noteFour(mask, block, out);
  // Seven or eight are usual: so many are noted without a look at how many there are.
  rest = noteFour(rest, block, out + 16);
  for (let at = out + 32; rest; at += 16) rest = noteFour(rest, block, at);
}

// @ts-ignore: decorator
@inline
function noteFour(mask: u64, block: usize, out: usize): u64 {
  store<u32>(out, (block + (ctz(mask) as usize)) as u32);
  mask &= mask - 1;
  store<u32>(out, (block + (ctz(mask) as usize)) as u32, 4);
  mask &= mask - 1;
  store<u32>(out, (block + (ctz(mask) as usize)) as u32, 8);
  mask &= mask - 1;
  store<u32>(out, (block + (ctz(mask) as usize)) as u32, 12);
  return mask & (mask - 1);
}

/** Cut the whole lines of the noted breaks, of which `lineFeeds` are line feeds; what is left of them is moved to the front. */
function cutStretch(batch: Batch, lineFeeds: u32, to: usize): void {
  const lines = min(lineFeeds, maxRows - row);
  if (lines == 0) return;
  const isEven = lineFeeds * batch.fields <= noted && areEven(lineFeeds, batch.fields << 2);
  const cut = isEven ? cutEven(batch, lines) : cutUneven(batch, lines, to);
  noted -= cut;
  memory.copy(breaks, breaks + ((cut as usize) << 2), (noted as usize) << 2);
}

/**
 * Whether each `fields`-th break is a line feed. If these are all there are, each line has as many fields as it should. No line
 * may begin as a comment or with a byte order mark, or be too long.
 */
function areEven(lines: u32, breakBytes: usize): bool {
  const first = load<u8>(line);
  let at = breaks + breakBytes - 4;
  let isBad = u32(first == 0x23) | u32(first == 0xef) | u32(load<u32>(at) - (line as u32) > maxLine);
  for (let i: u32 = 0; i < lines; i++) {
    const two = load<u16>(load<u32>(at));
    isBad |= ((two & 0xff) ^ 0x0a) | u32(two >> 8 == 0x23) | u32(two >> 8 == 0xef);
    at += breakBytes;
  }
  return isBad == 0;
}

/** @returns how many breaks the lines had */
function cutEven(batch: Batch, lines: u32): u32 {
  const breakBytes = (batch.fields as usize) << 2;
  const rowBytes = breakBytes + 4;
  const starts = batch.starts + ((row as usize) << 2);
  const ends = batch.ends + ((row as usize) << 2);
  store<u32>(breaks - 4, (line - 1) as u32);
  let from = breaks - 4;
  let to = batch.index + (row as usize) * rowBytes;
  for (let i: usize = 0; i < ((lines as usize) << 2); i += 4) {
    for (let at: usize = 0; at < rowBytes; at += 16) v128.store(to + at, v128.load(from + at));
    store<u32>(starts + i, load<u32>(from) + 1);
    store<u32>(ends + i, load<u32>(from + breakBytes));
    from += breakBytes;
    to += rowBytes;
  }
  const odd = batch.odd + (row as usize);
  const rough = batch.rough + (row as usize);
  memory.fill(odd, 0, lines);
  memory.fill(rough, 0, lines);
  for (let i: u32 = 0; i < batch.runCount; i++) {
    checkRun(changetype<Run>(batch.runs + (i as usize) * offsetof<Run>()), lines, breakBytes, batch.letters, rough);
  }
  for (let i: usize = 0; i < (lines as usize); i++) roughRows += load<u8>(rough + i);
  line = (load<u32>(from) as usize) + 1;
  row += lines;
  return lines * batch.fields;
}

/** Make those of the noted lines rough in which a number field of a run has a byte that is no digit, or too many digits. */
function checkRun(run: Run, lines: u32, breakBytes: usize, letters: usize, rough: usize): void {
  let before = breaks - 4 + run.before;
  const length = run.last - run.before;
  const limits = run.limits;
  const origin = base;
  for (let i: usize = 0; i < (lines as usize); i++) {
    const from = (load<u32>(before) as usize) + 1 - origin;
    const to = (load<u32>(before + length) as usize) - origin;
    const found = to - from > 57 ? lettersIn(letters, from, to) : lettersFrom(letters, from, to - from);
    let tooLong = i32x4.gt_u(v128.sub<u32>(v128.load(before + 4), v128.load(before)), v128.load(limits));
    for (let at: usize = 16; at < length; at += 16) {
      const lengths = v128.sub<u32>(v128.load(before + at + 4), v128.load(before + at));
      tooLong = v128.or(tooLong, i32x4.gt_u(lengths, v128.load(limits + at)));
    }
    store<u8>(rough + i, load<u8>(rough + i) | ((found != 0) as u8) | (v128.any_true(tooLong) as u8));
    before += breakBytes;
  }
}

/** @returns how many breaks the lines had */
function cutUneven(batch: Batch, lines: u32, to: usize): u32 {
  let count: u32 = 0;
  for (let i: u32 = 0; i < lines; i++) {
    while (load<u8>(load<u32>(breaks + ((count as usize) << 2))) != 0x0a) count++;
    count++;
    cutLine(batch, to);
  }
  return count;
}

/** The bits of at most 57 bytes. */
// @ts-ignore: decorator
@inline
function lettersFrom(letters: usize, at: usize, length: usize): u64 {
  const word = load<u64>(letters + (at >> 3)) >> ((at & 7) as u64);
  return word & (((1 as u64) << (length as u64)) - 1);
}

function lettersIn(letters: usize, from: usize, to: usize): u64 {
  for (; to - from > 56; from += 56) {
    const some = lettersFrom(letters, from, 56);
    if (some) return some;
  }
  return lettersFrom(letters, from, to - from);
}

/** A bit for each of 16 bytes: blank, any control byte, DEL. */
// @ts-ignore: decorator
@inline
function breaksIn(pointer: usize): u32 {
  const bytes = v128.load(pointer);
  return i8x16.bitmask(v128.or(i8x16.le_u(bytes, i8x16.splat(0x20)), i8x16.eq(bytes, i8x16.splat(0x7f)))) as u32;
}

/** Cut one line, whatever it holds, of a text that ends at `to`; `line` is then the next one. */
function cutLine(batch: Batch, to: usize): void {
  // A copy is no longer than its line, and what has been cut before is none.
  if (copied == 0 && copiesRoom < to - line + 32) {
    if (copies) heap.free(copies);
    copiesRoom = 2 * (to - line) + 4096;
    copies = heap.alloc(copiesRoom);
  }
  const places = batch.index + (row as usize) * (((batch.fields as usize) + 1) << 2);
  let out = copies + copied;
  store<u32>(places, (out - 1) as u32);
  let n: u32 = 0;
  let bad: u32 = 0;
  let field = afterMark(line);
  let first = field;
  for (let from = line; ; from += 16) {
    for (let mask = breaksIn(from); mask; mask &= mask - 1) {
      const at = from + (ctz(mask) as usize);
      if (at > field) {
        if (n == 0) first = field;
        n++;
        if (n <= batch.fields) {
          memory.copy(out, field, at - field);
          out += at - field;
          store<u32>(places + ((n as usize) << 2), out as u32);
          store<u8>(out, 0x20);
          out++;
        }
      }
      field = at + 1;
      const byte = load<u8>(at);
      if (byte == 0x0a) {
        const end = at > line && load<u8>(at - 1) == 0x0d ? at - 1 : at;
        const isOdd = bad | u32(n != batch.fields) | u32((end - line) as u32 > maxLine) | u32(load<u8>(first) == 0x23);
        store<u32>(batch.starts + ((row as usize) << 2), line as u32);
        store<u32>(batch.ends + ((row as usize) << 2), end as u32);
        store<u8>(batch.odd + (row as usize), isOdd as u8);
        store<u8>(batch.rough + (row as usize), 1);
        roughRows += 1 - isOdd;
        copied = out - copies;
        line = at + 1;
        row++;
        return;
      }
      if (byte != 0x20 && byte != 0x09 && !(byte == 0x0d && load<u8>(at + 1) == 0x0a)) bad = 1;
    }
  }
}
