import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { Filter } from "../../src/query/filter.js";
import { FilterError } from "../../src/query/filter-error.js";
import { parseFilter } from "../../src/query/filter-parser.js";
import { parseSource, readSource } from "../../src/query/filter-source.js";
import { NOT_PUBLIC_PREFIXES, PRIVATE_PREFIXES } from "../../src/query/scopes.js";
import { UTC, type Zone } from "../../src/query/zone.js";

const now = 1_767_323_045; // 2026-01-02T03:04:05Z
const folder = mkdtempSync(join(tmpdir(), "flowlog-filter-"));
afterAll(() => rmSync(folder, { recursive: true }));

function parse(text: string, zone: Zone = UTC): Filter {
  return parseFilter({ text, path: null }, { now, zone });
}

function address(fields: string[], ...prefixes: string[]): Filter {
  return { op: "address", fields, prefixes };
}

function port(fields: string[], ...ranges: [number, number][]): Filter {
  return { op: "port", fields, ranges };
}

function number(field: string, ...ranges: [number | string, number | string][]): Filter {
  return { op: "number", field, ranges };
}

function text(field: string, ...values: string[]): Filter {
  return { op: "text", field, values, anyCase: ["action", "log_status", "flow_direction"].includes(field) };
}

const src = ["srcaddr"];
const dst = ["dstaddr"];
const either = ["srcaddr", "dstaddr"];
const mostBytes = "18446744073709551615";

