import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { lineWriter, writeDelimited } from "../../src/format/csv.js";
import type { Cell, Sheet } from "../../src/format/sheet.js";
import { pipe } from "./sample.js";

test.each<{ name: string; cells: (Cell | undefined)[]; csv: string; tsv: string }>([
  {
    name: "numbers keep every digit",
    cells: [1, 2n ** 64n - 1n, 33.3333],
    csv: "1,18446744073709551615,33.3333",
    tsv: "1\t18446744073709551615\t33.3333",
  },
  { name: "null and absent fields are empty", cells: ["a", null, undefined], csv: "a,,", tsv: "a\t\t" },
  { name: "commas and quotes", cells: ["a,b", 'say "x"'], csv: '"a,b","say ""x"""', tsv: 'a,b\tsay "x"' },
  { name: "line ends and tabs", cells: ["a\nb", "c\r", "d\te"], csv: '"a\nb","c\r",d\te', tsv: "a\\nb\tc\\r\td\\te" },
  { name: "backslashes", cells: ["a\\nb"], csv: "a\\nb", tsv: "a\\\\nb" },
  { name: "formulas are left alone", cells: ["=1+1", "@x"], csv: "=1+1,@x", tsv: "=1+1\t@x" },
  { name: "a lone null is no empty line", cells: [null], csv: '""', tsv: "" },
])("$name", ({ cells, csv, tsv }) => {
  expect(lineWriter("csv", false)(cells)).toBe(`${csv}\n`);
  expect(lineWriter("tsv", false)(cells)).toBe(`${tsv}\n`);
});

test("into a pipe, control characters are data; a terminal is never sent one", () => {
  expect(lineWriter("csv", false)(["\u001b[2J"])).toBe("\u001b[2J\n");
  expect(lineWriter("csv", true)(["\u001b[2J\n"])).toBe("\\u001b[2J\\u000a\n");
  expect(lineWriter("tsv", true)(["\u001b[2J\n"])).toBe("\\u001b[2J\\n\n");
});

describe("a sheet", () => {
  const sheet: Sheet = {
    columns: [
      { name: "rank", title: "#", kind: "number" },
      { name: "bytes", title: "bytes", kind: "bytes" },
      { name: "bar", title: "", kind: "bar" },
    ],
    rows: [[1, 4_100_000n, 60]],
    foot: [["", "Total", ""]],
  };
  test.each([
    { name: "has its names and rows, no bar and no foot", header: true, want: "rank,bytes\n1,4100000\n" },
    { name: "can do without the names", header: false, want: "1,4100000\n" },
  ])("$name", ({ header, want }) => expect([...writeDelimited(sheet, "csv", { ...pipe, header })].join("")).toBe(want));
});

const text = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({ unit: fc.constantFrom(",", '"', "\n", "\r", "\t", "\\", "n", "t", " ", "é") }),
);
const row = fc.array(fc.oneof(text, fc.constant(null), fc.bigInt()), { minLength: 1, maxLength: 5 });
const asText = (cells: readonly Cell[]) => cells.map((cell) => (cell === null ? "" : String(cell)));

test("another reader of CSV reads back the cells", () => {
  fc.assert(
    fc.property(fc.array(row), (rows) => {
      const csv = rows.map(lineWriter("csv", false)).join("");
      expect(parse(csv, { relax_column_count: true, record_delimiter: "\n" })).toEqual(rows.map(asText));
    }),
  );
});

test("a TSV line, split at its tabs and unescaped, gives back the cells", () => {
  const plain: Record<string, string> = { "\\t": "\t", "\\n": "\n", "\\r": "\r", "\\\\": "\\" };
  fc.assert(
    fc.property(row, (cells) => {
      const line = lineWriter("tsv", false)(cells);
      expect(line.slice(0, -1)).not.toMatch(/[\r\n]/);
      const read = line
        .slice(0, -1)
        .split("\t")
        .map((cell) => cell.replaceAll(/\\[tnr\\]/g, (pair) => plain[pair]!));
      expect(read).toEqual(asText(cells));
    }),
  );
});
