import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { scaleBytes, scaleCount } from "../../src/format/scale.js";

test.each([
  { bytes: 0n, want: "0 B" },
  { bytes: 999n, want: "999 B" },
  { bytes: 1000n, want: "1.0 kB" },
  { bytes: 4_096n, want: "4.1 kB" },
  { bytes: 4_130_000n, want: "4.1 MB" },
  { bytes: 4_149_999n, want: "4.1 MB" },
  { bytes: 4_150_000n, want: "4.2 MB" },
  { bytes: 41_300_000n, want: "41.3 MB" },
  { bytes: 99_949_999n, want: "99.9 MB" },
  { bytes: 99_950_000n, want: "100 MB" },
  { bytes: 413_400_000n, want: "413 MB" },
  { bytes: 999_499n, want: "999 kB" },
  { bytes: 999_500n, want: "1.0 MB" },
  { bytes: 999_950n, want: "1.0 MB" },
  { bytes: 99_999_999_999_999n, want: "100 TB" },
  { bytes: 100_000_000_000_000n, want: "100 TB" },
  { bytes: 999_499_999_999_999n, want: "999 TB" },
  { bytes: 2n ** 53n + 1n, want: "9.0 PB" },
  { bytes: 2n ** 64n - 1n, want: "18.4 EB" },
  { bytes: 2n ** 96n, want: "79.2 RB" },
])("$bytes bytes are $want", ({ bytes, want }) => expect(scaleBytes(bytes)).toBe(want));

test.each([
  { count: 0n, want: "0" },
  { count: 9_999n, want: "9999" },
  { count: 10_000n, want: "10.0 k" },
  { count: 12_345n, want: "12.3 k" },
  { count: 999_999n, want: "1.0 M" },
  { count: 4_100_000_000n, want: "4.1 G" },
])("a count of $count is $want", ({ count, want }) => expect(scaleCount(count)).toBe(want));

describe("for any number", () => {
  const units = ["B", "kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB", "RB", "QB"];

  test("what is shown is the number rounded half up at its last digit, in three digits at most", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 32n }), fc.nat(33), (large, zeros) => {
        const bytes = large / 10n ** BigInt(zeros);
        const [digits, unit] = scaleBytes(bytes).split(" ");
        const size = 1000n ** BigInt(units.indexOf(unit!));
        const decimals = digits!.includes(".") ? 10n : 1n;
        const shown = BigInt(digits!.replace(".", ""));
        expect(shown).toBe((bytes * decimals * 2n + size) / (2n * size));
        expect(shown).toBeLessThan(1000n);
      }),
      { numRuns: 2000 },
    );
  });
});
