import { parseIPv4, parseIPv6 } from "../record/address.js";

/** Sorted ranges that do not touch, both ends within: `starts[i]` to `ends[i]`. */
export interface Ranges<T> {
  starts: T[];
  ends: T[];
}

/** Ranges of the same values, sorted and joined where they touch or overlap: lists of 100,000 are looked up in 17 steps. */
export function joinRanges<T extends number | bigint>(pairs: readonly (readonly [T, T])[]): Ranges<T> {
  const sorted = [...pairs].sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0));
  const starts: T[] = [];
  const ends: T[] = [];
  for (const [start, end] of sorted) {
    const last = ends.at(-1);
    if (last !== undefined && start <= last) {
      if (end > last) ends[ends.length - 1] = end;
    } else {
      starts.push(start);
      ends.push(end);
    }
  }
  return { starts, ends };
}

/** Whether a value lies in one of the ranges. */
export function isWithin<T extends number | bigint>({ starts, ends }: Ranges<T>, value: T): boolean {
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((starts[middle] as T) <= value) low = middle + 1;
    else high = middle;
  }
  return low > 0 && value <= (ends[low - 1] as T);
}

/** The addresses of canonical CIDR prefixes, as ranges of 32-bit and of 128-bit numbers. */
export function prefixRanges(prefixes: readonly string[]): { v4: Ranges<number>; v6: Ranges<bigint> } {
  const v4: [number, number][] = [];
  const v6: [bigint, bigint][] = [];
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
  return { v4: joinRanges(v4), v6: joinRanges(v6) };
}

/** The 128-bit number of an IPv6 address's 16 bytes. */
export function addressNumber(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).toString("hex")}`);
}
