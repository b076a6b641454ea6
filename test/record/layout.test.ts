import { describe, expect, test } from "vitest";
import { InputError, UserError } from "../../src/errors.js";
import {
  DEFAULT_LAYOUT,
  fieldIndex,
  formatHeader,
  isHeader,
  layoutFromHeader,
  parseFormat,
  TGW_LAYOUT,
} from "../../src/record/layout.js";

const defaultHeader =
  "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status";

function caught(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return error;
  }
}

describe("isHeader", () => {
  test.each([
    { name: "AWS's default header", line: defaultHeader, want: true },
    { name: "a header that begins with no version", line: "instance-id interface-id srcaddr dstaddr", want: true },
    { name: "one name", line: "srcaddr", want: true },
    { name: "underscores", line: "account_id log_status", want: true },
    { name: "Insights' camel case", line: "accountId srcAddr", want: true },
    { name: "AWS's format string", line: "${version} ${account-id}", want: true },
    { name: "Athena's names for start and end", line: "starttime endtime", want: true },
    { name: "upper case", line: "SRCADDR DSTADDR", want: true },
    { name: "half of the names unknown", line: "srcaddr new-field", want: true },
    { name: "more than half unknown", line: "srcaddr new-field newer-field", want: false },
    { name: "one unknown name", line: "eni-1235b8ca123456789", want: false },
    { name: "no name at all", line: "", want: false },
    { name: "a number among names", line: "version 2 srcaddr", want: false },
    { name: "a signed number", line: "srcaddr dstaddr +1", want: false },
    { name: "a number with an exponent", line: "srcaddr dstaddr 1e3", want: false },
    { name: "an IPv4 address", line: "srcaddr dstaddr 192.0.2.1", want: false },
    { name: "an IPv6 address that begins with a letter", line: "srcaddr dstaddr fe80::1", want: false },
    { name: "an IPv6 address that begins with a colon", line: "srcaddr dstaddr ::1", want: false },
    { name: "a dash", line: "srcaddr dstaddr -", want: false },
    { name: "an unknown name that begins with a digit", line: "srcaddr 3rd-party", want: true },
    { name: "an unknown name with a colon", line: "srcaddr aws:tag", want: true },
    { name: "an escape sequence", line: "\u001b[1msrcaddr dstaddr", want: false },
    { name: "a mark that turns text round", line: "srcaddr eni\u202egpj", want: false },
    { name: "a mark that nobody sees", line: "srcaddr eni\u200bid", want: false },
    { name: "a line separator", line: "srcaddr eni\u2028id", want: false },
    { name: "short names are no names of AWS", line: "src dst", want: false },
    {
      name: "a record",
      line: "2 123456789010 eni-1235b8ca123456789 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK",
      want: false,
    },
    { name: "a record without numbers", line: "ACCEPT OK IPv4 ingress", want: false },
    { name: "a record of dashes", line: "- - -", want: false },
  ])("$name: $want", ({ line, want }) => expect(isHeader(line.split(" "))).toBe(want));
});

describe("layoutFromHeader", () => {
  test("gives AWS's default layout", () => {
    expect(layoutFromHeader(defaultHeader.split(" "))).toEqual(DEFAULT_LAYOUT);
    expect(DEFAULT_LAYOUT.fields).toHaveLength(14);
    expect(DEFAULT_LAYOUT.fields[13]).toEqual({ name: "log_status", awsName: "log-status", kind: "text", known: true });
  });

  test("has one key for all spellings of a layout", () => {
    const { key } = layoutFromHeader(["accountId", "PKT_SRCADDR", "${az-id}", "starttime"]);
    expect(key).toBe("account_id pkt_srcaddr az_id start");
  });

  test.each([
    { spelling: "new-field", name: "new_field", awsName: "new-field" },
    { spelling: "${new-field}", name: "new_field", awsName: "new-field" },
    { spelling: "newField", name: "new_field", awsName: "new-field" },
    { spelling: "NEW_FIELD", name: "new_field", awsName: "new-field" },
    { spelling: "nextHTTPHost2Name", name: "next_http_host2_name", awsName: "next-http-host2-name" },
    { spelling: "status", name: "status", awsName: "status" },
  ])("keeps the unknown $spelling as text", ({ spelling, name, awsName }) => {
    expect(layoutFromHeader(["srcaddr", spelling]).fields[1]).toEqual({ name, awsName, kind: "text", known: false });
  });

  test.each([
    { name: "the same name", tokens: ["srcaddr", "dstaddr", "srcaddr"], shown: "srcaddr" },
    { name: "two spellings", tokens: ["pkt-srcaddr", "pktSrcAddr"], shown: "pktSrcAddr" },
    { name: "Athena's name beside AWS's", tokens: ["start", "starttime"], shown: "starttime" },
    {
      name: "an unknown name in two spellings",
      tokens: ["srcaddr", "dstaddr", "new-field", "newField"],
      shown: "newField",
    },
  ])("refuses a repeated field: $name", ({ tokens, shown }) => {
    const error = caught(() => layoutFromHeader(tokens));
    expect(error).toBeInstanceOf(InputError);
    expect(error).toMatchObject({ message: `the header names "${shown}" twice`, exitStatus: 3 });
  });

  test("a later field called status is not log-status", () => {
    expect(layoutFromHeader(["log-status", "status"]).key).toBe("log_status status");
  });
});

