import { expect, test } from "vitest";
import { showCell } from "../../src/format/cell.js";
import type { Cell, ColumnKind } from "../../src/format/sheet.js";

test.each<{ name: string; cell: Cell; kind: ColumnKind; exact?: boolean; want: string }>([
  { name: "a field logged as -", cell: null, kind: "bytes", want: "-" },
  { name: "a tag whose value is -", cell: "-", kind: "text", want: '"-"' },
  { name: "bytes are scaled", cell: 4_100_000n, kind: "bytes", want: "4.1 MB" },
  { name: "bytes with all digits", cell: 4_100_001n, kind: "bytes", exact: true, want: "4100001" },
  { name: "a number is never scaled", cell: 49152, kind: "number", want: "49152" },
  { name: "a protocol has a name", cell: 6, kind: "protocol", want: "tcp" },
  { name: "a protocol without a name", cell: 254, kind: "protocol", want: "254" },
  { name: "a time", cell: 1767225600, kind: "time", want: "2026-01-01T00:00:00Z" },
  { name: "a percentage", cell: 33.3333, kind: "percent", want: "33.33" },
  { name: "a percentage with all its digits", cell: 33.3333, kind: "percent", exact: true, want: "33.3333" },
  { name: "a share too small for two decimals is not 0", cell: 0.0001, kind: "percent", want: "<0.01" },
  { name: "a share of 0", cell: 0, kind: "percent", want: "0.00" },
  { name: "a label in a column of figures", cell: "Total", kind: "bytes", want: "Total" },
  { name: "a terminal escape", cell: "\u001b[31mred", kind: "text", want: "\\u001b[31mred" },
  {
    name: "a C1 control and a mark that turns text round",
    cell: "\u009b1m\u202ex",
    kind: "text",
    want: "\\u009b1m\\u202ex",
  },
  { name: "a line end", cell: "a\nb", kind: "text", want: "a\\u000ab" },
  { name: "text of other alphabets", cell: "Größe 日本", kind: "text", want: "Größe 日本" },
])("$name", ({ cell, kind, exact = false, want }) => expect(showCell(cell, kind, exact)).toBe(want));
