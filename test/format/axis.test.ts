import fc from "fast-check";
import { expect, test } from "vitest";
import { lineOf, type TimeTick, timeTicks, valueAxis } from "../../src/format/axis.js";
import { scaleBytes } from "../../src/format/scale.js";

test.each([
  { greatest: 0n, ticks: [0n, 1n, 2n, 3n] },
  { greatest: 5n, ticks: [0n, 1n, 2n, 3n, 4n, 5n] },
  { greatest: 7n, ticks: [0n, 2n, 4n, 6n, 8n] },
  { greatest: 61n, ticks: [0n, 25n, 50n, 75n] },
  { greatest: 1_000_001n, ticks: [0n, 200_000n, 400_000n, 600_000n, 800_000n, 1_000_000n, 1_200_000n] },
])("an axis up to $greatest has round figures at its ticks", ({ greatest, ticks }) => {
  expect(valueAxis(greatest).ticks.map(({ value }) => value)).toEqual(ticks);
});

test("an axis reaches the greatest value and wastes less than half of itself; ticks stand on whole lines, at what they say", () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 3n, max: 2n ** 90n }), (greatest) => {
      const axis = valueAxis(greatest);
      expect(axis.top >= greatest && axis.top < 2n * greatest).toBe(true);
      for (const { at, value } of axis.ticks) expect(lineOf(value, axis)).toBe(at);
      for (const { value } of axis.ticks) expect(unscaled(scaleBytes(value))).toBe(value);
      expect(axis.ticks.at(-1)).toEqual({ at: axis.height, value: axis.top });
    }),
  );
});

/** What `1.5 MB` says. */
function unscaled(text: string): bigint {
  const [, digits, unit] = /^([\d.]+) (.?)B$/.exec(text)!;
  return (
    (BigInt(digits!.replace(".", "")) * 1000n ** BigInt(" kMGTPEZYR".indexOf(unit || " "))) /
    (digits!.includes(".") ? 10n : 1n)
  );
}

const atMost = (most: number) => (ticks: readonly TimeTick[]) => ticks.length <= most;
const from = (instant: string, step: number, count: number) =>
  Array.from({ length: count }, (_, i) => BigInt(Date.parse(instant) / 1000 + i * step));

test.each([
  { name: "minutes", times: from("2026-01-01T10:03:00Z", 60, 20), want: ["10:05", "10:10", "10:15", "10:20"] },
  {
    name: "midnight is the day",
    times: from("2026-01-01T14:00:00Z", 3600, 24),
    want: ["18:00", "01-02", "06:00", "12:00"],
  },
  { name: "days", times: from("2026-01-01T00:00:00Z", 86_400, 4), want: ["01-01", "01-02", "01-03", "01-04"] },
  {
    name: "days of another zone begin when they begin",
    times: from("2025-12-31T23:00:00Z", 86_400, 2),
    want: ["12-31 23:00", "01-01 23:00"],
  },
  {
    name: "seconds",
    times: from("2026-01-01T00:01:01Z", 7, 4),
    want: ["00:01:01", "00:01:08", "00:01:15", "00:01:22"],
  },
  { name: "months", times: from("2026-01-01T00:00:00Z", 86_400, 120), want: ["01-01", "02-01", "03-01", "04-01"] },
  {
    name: "years",
    times: from("2026-01-01T00:00:00Z", 28 * 86_400, 40),
    want: ["2026-01-01", "2027-01-28", "2028-01-27"],
  },
  { name: "one bin", times: from("2026-01-01T10:05:00Z", 300, 1), want: ["10:05"] },
  { name: "one bin at no round time", times: from("2026-01-01T10:05:07Z", 7, 1), want: ["10:05:07"] },
  { name: "no dates", times: [1767225600000n, 1767225600300n], want: ["1767225600000"] },
])("times are labelled by what they are: $name", ({ times, want }) => {
  expect(timeTicks(times, atMost(4)).map(({ label }) => label)).toEqual(want);
});
