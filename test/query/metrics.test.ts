import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Metric } from "../../src/query/metric.js";
import { findMetric, formatMetric, parseMetric, parseMetrics } from "../../src/query/metrics.js";
import { FIELDS, fieldRange } from "../../src/record/fields.js";

function of(kind: "sum" | "min" | "max" | "avg" | "distinct", field: string, name = `${kind}_${field}`): Metric {
  return { kind, name, field };
}

describe("one metric", () => {
  const rows: [string, Metric][] = [
    ["flows", { kind: "flows", name: "flows" }],
    ["FIRST", { kind: "first", name: "first" }],
    ["last", { kind: "last", name: "last" }],
    ["Duration", { kind: "duration", name: "duration" }],
    ["bps", { kind: "bps", name: "bps" }],
    ["pps", { kind: "pps", name: "pps" }],
    ["bpp", { kind: "bpp", name: "bpp" }],
    ["bytes", of("sum", "bytes", "bytes")],
    ["${packets}", of("sum", "packets", "packets")],
    ["packets-lost-no-route", of("sum", "packets_lost_no_route", "packets_lost_no_route")],
    ["packetsLostNoRoute", of("sum", "packets_lost_no_route", "packets_lost_no_route")],
    ["sum(bytes)", of("sum", "bytes")],
    ["sum_bytes", of("sum", "bytes")],
    ["Sum ( Bytes )", of("sum", "bytes")],
    ["avg(bytes)", of("avg", "bytes")],
    ["min(start)", of("min", "start")],
    ["MAX(endTime)", of("max", "end")],
    ["max(dport)", of("max", "dstport")],
    ["avg(proto)", of("avg", "protocol")],
    ["max(flags)", of("max", "tcp_flags")],
    ["distinct(dstport)", of("distinct", "dstport")],
    ["DISTINCT_DSTPORT", of("distinct", "dstport")],
    ["distinct(src)", of("distinct", "srcaddr")],
    ["distinct_pkt_srcaddr", of("distinct", "pkt_srcaddr")],
    ["distinct(${pkt-srcaddr})", of("distinct", "pkt_srcaddr")],
    ["distinct(eni)", of("distinct", "interface_id")],
    ["distinct(bytes)", of("distinct", "bytes")],
    ["sum(packets_lost_mtu_exceeded)", of("sum", "packets_lost_mtu_exceeded")],
  ];
  test.each(rows)("%s", (text, want) => expect(parseMetric(text)).toEqual(want));
});

test.each([
  { text: "flows,packets,bytes", want: ["flows", "packets", "bytes"] },
  { text: " bytes , sum( bytes ),avg(bytes) ", want: ["bytes", "sum_bytes", "avg_bytes"] },
  { text: "distinct(dstport),distinct(srcaddr)", want: ["distinct_dstport", "distinct_srcaddr"] },
  { text: "distinct_dstport,max_bytes,first,last", want: ["distinct_dstport", "max_bytes", "first", "last"] },
])("$text is $want", ({ text, want }) => expect(parseMetrics(text).map(({ name }) => name)).toEqual(want));

const known =
  "Metrics are flows packets bytes first last duration bps pps bpp, and sum min max avg distinct of a field: avg(bytes).";

