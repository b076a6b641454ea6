import fc from "fast-check";
import { expect, test } from "vitest";
import { parseBinWidth } from "../../src/query/bin-width.js";

test.each([
  { text: "1s", want: 1 },
  { text: "90s", want: 90 },
  { text: "5m", want: 300 },
  { text: "7m", want: 420 },
  { text: "1h", want: 3600 },
  { text: "1.5h", want: 5400 },
  { text: "24h", want: 86_400 },
  { text: "1d", want: 86_400 },
  { text: "0.25d", want: 21_600 },
  { text: "007m", want: 420 },
])("$text is $want seconds", ({ text, want }) => expect(parseBinWidth(text)).toBe(want));

const wholeSeconds = "A flow log counts whole seconds, so a bin is of whole seconds.";

test.each([
  { name: "a bare number", text: "300", hint: "Write its unit: 300s." },
  { name: "longer than a day", text: "25h", hint: "A bin is no longer than a day: 1d." },
  { name: "a week", text: "1w", hint: "A bin is no longer than a day: 1d." },
  { name: "beyond counting", text: `${"9".repeat(400)}d`, hint: "A bin is no longer than a day: 1d." },
  { name: "nothing long", text: "0m", hint: wholeSeconds },
  { name: "half a second", text: "0.5s", hint: wholeSeconds },
  { name: "a second and a half", text: "1.5s", hint: wholeSeconds },
  { name: "milliseconds", text: "500ms", hint: wholeSeconds },
  { name: "a word for the unit", text: "5min", hint: "Write 5m." },
  { name: "a blank before the unit", text: "5 minutes", hint: "Write 5m." },
  { name: "a capital", text: "1H", hint: "Write 1h." },
  { name: "a word alone", text: "hour", hint: "Write 1h." },
  { name: "a letter alone", text: "d", hint: "Write 1d." },
  { name: "ISO 8601", text: "PT5M", hint: "Write 5m." },
  { name: "ISO 8601, a day", text: "P1D", hint: "Write 1d." },
  { name: "two units", text: "1h30m", hint: "Write one number and its unit, such as 90m." },
  { name: "less than nothing", text: "-5m", hint: undefined },
  { name: "a clock", text: "00:05:00", hint: undefined },
  { name: "another unit", text: "5y", hint: undefined },
  { name: "nothing", text: "", hint: undefined },
])("refused: $name", ({ text, hint }) => {
  expect(() => parseBinWidth(text)).toThrow(
    expect.objectContaining({
      name: "ValueError",
      value: text,
      expected: "a width from 1s to 1d, such as 5m, 90s or 1h",
      hint,
    }),
  );
});

test("law: whole seconds up to a day are taken, in whichever unit", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 86_400 }), (width) => {
      expect(parseBinWidth(`${width}s`)).toBe(width);
      if (width % 60 === 0) expect(parseBinWidth(`${width / 60}m`)).toBe(width);
      if (width % 3600 === 0) expect(parseBinWidth(`${width / 3600}h`)).toBe(width);
    }),
  );
});
