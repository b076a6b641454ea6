import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ANY_CASE_FIELDS, EVERYTHING, type Filter, foldCase, type Range } from "../../src/query/filter.js";
import { formatFilter } from "../../src/query/filter-format.js";
import { parseFilter } from "../../src/query/filter-parser.js";
import { mergeRanges, toBounds } from "../../src/query/number-ranges.js";
import { canonicalPrefix, formatPrefix } from "../../src/query/prefix.js";
import { NOT_PUBLIC_PREFIXES, PRIVATE_PREFIXES } from "../../src/query/scopes.js";
import { UTC } from "../../src/query/zone.js";
import { FIELDS, type FieldKind, fieldRange } from "../../src/record/fields.js";

const clock = { now: 1_767_323_045, zone: UTC };

function parse(text: string): Filter {
  return parseFilter({ text, path: null }, clock);
}

describe("the normal form", () => {
  test.each([
    ["SRC 10.1.2.3/8 && dport https", "src ip 10.0.0.0/8 and dst port 443"],
    ["host in [10.0.0.1, ::1]", "ip in [10.0.0.1, ::1]"],
    ["pkt-srcaddr 10.0.0.0/8 and pkt-dstaddr != ::", "pkt_srcaddr = 10.0.0.0/8 and pkt_dstaddr != ::"],
    ["ip 0.0.0.0/0 or ip ::/0", "ipv4 or ipv6"],
    ["private src or public dst or private pkt_dstaddr", "private src or public dst or private pkt_dstaddr"],
    ["flags SYN-ACK and flags only SYN", "flags SA and tcp_flags = 2"],
    ["protocol in [6, 17, 4-5] or proto 61", "proto in [4-6, udp] or proto 61"],
    ["bytes > 1.5M and packets in [1, 2, 3, 9]", "bytes >= 1500001 and packets in [1-3, 9]"],
    ["bytes < 10 or bytes != 7 or bytes < 0 or bytes >= 0", "bytes <= 9 or bytes != 7 or bytes < 0 or bytes >= 0"],
    ["start >= 2026-01-02 and end < 1h", "start >= 2026-01-02T00:00:00Z and end < 2026-01-02T02:04:05Z"],
    [
      "start = now or start in [1767323045, 1767323046]",
      "start = 2026-01-02T03:04:05Z or start in [1767323045-1767323046]",
    ],
    ["action = ACCEPT or action != reject or action 'drop'", 'action accept or action != reject or action = "drop"'],
    ["flow-direction ingress and status in [OK, nodata]", "ingress and log_status in [ok, nodata]"],
    ['az use1-az2 and vpc \'in\' and region "a b\\""', 'az_id = use1-az2 and vpc_id = "in" and region = "a b\\""'],
    ["eni ~ ^eni-0 and src !~ '\\.1$'", 'interface_id ~ "^eni-0" and srcaddr !~ "\\\\.1$"'],
    ["src = - or not bytes = -", "srcaddr = - or bytes != -"],
    ["not (port 22 or port 23) and (port 80 and port 443)", "not (port 22 or port 23) and port 80 and port 443"],
    ["port 80 or port 443 and ingress", "port 80 or (port 443 and ingress)"],
  ])("of %s is %s", (text, want) => {
    expect(formatFilter(parse(text))).toBe(want);
    expect(parse(want)).toEqual(parse(text));
  });

  test("of every record is empty", () => expect(formatFilter(EVERYTHING)).toBe(""));
});

const names = (...kinds: FieldKind[]) => FIELDS.filter(({ kind }) => kinds.includes(kind)).map(({ name }) => name);
const textNames = names("text", "tag");
const addressNames = names("address");

const prefix = fc.oneof(
  fc.tuple(fc.ipV4(), fc.nat(32)).map(([address, length]) => canonicalPrefix(`${address}/${length}`)),
  fc
    .tuple(fc.uint8Array({ minLength: 16, maxLength: 16 }), fc.nat(128))
    .map(([network, length]) => canonicalPrefix(formatPrefix({ family: 6, network, length }))),
  fc.constantFrom("0.0.0.0/0", "::/0", "10.0.0.0/8", "192.0.2.1/32", "::1/128"),
);
const prefixes = fc.oneof(
  fc.uniqueArray(prefix, { minLength: 1, maxLength: 4 }),
  fc.constantFrom([...PRIVATE_PREFIXES], [...NOT_PUBLIC_PREFIXES]),
);

function rangesUpTo(max: bigint): fc.Arbitrary<Range[]> {
  const end = fc.oneof(
    fc.bigInt(0n, max),
    fc.constantFrom(0n, 1n, max - 1n, max),
    fc.bigInt(0n, max < 300n ? max : 300n),
  );
  const pair = fc.tuple(end, end).map(([a, b]): [bigint, bigint] => (a < b ? [a, b] : [b, a]));
  const single = end.map((number): [bigint, bigint] => [number, number]);
  return fc.array(fc.oneof(pair, single), { maxLength: 4 }).map((pairs) => toBounds(mergeRanges(pairs)));
}

