import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { parse as parseJson } from "lossless-json";
import { describe, expect, test } from "vitest";
import { loadColors } from "../../src/format/paint.js";
import { defaultColumns, type RecordCells, type RecordColumn, recordFormatter } from "../../src/format/records.js";
import type { Look, OutputFormat } from "../../src/format/sheet.js";
import { displayWidth } from "../../src/format/width.js";
import { DEFAULT_LAYOUT, parseFormat } from "../../src/record/layout.js";
import { makeReport, pipe } from "./sample.js";

const columns = defaultColumns(DEFAULT_LAYOUT.fields);
const accepted = [
  1767225600,
  "ACCEPT",
  6,
  "192.0.2.10",
  49152,
  "198.51.100.7",
  443,
  12n,
  4096n,
  "eni-0a1b2c3d4e5f60718",
];
const nodata = [1767225600, null, null, null, null, null, null, null, null, "eni-0a1b2c3d"];
const ipv6 = [1767225600, "REJECT", 58, "2001:db8::1:0:0:1", 0, "2001:db8::7", 0, 1n, 2n ** 64n - 1n, "eni-0a1b2c3d"];

function text(
  format: OutputFormat,
  rows: readonly RecordCells[],
  options: { columns?: readonly RecordColumn[]; look?: Partial<Look>; fit?: boolean } = {},
): string {
  const formatter = recordFormatter(format, options.columns ?? columns, { ...pipe, ...options.look }, options.fit);
  const count = rows.length;
  const input = makeReport({ records: count, flows: count, matched: count });
  const shown = rows.map((row) => formatter.row(row)).join("");
  return formatter.head() + shown.slice(formatter.between.length) + formatter.foot(input, null);
}

describe("default columns", () => {
  test("those present, in their own order", () => {
    const named = defaultColumns(parseFormat("vpc-id dstaddr srcaddr start").fields).map(({ name }) => name);
    expect(named).toEqual(["start", "srcaddr", "dstaddr"]);
  });
  test("of a log without any of them, all", () => {
    expect(defaultColumns(parseFormat("vpc-id az-id").fields).map(({ name }) => name)).toEqual(["vpc_id", "az_id"]);
  });
});

