import fc from "fast-check";
import { expect, test } from "vitest";
import {
  clipRanges,
  comparedTo,
  complementRanges,
  type ExactRange,
  fromBounds,
  mergeRanges,
  toBounds,
} from "../../src/query/number-ranges.js";

const max = 60n;
const ranges = fc.array(
  fc.tuple(fc.bigInt(0n, max), fc.bigInt(0n, max)).map(([a, b]): ExactRange => (a < b ? [a, b] : [b, a])),
);
const all = Array.from({ length: Number(max) + 1 }, (_, n) => BigInt(n));
const holds = (list: readonly ExactRange[], n: bigint) => list.some(([first, last]) => n >= first && n <= last);

test("law: merged ranges hold the same numbers, in order, with gaps between", () => {
  fc.assert(
    fc.property(ranges, (list) => {
      const merged = mergeRanges(list);
      expect(all.map((n) => holds(merged, n))).toEqual(all.map((n) => holds(list, n)));
      for (const [i, [first]] of merged.entries()) {
        if (i > 0) expect(first).toBeGreaterThan((merged[i - 1]?.[1] ?? 0n) + 1n);
      }
    }),
  );
});

test("law: the complement holds the other numbers, and its complement those again", () => {
  fc.assert(
    fc.property(ranges, (list) => {
      const merged = mergeRanges(list);
      const others = complementRanges(merged, max);
      expect(all.map((n) => holds(others, n))).toEqual(all.map((n) => !holds(list, n)));
      expect(complementRanges(others, max)).toEqual(merged);
    }),
  );
});

test.each([
  { comparison: "<", number: 0n, want: [] },
  { comparison: "<", number: 3n, want: [[0n, 2n]] },
  { comparison: "<=", number: 3n, want: [[0n, 3n]] },
  { comparison: ">", number: 60n, want: [] },
  { comparison: ">", number: 3n, want: [[4n, 60n]] },
  { comparison: ">=", number: 60n, want: [[60n, 60n]] },
  { comparison: ">", number: -3n, want: [[0n, 60n]] },
  { comparison: "<=", number: -3n, want: [] },
] as const)("$comparison $number", ({ comparison, number, want }) => {
  expect(comparedTo(number, comparison, max)).toEqual(want);
});

test("what lies outside is cut off", () => {
  expect(
    clipRanges(
      [
        [-5n, -1n],
        [-1n, 1n],
        [59n, 70n],
        [61n, 70n],
        [3n, 2n],
      ],
      max,
    ),
  ).toEqual([
    [0n, 1n],
    [59n, 60n],
  ]);
});

test("bounds past 2^53 are digits", () => {
  const exact: ExactRange[] = [
    [0n, 9_007_199_254_740_991n],
    [9_007_199_254_740_993n, 2n ** 64n - 1n],
  ];
  expect(toBounds(exact)).toEqual([
    [0, 9_007_199_254_740_991],
    ["9007199254740993", "18446744073709551615"],
  ]);
  expect(fromBounds(toBounds(exact))).toEqual(exact);
});
