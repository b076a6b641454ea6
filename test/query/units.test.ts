import fc from "fast-check";
import { expect, test } from "vitest";
import { times, unitInAnyCase, unitSize } from "../../src/query/units.js";

test.each([
  { unit: "", want: 1 },
  { unit: "k", want: 1000 },
  { unit: "K", want: 1000 },
  { unit: "T", want: 1_000_000_000_000 },
  { unit: "Ki", want: 1024 },
  { unit: "Ti", want: 2 ** 40 },
  { unit: "m", want: undefined },
  { unit: "ki", want: undefined },
  { unit: "B", want: undefined },
  { unit: "constructor", want: undefined },
])("a unit $unit is $want", ({ unit, want }) => expect(unitSize(unit)).toBe(want));

test.each([
  { text: "K", want: "k" },
  { text: "m", want: "M" },
  { text: "GI", want: "Gi" },
  { text: "", want: "" },
  { text: "p", want: undefined },
])("by $text is meant $want", ({ text, want }) => expect(unitInAnyCase(text)).toBe(want));

test.each([
  { number: "1500", size: 1, want: "1500" },
  { number: "007", size: 1, want: "7" },
  { number: "0", size: 1000, want: "0" },
  { number: "0.0", size: 1, want: "0" },
  { number: "1.50", size: 1, want: "1.5" },
  { number: "10.00", size: 10, want: "100" },
  { number: "0.25", size: 1, want: "0.25" },
  { number: "1.00001", size: 1000, want: "1000.01" },
  { number: "0.0001", size: 1, want: "0.0001" },
  { number: "9007199254740993.5", size: 1, want: "9007199254740993.5" },
  { number: "1.5", size: 2 ** 40, want: "1649267441664" },
])("$number times $size is $want", ({ number, size, want }) => expect(times(number, size)).toBe(want));

test("law: the product of whole numbers, however many decimals one is written with", () => {
  fc.assert(
    fc.property(fc.bigInt(0n, 2n ** 80n), fc.nat(30), fc.constantFrom(1, 60, 1000, 2 ** 40), (whole, zeros, size) => {
      const number = zeros === 0 ? String(whole) : `${whole}.${"0".repeat(zeros)}`;
      expect(times(number, size)).toBe(String(whole * BigInt(size)));
    }),
  );
});