describe("parseFormat", () => {
  test.each([
    { name: "the preset default", text: "default", want: DEFAULT_LAYOUT.key },
    { name: "the preset tgw, in any case", text: " TGW\n", want: TGW_LAYOUT.key },
    { name: "AWS's format string", text: "${version} ${account-id} ${srcaddr}", want: "version account_id srcaddr" },
    { name: "names and blanks", text: "srcaddr  dstaddr\tbytes\n", want: "srcaddr dstaddr bytes" },
    { name: "names and commas", text: "srcaddr,dstaddr, bytes,", want: "srcaddr dstaddr bytes" },
    { name: "short names", text: "src dst sport dport proto", want: "srcaddr dstaddr srcport dstport protocol" },
    { name: "one name", text: "instance-id", want: "instance_id" },
    { name: "an unknown name among known ones", text: "srcaddr newField", want: "srcaddr new_field" },
  ])("takes $name", ({ text, want }) => expect(parseFormat(text).key).toBe(want));

  test.each([
    { name: "nothing", text: " , ", message: "the format names no field" },
    { name: "a number", text: "2 srcaddr", message: 'the format has "2", expected a field name' },
    { name: "a dash", text: "srcaddr -", message: 'the format has "-", expected a field name' },
    { name: "an address", text: "srcaddr ${::1}", message: 'the format has "${::1}", expected a field name' },
    {
      name: "an open brace",
      text: "${srcaddr ${dstaddr}",
      message: 'the format has "${srcaddr", expected a field name',
    },
    {
      name: "names without blanks",
      text: "${srcaddr}${dstaddr}",
      message: 'the format has "${srcaddr}${dstaddr}", expected a field name',
    },
    { name: "an empty name", text: "${}", message: 'the format has "${}", expected a field name' },
    {
      name: "a slip of the pen",
      text: "scraddr",
      message: 'the format has the unknown field "scraddr"; did you mean srcaddr?',
    },
    {
      name: "a slip in AWS's spelling",
      text: "${log-statsu}",
      message: 'the format has the unknown field "${log-statsu}"; did you mean log_status?',
    },
    {
      name: "a preset spelt wrong",
      text: "defualt",
      message: 'the format has the unknown field "defualt"; did you mean default?',
    },
    { name: "nothing like a name", text: "xyzzyxyzzy", message: 'the format has the unknown field "xyzzyxyzzy"' },
    { name: "mostly unknown names", text: "srcaddr one two", message: 'the format has the unknown field "one"' },
    {
      name: "what a shell leaves in double quotes",
      text: " id id     status",
      message: 'the format has the unknown field "id"',
    },
    { name: "a repeated field", text: "src srcaddr", message: 'the format names "srcaddr" twice' },
  ])("refuses $name", ({ text, message }) => {
    const error = caught(() => parseFormat(text));
    expect(error).toBeInstanceOf(UserError);
    expect(error).toMatchObject({ message, exitStatus: 2, hint: expect.stringMatching(/single quotes|once/) });
  });
});

test("formatHeader writes AWS's header line, which reads back", () => {
  expect(formatHeader(DEFAULT_LAYOUT)).toBe(defaultHeader);
  expect(layoutFromHeader(formatHeader(TGW_LAYOUT).split(" "))).toEqual(TGW_LAYOUT);
  const odd = layoutFromHeader(["srcaddr", "dstaddr", "newField", "LAST_ONE_2"]);
  expect(layoutFromHeader(formatHeader(odd).split(" "))).toEqual(odd);
});

test("fieldIndex finds a column by its name, or says -1", () => {
  expect(fieldIndex(DEFAULT_LAYOUT, "log_status")).toBe(13);
  expect(fieldIndex(TGW_LAYOUT, "tgw_id")).toBe(3);
  expect(fieldIndex(DEFAULT_LAYOUT, "log-status")).toBe(-1);
  expect(fieldIndex(TGW_LAYOUT, "action")).toBe(-1);
});