test.each([
  { text: "byts", hint: "Did you mean bytes?" },
  { text: "flow", hint: "Did you mean flows?" },
  { text: "packets_lost_no_rout", hint: "Did you mean packets_lost_no_route?" },
  { text: "quux", hint: known },
  { text: "constructor", hint: known },
  { text: "", hint: known, list: false },
  { text: "count", hint: "Did you mean flows?" },
  { text: "COUNT(*)", hint: "Did you mean flows?" },
  { text: "count()", hint: "Did you mean flows?" },
  { text: "count(distinct srcaddr)", hint: "Did you mean distinct(srcaddr)?" },
  { text: "count(src)", hint: "Flows are counted by flows, the values of a field by distinct(srcaddr)." },
  { text: "octets", hint: "Did you mean bytes?" },
  { text: "throughput", hint: "Did you mean bps?" },
  { text: "start", hint: "Did you mean first?" },
  { text: "average(bytes)", hint: "Did you mean avg(bytes)?" },
  { text: "average_bytes", hint: "Did you mean avg(bytes)?" },
  { text: "mean(packets)", hint: "Did you mean avg(packets)?" },
  { text: "averge(bytes)", hint: "Did you mean avg(bytes)?" },
  { text: "smu(bytes)", hint: "Did you mean sum(bytes)?" },
  { text: "uniq(dport)", hint: "Did you mean distinct(dstport)?" },
  { text: "count_distinct(src)", hint: "Did you mean distinct(srcaddr)?" },
  { text: "count_distinct_srcaddr", hint: "Did you mean distinct(srcaddr)?" },
  { text: "uniq", hint: "Say of which field: distinct(dstport)." },
  { text: "distinct_count", hint: "Say of which field: distinct(dstport)." },
  { text: "avg", hint: "Say of which field: avg(bytes)." },
  { text: "sum()", hint: "Say of which field: sum(bytes)." },
  { text: "sum(*)", hint: "Say of which field: sum(bytes)." },
  { text: "quux(bytes)", hint: known },
  { text: "avg(byts)", hint: "Did you mean avg(bytes)?" },
  { text: "sum_byts", hint: "Did you mean sum(bytes)?" },
  { text: "distinct(dstprot)", hint: "Did you mean distinct(dstport)?" },
  { text: "sum(scraddr)", hint: known },
  { text: "max(quux)", hint: "It takes one field, such as max(bytes); `flowlog fields` lists them." },
  { text: "sum(bytes,packets)", hint: "It takes one field, such as sum(bytes); `flowlog fields` lists them." },
  { text: "sum(srcaddr)", hint: "srcaddr is an address, of which there is only distinct(srcaddr)." },
  { text: "avg(action)", hint: "action is text, of which there is only distinct(action)." },
  { text: "max_interface_tag", hint: "interface_tag is text, of which there is only distinct(interface_tag)." },
  { text: "distinct(srcaddr/24)", hint: "Only whole values are computed with: distinct(srcaddr)." },
  { text: "distinct_srcaddr_24", hint: "Only whole values are computed with: distinct(srcaddr)." },
  { text: "srcaddr", hint: "Say what of it: distinct(srcaddr) is how many there are." },
  {
    text: "dport",
    hint: "Say what of it: min(dstport), max(dstport), avg(dstport), sum(dstport) or distinct(dstport).",
  },
  { text: "p95", hint: `There are no percentiles. ${known}` },
  { text: "p95(bytes)", hint: `There are no percentiles. ${known}` },
  { text: "p99_bytes", hint: `There are no percentiles. ${known}` },
  { text: "percentile(bytes, 95)", hint: `There are no percentiles. ${known}` },
  { text: "approx_percentile(bytes,0.95)", hint: `There are no percentiles. ${known}` },
  { text: "median(bytes)", hint: `There are no percentiles. ${known}` },
  { text: "sum(bytes", hint: "A metric of a field has one pair of parentheses: sum(bytes), distinct(dstport)." },
  { text: "(bytes)", hint: "A metric of a field has one pair of parentheses: sum(bytes), distinct(dstport)." },
])("refused: $text", ({ text, hint, list = true }) => {
  const want = expect.objectContaining({
    name: "ValueError",
    value: text,
    expected: "a metric such as bytes, avg(bytes) or distinct(dstport)",
    hint,
  });
  expect(() => parseMetric(text)).toThrow(want);
  if (list) expect(() => parseMetrics(`flows,${text}`)).toThrow(want);
});

test.each([
  { name: "no metric", text: "", message: "expected at least one metric" },
  { name: "nothing between commas", text: "flows,,bytes", message: 'a metric is empty in "flows,,bytes"' },
  { name: "a metric twice", text: "flows,FLOWS", message: "the metric flows comes twice in flows,FLOWS" },
  {
    name: "a metric by both its spellings",
    text: "sum(bytes),sum_bytes",
    message: "the metric sum_bytes comes twice in sum(bytes),sum_bytes",
  },
])("refused: $name", ({ text, message }) =>
  expect(() => parseMetrics(text)).toThrow(expect.objectContaining({ name: "UserError", message })),
);

const metric = fc.oneof(
  fc.constantFrom("flows", "first", "last", "duration", "bps", "pps", "bpp", "bytes", "packets").map(parseMetric),
  fc.constantFrom(...FIELDS).map(({ name }) => parseMetric(`distinct(${name})`)),
  fc
    .tuple(
      fc.constantFrom("sum", "min", "max", "avg"),
      fc.constantFrom(...FIELDS.filter(({ kind }) => fieldRange(kind) !== null)),
    )
    .map(([kind, { name }]) => parseMetric(`${kind}(${name})`)),
);

test("law: a metric as it is written, and its name in output, both read back as the metric", () => {
  fc.assert(
    fc.property(metric, (one) => {
      expect(parseMetric(formatMetric(one))).toEqual(one);
      expect(parseMetric(one.name)).toEqual(one);
    }),
  );
});

test("law: a list is its metrics, in order", () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(metric, { minLength: 1, selector: ({ name }) => name }),
      fc.boolean(),
      (list, isPlain) => {
        const text = list.map((one) => (isPlain ? one.name : formatMetric(one))).join(", ");
        expect(parseMetrics(text)).toEqual(list);
      },
    ),
  );
});

test("law: any text is a metric or refused with advice", () => {
  const word = fc.constantFrom(..."sum avg distinct count p95 bytes srcaddr ( ) , _ * /24 -".split(" "));
  const words = fc.array(word, { maxLength: 6 }).map((list) => list.join(""));
  fc.assert(
    fc.property(fc.oneof(words, fc.string({ unit: "binary" })), (text) => {
      try {
        parseMetric(text);
      } catch (error) {
        expect(findMetric(text)).toBeNull();
        expect(error).toMatchObject({ name: "ValueError", hint: expect.stringMatching(/[.?]$/) });
      }
    }),
  );
});
