import fc from "fast-check";
import { expect, test } from "vitest";
import { formatInstant, instantValue } from "../../src/format/instant.js";

test.each([
  { name: "the epoch", seconds: 0, want: "1970-01-01T00:00:00Z" },
  { name: "a second before it, where a bin may begin", seconds: -1n, want: "1969-12-31T23:59:59Z" },
  { name: "the last second of a day", seconds: 1767225599, want: "2025-12-31T23:59:59Z" },
  { name: "the first second of the next", seconds: 1767225600n, want: "2026-01-01T00:00:00Z" },
  { name: "a leap day", seconds: 1709164800, want: "2024-02-29T00:00:00Z" },
  { name: "the last second of the year 9999", seconds: 253402300799n, want: "9999-12-31T23:59:59Z" },
  { name: "one more is probably milliseconds, kept as it is", seconds: 253402300800n, want: "253402300800" },
  { name: "the greatest start a log can hold", seconds: 2n ** 63n - 1n, want: "9223372036854775807" },
])("$name", ({ seconds, want }) => expect(formatInstant(seconds)).toBe(want));

test("is Date's ISO form without the milliseconds, in whatever order times come", () => {
  fc.assert(
    fc.property(fc.integer({ min: -62167219200, max: 253402300799 }), (seconds) => {
      expect(formatInstant(seconds)).toBe(new Date(seconds * 1000).toISOString().replace(".000", ""));
    }),
  );
});

test("in JSON a time past the year 9999 is the plain number, and no time is null", () => {
  expect(instantValue(1767225600n)).toBe("2026-01-01T00:00:00Z");
  expect(instantValue(1767225600000n)).toBe(1767225600000n);
  expect(instantValue(null)).toBe(null);
});