describe("one condition", () => {
  const rows: [string, Filter][] = [
    ["src 10.0.0.1", address(src, "10.0.0.1/32")],
    ["src ip 10.0.0.1", address(src, "10.0.0.1/32")],
    ["SRC Host 10.0.0.1", address(src, "10.0.0.1/32")],
    ["dst net 10.1.2.3/8", address(dst, "10.0.0.0/8")],
    ["addr 2001:DB8::/32", address(either, "2001:db8::/32")],
    ["ip ::ffff:10.0.0.1", address(either, "::ffff:10.0.0.1/128")],
    ["ip = 10.0.0.1", address(either, "10.0.0.1/32")],
    ["ip in [10.0.0.0/8, 10.1.0.0/8 ::/0]", address(either, "10.0.0.0/8", "::/0")],
    ["srcaddr = '10.0.0.1'", address(src, "10.0.0.1/32")],
    ["${src-addr} eq 10.0.0.1", address(src, "10.0.0.1/32")],
    ["pktDstAddr 10.0.0.1", address(["pkt_dstaddr"], "10.0.0.1/32")],
    ["src != 10.0.0.1", { op: "address", fields: src, prefixes: ["10.0.0.1/32"], negated: true }],
    ["dst ip not in [::1]", { op: "address", fields: dst, prefixes: ["::1/128"], negated: true }],
    ['src ~ "^10\\."', { op: "match", field: "srcaddr", pattern: "^10\\.", anyCase: false }],
    ["private src", address(src, ...PRIVATE_PREFIXES)],
    ["public dst", { op: "address", fields: dst, prefixes: [...NOT_PUBLIC_PREFIXES], negated: true }],
    ["ipv4", address(either, "0.0.0.0/0")],
    ["IPv6", address(either, "::/0")],

    ["port 443", port(["srcport", "dstport"], [443, 443])],
    ["dst port https", port(["dstport"], [443, 443])],
    ["dport https", port(["dstport"], [443, 443])],
    ["src port 1024-2047", port(["srcport"], [1024, 2047])],
    ["dstport >= 1024", port(["dstport"], [1024, 65535])],
    ["dst port < 1024", port(["dstport"], [0, 1023])],
    ["port != 22", port(["srcport", "dstport"], [0, 21], [23, 65535])],
    ["port in [80, 22, https, 81-90]", port(["srcport", "dstport"], [22, 22], [80, 90], [443, 443])],
    ["port not in [0-1023]", port(["srcport", "dstport"], [1024, 65535])],
    ["dport < 0", port(["dstport"])],

    ["proto tcp", number("protocol", [6, 6])],
    ["protocol = 17", number("protocol", [17, 17])],
    ["proto in [icmp, UDP, 4-5]", number("protocol", [1, 1], [4, 5], [17, 17])],
    ["proto != tcp", number("protocol", [0, 5], [7, 255])],
    ["proto ipv6", number("protocol", [41, 41])],

    ["action accept", text("action", "accept")],
    ["action = REJECT", text("action", "reject")],
    ['action "Drop"', text("action", "drop")],
    ["action != accept", { op: "text", field: "action", values: ["accept"], anyCase: true, negated: true }],
    ["status nodata", text("log_status", "nodata")],
    ["log-status in [ok, skipdata]", text("log_status", "ok", "skipdata")],
    ["ingress", text("flow_direction", "ingress")],
    ["dir egress", text("flow_direction", "egress")],
    ["eni eni-0a1b", text("interface_id", "eni-0a1b")],
    ["account 000000000012", text("account_id", "000000000012")],
    ["instance_tag 'a \"b\" \\'c\\' \\\\ \\d'", text("instance_tag", "a \"b\" 'c' \\ \\d")],
    ['instance-tag "-"', text("instance_tag", "-")],
    ['region "in"', text("region", "in")],
    ["region is", text("region", "is")],
    ["tgw_src_eni = eni-1", text("tgw_src_eni", "eni-1")],
    ["eni ~ ^eni-0", { op: "match", field: "interface_id", pattern: "^eni-0", anyCase: false }],
    ['action !~ "^acc|^rej"', { op: "match", field: "action", pattern: "^acc|^rej", anyCase: true, negated: true }],

    ["flags S", { op: "bits", field: "tcp_flags", mask: 2 }],
    ["flags syn-ack", { op: "bits", field: "tcp_flags", mask: 18 }],
    ["tcp_flags SA", { op: "bits", field: "tcp_flags", mask: 18 }],
    ["flags only S", number("tcp_flags", [2, 2])],
    ["flags = SA", number("tcp_flags", [18, 18])],
    ["flags 18", number("tcp_flags", [18, 18])],
    ["flags in [S, SA, 0]", number("tcp_flags", [0, 0], [2, 2], [18, 18])],

    ["bytes > 1.5M", number("bytes", [1_500_001, mostBytes])],
    ["bytes >= 4Ki", number("bytes", [4096, mostBytes])],
    ["packets <= 10k", number("packets", [0, 10_000])],
    ["packets 1-10", number("packets", [1, 10])],
    ["bytes lt 1", number("bytes", [0, 0])],
    ["bytes < 0", number("bytes")],
    ["bytes = 18446744073709551615", number("bytes", [mostBytes, mostBytes])],
    ["bytes > 18446744073709551615", number("bytes")],
    ["bytes != 9007199254740993", number("bytes", [0, "9007199254740992"], ["9007199254740994", mostBytes])],
    ["start >= 2026-01-02", number("start", [1_767_312_000, "9223372036854775807"])],
    ["end < 1h", number("end", [0, now - 3601])],
    ["start = '2026-01-02 03:04:05'", number("start", [now, now])],
    ["start > 1960", number("start", [0, "9223372036854775807"])],
    ["start <= 1960", number("start")],
    ["start 1767323045-1767323046", number("start", [now, now + 1])],

    ["srcaddr = -", { op: "null", field: "srcaddr" }],
    ["bytes -", { op: "null", field: "bytes" }],
    ["region != -", { op: "not", term: { op: "null", field: "region" } }],
    [
      "port = -",
      {
        op: "or",
        terms: [
          { op: "null", field: "srcport" },
          { op: "null", field: "dstport" },
        ],
      },
    ],
  ];
  test.each(rows)("%s", (expression, want) => expect(parse(expression)).toEqual(want));

  test("times that name no zone are in that of --tz", () => {
    expect(parse("start < 2026-01-02", { offsetMinutes: 60 })).toEqual(number("start", [0, 1_767_308_399]));
  });
});

