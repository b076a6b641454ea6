import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command, CommanderError } from "commander";
import { afterAll, describe, expect, test } from "vitest";
import type { Filter } from "../../src/query/filter.js";
import { addFilterOptions, type FilterFlags, filterFromFlags, windowFromFlags } from "../../src/query/flags.js";

const now = 1_767_323_045; // 2026-01-02T03:04:05Z
const folder = mkdtempSync(join(tmpdir(), "flowlog-flags-"));
afterAll(() => rmSync(folder, { recursive: true }));

function flagsOf(args: readonly string[]): FilterFlags {
  const command = addFilterOptions(new Command("flowlog"))
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  return command.parse([...args], { from: "user" }).opts<FilterFlags>();
}

function complaintOf(args: readonly string[]): string {
  try {
    flagsOf(args);
  } catch (error) {
    if (error instanceof CommanderError) return error.message;
    throw error;
  }
  throw new Error("taken without complaint");
}

describe("one flag is one term", () => {
  const rows: { args: string[]; want: Filter[] }[] = [
    { args: [], want: [] },
    { args: ["--src", "10.0.0.0/8"], want: [{ op: "address", fields: ["srcaddr"], prefixes: ["10.0.0.0/8"] }] },
    { args: ["--dst", "2001:DB8::1"], want: [{ op: "address", fields: ["dstaddr"], prefixes: ["2001:db8::1/128"] }] },
    {
      args: ["--addr", "192.0.2.1, 192.0.2.0/24"],
      want: [{ op: "address", fields: ["srcaddr", "dstaddr"], prefixes: ["192.0.2.1/32", "192.0.2.0/24"] }],
    },
    { args: ["--sport", "1024-65535"], want: [{ op: "port", fields: ["srcport"], ranges: [[1024, 65535]] }] },
    { args: ["--dport", "https"], want: [{ op: "port", fields: ["dstport"], ranges: [[443, 443]] }] },
    { args: ["--port", "22"], want: [{ op: "port", fields: ["srcport", "dstport"], ranges: [[22, 22]] }] },
    { args: ["--protocol", "tcp"], want: [{ op: "number", field: "protocol", ranges: [[6, 6]] }] },
    {
      args: ["--protocol", "17,ICMP"],
      want: [
        {
          op: "number",
          field: "protocol",
          ranges: [
            [1, 1],
            [17, 17],
          ],
        },
      ],
    },
    { args: ["--action", "reject"], want: [{ op: "text", field: "action", values: ["reject"], anyCase: true }] },
    {
      args: ["--interface", "eni-0a1b2c3d"],
      want: [{ op: "text", field: "interface_id", values: ["eni-0a1b2c3d"], anyCase: false }],
    },
    {
      args: ["--account", "000456789012"],
      want: [{ op: "text", field: "account_id", values: ["000456789012"], anyCase: false }],
    },
  ];
  test.each(rows)("$args", ({ args, want }) =>
    expect(filterFromFlags(flagsOf(args), now)).toEqual({ op: "and", terms: want }),
  );
});

test("a flag's repeats add up, and flags are joined by and", () => {
  const args = ["--src", "10.0.0.0/8,10.1.0.1/8", "--dport", "22", "--src", "192.0.2.1", "--dport", "80,443,20-21"];
  expect(filterFromFlags(flagsOf(args), now)).toEqual({
    op: "and",
    terms: [
      { op: "address", fields: ["srcaddr"], prefixes: ["10.0.0.0/8", "192.0.2.1/32"] },
      {
        op: "port",
        fields: ["dstport"],
        ranges: [
          [20, 22],
          [80, 80],
          [443, 443],
        ],
      },
    ],
  });
});

test("expressions are joined to the flags, their own terms taken apart", () => {
  const args = [
    "-f",
    "ingress and start >= 2026-01-02",
    "--dport",
    "22",
    "--filter",
    "proto tcp or proto udp",
    "--tz",
    "+01:00",
  ];
  expect(filterFromFlags(flagsOf(args), now)).toEqual({
    op: "and",
    terms: [
      { op: "port", fields: ["dstport"], ranges: [[22, 22]] },
      { op: "text", field: "flow_direction", values: ["ingress"], anyCase: true },
      { op: "number", field: "start", ranges: [[1_767_308_400, "9223372036854775807"]] },
      {
        op: "or",
        terms: [
          { op: "number", field: "protocol", ranges: [[6, 6]] },
          { op: "number", field: "protocol", ranges: [[17, 17]] },
        ],
      },
    ],
  });
});

test("overlapping ranges become one, and the flags themselves stay as they were", () => {
  const flags = flagsOf(["--port", "10-20,15-30,5,6,40"]);
  const before = structuredClone(flags);
  expect(filterFromFlags(flags, now).op).toBe("and");
  expect(filterFromFlags(flags, now)).toEqual({
    op: "and",
    terms: [
      {
        op: "port",
        fields: ["srcport", "dstport"],
        ranges: [
          [5, 6],
          [10, 30],
          [40, 40],
        ],
      },
    ],
  });
  expect(flags).toEqual(before);
});

