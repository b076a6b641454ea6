import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { FilterError } from "../../src/query/filter-error.js";
import { readSource } from "../../src/query/filter-source.js";
import type { Comparison, Having } from "../../src/query/having.js";
import { parseHaving } from "../../src/query/having-parser.js";
import { parseMetric } from "../../src/query/metrics.js";
import { UTC, type Zone } from "../../src/query/zone.js";

const now = 1_767_323_045; // 2026-01-02T03:04:05Z
const folder = mkdtempSync(join(tmpdir(), "flowlog-having-"));
afterAll(() => rmSync(folder, { recursive: true }));

function parse(text: string, zone: Zone = UTC): Having {
  return parseHaving({ text, path: null }, { now, zone });
}

function compare(metric: string, is: Comparison, value: string): Having {
  return { op: "compare", metric: parseMetric(metric), is, value };
}

function isNull(metric: string): Having {
  return { op: "null", metric: parseMetric(metric) };
}

function not(term: Having): Having {
  return { op: "not", term };
}

describe("one comparison", () => {
  const rows: [string, Having][] = [
    ["bytes > 1500", compare("bytes", ">", "1500")],
    ["BYTES>1.5M", compare("bytes", ">", "1500000")],
    ["flows == 1", compare("flows", "=", "1")],
    ["flows != 1", compare("flows", "!=", "1")],
    ["flows eq 1", compare("flows", "=", "1")],
    ["flows NE 1", compare("flows", "!=", "1")],
    ["flows lt 1", compare("flows", "<", "1")],
    ["flows le 1", compare("flows", "<=", "1")],
    ["flows gt 1", compare("flows", ">", "1")],
    ["flows ge 1", compare("flows", ">=", "1")],
    ["packets <= 4Ki", compare("packets", "<=", "4096")],
    ["bytes < 18446744073709551616", compare("bytes", "<", "18446744073709551616")],
    ["bytes < 1000T", compare("bytes", "<", "1000000000000000")],
    ["bpp < 0.250", compare("bpp", "<", "0.25")],
    ["bps >= 1.00001k", compare("bps", ">=", "1000.01")],
    ["bytes > '10k'", compare("bytes", ">", "10000")],
    ["sum(bytes) > 1", compare("sum(bytes)", ">", "1")],
    ["sum_bytes>1", compare("sum(bytes)", ">", "1")],
    ["distinct(dport)>=100", compare("distinct(dstport)", ">=", "100")],
    ["Distinct ( ${dst-port} ) >= 100", compare("distinct(dstport)", ">=", "100")],
    ["distinct_dstport >= 100", compare("distinct(dstport)", ">=", "100")],
    ["packets-lost-no-route > 0", compare("packets_lost_no_route", ">", "0")],
    ["duration > 90", compare("duration", ">", "90")],
    ["duration > 90s", compare("duration", ">", "90")],
    ["duration >= 5m", compare("duration", ">=", "300")],
    ["duration < 1.5h", compare("duration", "<", "5400")],
    ["duration < 1d", compare("duration", "<", "86400")],
    ["duration < 1.5k", compare("duration", "<", "1500")],
    ["duration = 0.25s", compare("duration", "=", "0.25")],
    ["first >= 2026-01-02", compare("first", ">=", "1767312000")],
    ["last < 1h", compare("last", "<", String(now - 3600))],
    ["last <= now", compare("last", "<=", String(now))],
    ["first > '2026-01-02 03:04:05'", compare("first", ">", String(now))],
    ["first = 1767323045", compare("first", "=", String(now))],
    ["max(end) > 2026-01-02T03:04:05+00:00", compare("max(end)", ">", String(now))],
    ["avg(start) > 5", compare("avg(start)", ">", "5")],
    ["first > 1960", compare("first", ">=", "0")],
    ["first != 1960", compare("first", ">=", "0")],
    ["first <= 1960", compare("first", "<", "0")],
    ["first = 1960", compare("first", "<", "0")],
    ["bpp = -", isNull("bpp")],
    ["bpp eq -", isNull("bpp")],
    ["avg(bytes) != -", not(isNull("avg(bytes)"))],
    ["first == -", isNull("first")],
  ];
  test.each(rows)("%s", (text, want) => expect(parse(text)).toEqual(want));

  test("times that name no zone are in that of --tz", () => {
    expect(parse("first < 2026-01-02", { offsetMinutes: 60 })).toEqual(compare("first", "<", "1767308400"));
  });
});

