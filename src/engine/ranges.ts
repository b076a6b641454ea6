import { parseIPv4, parseIPv6 } from "../record/address.js";

/** Least and greatest, both within. */
type Pair<T extends number | bigint> = readonly [T, T];

/** From how many ranges on a first step by the upper 16 bits pays: before, the search is short anyway. */
const minIndexed = 16;

/** A set of 32-bit numbers, given as ranges. Lists of 100,000 are looked up in a few steps. */
export class WordSet {
  /** The range that the set is, if it is one: its least number and how far it goes. */
  readonly single: { start: number; span: number } | null;
  /** Starts and ends by turns, so that those of a range share a cache line. */
  readonly #ranges: Uint32Array;
  /** For each value of the upper 16 bits, how many ranges end before it. */
  readonly #index: Uint32Array | null;

  constructor(pairs: readonly Pair<number>[]) {
    const ranges = joinRanges(pairs);
    this.#ranges = Uint32Array.from(ranges.flat());
    const [only] = ranges;
    this.single = ranges.length === 1 && only !== undefined ? { start: only[0], span: only[1] - only[0] } : null;
    this.#index = ranges.length > minIndexed ? indexOf(ranges) : null;
  }

  has(word: number): boolean {
    const ranges = this.#ranges;
    const upper = word >>> 16;
    let low = this.#index === null ? 0 : (this.#index[upper] as number);
    let high = this.#index === null ? ranges.length >>> 1 : (this.#index[upper + 1] as number);
    // The first range that does not end before the number, if any.
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((ranges[2 * middle + 1] as number) < word) low = middle + 1;
      else high = middle;
    }
    return 2 * low < ranges.length && (ranges[2 * low] as number) <= word;
  }
}

function indexOf(ranges: readonly Pair<number>[]): Uint32Array {
  const index = new Uint32Array(65537);
  for (const [, end] of ranges) index[(end >>> 16) + 1]!++;
  for (let i = 1; i < index.length; i++) index[i]! += index[i - 1] as number;
  return index;
}

/** A byte for each number up to 65535, 1 for those in a range: ports, protocols. */
export function numberTable(pairs: readonly Pair<number>[]): Uint8Array {
  const table = new Uint8Array(65536);
  for (const [first, last] of pairs) table.fill(1, first, last + 1);
  return table;
}

/** A set of 64-bit numbers, given as ranges, asked for by the two halves of a number. */
export class LongSet {
  /** Of each range the start's lower and upper half, then the end's. */
  readonly #ranges: Uint32Array;

  constructor(pairs: readonly Pair<bigint>[]) {
    const halves = (end: bigint) => [Number(end & 0xffff_ffffn), Number(end >> 32n)];
    this.#ranges = Uint32Array.from(joinRanges(pairs).flat().flatMap(halves));
  }

  has(low: number, high: number): boolean {
    let from = 0;
    let to = this.#ranges.length >>> 2;
    // The first range that does not end before the number, if any.
    while (from < to) {
      const middle = (from + to) >>> 1;
      if (this.#isBefore(4 * middle + 2, low, high)) from = middle + 1;
      else to = middle;
    }
    if (4 * from === this.#ranges.length) return false;
    const start = this.#ranges[4 * from + 1] as number;
    return start < high || (start === high && (this.#ranges[4 * from] as number) <= low);
  }

  #isBefore(at: number, low: number, high: number): boolean {
    const end = this.#ranges[at + 1] as number;
    return end < high || (end === high && (this.#ranges[at] as number) < low);
  }
}

/** A set of 128-bit numbers, given as ranges. */
export class BigSet {
  readonly #ranges: readonly Pair<bigint>[];

  constructor(pairs: readonly Pair<bigint>[]) {
    this.#ranges = joinRanges(pairs);
  }

  get isEmpty(): boolean {
    return this.#ranges.length === 0;
  }

  has(number: bigint): boolean {
    let low = 0;
    let high = this.#ranges.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#ranges[middle] as Pair<bigint>)[0] <= number) low = middle + 1;
      else high = middle;
    }
    return low > 0 && number <= (this.#ranges[low - 1] as Pair<bigint>)[1];
  }
}

/** Ranges of the same numbers, sorted, and joined where they overlap. */
function joinRanges<T extends number | bigint>(pairs: readonly Pair<T>[]): [T, T][] {
  const joined: [T, T][] = [];
  for (const [start, end] of pairs.toSorted((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0))) {
    const last = joined.at(-1);
    if (last === undefined || start > last[1]) joined.push([start, end]);
    else if (end > last[1]) last[1] = end;
  }
  return joined;
}

/** The addresses of canonical CIDR prefixes. */
export function prefixSets(prefixes: readonly string[]): { v4: WordSet; v6: BigSet } {
  const v4: Pair<number>[] = [];
  const v6: Pair<bigint>[] = [];
  for (const prefix of prefixes) {
    const [address = "", bits] = prefix.split("/");
    const word = parseIPv4(address);
    if (word !== null) {
      const free = 32 - Number(bits ?? 32);
      v4.push([word, word + 2 ** free - 1]);
    } else {
      const start = addressNumber(parseIPv6(address) as Uint8Array);
      v6.push([start, start + (1n << (128n - BigInt(bits ?? 128))) - 1n]);
    }
  }
  return { v4: new WordSet(v4), v6: new BigSet(v6) };
}

/** The 128-bit number of an IPv6 address's 16 bytes. */
export function addressNumber(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).toString("hex")}`);
}
