import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseKeys } from "../../src/query/keys.js";
import { formatMetric, parseMetric } from "../../src/query/metrics.js";
import type { SortTerm } from "../../src/query/query.js";
import { parseSort } from "../../src/query/sort.js";

function key(name: string, descending: boolean): SortTerm {
  return { by: "key", name, descending };
}

function metric(text: string, descending: boolean): SortTerm {
  return { by: "metric", metric: parseMetric(text), descending };
}

describe("what rows are put in order by", () => {
  const rows: [by: string, sort: string, want: SortTerm[]][] = [
    ["srcaddr", "bytes", [metric("bytes", true)]],
    ["srcaddr", "Bytes:ASC", [metric("bytes", false)]],
    ["srcaddr", "srcaddr", [key("srcaddr", false)]],
    ["srcaddr", "SRC : desc", [key("srcaddr", true)]],
    ["srcaddr,dstport", "dport,src:desc,flows", [key("dstport", false), key("srcaddr", true), metric("flows", true)]],
    ["srcaddr/24", "srcaddr/24", [key("srcaddr_24", false)]],
    ["srcaddr/24", "src_24:desc", [key("srcaddr_24", true)]],
    ["srcaddr/24/56,dstaddr", "dst,src/24/56", [key("dstaddr", false), key("srcaddr_24_56", false)]],
    ["addr/16", "addr_16", [key("addr_16", false)]],
    ["service", "Service:desc", [key("service", true)]],
    ["pair", "pair:desc", [key("srcaddr", true), key("dstaddr", true)]],
    ["srcaddr", "distinct(dstport):asc", [metric("distinct(dstport)", false)]],
    ["srcaddr", "distinct_dstport", [metric("distinct(dstport)", true)]],
    ["srcaddr", "sum( bytes ),bytes", [metric("sum(bytes)", true), metric("bytes", true)]],
    ["bytes", "bytes", [metric("bytes", true)]],
    ["bytes", "bytes_key", [key("bytes", false)]],
    ["bytes,srcaddr", "BYTES_KEY:desc,bytes:asc", [key("bytes", true), metric("bytes", false)]],
    ["packets_lost_no_route", "packets_lost_no_route_key", [key("packets_lost_no_route", false)]],
  ];
  test.each(rows)("--by %s --sort %s", (by, sort, want) => expect(parseSort(sort, parseKeys(by))).toEqual(want));

  test("without keys there are metrics", () => expect(parseSort("flows", [])).toEqual([metric("flows", true)]));
});

const known =
  "Metrics are flows packets bytes first last duration bps pps bpp, and sum min max avg distinct of a field: avg(bytes).";

test.each([
  { by: "srcaddr/24,dstport", sort: "byts", value: "byts", hint: "Did you mean bytes?" },
  { by: "srcaddr/24,dstport", sort: "dstprot", value: "dstprot", hint: "Did you mean dstport?" },
  {
    by: "srcaddr/24,dstport",
    sort: "srcaddr",
    value: "srcaddr",
    hint: "srcaddr is not in --by. The keys are srcaddr_24, dstport.",
  },
  { by: "srcaddr", sort: "src/24:asc", value: "src/24", hint: "srcaddr_24 is not in --by. The key is srcaddr." },
  { by: "srcaddr", sort: "pair", value: "pair", hint: "dstaddr is not in --by. The key is srcaddr." },
  { by: "srcaddr", sort: "bytes_key", value: "bytes_key", hint: `The key is srcaddr. ${known}` },
  { by: "bytes", sort: "srcaddr", value: "srcaddr", hint: "srcaddr is not in --by. The key is bytes_key." },
  { by: "", sort: "dport", value: "dport", hint: "dstport is not in --by. There are no keys without --by." },
  { by: "srcaddr", sort: "quux", value: "quux", hint: `The key is srcaddr. ${known}` },
  { by: "srcaddr", sort: "time", value: "time", hint: `The key is srcaddr. ${known}` },
  {
    by: "srcaddr",
    sort: "average(bytes)",
    value: "average(bytes)",
    hint: "The key is srcaddr. Did you mean avg(bytes)?",
  },
  {
    by: "srcaddr",
    sort: "bytes:down",
    value: "bytes:down",
    hint: "Write bytes:asc for the least first, bytes:desc for the greatest.",
  },
  {
    by: "srcaddr",
    sort: "bytes:",
    value: "bytes:",
    hint: "Write bytes:asc for the least first, bytes:desc for the greatest.",
  },
  { by: "srcaddr", sort: "-bytes", value: "-bytes", hint: "Write bytes:desc." },
  { by: "srcaddr", sort: "+bytes", value: "+bytes", hint: "Write bytes:asc." },
  { by: "srcaddr", sort: "bytes DESC", value: "bytes DESC", hint: "Write bytes:desc." },
])("refused: --by $by --sort $sort", ({ by, sort, value, hint }) => {
  const keys = by === "" ? [] : parseKeys(by);
  expect(() => parseSort(sort, keys)).toThrow(
    expect.objectContaining({
      name: "ValueError",
      value,
      expected: "a key of --by or a metric, with :asc or :desc behind it if you like",
      hint,
    }),
  );
});

test.each([
  { sort: "", message: "expected at least one key or metric" },
  { sort: "bytes,", message: 'a key or metric is empty in "bytes,"' },
  { sort: "bytes,bytes:asc", message: "the metric bytes comes twice in bytes,bytes:asc" },
  { sort: "sum_bytes,sum(bytes)", message: "the metric sum_bytes comes twice in sum_bytes,sum(bytes)" },
  { sort: "src,bytes,srcaddr:desc", message: "the key srcaddr comes twice in src,bytes,srcaddr:desc" },
])("refused: --sort $sort", ({ sort, message }) => {
  expect(() => parseSort(sort, parseKeys("srcaddr"))).toThrow(expect.objectContaining({ name: "UserError", message }));
});

test("law: terms as output names them, or as they are written, read back as themselves", () => {
  const keys = parseKeys("srcaddr/24,dstaddr,bytes,service");
  const outputNames = new Map([["bytes", "bytes_key"]]);
  const term = fc.oneof(
    fc.tuple(fc.constantFrom(...keys), fc.boolean()).map(([{ name }, descending]) => key(name, descending)),
    fc
      .tuple(fc.constantFrom("bytes", "sum(bytes)", "avg(packets)", "distinct(srcaddr)", "bps", "last"), fc.boolean())
      .map(([text, descending]) => metric(text, descending)),
  );
  const nameOf = (one: SortTerm) => (one.by === "key" ? `key ${one.name}` : one.metric.name);
  fc.assert(
    fc.property(fc.uniqueArray(term, { minLength: 1, selector: nameOf }), fc.boolean(), (terms, isWritten) => {
      const texts = terms.map((one) => {
        if (one.by === "key") return outputNames.get(one.name) ?? one.name;
        return isWritten ? formatMetric(one.metric) : one.metric.name;
      });
      const text = texts.map((name, at) => `${name}:${terms[at]!.descending ? "desc" : "asc"}`).join(",");
      expect(parseSort(text, keys)).toEqual(terms);
    }),
  );
});
