import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Having } from "../../src/query/having.js";
import { formatHaving } from "../../src/query/having-format.js";
import { parseHaving } from "../../src/query/having-parser.js";
import type { Metric } from "../../src/query/metric.js";
import { parseMetric } from "../../src/query/metrics.js";
import { querySchema } from "../../src/query/schema.js";
import { UTC } from "../../src/query/zone.js";

const clock = { now: 1_767_323_045, zone: UTC };

function parse(text: string): Having {
  return parseHaving({ text, path: null }, clock);
}

describe("the normal form", () => {
  test.each([
    ["BYTES>=1.5M&&distinct_dstport gt 100", "bytes >= 1500000 and distinct(dstport) > 100"],
    ["sum_bytes == 1 or not avg(bytes) < 0.50", "sum(bytes) = 1 or not avg(bytes) < 0.5"],
    ["duration > 5m", "duration > 300s"],
    ["first >= 1h and last < 2026-01-02", "first >= 2026-01-02T02:04:05Z and last < 2026-01-02T00:00:00Z"],
    ["max(end) > 1000000000000", "max(end) > 1000000000000"],
    ["first > 1960", "first >= 1970-01-01T00:00:00Z"],
    ["bpp = - or bps != - or not bpp != -", "bpp = - or bps != - or bpp = -"],
    [
      "not (flows > 1 or flows < 2) and (flows = 3 and flows = 4)",
      "not (flows > 1 or flows < 2) and flows = 3 and flows = 4",
    ],
    ["flows > 1 or flows > 2 and flows > 3", "flows > 1 or (flows > 2 and flows > 3)"],
  ])("of %s is %s", (text, want) => {
    expect(formatHaving(parse(text))).toBe(want);
    expect(parse(want)).toEqual(parse(text));
  });
});

const whole = fc.oneof(fc.nat(10_000).map(BigInt), fc.bigInt(0n, 2n ** 70n));
const decimal = fc
  .tuple(whole, fc.nat(9999))
  .map(([number, part]) => `${number}.${String(part).padStart(4, "0")}`.replace(/\.?0+$/, ""));
const instant = fc
  .oneof(fc.nat(4_102_444_800), fc.constantFrom(0, 253_402_300_799, 253_402_300_800, 2 ** 52))
  .map(String);

const metrics = "flows packets bytes bps pps bpp sum(bytes) min(dstport) max(packets) avg(start) distinct(srcaddr)";
const leaf: fc.Arbitrary<Having> = fc.oneof(
  fc
    .tuple(
      fc.oneof(
        fc.tuple(fc.constantFrom(...metrics.split(" "), "duration"), fc.oneof(whole.map(String), decimal)),
        fc.tuple(fc.constantFrom("first", "last", "min(start)", "max(end)"), instant),
      ),
      fc.constantFrom("=", "!=", "<", "<=", ">", ">="),
    )
    .map(([[name, value], is]): Having => ({ op: "compare", metric: parseMetric(name), is, value })),
  fc
    .constantFrom(...metrics.split(" "), "first", "duration")
    .map((name): Having => ({ op: "null", metric: parseMetric(name) })),
);

/** Trees as the parser makes them: `and` in no `and`, `or` in no `or`, `not` of no `not`, two terms at least. */
const { tree } = fc.letrec<{ tree: Having; and: Having; or: Having; not: Having }>((tie) => {
  const terms = (...kinds: fc.Arbitrary<Having>[]) => fc.array(fc.oneof(...kinds), { minLength: 2, maxLength: 4 });
  return {
    tree: fc.oneof({ depthSize: "small" }, leaf, tie("and"), tie("or"), tie("not")),
    and: terms(leaf, tie("or"), tie("not")).map((list): Having => ({ op: "and", terms: list })),
    or: terms(leaf, tie("and"), tie("not")).map((list): Having => ({ op: "or", terms: list })),
    not: fc.oneof(leaf, tie("and"), tie("or")).map((term): Having => ({ op: "not", term })),
  };
});

test("law: the normal form reads back as the same tree", () => {
  fc.assert(
    fc.property(tree, (having) => {
      expect(parse(formatHaving(having))).toEqual(having);
    }),
    { numRuns: 2000 },
  );
});

test("law: what is parsed passes the schema of a query", () => {
  const metric: Metric = parseMetric("flows");
  fc.assert(
    fc.property(tree, (having) => {
      const query = {
        command: "aggregate",
        filter: { op: "and", terms: [] },
        window: { since: null, until: null },
        keys: [],
        metrics: [metric],
        having: parse(formatHaving(having)),
        sort: [],
        limit: 0,
      };
      expect(querySchema.safeParse(query).success).toBe(true);
    }),
  );
});
