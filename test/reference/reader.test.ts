import { describe, expect, test } from "vitest";
import { OFFICIAL_SAMPLES } from "../official.js";
import { ALL_NAMES, DEFAULT_NAMES, TGW_NAMES, VPC_NAMES } from "./fields.js";
import { formatNames, type ReferenceOptions, readReference } from "./reader.js";
import { addressBytes, addressText, isWellFormed, referenceValue } from "./value.js";

const header =
  "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status";
const record =
  "2 123456789012 eni-0a1b2c3d 192.0.2.10 198.51.100.7 49152 443 6 12 4096 1700000000 1700000060 ACCEPT OK";
const nodata = "2 123456789012 eni-0a1b2c3d - - - - - - - 1700000000 1700000060 - NODATA";

function read(text: string | Buffer, options: Partial<ReferenceOptions> = {}) {
  return readReference(Buffer.from(text as string), { file: "a.log", ...options });
}

/** Line numbers and reasons of the problems, as `2 value dstport http`. */
function problemsOf(text: string, options: Partial<ReferenceOptions> = {}): string[] {
  return read(text, options).problems.map(({ line, reason, field, value }) =>
    [line, reason, field, value].filter((part) => part !== null).join(" "),
  );
}

describe("AWS's sample records", () => {
  test.each(OFFICIAL_SAMPLES)("$name", ({ format, lines, totals }) => {
    const { counts, records, error } = read(`${format}\n${lines.join("\n")}\n`);
    const flows = records.filter(({ status }) => status === "flow");
    const having = (action: string) => flows.filter(({ values }) => values.get("action") === action).length;
    const has = (name: string) => format.split(" ").includes(name);
    const sum = (name: string) => flows.reduce((soFar, { values }) => soFar + (values.get(name) as bigint), 0n);
    expect(error).toBeNull();
    expect(counts).toMatchObject({ lines: lines.length + 1, headers: 1, records: lines.length, malformed: 0 });
    expect({
      flows: BigInt(counts.flows),
      nodata: BigInt(counts.nodata),
      skipdata: BigInt(counts.skipdata),
      accepted: has("action") ? BigInt(having("ACCEPT")) : null,
      rejected: has("action") ? BigInt(having("REJECT")) : null,
      bytes: has("bytes") ? sum("bytes") : null,
      packets: has("packets") ? sum("packets") : null,
    }).toEqual(totals);
  });

  test("the field names are as many as AWS documents", () => {
    expect([VPC_NAMES.length, TGW_NAMES.length, ALL_NAMES.length]).toEqual([54, 36, 72]);
  });
});

test("a record's values: numbers exact, text as text", () => {
  const [only] = read(`${record}\n`).records;
  expect(only?.line).toBe(1);
  expect(only?.raw.toString()).toBe(record);
  expect([...(only?.values ?? [])]).toEqual([
    ["version", 2n],
    ["account_id", "123456789012"],
    ["interface_id", "eni-0a1b2c3d"],
    ["srcaddr", "192.0.2.10"],
    ["dstaddr", "198.51.100.7"],
    ["srcport", 49152n],
    ["dstport", 443n],
    ["protocol", 6n],
    ["packets", 12n],
    ["bytes", 4096n],
    ["start", 1700000000n],
    ["end", 1700000060n],
    ["action", "ACCEPT"],
    ["log_status", "OK"],
  ]);
});