test("a flag takes a file, and adds it to its other values", () => {
  const path = join(folder, "nets.txt");
  writeFileSync(path, "# office\n10.0.0.0/8\n2001:db8::/32, 192.0.2.1\n");
  expect(filterFromFlags(flagsOf(["--src", `@${path}`, "--src", "198.51.100.1"]), now)).toEqual({
    op: "and",
    terms: [
      {
        op: "address",
        fields: ["srcaddr"],
        prefixes: ["10.0.0.0/8", "2001:db8::/32", "192.0.2.1/32", "198.51.100.1/32"],
      },
    ],
  });
});

test("a file of 100,000 prefixes goes into one term", () => {
  const path = join(folder, "many.txt");
  writeFileSync(
    path,
    Array.from({ length: 100_000 }, (_, n) => `2001:db8:${(n >> 8).toString(16)}:${n & 255}::/64`).join("\n"),
  );
  const filter = filterFromFlags(flagsOf(["--addr", `@${path}`, "--addr", `@${path}`]), now);
  expect(filter).toMatchObject({ op: "and", terms: [{ op: "address" }] });
});

describe("what is refused, in commander's words", () => {
  const prefix = "error: option '--src <prefix>' argument";
  test.each([
    {
      name: "three octets",
      args: ["--src", "10.0.0/8"],
      want: `${prefix} '10.0.0/8' is invalid. Expected CIDR notation, such as 10.0.0.0/8.`,
    },
    {
      name: "one of a list",
      args: ["--src", "10.0.0.0/8,10.0.0/8"],
      want: `${prefix} '10.0.0.0/8,10.0.0/8' is invalid. "10.0.0/8" given, expected CIDR notation, such as 10.0.0.0/8.`,
    },
    { name: "nothing", args: ["--src", ""], want: `${prefix} '' is invalid. Expected at least one value.` },
    {
      name: "no such file",
      args: ["--src", "@/no/such"],
      want: `${prefix} '@/no/such' is invalid. /no/such: no such file.\n  After @ stands the path of a list, one value a line.`,
    },
    {
      name: "a protocol that is none",
      args: ["--protocol", "udpp"],
      want: "error: option '--protocol <protocol>' argument 'udpp' is invalid. Expected a protocol's name, such as tcp, or its number 0-255.\n  Did you mean udp?",
    },
    {
      name: "the log's word for no value",
      args: ["--interface", "-"],
      want: "error: option '--interface <id>' argument '-' is invalid. Expected a value; - is how a log writes that it has none.",
    },
    {
      name: "a date that does not exist",
      args: ["--since", "2026-02-30"],
      want: "error: option '--since <time>' argument '2026-02-30' is invalid. Expected a time such as now, 36h (ago), 2026-01-02, 2026-01-02T03:04:05Z or epoch seconds.\n  There is no 2026-02-30.",
    },
    {
      name: "no zone",
      args: ["--tz", "Berlin"],
      want: "error: option '--tz <zone>' argument 'Berlin' is invalid. Expected a time zone such as Europe/Berlin or an offset such as +02:00.\n  Did you mean Europe/Berlin?",
    },
  ])("$name", ({ args, want }) => expect(complaintOf(args)).toBe(want));

  test("a bad line of a file, by file and line", () => {
    const path = join(folder, "bad.txt");
    writeFileSync(path, "22\nhttps\n70000\n");
    expect(complaintOf(["--dport", `@${path}`])).toContain(
      `is invalid. ${path}:3: "70000" given, expected a port 0-65535`,
    );
  });
});

describe("the window", () => {
  test.each([
    { name: "none", args: [], want: { since: null, until: null } },
    { name: "open to the present", args: ["--since", "1h"], want: { since: now - 3600, until: null } },
    { name: "open to the past", args: ["--until", "now"], want: { since: null, until: now } },
    {
      name: "--tz counts wherever it stands",
      args: ["--since", "2026-01-01", "--until", "2026-01-02T00:00Z", "--tz", "-05:00"],
      want: { since: Date.UTC(2026, 0, 1, 5) / 1000, until: Date.UTC(2026, 0, 2) / 1000 },
    },
    { name: "far off", args: ["--until", "253402300800000"], want: { since: null, until: 253_402_300_800_000 } },
  ])("$name", ({ args, want }) => expect(windowFromFlags(flagsOf(args), now)).toEqual(want));

  test.each([
    {
      name: "ends before it starts",
      args: ["--since", "2026-02", "--until", "2026-01"],
      message: "--since 2026-02-01T00:00:00Z is not before --until 2026-01-01T00:00:00Z",
    },
    {
      name: "holds no second",
      args: ["--since", "2026-02", "--until", "2026-02"],
      message: "--since 2026-02-01T00:00:00Z is not before --until 2026-02-01T00:00:00Z",
    },
    {
      name: "is past what a Date can show",
      args: ["--since", "99999999999999", "--until", "now"],
      message: "--since 99999999999999 is not before --until 2026-01-02T03:04:05Z",
    },
  ])("refused: a window that $name", ({ args, message }) =>
    expect(() => windowFromFlags(flagsOf(args), now)).toThrow(expect.objectContaining({ name: "UserError", message })),
  );
});

test("help shows the flags under a heading of their own", () => {
  expect(addFilterOptions(new Command("flowlog")).helpInformation()).toMatch(/Which records:\n +--src <prefix>/);
});