const anyText = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string(),
  fc.constantFrom(
    "-",
    "and",
    "IN",
    "accept",
    "ok",
    "ingress",
    'a"b',
    "a\\",
    '\\"',
    "a\nb",
    "#a",
    "[",
    ")",
    ",",
    "<>",
    "",
    "use1-az2",
  ),
);
const pattern = fc.oneof(
  fc.constantFrom("^eni-0", "a|b", "\\d+$", '"', "\\\\", "[\"']", "(?i)x", "^$", ""),
  fc.string().map((text) => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&")),
);
const maybeNegated = fc.constantFrom({}, { negated: true as const });

const leaf: fc.Arbitrary<Filter> = fc.oneof(
  prefixes.map((list): Filter => ({ op: "address", fields: ["srcaddr", "dstaddr"], prefixes: [...list] })),
  fc
    .tuple(fc.constantFrom(...addressNames), prefixes, maybeNegated)
    .map(([field, list, negated]): Filter => ({ op: "address", fields: [field], prefixes: [...list], ...negated })),
  fc
    .tuple(fc.constantFrom(["srcport"], ["dstport"], ["srcport", "dstport"]), rangesUpTo(65535n))
    .map(([fields, ranges]): Filter => ({ op: "port", fields: [...fields], ranges })),
  fc
    .constantFrom(...FIELDS.filter(({ kind }) => kind !== "uint16" && fieldRange(kind) !== null))
    .chain(({ name, kind }) =>
      rangesUpTo(fieldRange(kind)?.max ?? 0n).map((ranges): Filter => ({ op: "number", field: name, ranges })),
    ),
  fc.integer({ min: 1, max: 255 }).map((mask): Filter => ({ op: "bits", field: "tcp_flags", mask })),
  fc
    .tuple(fc.constantFrom(...textNames), fc.array(anyText, { minLength: 1, maxLength: 3 }), maybeNegated)
    .map(([field, values, negated]): Filter => {
      const anyCase = ANY_CASE_FIELDS.has(field);
      return { op: "text", field, values: [...new Set(anyCase ? values.map(foldCase) : values)], anyCase, ...negated };
    }),
  fc.tuple(fc.constantFrom(...textNames, ...addressNames), pattern, maybeNegated).map(
    ([field, text, negated]): Filter => ({
      op: "match",
      field,
      pattern: text,
      anyCase: ANY_CASE_FIELDS.has(field),
      ...negated,
    }),
  ),
  fc.constantFrom(...FIELDS).map(({ name }): Filter => ({ op: "null", field: name })),
);

/** Trees as the parser makes them: `and` in no `and`, `or` in no `or`, `not` of no `not`, two terms at least. */
const { tree } = fc.letrec<{ tree: Filter; and: Filter; or: Filter; not: Filter }>((tie) => {
  const terms = (...kinds: fc.Arbitrary<Filter>[]) => fc.array(fc.oneof(...kinds), { minLength: 2, maxLength: 4 });
  return {
    tree: fc.oneof({ depthSize: "small" }, leaf, tie("and"), tie("or"), tie("not")),
    and: terms(leaf, tie("or"), tie("not")).map((list): Filter => ({ op: "and", terms: list })),
    or: terms(leaf, tie("and"), tie("not")).map((list): Filter => ({ op: "or", terms: list })),
    not: fc.oneof(leaf, tie("and"), tie("or")).map((term): Filter => ({ op: "not", term })),
  };
});

test("law: the normal form reads back as the same tree", () => {
  fc.assert(
    fc.property(tree, (filter) => {
      expect(parse(formatFilter(filter))).toEqual(filter);
    }),
    { numRuns: 2000 },
  );
});

test("law: the parser reads or refuses any text, and carets stand under what is shown", () => {
  const word = fc.constantFrom(
    ..."src dst ip host port proto action accept flags S only in not and or ( ) [ ] , = != ~ !~ > 10.0.0.0/8 443 - \" ' @x # bytes 1M private ingress".split(
      " ",
    ),
  );
  const words = fc.array(word, { maxLength: 12 }).map((list) => list.join(" "));
  fc.assert(
    fc.property(fc.oneof(words, fc.string({ unit: "binary" })), (text) => {
      try {
        parse(text);
      } catch (error) {
        expect(error).toMatchObject({ name: "FilterError" });
        const [shown = "", carets = ""] = ((error as { hint?: string }).hint ?? "").split("\n");
        expect(carets).toMatch(/^ *\^+$|^$/);
        if (/^[ -~]*$/.test(shown)) expect(carets.indexOf("^")).toBeLessThanOrEqual(shown.length + 1);
      }
    }),
    { numRuns: 2000 },
  );
});
