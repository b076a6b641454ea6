// Texts (and the 16 bytes of IPv6 addresses) as small codes: 1, 2, 3 … in the order they were first seen; 0 is null.

const blockBytes: usize = 1 << 16;
const blockHead: usize = 8;

/** Texts that are kept at hand: 2048 of them, 32 bytes each. */
const memoShift: u64 = 64 - 11;
const memoBytes: usize = 32;
const memoRoom: usize = memoBytes << 11;

@unmanaged
class Dictionary {
  /** Codes by the high bits of the hash; 0 is free. */
  slots: usize;
  shift: u32;
  size: u32;
  /** An Entry for each code, from 1. */
  entries: usize;
  room: u32;
  /** Where the next text's bytes go, and how many bytes are left there. */
  free: usize;
  left: usize;
  /** Texts of 9 to 24 bytes that were met lately: their words, length (u32) and code (u32). */
  memo: usize;
  /** Blocks of texts, each of which begins with the pointer of the one before; and the bytes of all. */
  blocks: usize;
  kept: f64;
}

@unmanaged
class Entry {
  hash: u32;
  length: u32;
  bytes: usize;
}

// @ts-ignore: decorator
@inline
const entryBytes: usize = offsetof<Entry>();

export function newDictionary(): usize {
  const dictionary = changetype<Dictionary>(heap.alloc(offsetof<Dictionary>()));
  dictionary.slots = 0;
  dictionary.entries = 0;
  dictionary.blocks = 0;
  dictionary.memo = heap.alloc(memoRoom);
  forget(changetype<usize>(dictionary));
  return changetype<usize>(dictionary);
}

/** Forget all texts, and give their memory back: codes begin at 1 again. */
export function forget(pointer: usize): void {
  const dictionary = changetype<Dictionary>(pointer);
  while (dictionary.blocks) {
    const next = load<usize>(dictionary.blocks);
    heap.free(dictionary.blocks);
    dictionary.blocks = next;
  }
  if (dictionary.slots) heap.free(dictionary.slots);
  if (dictionary.entries) heap.free(dictionary.entries);
  dictionary.shift = 32 - 10;
  dictionary.slots = heap.alloc(4 << 10);
  memory.fill(dictionary.slots, 0, 4 << 10);
  dictionary.size = 0;
  dictionary.room = 512;
  dictionary.entries = heap.alloc(512 * entryBytes);
  dictionary.free = 0;
  dictionary.left = 0;
  dictionary.kept = 0;
  memory.fill(dictionary.memo, 0, memoRoom);
}

/** How much memory the texts take. */
export function dictionaryBytes(pointer: usize): f64 {
  const dictionary = changetype<Dictionary>(pointer);
  const slots = (4 as u64) << ((32 - dictionary.shift) as u64);
  return (slots as f64) + (dictionary.room as f64) * (entryBytes as f64) + dictionary.kept;
}

/** How many codes there are: 1 to this number. */
export function size(pointer: usize): u32 {
  return changetype<Dictionary>(pointer).size;
}

/** Where the bytes of a code stand; they never move. */
export function interned(pointer: usize, code: u32): usize {
  return entryOf(changetype<Dictionary>(pointer), code).bytes;
}

export function internedLength(pointer: usize, code: u32): u32 {
  return entryOf(changetype<Dictionary>(pointer), code).length;
}

/** A hash of the text of a code: the same in every kernel. */
export function internedHash(pointer: usize, code: u32): u32 {
  return entryOf(changetype<Dictionary>(pointer), code).hash;
}

/** Whether the text of a code comes before that of another, by their bytes. */
export function isTextBefore(pointer: usize, a: u32, b: u32): bool {
  const dictionary = changetype<Dictionary>(pointer);
  const left = entryOf(dictionary, a);
  const right = entryOf(dictionary, b);
  const order = memory.compare(left.bytes, right.bytes, min(left.length, right.length) as usize);
  return order == 0 ? left.length < right.length : order < 0;
}

// @ts-ignore: decorator
@inline
function entryOf(dictionary: Dictionary, code: u32): Entry {
  return changetype<Entry>(dictionary.entries + (code as usize) * entryBytes);
}

