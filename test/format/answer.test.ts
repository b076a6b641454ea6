import { expect, test } from "vitest";
import { type AnswerForms, keyNames, writeForms } from "../../src/format/answer.js";
import type { OutputFormat } from "../../src/format/sheet.js";
import { pipe } from "./sample.js";

const forms: AnswerForms = {
  members: () => [
    ["command", "example"],
    ["rows", [{ name: "a", flows: 2n ** 64n }].values()],
  ],
  objects: () => [{ name: "a", flows: 2n ** 64n }],
  sheet: {
    columns: [
      { name: "name", title: "name", kind: "text" },
      { name: "flows", title: "flows", kind: "number" },
    ],
    rows: [["a", 2n ** 64n]],
    foot: [],
  },
  hasTable: true,
  head: ["a line above"],
  foot: ["a line under"],
};

const write = (parts: Partial<AnswerForms>, format: OutputFormat, look = pipe) =>
  [...writeForms({ ...forms, ...parts }, format, look)].join("");

const table = `\
name                 flows
────  ────────────────────
a     18446744073709551616
`;
const markdown = `\
| name |                flows |
| :--- | -------------------: |
| a    | 18446744073709551616 |
`;

test.each<{ name: string; parts: Partial<AnswerForms>; table: string; markdown: string }>([
  {
    name: "all",
    parts: {},
    table: `a line above\n\n${table}\na line under\n`,
    markdown: `- a line above\n\n${markdown}\n- a line under\n`,
  },
  {
    name: "no line under it",
    parts: { foot: [] },
    table: `a line above\n\n${table}`,
    markdown: `- a line above\n\n${markdown}`,
  },
  {
    name: "nothing to show",
    parts: { hasTable: false },
    table: "a line above\n\na line under\n",
    markdown: "- a line above\n\n- a line under\n",
  },
])("for people: $name", ({ parts, table, markdown }) => {
  expect(write(parts, "table")).toBe(table);
  expect(write(parts, "markdown")).toBe(markdown);
});

test("a chart stands between the lines above and the table", () => {
  expect(write({ chart: "chart\n" }, "table")).toBe(`a line above\n\nchart\n\n${table}\na line under\n`);
});

test("data have no line for people", () => {
  const data = (format: OutputFormat) => write({ chart: "chart\n" }, format);
  expect(data("json")).toBe(
    '{\n  "command": "example",\n  "rows": [\n    {"name": "a", "flows": 18446744073709551616}\n  ]\n}\n',
  );
  expect(data("ndjson")).toBe('{"name":"a","flows":18446744073709551616}\n');
  expect(data("csv")).toBe("name,flows\na,18446744073709551616\n");
  expect(data("tsv")).toBe("name\tflows\na\t18446744073709551616\n");
});

test("a terminal's width breaks lines between words", () => {
  expect(write({ hasTable: false }, "table", { ...pipe, width: 8 })).toBe("a line\n  above\n\na line\n  under\n");
});

test("only a key whose name is taken is called another", () => {
  expect(keyNames(["srcaddr", "bytes", "__proto__"], ["bytes", "flows"])).toEqual([
    "srcaddr",
    "bytes_key",
    "__proto__",
  ]);
});
