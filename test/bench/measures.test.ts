import { expect, test } from "vitest";
import { median, medianOf, speedRatio } from "./measures.js";

test.each([
  { numbers: [3], want: 3 },
  { numbers: [10, 9, 100, 1, 2], want: 9 },
  { numbers: [4, 1], want: 2.5 },
])("the median of $numbers is $want", ({ numbers, want }) => expect(median(numbers)).toBe(want));

test("no runs have no median", () => expect(() => median([])).toThrow("no run"));

test("seconds and memory have each their own median", () => {
  const runs = [
    { seconds: 1, peakBytes: 30 },
    { seconds: 3, peakBytes: 10 },
    { seconds: 2, peakBytes: 20 },
  ];
  expect(medianOf(runs)).toEqual({ seconds: 2, peakBytes: 20 });
  expect(medianOf([...runs, { seconds: 2, peakBytes: null }])).toEqual({ seconds: 2, peakBytes: null });
});

test("one that takes half the time is twice as fast", () => {
  expect(speedRatio({ seconds: 1.5, peakBytes: null }, { seconds: 3, peakBytes: null })).toBe(2);
});
