import { type ExactRange, mergeRanges } from "../query/number-ranges.js";
import { parseIPv4, parseIPv6 } from "../record/address.js";

/** From how many ranges on a first step by the upper 16 bits pays: before, the search is short anyway. */
const minIndexed = 16;

/** A set of 32-bit numbers, given as ranges. Lists of 100,000 are looked up in a few steps. */
export class WordSet {
  readonly #starts: Uint32Array;
  readonly #ends: Uint32Array;
  readonly #count: number;
  /** Of a set that is one range: its least number, and how far it goes. */
  readonly #start: number;
  readonly #span: number;
  /** A byte for each number where all are small (ports, protocols). */
  readonly #table: Uint8Array | null;
  /** For each value of the upper 16 bits, how many ranges end before it. */
  readonly #index: Uint32Array | null;

  constructor(ranges: readonly ExactRange[]) {
    const merged = mergeRanges(ranges);
    this.#count = merged.length;
    this.#starts = Uint32Array.from(merged, ([first]) => Number(first));
    this.#ends = Uint32Array.from(merged, ([, last]) => Number(last));
    this.#start = this.#starts[0] ?? 0;
    this.#span = (this.#ends[0] ?? 0) - this.#start;
    this.#table = merged.length > 1 && (this.#ends.at(-1) as number) < 65536 ? this.#makeTable() : null;
    this.#index = merged.length > minIndexed && this.#table === null ? this.#makeIndex() : null;
  }

  has(word: number): boolean {
    if (this.#count === 1) return (word - this.#start) >>> 0 <= this.#span;
    if (this.#table !== null) return word < this.#table.length && this.#table[word] === 1;
    return this.#search(word);
  }

  #search(word: number): boolean {
    const ends = this.#ends;
    const upper = word >>> 16;
    let low = this.#index === null ? 0 : (this.#index[upper] as number);
    let high = this.#index === null ? this.#count : (this.#index[upper + 1] as number);
    // The first range that does not end before the number, if any.
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((ends[middle] as number) < word) low = middle + 1;
      else high = middle;
    }
    return low < this.#count && (this.#starts[low] as number) <= word;
  }

  #makeTable(): Uint8Array {
    const table = new Uint8Array((this.#ends.at(-1) as number) + 1);
    for (let i = 0; i < this.#count; i++) table.fill(1, this.#starts[i], (this.#ends[i] as number) + 1);
    return table;
  }

  #makeIndex(): Uint32Array {
    const index = new Uint32Array(65537);
    for (const end of this.#ends) index[(end >>> 16) + 1]!++;
    for (let i = 1; i < index.length; i++) index[i]! += index[i - 1] as number;
    return index;
  }
}

/** A set of 64-bit numbers, given as ranges, asked for by the two halves of a number. */
export class LongSet {
  readonly #lowStarts: Uint32Array;
  readonly #highStarts: Uint32Array;
  readonly #lowEnds: Uint32Array;
  readonly #highEnds: Uint32Array;
  readonly #count: number;

  constructor(ranges: readonly ExactRange[]) {
    const merged = mergeRanges(ranges);
    const halves = (end: 0 | 1, shift: bigint) =>
      Uint32Array.from(merged, (range) => Number((range[end] >> shift) & 0xffff_ffffn));
    this.#lowStarts = halves(0, 0n);
    this.#highStarts = halves(0, 32n);
    this.#lowEnds = halves(1, 0n);
    this.#highEnds = halves(1, 32n);
    this.#count = merged.length;
  }

  has(low: number, high: number): boolean {
    let from = 0;
    let to = this.#count;
    while (to - from > 1) {
      const middle = (from + to) >>> 1;
      if (this.#startsBy(middle, low, high)) from = middle;
      else to = middle;
    }
    if (this.#count === 0 || !this.#startsBy(from, low, high)) return false;
    const end = this.#highEnds[from] as number;
    return high < end || (high === end && low <= (this.#lowEnds[from] as number));
  }

  #startsBy(at: number, low: number, high: number): boolean {
    const start = this.#highStarts[at] as number;
    return high > start || (high === start && low >= (this.#lowStarts[at] as number));
  }
}

/** A set of 128-bit numbers, given as ranges that do not touch, in order. */
export class AddressRanges {
  readonly #starts: bigint[];
  readonly #ends: bigint[];

  constructor(ranges: readonly ExactRange[]) {
    const merged = mergeRanges(ranges);
    this.#starts = merged.map(([start]) => start);
    this.#ends = merged.map(([, end]) => end);
  }

  /** @param bytes the 16 bytes of an IPv6 address */
  has(bytes: Uint8Array): boolean {
    const number = addressNumber(bytes);
    let low = 0;
    let high = this.#starts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#starts[middle] as bigint) <= number) low = middle + 1;
      else high = middle;
    }
    return low > 0 && number <= (this.#ends[low - 1] as bigint);
  }
}

/** The addresses of canonical CIDR prefixes. */
export function prefixSets(prefixes: readonly string[]): { v4: WordSet; v6: AddressRanges } {
  const v4: ExactRange[] = [];
  const v6: ExactRange[] = [];
  for (const prefix of prefixes) {
    const [address = "", bits] = prefix.split("/");
    const word = parseIPv4(address);
    if (word !== null) {
      const free = 32 - Number(bits ?? 32);
      v4.push([BigInt(word), BigInt(word + 2 ** free - 1)]);
    } else {
      const start = addressNumber(parseIPv6(address) as Uint8Array);
      v6.push([start, start + (1n << (128n - BigInt(bits ?? 128))) - 1n]);
    }
  }
  return { v4: new WordSet(v4), v6: new AddressRanges(v6) };
}

/** The 128-bit number of an IPv6 address's 16 bytes. */
function addressNumber(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).toString("hex")}`);
}