describe("table", () => {
  test("has a place for each field; a longer value pushes the rest of its line", () => {
    expect(text("table", [accepted, nodata, ipv6])).toBe(`\
start                 action  protocol  srcaddr          srcport  dstaddr          dstport  packets    bytes  interface_id
────────────────────  ──────  ────────  ───────────────  ───────  ───────────────  ───────  ───────  ───────  ─────────────────────
2026-01-01T00:00:00Z  ACCEPT  tcp       192.0.2.10         49152  198.51.100.7         443       12   4.1 kB  eni-0a1b2c3d4e5f60718
2026-01-01T00:00:00Z  -       -         -                      -  -                      -        -        -  eni-0a1b2c3d
2026-01-01T00:00:00Z  REJECT  ipv6-icmp  2001:db8::1:0:0:1        0  2001:db8::7            0        1  18.4 EB  eni-0a1b2c3d

3 records
`);
  });

  test("80 columns keep time, action and both ends, under short names, and say what is missing", () => {
    expect(text("table", [accepted], { look: { width: 80 } })).toBe(`\
start                action proto src             sport dst             dport
──────────────────── ────── ───── ─────────────── ───── ─────────────── ─────
2026-01-01T00:00:00Z ACCEPT tcp   192.0.2.10      49152 198.51.100.7      443

1 record
no room for packets, bytes, interface_id
`);
  });

  test.each([200, 132, 120, 100, 80, 60, 40])("no line of usual values is wider than %i columns", (width) => {
    for (const line of text("table", [accepted, nodata], { look: { width } }).split("\n").slice(0, 4)) {
      expect(displayWidth(line)).toBeLessThanOrEqual(width);
    }
  });

  test("a terminal with no room for one column gets one", () => {
    expect(text("table", [accepted], { look: { width: 5 } })).toMatch(/^start\n─+\n2026-01-01T00:00:00Z\n\n/);
  });

  test("columns that the user named are all there", () => {
    expect(text("table", [accepted], { look: { width: 80 }, fit: false })).toBe(text("table", [accepted]));
  });

  test("all digits where they are asked for", () => {
    expect(text("table", [accepted], { look: { exact: true } })).toContain(" 4096 ");
  });

  test("control characters are escaped, colour is only ours", async () => {
    const hostile = [1767225600, "\u001b[31m", 6, null, 1, null, 1, 1n, 1n, "\u009b2J"];
    expect(text("table", [hostile])).not.toMatch(/[\u001b\u009b]/);
    const painted = text("table", [ipv6], { look: { paint: await loadColors() } });
    expect(painted).toContain("\u001b[31mREJECT\u001b[39m  ipv6-icmp");
    expect(painted.split("\n")[0]).toMatch(/^\u001b\[1mstart\u001b\[22m {17}\u001b\[1maction\u001b\[22m {2}/);
  });

  test("without a record it says so", () => {
    expect(text("table", []).split("\n").slice(2)).toEqual(["", "0 records", ""]);
  });
});

describe("JSON", () => {
  test("is an array with a record a line, every digit there", () => {
    const three = [
      { name: "srcaddr", kind: "address" },
      { name: "bytes", kind: "counter" },
    ] as const;
    expect(
      text(
        "json",
        [
          ["192.0.2.7", 2n ** 64n - 1n],
          [null, null],
        ],
        { columns: three },
      ),
    ).toBe('[\n{"srcaddr":"192.0.2.7","bytes":18446744073709551615},\n{"srcaddr":null,"bytes":null}\n]\n');
  });
  test("of no record is an empty array", () => expect(text("json", [])).toBe("[]\n"));
  test("what a record's layout lacks is absent, also at its beginning", () => {
    const rows = [
      [undefined, "REJECT", ...ipv6.slice(2, 4), undefined, undefined, undefined, undefined, undefined, undefined],
    ];
    expect(text("ndjson", rows)).toBe('{"action":"REJECT","protocol":58,"srcaddr":"2001:db8::1:0:0:1"}\n');
  });
});

test("a later layout's columns: JSON records name their own, a table's head stands", () => {
  const rowsOf = (format: OutputFormat) => {
    const formatter = recordFormatter(format, [{ name: "srcaddr", kind: "address" }], { ...pipe, header: false });
    const before = formatter.row(["192.0.2.7"]);
    formatter.setColumns([{ name: "srcport", kind: "uint16" }]);
    return (before + formatter.row([443])).slice(formatter.between.length);
  };
  expect(rowsOf("ndjson")).toBe('{"srcaddr":"192.0.2.7"}\n{"srcport":443}\n');
  expect(rowsOf("json")).toBe('\n{"srcaddr":"192.0.2.7"},\n{"srcport":443}');
  expect(rowsOf("csv")).toBe("192.0.2.7\n443\n");
  expect(rowsOf("table")).toBe("192.0.2.7\n443\n");
});

test("CSV and TSV have the data as it is", () => {
  const head = "start,action,protocol,srcaddr,srcport,dstaddr,dstport,packets,bytes,interface_id\n";
  const line = "1767225600,ACCEPT,6,192.0.2.10,49152,198.51.100.7,443,12,4096,eni-0a1b2c3d4e5f60718\n";
  expect(text("csv", [accepted])).toBe(head + line);
  expect(text("csv", [accepted], { look: { header: false } })).toBe(line);
  expect(text("tsv", [accepted])).toBe((head + line).replaceAll(",", "\t"));
  expect(text("csv", [])).toBe(head);
});

test("Markdown streams too", () => {
  const two = [
    { name: "protocol", kind: "uint8" },
    { name: "bytes", kind: "counter" },
  ] as const;
  expect(
    text(
      "markdown",
      [
        [6, 4096n],
        [null, undefined],
      ],
      { columns: two },
    ),
  ).toBe("| protocol | bytes |\n| :-- | --: |\n| tcp | 4.1 kB |\n| - |  |\n\n- 2 records\n");
});

test("JSON and CSV read back as the cells that were written", () => {
  const three = [
    { name: "a", kind: "text" },
    { name: "b", kind: "counter" },
    { name: "__proto__", kind: "tag" },
  ] as const;
  const row = fc.tuple(
    fc.oneof(fc.string({ unit: "binary" }), fc.constant(null)),
    fc.oneof(fc.bigInt({ min: 0n }), fc.constant(null)),
    fc.oneof(fc.string(), fc.constant(undefined)),
  );
  fc.assert(
    fc.property(fc.array(row), (rows) => {
      const read = text("ndjson", rows, { columns: three }).split("\n").slice(0, -1);
      expect(
        read.map((line) => line.replace('"__proto__":', '"c":')).map((line) => parseJson(line, null, BigInt)),
      ).toEqual(rows.map(([a, b, c]) => (c === undefined ? { a, b } : { a, b, c })));
      expect(parse(text("csv", rows, { columns: three }), { from_line: 2, record_delimiter: "\n" })).toEqual(
        rows.map((cells) => cells.map((cell) => (cell === null || cell === undefined ? "" : String(cell)))),
      );
    }),
  );
});