describe("lines", () => {
  test.each([
    { name: "an empty input has no lines", text: "", want: { lines: 0, records: 0 } },
    { name: "a BOM alone has one blank line", text: "\ufeff", want: { lines: 1, blank: 1 } },
    { name: "a header alone is a log of no records", text: `${header}\n`, want: { lines: 1, headers: 1, records: 0 } },
    { name: "no newline at the end", text: `${header}\n${record}`, want: { lines: 2, records: 1 } },
    { name: "a CR at the very end belongs to the line end", text: `${record}\r`, want: { lines: 1, records: 1 } },
    { name: "CRLF", text: `${header}\r\n${record}\r\n\r\n`, want: { lines: 3, headers: 1, records: 1, blank: 1 } },
    { name: "a BOM before the header", text: `\ufeff${header}\n${record}\n`, want: { headers: 1, records: 1 } },
    {
      name: "a BOM in mid-stream, where files were joined",
      text: `${record}\n\ufeff${header}\n${record}\n`,
      want: { headers: 1, records: 2 },
    },
    { name: "runs of blanks and tabs", text: `  ${record.replaceAll(" ", " \t ")}\t\n`, want: { records: 1 } },
    {
      name: "blank lines and comments",
      text: `\n \t\n# x\n  #y\n${record}\n`,
      want: { blank: 2, comments: 2, records: 1 },
    },
    { name: "a comment may hold anything", text: `#\u001b[31m\n${record}\n`, want: { comments: 1, records: 1 } },
    { name: "two CRs: one is a control byte", text: `${record}\n${record}\r\r\n`, want: { records: 1, malformed: 1 } },
    {
      name: "NODATA is a record and no flow",
      text: `${record}\n${nodata}\n`,
      want: { records: 2, flows: 1, nodata: 1 },
    },
    {
      name: "an unknown or missing status is a record and no flow",
      text: `${record}\n${record.replace(/OK$/, "PENDING")}\n${record.replace(/OK$/, "-")}\n${record.replace(/OK$/, "ok")}\n`,
      want: { records: 4, flows: 1, other_status: 3 },
    },
  ])("$name", ({ text, want }) => {
    const answer = read(text);
    expect(answer.error).toBeNull();
    expect(answer.counts).toMatchObject(want);
  });
});

describe("problems", () => {
  const spoiled = (from: string, to: string) => `${record}\n${record.replace(from, to)}\n`;
  test.each([
    {
      name: "the issue's line of 12 fields",
      text: `${record}\n2 123456789010 eni-abc123de 178.31.16.21 20642 22 6 20 1418530010 141850070 ACCEPT OK\n`,
      want: "2 fields",
    },
    { name: "one field more", text: `${record}\n${record} #Traffic\n`, want: "2 fields" },
    { name: "a port's name", text: spoiled(" 443 ", " https "), want: "2 value dstport https" },
    { name: "a port past 65535", text: spoiled(" 443 ", " 65536 "), want: "2 value dstport 65536" },
    { name: "a protocol past 255", text: spoiled(" 6 ", " 256 "), want: "2 value protocol 256" },
    {
      name: "a counter past 2^64-1",
      text: spoiled(" 4096 ", " 18446744073709551616 "),
      want: "2 value bytes 18446744073709551616",
    },
    {
      name: "a time past 2^63-1",
      text: spoiled(" 1700000060 ", " 9223372036854775808 "),
      want: "2 value end 9223372036854775808",
    },
    {
      name: "the first of several bad fields",
      text: spoiled("192.0.2.10 198.51.100.7 49152", "x 256.1.1.1 -5"),
      want: "2 value srcaddr x",
    },
    {
      name: "a control byte, whatever else is wrong",
      text: spoiled("eni-0a1b2c3d 192.0.2.10", "eni\u001b[31m"),
      want: "2 control",
    },
    { name: "DEL", text: spoiled("eni-", "eni\u007f"), want: "2 control" },
    {
      name: "a line past 1 MiB",
      text: spoiled("eni-0a1b2c3d", "e".repeat(1024 * 1024 - record.length + 13)),
      want: "2 long",
    },
  ])("$name", ({ text, want }) => expect(problemsOf(text)).toEqual([want]));

  test("a line of exactly 1 MiB is a record, its line end not counted", () => {
    const long = record.replace("eni-0a1b2c3d", "e".repeat(1024 * 1024 - record.length + 12));
    expect(read(`${long}\r\n`).counts).toMatchObject({ records: 1, malformed: 0 });
  });

  test("the unterminated last line of a damaged stream is cut off", () => {
    expect(problemsOf(`${record}\n${record}`, { damaged: true })).toEqual(["2 cut"]);
    expect(problemsOf(`${record}\n${record}\n`, { damaged: true })).toEqual([]);
  });

  test("malformed lines without one record are an error", () => {
    expect(read(`${header}\nx y\n`).error).toEqual({ kind: "nothing", line: 2, fields: 2 });
  });
});