describe("and, or, not", () => {
  const [a, b, c, d] = [80, 443, 22, 53].map((n) => port(["dstport"], [n, n])) as [Filter, Filter, Filter, Filter];
  const rows: [string, Filter][] = [
    ["dport 80 and dport 443 and dport 22", { op: "and", terms: [a, b, c] }],
    ["dport 80 or dport 443 and dport 22", { op: "or", terms: [a, { op: "and", terms: [b, c] }] }],
    ["(dport 80 OR dport 443) && dport 22", { op: "and", terms: [{ op: "or", terms: [a, b] }, c] }],
    ["(dport 80 and (dport 443 and dport 22)) and dport 53", { op: "and", terms: [a, b, c, d] }],
    ["dport 80||dport 443", { op: "or", terms: [a, b] }],
    ["not dport 80 and dport 443", { op: "and", terms: [{ op: "not", term: a }, b] }],
    ["!(dport 80 or dport 443)", { op: "not", term: { op: "or", terms: [a, b] } }],
    ["not not dport 80", a],
    ["!!!dport 80", { op: "not", term: a }],
    ["((dport 80))", a],
    ["dport 80 # the web\n and # more of it\n dport 443", { op: "and", terms: [a, b] }],
  ];
  test.each(rows)("%s", (expression, want) => expect(parse(expression)).toEqual(want));

  test("conditions by the thousand beside each other, parentheses by the hundred in each other", () => {
    const many = Array.from({ length: 10_000 }, (_, n) => `dport ${n}`).join(" or ");
    expect(parse(many)).toMatchObject({ op: "or", terms: { length: 10_000 } });
    expect(parse(`${"(".repeat(100)}dport 80${")".repeat(100)}`)).toEqual(a);
    expect(parse(`${"not ".repeat(10_001)}dport 80`)).toEqual({ op: "not", term: a });
  });
});

describe("files", () => {
  test("a list", () => {
    const path = join(folder, "my nets.txt");
    writeFileSync(path, "# office\n10.0.0.0/8\n2001:db8::/32, 192.0.2.1\n");
    expect(parse(`ip in @"${path}"`)).toEqual(address(either, "10.0.0.0/8", "2001:db8::/32", "192.0.2.1/32"));
  });

  test("a list of words is taken as it stands, as if in quotes", () => {
    const path = join(folder, "actions.txt");
    writeFileSync(path, "Accept\ndrop\n");
    expect(parse(`(action in @${path})`)).toEqual(text("action", "accept", "drop"));
  });

  test("a whole filter", () => {
    const path = join(folder, "filter.txt");
    writeFileSync(path, "\ufeff# who talks to the web\r\ndport 80 or\r\n  dport 443\r\n");
    expect(parseSource(readSource(`@${path}`), { now, zone: UTC })).toMatchObject({ op: "or", terms: { length: 2 } });
  });

  test("a mistake in a file is told with its line", () => {
    const path = join(folder, "mistake.txt");
    writeFileSync(path, "dport 80\n\tor dprot 443\n");
    expect(complaintOf(() => parseSource(readSource(`@${path}`), { now, zone: UTC }))).toBe(
      [
        `${path}:2: "dprot" given, expected a condition such as src 10.0.0.0/8, dst port 443 or bytes > 1M`,
        " or dprot 443",
        "    ^^^^^",
        "Did you mean dport?",
      ].join("\n"),
    );
  });

  test("a bad line of a list, by file and line", () => {
    const path = join(folder, "bad.txt");
    writeFileSync(path, "10.0.0.0/8\n10.0.0/8\n");
    expect(complaintOf(() => parse(`src in @${path}`))).toContain(
      `filter: ${path}:2: "10.0.0/8" given, expected CIDR notation, such as 10.0.0.0/8\nsrc in @${path}\n       ^`,
    );
  });

  test("the name of a file in place of an expression", () => {
    const path = join(folder, "nfdump.txt");
    writeFileSync(path, "dport 80\n");
    expect(complaintOf(() => parseSource({ text: path, path: null }, { now, zone: UTC }))).toContain(
      `\n${path} is a file. To read the filter from it, write @${path} (-f @${path}).`,
    );
  });
});