/** The 1 to 8 bytes from `pointer`, zeros behind; reads up to 7 bytes past them. */
// @ts-ignore: decorator
@inline
function firstBytes(pointer: usize, length: u32): u64 {
  return load<u64>(pointer) & (u64.MAX_VALUE >> ((64 - (length << 3)) as u64));
}

/**
 * Texts of up to 24 bytes are looked at as three words, which may overlap: the first eight bytes, the last eight, and eight
 * between.
 */
const shortLength: u32 = 24;

// @ts-ignore: decorator
@inline
function hashOf(bytes: usize, length: u32): u32 {
  if (length <= 8) return finish(firstBytes(bytes, length) * 0x9e3779b97f4a7c15 + (length as u64));
  const last = load<u64>(bytes + (length as usize) - 8);
  let hash = load<u64>(bytes) * 0x9e3779b97f4a7c15 + last * 0xc2b2ae3d27d4eb4f;
  if (length <= shortLength) {
    hash += load<u64>(bytes + (min(length - 8, 8) as usize)) * 0x165667b19e3779f9;
  } else {
    for (let at = bytes + 8; at < bytes + (length as usize) - 8; at += 8) {
      hash = (hash ^ (hash >> 29) ^ load<u64>(at)) * 0x165667b19e3779f9;
    }
  }
  return finish(hash + (length as u64));
}

// @ts-ignore: decorator
@inline
function finish(hash: u64): u32 {
  return (((hash ^ (hash >> 32)) * 0xd6e8feb86659fd93) >> 32) as u32;
}

// @ts-ignore: decorator
@inline
function same(a: usize, b: usize, length: u32): bool {
  if (length <= 8) return firstBytes(a, length) == firstBytes(b, length);
  const last = (length as usize) - 8;
  if (length <= shortLength) {
    const between = min(last, 8);
    return (
      ((load<u64>(a) ^ load<u64>(b)) |
        (load<u64>(a + between) ^ load<u64>(b + between)) |
        (load<u64>(a + last) ^ load<u64>(b + last))) ==
      0
    );
  }
  for (let at: usize = 0; at < last; at += 8) if (load<u64>(a + at) != load<u64>(b + at)) return false;
  return load<u64>(a + last) == load<u64>(b + last);
}

/** The code of the bytes; a new one where they were not seen before. At least one byte; 8 readable bytes behind. */
export function intern(pointer: usize, bytes: usize, length: u32): u32 {
  const dictionary = changetype<Dictionary>(pointer);
  const hash = hashOf(bytes, length);
  const mask = ((1 as usize) << (32 - dictionary.shift)) - 1;
  let slot = (hash >> dictionary.shift) as usize;
  while (true) {
    const code = load<u32>(dictionary.slots + (slot << 2));
    if (code == 0) return add(dictionary, slot, mask, hash, bytes, length);
    const entry = entryOf(dictionary, code);
    if (entry.hash == hash && entry.length == length && same(entry.bytes, bytes, length)) return code;
    slot = (slot + 1) & mask;
  }
}

function add(dictionary: Dictionary, slot: usize, mask: usize, hash: u32, bytes: usize, length: u32): u32 {
  const code = ++dictionary.size;
  if (code == dictionary.room) {
    dictionary.room <<= 1;
    dictionary.entries = heap.realloc(dictionary.entries, (dictionary.room as usize) * entryBytes);
  }
  const entry = entryOf(dictionary, code);
  entry.hash = hash;
  entry.length = length;
  entry.bytes = keep(dictionary, bytes, length);
  store<u32>(dictionary.slots + (slot << 2), code);
  if ((code as usize) << 1 > mask) grow(dictionary);
  return code;
}

function keep(dictionary: Dictionary, bytes: usize, length: u32): usize {
  // Eight bytes more than the text, so that whole words of it can be read.
  const needed = ((length as usize) + 15) & ~7;
  if (needed > dictionary.left) {
    dictionary.left = max(needed, blockBytes);
    const block = heap.alloc(dictionary.left + blockHead);
    store<usize>(block, dictionary.blocks);
    dictionary.blocks = block;
    dictionary.kept += (dictionary.left + blockHead) as f64;
    dictionary.free = block + blockHead;
  }
  const place = dictionary.free;
  memory.copy(place, bytes, length);
  dictionary.free += needed;
  dictionary.left -= needed;
  return place;
}