describe("the layout", () => {
  test.each([
    { name: "hyphens", text: "pkt-srcaddr log-status\n", want: ["pkt_srcaddr", "log_status"] },
    { name: "underscores", text: "pkt_srcaddr log_status\n", want: ["pkt_srcaddr", "log_status"] },
    { name: "camel case", text: "pktSrcAddr logStatus\n", want: ["pkt_srcaddr", "log_status"] },
    {
      name: "dollars and braces",
      text: "$" + "{pkt-srcaddr} $" + "{log-status}\n",
      want: ["pkt_srcaddr", "log_status"],
    },
    { name: "upper case", text: "SRCADDR BYTES\n", want: ["srcaddr", "bytes"] },
    { name: "one field", text: "srcaddr\n", want: ["srcaddr"] },
    { name: "half the names unknown", text: "srcaddr new-field\n", want: ["srcaddr", "new_field"] },
    { name: "more than half unknown", text: "srcaddr new-field newField2\n", want: null },
    { name: "a number is no name", text: "srcaddr bytes 5\n", want: null },
    { name: "an address is no name", text: "srcaddr bytes ::1\n", want: null },
    { name: "a dash is no name", text: "srcaddr bytes -\n", want: null },
  ])("header: $name", ({ text, want }) => expect(read(text).headers[0]?.names ?? null).toEqual(want));

  test("a header in mid-stream changes it, and comes again without changing it", () => {
    const answer = read(`${header}\n${record}\nbytes srcaddr\n5 192.0.2.1\n${record}\nbytes srcaddr\n`);
    expect(answer.counts).toMatchObject({ headers: 3, records: 2, malformed: 1 });
    expect(answer.layoutChanges).toBe(1);
    expect(answer.records[1]?.values).toEqual(
      new Map<string, unknown>([
        ["bytes", 5n],
        ["srcaddr", "192.0.2.1"],
      ]),
    );
  });

  test("a header that names a field twice ends the reading", () => {
    const answer = read(`${record}\nsrcaddr src-addr\n${record}\n`);
    expect(answer.error).toEqual({ kind: "repeated", line: 2, fields: 2 });
    expect(answer.counts).toMatchObject({ lines: 1, records: 1 });
  });

  test("without header or format, lines before the first default record are malformed", () => {
    expect(problemsOf(`00 1700000060 ACCEPT OK\n${record.replace(/OK$/, "ODD")}\n${record}\n`)).toEqual([
      "1 fields",
      "2 value log_status ODD",
    ]);
  });

  test("a line before the header is malformed, even one that would fit", () => {
    expect(problemsOf("5 192.0.2.1\nx\nbytes srcaddr\n5 192.0.2.1\n")).toEqual(["1 early", "2 fields"]);
  });

  test("the 100th line may still show the default, the 101st may not", () => {
    expect(read(`${"x\n".repeat(99)}${record}\n`).counts).toMatchObject({ records: 1, malformed: 99 });
    expect(read(`${"x\n".repeat(100)}${record}\n`).error).toEqual({ kind: "layout", line: 1, fields: 1 });
  });

  test("fourteen fields in another order are not taken for the default", () => {
    const swapped = record.replace("ACCEPT OK", "OK ACCEPT");
    expect(read(`${swapped}\n`)).toMatchObject({ error: { kind: "layout", line: 1, fields: 14 }, records: [] });
  });

  test("a format is used until a header comes, which wins", () => {
    const { records, problems } = read(`5 192.0.2.1\nsrcaddr bytes\n192.0.2.1 5\n5 192.0.2.1\n`, {
      formats: ["bytes,srcaddr"],
    });
    expect(records.map(({ values }) => [...values.keys()])).toEqual([
      ["bytes", "srcaddr"],
      ["srcaddr", "bytes"],
    ]);
    expect(problems).toHaveLength(1);
  });

  test("of several formats, each line takes the one of its field count", () => {
    const answer = read(`${record}\n192.0.2.1 7\n1 2 3\n`, { formats: ["default", "srcaddr bytes"] });
    expect(answer.records.map(({ values }) => values.get("bytes"))).toEqual([4096n, 7n]);
    expect(answer.problems).toEqual([{ line: 3, reason: "fields", field: null, value: null }]);
  });

  test("formats are presets, lists and AWS's own strings", () => {
    expect(formatNames("default")).toEqual(DEFAULT_NAMES);
    expect(formatNames("tgw")).toEqual(TGW_NAMES);
    expect(formatNames("$" + "{pkt-srcaddr} $" + "{bytes}")).toEqual(["pkt_srcaddr", "bytes"]);
  });

  test("without log_status, a record of dashes is nodata, if the layout has traffic fields", () => {
    expect(
      read("interface-id srcaddr bytes start\neni-1 - - 5\neni-1 - 7 5\n").records.map(({ status }) => status),
    ).toEqual(["nodata", "flow"]);
    expect(read("interface-id start\neni-1 -\n").counts).toMatchObject({ flows: 1, nodata: 0 });
  });
});

