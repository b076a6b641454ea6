import fc from "fast-check";
import { expect, test } from "vitest";
import { showCell } from "../../src/format/cell.js";
import { Decimal } from "../../src/format/decimal.js";
import type { ColumnKind } from "../../src/format/sheet.js";

test.each([
  { tenThousandths: 0n, want: "0" },
  { tenThousandths: 1n, want: "0.0001" },
  { tenThousandths: 25_000n, want: "2.5" },
  { tenThousandths: 30_000n, want: "3" },
  { tenThousandths: 1_000_000n, want: "100" },
  { tenThousandths: 8_124_567n, want: "812.4567" },
  { tenThousandths: 2n ** 64n * 10_000n + 1n, want: "18446744073709551616.0001" },
])("$want has all its digits", ({ tenThousandths, want }) => {
  expect(String(new Decimal(tenThousandths))).toBe(want);
});

test("no digit is lost, and none is added", () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 2n ** 90n }), (tenThousandths) => {
      const [whole = "", part = ""] = String(new Decimal(tenThousandths)).split(".");
      expect(BigInt(whole + part.padEnd(4, "0"))).toBe(tenThousandths);
      expect(part).not.toMatch(/0$/);
    }),
  );
});

test.each<{ name: string; tenThousandths: bigint; kind: ColumnKind; want: string; exact?: string }>([
  { name: "two decimals", tenThousandths: 25_000n, kind: "count", want: "2.50", exact: "2.5" },
  { name: "nothing", tenThousandths: 0n, kind: "count", want: "0.00", exact: "0" },
  { name: "what is not nothing", tenThousandths: 49n, kind: "count", want: "<0.01", exact: "0.0049" },
  { name: "half of the least that is shown", tenThousandths: 50n, kind: "count", want: "0.01", exact: "0.005" },
  { name: "a count as it is below 10,000", tenThousandths: 99_990_000n, kind: "count", want: "9999.00", exact: "9999" },
  { name: "scaled from there on", tenThousandths: 123_456_789n, kind: "count", want: "12.3 k", exact: "12345.6789" },
  { name: "bytes", tenThousandths: 5_001_234n, kind: "bytes", want: "500.12 B", exact: "500.1234" },
  { name: "bytes, scaled", tenThousandths: 15_000_000n, kind: "bytes", want: "1.5 kB", exact: "1500" },
])("a table shows $name: $want", ({ tenThousandths, kind, want, exact }) => {
  expect(showCell(new Decimal(tenThousandths), kind, false)).toBe(want);
  expect(showCell(new Decimal(tenThousandths), kind, true)).toBe(exact);
});
