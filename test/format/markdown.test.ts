import { expect, test } from "vitest";
import { markdownCell, markdownHead, markdownLine, writeMarkdown } from "../../src/format/markdown.js";
import { pipe } from "./sample.js";

test.each([
  { name: "a pipe would end the cell", cell: "a|b", want: "a\\|b" },
  { name: "a backslash", cell: "a\\", want: "a\\\\" },
  { name: "markup", cell: "*x* `y` <img> [z] &lt; ~~", want: "\\*x\\* \\`y\\` \\<img> \\[z\\] \\&lt; \\~\\~" },
  { name: "an underscore within a word is plain", cell: "interface_id", want: "interface_id" },
  { name: "one beside a word is not", cell: "_x_", want: "\\_x\\_" },
  { name: "a control character", cell: "a\u001b", want: "a\\\\u001b" },
  { name: "null", cell: null, want: "-" },
  { name: "a field that the record lacks", cell: undefined, want: "" },
])("$name", ({ cell, want }) => expect(markdownCell(cell, "text", false)).toBe(want));

test("a sheet's figures stand at the right, its foot below its rows, its bar nowhere", () => {
  const sheet = {
    columns: [
      { name: "tag", title: "tag", kind: "text" as const },
      { name: "bytes", title: "bytes", kind: "bytes" as const },
      { name: "bar", title: "", kind: "bar" as const },
    ],
    rows: [["日本", 4_100_000n, 60]],
    foot: [["Total", 9n, null]],
  };
  expect(writeMarkdown(sheet, pipe)).toBe(
    "| tag   |  bytes |\n| :---- | -----: |\n| 日本  | 4.1 MB |\n| Total |    9 B |\n",
  );
});

test("a table of records opens with names and alignments", () => {
  expect(
    markdownHead([
      { name: "srcaddr", kind: "text" },
      { name: "srcport", kind: "number" },
    ]),
  ).toBe("| srcaddr | srcport |\n| :-- | --: |\n");
  expect(markdownLine(["192.0.2.7", "443"])).toBe("| 192.0.2.7 | 443 |\n");
});
