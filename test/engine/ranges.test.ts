import fc from "fast-check";
import { expect, test } from "vitest";
import { BigSet, LongSet, numberTable, prefixSets, WordSet } from "../../src/engine/ranges.js";
import { seeded } from "../generate/random.js";

// From some fifteen ranges on a set has an index by the upper 16 bits: their ends are where a mistake would show.
const word = fc.oneof(
  fc.nat(0xffff_ffff),
  fc.tuple(fc.nat(3), fc.constantFrom(0, 1, 0xfffe, 0xffff)).map(([upper, lower]) => upper * 65536 + lower),
  fc.constantFrom(0, 0xffff_ffff),
);
const pair = fc.tuple(word, word).map(([a, b]): [number, number] => (a < b ? [a, b] : [b, a]));
const short = fc.tuple(word, fc.nat(5)).map(([a, n]): [number, number] => [a, Math.min(a + n, 0xffff_ffff)]);

test("law: a set of words has what lies in one of its ranges", () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(short, { weight: 1, arbitrary: pair }), { maxLength: 60 }),
      fc.array(word),
      (pairs, words) => {
        const set = new WordSet(pairs);
        const table = new BigSet(pairs.map(([a, b]) => [BigInt(a), BigInt(b)]));
        for (const asked of [...words, ...pairs.flat(), ...pairs.flat().map((end) => Math.max(0, end - 1))]) {
          const want = pairs.some(([first, last]) => asked >= first && asked <= last);
          expect(set.has(asked)).toBe(want);
          expect(table.has(BigInt(asked))).toBe(want);
        }
      },
    ),
  );
});

test("law: a set of longs has what lies in one of its ranges", () => {
  const half = fc.constantFrom(0n, 1n, 2n, 0xffff_fffen, 0xffff_ffffn);
  const long = fc.oneof(
    fc.tuple(half, half).map(([high, low]) => (high << 32n) | low),
    fc.bigInt(0n, 2n ** 64n - 1n),
  );
  const longPair = fc.tuple(long, long).map(([a, b]): [bigint, bigint] => (a < b ? [a, b] : [b, a]));
  fc.assert(
    fc.property(fc.array(longPair, { maxLength: 4 }), fc.array(long), (pairs, longs) => {
      const set = new LongSet(pairs);
      for (const asked of [...longs, ...pairs.flat()]) {
        const want = pairs.some(([first, last]) => asked >= first && asked <= last);
        expect(set.has(Number(asked & 0xffff_ffffn), Number(asked >> 32n))).toBe(want);
      }
    }),
  );
});

test("one range is told apart", () => {
  expect(
    new WordSet([
      [5, 9],
      [7, 12],
    ]).single,
  ).toEqual({ start: 5, span: 7 });
  expect(
    new WordSet([
      [5, 9],
      [11, 12],
    ]).single,
  ).toBeNull();
  expect(new WordSet([]).single).toBeNull();
});

test("a table of ports", () => {
  const table = numberTable([
    [0, 1],
    [65535, 65535],
  ]);
  expect([0, 1, 2, 65534, 65535].map((port) => table[port])).toEqual([1, 1, 0, 0, 1]);
});

test("prefixes of both families", () => {
  const { v4, v6 } = prefixSets(["0.0.0.0/0", "10.0.0.0/8", "::1/128", "2001:db8::/32"]);
  expect([v4.has(0), v4.has(0xffff_ffff)]).toEqual([true, true]);
  const asked = [0n, 1n, 2n, 0x20010db8n << 96n, (0x20010db9n << 96n) - 1n, 0x20010db9n << 96n];
  expect(asked.map((number) => v6.has(number))).toEqual([false, true, false, true, true, false]);
});

test("100,000 networks are looked up in time that hardly grows with the list", () => {
  const random = seeded(7);
  const networks = (count: number) =>
    Array.from({ length: count }, () => `${random.int(11, 223)}.${random.int(0, 255)}.${random.int(0, 255)}.0/24`);
  const addresses = Array.from({ length: 500_000 }, () => random.int(0, 0xffff_ffff));
  const timeOf = (count: number) => {
    const { v4 } = prefixSets(networks(count));
    const start = performance.now();
    let found = 0;
    for (let round = 0; round < 4; round++) for (const address of addresses) found += v4.has(address) ? 1 : 0;
    expect(found).toBeGreaterThan(0);
    return performance.now() - start;
  };
  timeOf(1000);
  // Some four times as long for a hundred times as many, for want of cache; a list gone through would take a hundred times.
  expect(timeOf(100_000)).toBeLessThan(20 * timeOf(1000) + 100);
});