describe("and, or, not", () => {
  const a = compare("bytes", ">", "1");
  const b = compare("sum(bytes)", ">", "2");
  const c = compare("flows", ">", "3");
  const rows: [string, Having][] = [
    ["bytes > 1 or sum(bytes) > 2 and flows > 3", { op: "or", terms: [a, { op: "and", terms: [b, c] }] }],
    ["(bytes > 1 OR sum(bytes) > 2) && flows > 3", { op: "and", terms: [{ op: "or", terms: [a, b] }, c] }],
    ["bytes>1||sum(bytes)>2||flows>3", { op: "or", terms: [a, b, c] }],
    ["bytes > 1 and (sum(bytes) > 2 and flows > 3)", { op: "and", terms: [a, b, c] }],
    ["not bytes > 1 and flows > 3", { op: "and", terms: [not(a), c] }],
    ["!(bytes > 1)", not(a)],
    ["not(not bytes > 1)", a],
    ["not bytes != -", isNull("bytes")],
    ["bytes > 1 # much\n and flows > 3", { op: "and", terms: [a, c] }],
  ];
  test.each(rows)("%s", (text, want) => expect(parse(text)).toEqual(want));
});

describe("files", () => {
  test("a whole expression", () => {
    const path = join(folder, "having.txt");
    writeFileSync(path, "# scanners\r\ndistinct(dstport) > 100\r\n  and bytes < 1M\r\n");
    expect(parseHaving(readSource(`@${path}`, "a having expression"), { now, zone: UTC })).toMatchObject({ op: "and" });
  });

  test("a mistake in a file is told with its line", () => {
    const path = join(folder, "mistake.txt");
    writeFileSync(path, "flows > 1\n  and byts > 5\n");
    expect(complaintOf(() => parseHaving(readSource(`@${path}`), { now, zone: UTC }))).toBe(
      [
        `${path}:2: "byts" given, expected a comparison such as bytes > 1M or distinct(dstport) >= 100`,
        "  and byts > 5",
        "      ^^^^",
        "Did you mean bytes?",
      ].join("\n"),
    );
  });

  test("a file that is not there", () => {
    expect(() => readSource("@/no/such", "a having expression")).toThrow(
      expect.objectContaining({
        message: "/no/such: no such file",
        hint: "After @ stands the path of a having expression.",
      }),
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

const aComparison = "expected a comparison such as bytes > 1M or distinct(dstport) >= 100";
const anOperator = "expected =, !=, <, <=, > or >=";
const aNumber = "expected a number such as 1000, 10k, 1.5M or 4Ki";
const aDuration = "expected a duration such as 90s, 5m or 1.5h, or seconds";
const goesOn = "expected and, or, or the end";
const byTheFilter = "Keys are chosen by the filter (-f), here are groups by their metrics.";

describe("mistakes", () => {
  /** Expression, carets, what is said, advice. */
  const rows: [string, string, string, string?][] = [
    ["bytes > 1 and", "             ^", `the expression ends here, ${aComparison}`],
    ["byts > 5", "^^^^", `"byts" given, ${aComparison}`, "Did you mean bytes?"],
    ["average(bytes) > 5", "^^^^^^^^^^^^^^", `"average(bytes)" given, ${aComparison}`, "Did you mean avg(bytes)?"],
    ["flows > 1 or count(*) > 5", "             ^^^^^^^^", `"count(*)" given, ${aComparison}`, "Did you mean flows?"],
    [
      "sum(srcaddr) > 5",
      "^^^^^^^^^^^^",
      `"sum(srcaddr)" given, ${aComparison}`,
      "srcaddr is an address, of which there is only distinct(srcaddr).",
    ],
    ["sum(bytes > 5", "   ^", '"(" is not closed, expected ) behind the field'],
    [
      "srcaddr = 10.0.0.1",
      "^^^^^^^",
      `"srcaddr" given, ${aComparison}`,
      `${byTheFilter} Say what of it: distinct(srcaddr) is how many there are.`,
    ],
    ["src/24 = 10.0.0.0", "^^^^^^", `"src/24" given, ${aComparison}`, byTheFilter],
    ["srcaddr_24 = 10.0.0.0", "^^^^^^^^^^", `"srcaddr_24" given, ${aComparison}`, byTheFilter],
    ["service = https", "^^^^^^^", `"service" given, ${aComparison}`, byTheFilter],
    ["port = 443", "^^^^", `"port" given, ${aComparison}`, byTheFilter],
    ["start > now", "^^^^^", `"start" given, ${aComparison}`, `${byTheFilter} Did you mean first?`],
    ["5 < bytes", "^", `"5" given, ${aComparison}`, "The metric comes first: bytes > 1M."],
    ["> 5", "^", `">" given, ${aComparison}`],
    ["()", " ^", `")" given, ${aComparison}`],
    ["(bytes > 1", "^", '"(" is not closed, expected ) behind its conditions'],
    ["bytes > 1)", "         ^", `")" given, ${goesOn}`, "No ( stands open before it."],
    ["in [1]", "^^", `"in" given, ${aComparison}`],
    ["bytes", "     ^", `the expression ends here, ${anOperator}`],
    ["bytes 5", "      ^", `"5" given, ${anOperator}`, "Write bytes = 5."],
    [
      "bytes in [1, 2]",
      "      ^^",
      `"in" given, ${anOperator}`,
      "Each number is a comparison: bytes = 1 or bytes = 2.",
    ],
    [
      "bytes not in [1]",
      "      ^^^",
      `"not" given, ${anOperator}`,
      "Each number is a comparison: bytes = 1 or bytes = 2.",
    ],
    ["flows ~ 5", "      ^", `"~" given, ${anOperator}`, "flows is a number: compare it with = != < <= > >=."],
    ["flows !~ 5", "      ^^", `"!~" given, ${anOperator}`, "flows is a number: compare it with = != < <= > >=."],
    [
      "avg(bytes) between 1 and 2",
      "           ^^^^^^^",
      `"between" given, ${anOperator}`,
      "A range is two comparisons: avg(bytes) >= 1k and avg(bytes) < 1M.",
    ],
    [
      "bpp IS NULL",
      "    ^^",
      `"IS" given, ${anOperator}`,
      "A metric that is null is found by -: bpp = -, or bpp != -.",
    ],
    ["bytes <> 5", "      ^^", `"<>" given, ${anOperator}`, "Unequal is !=."],
    ["bytes => 5", "      ^^", `"=>" given, ${anOperator}`, "At least is >=."],
    ["bytes =< 5", "      ^^", `"=<" given, ${anOperator}`, "At most is <=."],
    ["bytes >", "       ^", `the expression ends here, ${aNumber}`],
    ["bytes > and", "        ^^^", `"and" given, ${aNumber}`],
    [
      "bytes > packets",
      "        ^^^^^^^",
      `"packets" given, ${aNumber}`,
      "A metric is compared with a number, not with another metric.",
    ],
    [
      "bytes > sum(packets)",
      "        ^^^",
      `"sum" given, ${aNumber}`,
      "A metric is compared with a number, not with another metric.",
    ],
    ["bytes > [5]", "        ^", `"[" given, ${aNumber}`],
    ["bytes > @5", "        ^^", `"@5" given, ${aNumber}`],
    ["bytes > -5", "        ^^", `"-5" given, ${aNumber}`],
    ["bytes > -", "        ^", `"-" given, ${aNumber}`, "- stands alone: bytes = -."],
    ["bytes > 10MB", "        ^^^^", `"10MB" given, ${aNumber}`, "Write 10M."],
    [
      "bpp > 0.00001",
      "      ^^^^^^^",
      `"0.00001" given, ${aNumber}`,
      "Metrics are rounded to 4 decimals: more cannot be compared with.",
    ],
    ["duration > 5min", "           ^^^^", `"5min" given, ${aDuration}`, "Write 5m."],
    [
      "duration > 1h30m",
      "           ^^^^^",
      `"1h30m" given, ${aDuration}`,
      "Write one number and its unit, such as 90m.",
    ],
    [
      "duration > 0.00001s",
      "           ^^^^^^^^",
      `"0.00001s" given, ${aDuration}`,
      "Metrics are rounded to 4 decimals: more cannot be compared with.",
    ],
    [
      "first > yesterday",
      "        ^^^^^^^^^",
      '"yesterday" given, expected a time such as now, 36h (ago), 2026-01-02, 2026-01-02T03:04:05Z or epoch seconds',
    ],
    [
      "first > 2026-01-02 03:04",
      "                   ^^^^^",
      `"03:04" given, ${goesOn}`,
      "A time with a blank in it stands in quotes.",
    ],
    ["bytes > 1,000", "         ^", `"," given, ${goesOn}`, "Write the digits together, or a unit: 10k, 1.5M, 4Ki."],
    ["bytes > 1 MB", "          ^^", `"MB" given, ${goesOn}`, "A unit stands right behind its number: 10k, 1.5M, 4Ki."],
    ["bytes > 1 flows > 2", "          ^^^^^", `"flows" given, ${goesOn}`, "Join comparisons: and flows, or flows."],
    ["bytes > 1 sum(bytes) > 2", "          ^^^", `"sum" given, ${goesOn}`, "Join comparisons: and sum, or sum."],
    [
      "(bytes > 1 not flows > 2)",
      "           ^^^",
      '"not" given, expected and, or, )',
      "Join comparisons: and not, or not.",
    ],
    ["bytes > 1 | flows > 2", "          ^", `"|" given, ${goesOn}`, "Or is written or, or ||."],
    ["bytes > 1 & flows > 2", "          ^", `"&" given, ${goesOn}`, "And is written and, or &&."],
    ["bytes > 1 please", "          ^^^^^^", `"please" given, ${goesOn}`],
    ['bytes > "5', "        ^", 'a quote is not closed, expected " behind the text'],
  ];
  test.each(rows)("%s", (expression, carets, said, advice) => {
    const want = [`having: ${said}`, expression, carets, ...(advice === undefined ? [] : [advice])];
    expect(complaintOf(() => parse(expression))).toBe(want.join("\n"));
  });

  test("an empty expression", () => {
    expect(complaintOf(() => parse(" "))).toBe(`having: there is no expression here, ${aComparison}\n`);
  });

  test("parentheses beyond any question", () => {
    expect(complaintOf(() => parse(`${"(".repeat(100_000)}bytes > 1`))).toContain(
      "having: parentheses stand in each other more than 100 deep\n",
    );
  });
});

test("law: the parser reads or refuses any text", () => {
  const word = fc.constantFrom(
    ...'bytes sum avg ( ) bytes dstport > >= = != 5 1.5M 5m - and or not in [ , @x " # first 2026 duration srcaddr count * p95'.split(
      " ",
    ),
  );
  const words = fc.array(word, { maxLength: 12 }).map((list) => list.join(" "));
  fc.assert(
    fc.property(fc.oneof(words, fc.string({ unit: "binary" })), (text) => {
      try {
        parse(text);
      } catch (error) {
        expect(error).toMatchObject({ name: "FilterError", message: expect.stringMatching(/^having: /) });
      }
    }),
    { numRuns: 2000 },
  );
});