function grow(dictionary: Dictionary): void {
  heap.free(dictionary.slots);
  dictionary.shift--;
  const slots = (1 as usize) << (32 - dictionary.shift);
  dictionary.slots = heap.alloc(slots << 2);
  memory.fill(dictionary.slots, 0, slots << 2);
  for (let code: u32 = 1; code <= dictionary.size; code++) {
    let slot = (entryOf(dictionary, code).hash >> dictionary.shift) as usize;
    while (load<u32>(dictionary.slots + (slot << 2))) slot = (slot + 1) & (slots - 1);
    store<u32>(dictionary.slots + (slot << 2), code);
  }
}

/**
 * The code of a text of 9 to 24 bytes, which is kept at hand with its words: a log has few interfaces, and each in many rows.
 * A third less time than a look into the dictionary.
 */
// @ts-ignore: decorator
@inline
function recall(dictionary: usize, memo: usize, bytes: usize, length: u32): u32 {
  const first = load<u64>(bytes);
  const between = load<u64>(bytes + (min(length - 8, 8) as usize));
  const last = load<u64>(bytes + (length as usize) - 8);
  const known = memo + ((((last ^ first) * 0x9e3779b97f4a7c15) >> memoShift) as usize) * memoBytes;
  const differs =
    (load<u64>(known) ^ first) | (load<u64>(known, 8) ^ between) | (load<u64>(known, 16) ^ last) | ((load<u32>(known, 24) ^ length) as u64);
  if (differs == 0) return load<u32>(known, 28);
  const code = intern(dictionary, bytes, length);
  store<u64>(known, first);
  store<u64>(known, between, 8);
  store<u64>(known, last, 16);
  store<u32>(known, length, 24);
  store<u32>(known, code, 28);
  return code;
}

/**
 * Decode a text field of every row that is not odd into its codes; `-` is 0.
 *
 * A text of up to 8 bytes is its own word (no text holds NUL), and the last two of them are kept at hand: a status or an
 * action is known again by one comparison, which took a third off the time of a default log's texts.
 */
export function texts(entry: usize, stride: usize, rows: u32, odd: usize, dest: usize, dictionary: usize): void {
  let lastWord: u64 = 0;
  let lastCode: u32 = 0;
  let otherWord: u64 = 0;
  let otherCode: u32 = 0;
  const memo = changetype<Dictionary>(dictionary).memo;
  for (let row: usize = 0; row < (rows as usize); row++, entry += stride) {
    if (load<u8>(odd + row)) continue;
    const place = load<u64>(entry);
    const start = (place as u32 as usize) + 1;
    const length = ((place >> 32) as u32) - (start as u32);
    let code: u32;
    if (length > 8) {
      code = length <= shortLength ? recall(dictionary, memo, start, length) : intern(dictionary, start, length);
    } else {
      const word = firstBytes(start, length);
      if (word == lastWord) {
        code = lastCode;
      } else if (word == otherWord) {
        code = otherCode;
      } else {
        code = word == 0x2d ? 0 : intern(dictionary, start, length);
        otherWord = lastWord;
        otherCode = lastCode;
        lastWord = word;
        lastCode = code;
      }
    }
    store<u64>(dest + (row << 3), code as u64);
  }
}

/** The same for the listed rows (u32) alone, `n` of them. */
export function textsOf(entry: usize, stride: usize, list: usize, n: u32, dest: usize, dictionary: usize): void {
  for (let i: usize = 0; i < (n as usize); i++) {
    const row = load<u32>(list + (i << 2)) as usize;
    const place = load<u64>(entry + row * stride);
    const start = (place as u32 as usize) + 1;
    const length = ((place >> 32) as u32) - (start as u32);
    const isNull = length == 1 && load<u8>(start) == 0x2d;
    store<u64>(dest + (row << 3), isNull ? 0 : (intern(dictionary, start, length) as u64));
  }
}
