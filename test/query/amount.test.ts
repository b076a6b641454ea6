import { expect, test } from "vitest";
import { parseAmount, parseDecimal } from "../../src/query/amount.js";

test.each([
  { text: "0", want: 0n },
  { text: "1500", want: 1500n },
  { text: "007", want: 7n },
  { text: "10k", want: 10_000n },
  { text: "10K", want: 10_000n },
  { text: "1.5M", want: 1_500_000n },
  { text: "2G", want: 2_000_000_000n },
  { text: "1T", want: 1_000_000_000_000n },
  { text: "4Ki", want: 4096n },
  { text: "0.5Mi", want: 524_288n },
  { text: "1.25Gi", want: 1_342_177_280n },
  { text: "16777216Ti", want: 2n ** 64n },
  { text: "9007199254740993", want: 9_007_199_254_740_993n },
  { text: "18446744073.709551615G", want: 18_446_744_073_709_551_615n },
])("$text is $want", ({ text, want }) => expect(parseAmount(text, "a number")).toBe(want));

const units = "Units are k M G T (1000s) and Ki Mi Gi Ti (1024s).";

test.each([
  { text: "", hint: undefined },
  { text: "-1", hint: undefined },
  { text: "+1", hint: undefined },
  { text: "0x10", hint: undefined },
  { text: "ten", hint: undefined },
  { text: "1_000", hint: "Write the digits together, or a unit: 10k, 1.5M, 4Ki." },
  { text: "1e6", hint: "Write the digits or a unit: 10k, 1.5M, 4Ki." },
  { text: "1.5", hint: "A part of one cannot be compared with." },
  { text: "1.0001k", hint: "A part of one cannot be compared with." },
  { text: "10m", hint: "Write 10M." },
  { text: "1.5GB", hint: "Write 1.5G." },
  { text: "1KiB", hint: "Write 1Ki." },
  { text: "3kb", hint: "Write 3k." },
  { text: "100B", hint: "Write 100." },
  { text: "5h", hint: units },
  { text: "1XB", hint: units },
])("refused: $text", ({ text, hint }) => {
  expect(() => parseAmount(text, "a number")).toThrow(
    expect.objectContaining({ value: text, expected: "a number", hint }),
  );
});

test.each([
  { text: "1500", want: "1500" },
  { text: "0.25", want: "0.25" },
  { text: "0.250", want: "0.25" },
  { text: "1.5k", want: "1500" },
  { text: "1.00001k", want: "1000.01" },
  { text: "0.0001", want: "0.0001" },
  { text: "1.00010000", want: "1.0001" },
  { text: "18446744073709551616.5", want: "18446744073709551616.5" },
])("$text has decimals: $want", ({ text, want }) => expect(parseDecimal(text, "a number")).toBe(want));

test.each([
  { text: "0.00001", hint: "Metrics are rounded to 4 decimals: more cannot be compared with." },
  { text: "1.5MB", hint: "Write 1.5M." },
  { text: ".5", hint: undefined },
  { text: "1.", hint: undefined },
])("refused as a number with decimals: $text", ({ text, hint }) => {
  expect(() => parseDecimal(text, "a number")).toThrow(
    expect.objectContaining({ value: text, expected: "a number", hint }),
  );
});
