import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { loadColors, plainPaint } from "../../src/format/paint.js";
import type { Cell, Look, Sheet } from "../../src/format/sheet.js";
import { writeTable } from "../../src/format/table.js";
import { displayWidth } from "../../src/format/width.js";
import { pipe } from "./sample.js";

const colors = await loadColors();
const columns: Sheet["columns"] = [
  { name: "rank", title: "#", kind: "number" },
  { name: "srcaddr", title: "srcaddr", kind: "text" },
  { name: "bytes", title: "bytes", kind: "bytes" },
  { name: "packets", title: "packets", kind: "count", drop: 3 },
  { name: "cumulative_percent", title: "cum %", kind: "percent", drop: 2 },
  { name: "bar", title: "", kind: "bar", drop: 1 },
];
const sheet: Sheet = {
  columns,
  rows: [
    [1, "192.0.2.7", 9_000n, 12n, 60, 60],
    [2, null, 12n, 20_000n, 100, 0.01],
  ],
  foot: [["", "Total", 9_012n, 20_012n, "", null]],
};

function table(of: Sheet, look: Partial<Look> = {}): string {
  return [...writeTable(of, { ...pipe, ...look })].join("");
}

test("into a pipe: all columns, figures at the right, a rule under the names and over the foot", () => {
  expect(table(sheet)).toBe(
    [
      "#  srcaddr     bytes  packets   cum %",
      "─  ─────────  ──────  ───────  ──────  ────────────────────",
      "1  192.0.2.7  9.0 kB       12   60.00  ████████████",
      "2  -            12 B   20.0 k  100.00  ▏",
      "─  ─────────  ──────  ───────  ──────  ────────────────────",
      "   Total      9.0 kB   20.0 k",
      "",
    ].join("\n"),
  );
});

test.each([
  { name: "200 columns: all", width: 200, titles: ["#", "srcaddr", "bytes", "packets", "cum %"], bar: 20 },
  { name: "45 columns: a shorter bar", width: 45, titles: ["#", "srcaddr", "bytes", "packets", "cum %"], bar: 6 },
  { name: "43 columns: no bar", width: 43, titles: ["#", "srcaddr", "bytes", "packets", "cum %"], bar: 0 },
  { name: "36 columns: no cumulative share", width: 36, titles: ["#", "srcaddr", "bytes", "packets"], bar: 0 },
  { name: "28 columns: no packets", width: 28, titles: ["#", "srcaddr", "bytes"], bar: 0 },
  { name: "10 columns: keys are never cut", width: 10, titles: ["#", "srcaddr", "bytes"], bar: 0 },
])("fitted to $name", ({ width, titles, bar }) => {
  const lines = table(sheet, { width }).split("\n");
  expect(lines[0]!.split(/ {2,}/)).toEqual(titles);
  const rules = lines[1]!.split("  ");
  expect(rules.slice(titles.length).map((rule) => rule.length)).toEqual(bar === 0 ? [] : [bar]);
  expect(lines[2]).toContain("192.0.2.7");
  if (width > 20) for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(width);
});

test("all digits where they are asked for", () => {
  expect(table(sheet, { exact: true })).toMatch(/9000 +12 +60\.0000 .*\n2 +- +12 +20000 +100\.0000 /);
});

test("no colour unless asked for", () => {
  expect(table(sheet)).not.toContain("\u001b");
  const painted = table(sheet, { paint: colors });
  expect(painted).toContain("\u001b[36m████████████\u001b[39m");
  // biome-ignore lint/complexity/useRegexLiterals: an escape is better seen in a string
  expect(painted.replaceAll(new RegExp("\u001b\\[\\d+m", "g"), "")).toBe(table(sheet));
});

test("a hostile key reaches no terminal, and is not cut", () => {
  const hostile = "\u001b[2J\u009b1m\n__proto__";
  const lines = table({ columns, rows: [[1, hostile, 1n, 1n, 1, 1]], foot: [] }, { width: 20 });
  expect(lines).toContain("\\u001b[2J\\u009b1m\\u000a__proto__");
});

test("text that a narrow terminal shows on several lines", () => {
  const wrapped: Sheet = {
    columns: [
      { name: "name", title: "name", kind: "text" },
      { name: "meaning", title: "meaning", kind: "text", wrap: true },
    ],
    rows: [["version", "highest version among the fields of the log's format"]],
    foot: [],
  };
  expect(table(wrapped, { width: 40 })).toBe(
    [
      "name     meaning",
      "───────  ───────────────────────────────",
      "version  highest version among the",
      "         fields of the log's format",
      "",
    ].join("\n"),
  );
});

describe("a table of many rows", () => {
  const key = fc.oneof(
    fc.string({ unit: "binary", maxLength: 12 }),
    fc.constantFrom("192.0.2.1", "2001:db8::1", "日本", "a  b", "💥", "é", "x ", null),
  );
  const row = fc.tuple(
    fc.nat(),
    key,
    fc.bigInt({ min: 0n, max: 2n ** 70n }),
    fc.bigInt({ min: 0n }),
    fc.nat(100),
    fc.nat(100),
  );

  test("looks the same as a short one", () => {
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 8 }), fc.constantFrom(plainPaint, colors), (rows, paint) => {
        const body = (text: string, count: number) => text.split("\n").slice(0, 2 + count);
        const repeated: Cell[][] = Array.from({ length: 101 }, (_, index) => [...rows[index % rows.length]!]);
        const short = table({ columns, rows, foot: [] }, { paint });
        const long = table({ columns, rows: repeated, foot: [] }, { paint });
        expect(body(long, rows.length)).toEqual(body(short, rows.length));
      }),
      { numRuns: 50 },
    );
  });

  test("has every row once", () => {
    const rows = Array.from({ length: 1001 }, (_, index): Cell[] => [index + 1, "192.0.2.7", 1n, 1n, 1, 1]);
    const ranks = table({ columns, rows, foot: [] })
      .split("\n")
      .slice(2, -1)
      .map((line) => Number.parseInt(line, 10));
    expect(ranks).toEqual(rows.map(([rank]) => rank));
  });
});