describe("values", () => {
  test.each([
    { kind: "uint16", text: "65535", want: 65535n },
    { kind: "uint16", text: "0000000065535", want: 65535n },
    { kind: "uint16", text: "-", want: null },
    { kind: "int32", text: "2147483647", want: 2147483647n },
    { kind: "seconds", text: "9223372036854775807", want: 2n ** 63n - 1n },
    { kind: "counter", text: "18446744073709551615", want: 2n ** 64n - 1n },
    { kind: "text", text: "__proto__", want: "__proto__" },
    { kind: "tag", text: "a%2Db%20%C3%A4", want: "a-b ä" },
    { kind: "tag", text: "%2D", want: "-" },
    { kind: "tag", text: "-", want: null },
    { kind: "tag", text: "100%", want: "100%" },
    { kind: "tag", text: "%41%C3%A4%C3%28", want: "Aä%C3(" },
    { kind: "tag", text: "%ED%A0%80", want: "%ED%A0%80" },
    { kind: "address", text: "2001:DB8:0:0:0:0:0:1", want: "2001:db8::1" },
    { kind: "address", text: "::FFFF:0a00:1", want: "::ffff:10.0.0.1" },
    { kind: "address", text: "::10.0.0.1", want: "::a00:1" },
    { kind: "address", text: "1:0:0:2:0:0:0:3", want: "1:0:0:2::3" },
    { kind: "address", text: "1:0:0:2:3:0:0:4", want: "1::2:3:0:0:4" },
    { kind: "address", text: "1:0:2:3:4:5:6:7", want: "1:0:2:3:4:5:6:7" },
    { kind: "address", text: "0:0:0:0:0:0:0:0", want: "::" },
  ] as const)("$kind $text", ({ kind, text, want }) => {
    expect(isWellFormed(kind, text)).toBe(true);
    expect(referenceValue(kind, text)).toBe(want);
  });

  test.each([
    ...["+1", "1e3", "-5", "1.0", "0x10", "", "١", "65536"].map((text) => ({ kind: "uint16" as const, text })),
    { kind: "uint8", text: "256" } as const,
    { kind: "int32", text: "2147483648" } as const,
    ...[
      "256.1.1.1",
      "1.2.3",
      "01.2.3.4",
      "::1%eth0",
      "1::2::3",
      ":::",
      "12345::",
      "1:2:3:4:5:6:7::8",
      "[::1]",
      "10.0.0.0/8",
    ].map((text) => ({ kind: "address" as const, text })),
  ])("$kind refuses $text", ({ kind, text }) => expect(isWellFormed(kind, text)).toBe(false));

  test("an address is its bytes", () => {
    expect(addressBytes("::ffff:192.0.2.1")).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 192, 0, 2, 1]);
    expect(addressText(addressBytes("2001:db8::"))).toBe("2001:db8::");
  });

  test("bytes that are no UTF-8 show as U+FFFD; a BOM inside a line is text", () => {
    const lines = Buffer.concat([
      Buffer.from("interface-id bytes\n"),
      Buffer.from([0x61, 0xff]),
      Buffer.from(" 1\n5 5\nx\ufeff 2\n"),
    ]);
    expect(read(lines).records.map(({ values }) => values.get("interface_id"))).toEqual(["a\ufffd", "5", "x\ufeff"]);
  });
});