/** The whole text of a mistake: what is said, the expression with carets, the advice. */
function complaintOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof FilterError) return [error.message, error.hint].join("\n");
    throw error;
  }
  throw new Error("taken without complaint");
}

const aCondition = "expected a condition such as src 10.0.0.0/8, dst port 443 or bytes > 1M";
const aPort = "expected a port 0-65535, a range such as 1024-2047, or a service name such as https";
const aNumber = "expected a whole number 0-18446744073709551615, such as 1000, 10k, 1.5M or 4Ki";
const cidr = "expected CIDR notation, such as 10.0.0.0/8";
const anOperator = "expected =, !=, <, <=, >, >=, in, ~ or !~";
const aText = "expected a value, in quotes where it has blanks or symbols";
const goesOn = "expected and, or, or the end";

describe("mistakes", () => {
  /** Expression, carets, what is said, advice. */
  const rows: [string, string, string, string?][] = [
    ["dst port 443 and", "                ^", `the filter ends here, ${aCondition}`],
    ["dstprot 443", "^^^^^^^", `"dstprot" given, ${aCondition}`, "Did you mean dstport?"],
    ["port 70000", "     ^^^^^", `"70000" given, ${aPort}`],
    ["dport htpps", "      ^^^^^", `"htpps" given, ${aPort}`, "Did you mean https?"],
    ["ip 10.0.0/8", "   ^^^^^^^^", `"10.0.0/8" given, ${cidr}`],
    [
      "src 10.0.0.0/255.0.0.0",
      "    ^^^^^^^^^^^^^^^^^^",
      `"10.0.0.0/255.0.0.0" given, ${cidr}`,
      "A netmask is written as a length: 255.255.255.0 is /24.",
    ],
    ["src 10.0.0.1 or or", "                ^^", `"or" given, ${aCondition}`],
    ["(port 443", "^", '"(" is not closed, expected ) behind its conditions'],
    ["port 443)", "        ^", `")" given, ${goesOn}`, "No ( stands open before it."],
    ["()", " ^", `")" given, ${aCondition}`],
    ["not", "   ^", `the filter ends here, ${aCondition}`],
    ["bytes > 1XB", "        ^^^", `"1XB" given, ${aNumber}`, "Units are k M G T (1000s) and Ki Mi Gi Ti (1024s)."],
    ["bytes > 10MB", "        ^^^^", `"10MB" given, ${aNumber}`, "Write 10M."],
    ["bytes > 10m", "        ^^^", `"10m" given, ${aNumber}`, "Write 10M."],
    ["bytes > 1e6", "        ^^^", `"1e6" given, ${aNumber}`, "Write the digits or a unit: 10k, 1.5M, 4Ki."],
    ["bytes > 1.0001k", "        ^^^^^^^", `"1.0001k" given, ${aNumber}`, "A part of one cannot be compared with."],
    ["bytes > -5", "        ^^", `"-5" given, ${aNumber}`],
    ["bytes = 18446744073709551616", "        ^^^^^^^^^^^^^^^^^^^^", `"18446744073709551616" given, ${aNumber}`],
    ["bytes >", "       ^", `the filter ends here, ${aNumber}`],
    ["packets 9-1", "        ^^^", `"9-1" given, ${aNumber}`, "A range starts with its least number: 1-9."],
    ["action drop", "       ^^^^", '"drop" given, expected accept or reject', "Did you mean reject?"],
    ["action mark", "       ^^^^", '"mark" given, expected accept or reject', "Any other action stands in quotes."],
    ["proto foo", "      ^^^", '"foo" given, expected a protocol\'s name, such as tcp, or its number 0-255'],
    ["ip in [10.0.0.1, 10.0.0.2", "      ^", '"[" is not closed, expected ] behind its values'],
    ["ip in []", "       ^", `"]" given, ${cidr}`],
    ["ip in [10.0.0.1,,]", "                ^", `"," given, ${cidr}`],
    [
      "port in 22,80",
      "        ^^",
      '"22" given, expected [ or @FILE behind in',
      "A list stands in brackets: port in [a, b].",
    ],
    [
      "port in (22, 80)",
      "        ^",
      '"(" given, expected [ or @FILE behind in',
      "A list stands in brackets: port in [a, b].",
    ],
    ["port [22, 80]", "     ^", `"[" given, ${aPort}`, "A list follows in: port in [a, b]."],
    ["ip @nets.txt", "   ^^^^^^^^^", `"@nets.txt" given, ${cidr}`, "A list follows in: ip in @nets.txt"],
    [
      "ip in @/no/such",
      "      ^^^^^^^^^",
      "/no/such: no such file",
      "After @ stands the path of a list, one value a line.",
    ],
    [
      "action accept, reject",
      "             ^",
      `"," given, ${goesOn}`,
      "A list follows in, and stands in brackets: in [a, b].",
    ],
    ["port in [22, -]", "             ^", `"-" given, ${aPort}`, "- stands alone: port = -."],
    ["port > http-alt", "       ^^^^^^^^", '"http-alt" given, expected one number behind >'],
    ["tcp and port 443", "^^^", `"tcp" given, ${aCondition}`, "Write proto tcp."],
    ["icmp6", "^^^^^", `"icmp6" given, ${aCondition}`, "Write proto icmp6."],
    [
      "10.0.0.1",
      "^^^^^^^^",
      `"10.0.0.1" given, ${aCondition}`,
      "Write ip 10.0.0.1, or src 10.0.0.1, dst 10.0.0.1 for one side.",
    ],
    ["443", "^^^", `"443" given, ${aCondition}`, "Write port 443, or compare a field: bytes > 443."],
    ["ssh", "^^^", `"ssh" given, ${aCondition}`, "Write port ssh."],
    ["accept", "^^^^^^", `"accept" given, ${aCondition}`, "Write action accept."],
    ["inbound", "^^^^^^^", `"inbound" given, ${aCondition}`, "Write ingress."],
    ["inet6", "^^^^^", `"inet6" given, ${aCondition}`, "Write ipv6."],
    ["syn", "^^^", `"syn" given, ${aCondition}`, "Write flags SYN."],
    ["$7 == 443", "^^", `"$7" given, ${aCondition}`, "Fields have names; $7 of the default format is dstport."],
    ["srcport 80 dst 10.0.0.2", "           ^^^", `"dst" given, ${goesOn}`, "Join conditions: and dst, or dst."],
    ["(port 80 port 443)", "         ^^^^", '"port" given, expected and, or, )', "Join conditions: and port, or port."],
    [
      "ecs_service_name my service",
      "                    ^^^^^^^",
      `"service" given, ${goesOn}`,
      "A value with blanks or symbols in it stands in quotes.",
    ],
    [
      "dport = 443 | dport = 80",
      "            ^",
      `"|" given, ${goesOn}`,
      "Or is written or, or ||; a regular expression with | stands in quotes.",
    ],
    ["port src 443", "     ^^^", `"src" given, ${aPort}`, "The side comes first: src port."],
    ["ip src 10.0.0.1", "   ^^^", `"src" given, ${cidr}`, "The side comes first: src ip."],
    [
      "src or dst port 80",
      "    ^^",
      `"or" given, ${cidr}`,
      "Without src or dst, ip and port are of either side: port 443.",
    ],
    ["src private", "    ^^^^^^^", `"private" given, ${cidr}`, "Write private src."],
    ["private", "       ^", "the filter ends here, expected src or dst", "Write private src or private dst."],
    ["ip != 10.0.0.1", "   ^^", `"!=" given, ${cidr}`, "Write not ip 10.0.0.0/8."],
    [
      "srcaddr > 10.0.0.1",
      "        ^",
      '">" given, expected =, !=, in, ~ or !~',
      "Addresses are asked for by network: srcaddr 10.0.0.0/8.",
    ],
    ["account > 5", "        ^", '">" given, expected =, !=, in, ~ or !~', "account_id is text, which has no order."],
    [
      "bytes ~ 5",
      "      ^",
      '"~" given, expected a comparison of numbers',
      "bytes is a number: compare it with = != < <= > >= or in.",
    ],
    ["dport <> 443", "      ^^", `"<>" given, ${anOperator}`, "Unequal is !=."],
    ["dport => 443", "      ^^", `"=>" given, ${anOperator}`, "At least is >=."],
    [
      "eni LIKE 'eni-0%'",
      "    ^^^^",
      `"LIKE" given, ${anOperator}`,
      'A regular expression follows ~, such as interface_id ~ "^eni-0".',
    ],
    [
      "action IS NOT NULL",
      "       ^^",
      `"IS" given, ${anOperator}`,
      "- is how a log writes that there is no value: FIELD = -, or FIELD != -.",
    ],
    [
      "packets between 1 and 5",
      "        ^^^^^^^",
      `"between" given, ${anOperator}`,
      "A range is written N-M: port 1024-2047, packets 1-10.",
    ],
    [
      "eni eni-*",
      "    ^^^^^",
      `"eni-*" given, ${aText}`,
      "A pattern is a regular expression behind ~; a * that is meant as such stands in quotes.",
    ],
    ['eni ~ "(eni"', "       ^^^^", '"(eni" given, expected a regular expression (RE2\'s)', "Missing closing )."],
    [
      'eni ~ "(?=x)"',
      "       ^^^",
      '"(?=x)" given, expected a regular expression (RE2\'s)',
      "Invalid or unsupported Perl syntax. RE2 has no look-around; join two conditions with and, not.",
    ],
    ["eni ~ (a)\\1", "      ^", '"(" given, expected a regular expression', "Put it in quotes."],
    [
      'eni ~ "(a)\\1"',
      "          ^^",
      '"(a)\\\\1" given, expected a regular expression (RE2\'s)',
      "Invalid escape sequence. RE2 has no back references.",
    ],
    [
      "eni ~ eni(1|2)",
      "         ^",
      '"(" given, expected a blank behind the regular expression',
      "Put the regular expression in quotes.",
    ],
    [
      "eni ~ /eni/",
      "      ^^^^^",
      "a regular expression stands without slashes here",
      'Leave the slashes out: ~ "eni".',
    ],
    ["flags X", "      ^", '"X" given, expected TCP flags such as SYN, S or SA, or their number'],
    ["flags only", "          ^", "the filter ends here, expected TCP flags such as SYN, S or SA"],
    [
      "start > yesterday",
      "        ^^^^^^^^^",
      '"yesterday" given, expected a time such as now, 36h (ago), 2026-01-02, 2026-01-02T03:04:05Z or epoch seconds',
    ],
    ['eni "abc', "    ^", 'a quote is not closed, expected " behind the text'],
    ["日本 443", "^^^^", `"日本" given, ${aCondition}`],
  ];
  test.each(rows)("%s", (expression, carets, said, advice) => {
    const want = [`filter: ${said}`, expression, carets, ...(advice === undefined ? [] : [advice])];
    expect(complaintOf(() => parse(expression))).toBe(want.join("\n"));
  });

  test("an empty expression has nothing to point at", () => {
    expect(complaintOf(() => parse(" # nothing"))).toBe(
      `filter: there is no filter here, ${aCondition}\n # nothing\n^`,
    );
    expect(complaintOf(() => parse(" "))).toBe(`filter: there is no filter here, ${aCondition}\n`);
  });

  test("parentheses beyond any question", () => {
    expect(complaintOf(() => parse(`${"(".repeat(100_000)}dport 80`))).toContain(
      "filter: parentheses stand in each other more than 100 deep\n",
    );
  });

  test("of a long expression the part around the mistake is shown, control characters escaped", () => {
    const long = `${"dport 443 or ".repeat(1000)}dprot\u001b[31m 80${" or dport 443".repeat(1000)}`;
    const [said, shown = "", carets = ""] = complaintOf(() => parse(long)).split("\n");
    expect(said).toBe(`filter: "dprot\\u001b" given, ${aCondition}`);
    expect(shown.length).toBeLessThan(130);
    expect(shown).toMatch(/^….*dprot\\u001b\[31m 80.*…$/);
    expect(shown.slice(carets.indexOf("^"), carets.length)).toBe("dprot\\u001b");
  });
});
