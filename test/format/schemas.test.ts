import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { writeAggregate } from "../../src/format/aggregate.js";
import { formatFields } from "../../src/format/fields.js";
import { formatRanking } from "../../src/format/ranking.js";
import { recordFormatter } from "../../src/format/records.js";
import { formatReports } from "../../src/format/reports.js";
import {
  aggregateSchema,
  fieldsSchema,
  jsonSchema,
  rankingSchema,
  recordsSchema,
  reportsSchema,
  SCHEMA_COMMANDS,
  type SchemaCommand,
  summarySchema,
  timelineSchema,
} from "../../src/format/schemas.js";
import { writeSummary } from "../../src/format/summary.js";
import { writeTimeline } from "../../src/format/timeline.js";
import { parseMetrics } from "../../src/query/metrics.js";
import { FIELDS } from "../../src/record/fields.js";
import { DEFAULT_LAYOUT } from "../../src/record/layout.js";
import { makeAggregate, makeGroup, makeRanking, makeReport, makeSummary, makeTimeline, pipe } from "./sample.js";

function errorsOf(command: SchemaCommand, json: string): unknown {
  const ajv = new Ajv2020({ formats: { "date-time": /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/ } });
  const validate = ajv.compile(jsonSchema(command));
  return validate(JSON.parse(json)) ? null : validate.errors;
}

const rankings = [
  { name: "the contract's example", answer: makeRanking() },
  {
    name: "several keys of all kinds",
    answer: makeRanking({
      by: ["srcaddr", "dstport", "bytes"],
      rows: [makeGroup({ key: ["192.0.2.7", null, 2n ** 64n - 1n] })],
    }),
  },
  {
    name: "sums past 2^53",
    answer: makeRanking({ total: { groups: 1, bytes: 2n ** 80n, packets: 2n ** 60n + 1n, flows: 8n } }),
  },
  {
    name: "sums that cannot be made",
    answer: makeRanking({ rows: [makeGroup({ bytes: null, percent: null, cumulative_percent: null })] }),
  },
  { name: "no times", answer: makeRanking({ rows: [], input: makeReport({ first: null, last: null }) }) },
  { name: "a time past the year 9999", answer: makeRanking({ input: makeReport({ last: 2n ** 63n - 1n }) }) },
];

describe("top-talkers", () => {
  test.each(rankings)("$name fits its schema", ({ answer }) => {
    const json = formatRanking(answer, "json", pipe);
    expect(errorsOf("top-talkers", json)).toBe(null);
    expect(rankingSchema.safeParse(JSON.parse(json)).error).toBe(undefined);
  });

  test.each([
    { name: "a sum as text", from: '"bytes": 9000', to: '"bytes": "9000"' },
    { name: "a negative count", from: '"records": 8', to: '"records": -1' },
    { name: "a missing count", from: '"records": 8, ', to: "" },
    { name: "an unknown one", from: '"records": 8', to: '"records": 8, "more": 1' },
    { name: "a broken number", from: '"flows": 3', to: '"flows": 3.5' },
    { name: "a time without its zone", from: "00:00:00Z", to: "00:00:00" },
    { name: "a key that is a list", from: '"192.0.2.7"', to: "[]" },
  ])("$name does not", ({ from, to }) => {
    const json = formatRanking(makeRanking(), "json", pipe).replace(from, to);
    expect(errorsOf("top-talkers", json)).not.toBe(null);
    expect(rankingSchema.safeParse(JSON.parse(json)).success).toBe(false);
  });
});

const times = { first: 1767225600000n, last: null };
const answers = [
  { name: "groups", command: "aggregate", pieces: writeAggregate(makeAggregate(), "json", pipe) },
  {
    name: "metrics past 2^53, and less than 0",
    command: "aggregate",
    pieces: writeAggregate(
      makeAggregate({
        metrics: parseMetrics("flows,duration,bps,first,last"),
        rows: [{ key: [2n ** 64n - 1n], metrics: [1n, -100n, 2n ** 90n + 1n, 1767225600n, 2n ** 63n - 1n] }],
      }),
      "json",
      pipe,
    ),
  },
  { name: "bins", command: "timeline", pieces: writeTimeline(makeTimeline(), "json", pipe) },
  {
    name: "bins of no time, of none in the calendar and of one before 1970",
    command: "timeline",
    pieces: writeTimeline(
      makeTimeline({
        rows: [null, 2n ** 63n - 8n, -3600n].map((time) => ({
          ...{ time, key: [null], bytes: 2n ** 80n, packets: null, flows: 1n },
        })),
      }),
      "json",
      pipe,
    ),
  },
  { name: "a page", command: "summary", pieces: writeSummary(makeSummary(), "json", pipe) },
  {
    name: "a page without times or layouts",
    command: "summary",
    pieces: writeSummary(
      makeSummary({ total: { ...makeSummary().total, ...times }, coverage: null, layouts: [] }),
      "json",
      pipe,
    ),
  },
] as const;
const schemas = { aggregate: aggregateSchema, timeline: timelineSchema, summary: summarySchema };

test.each(answers)("$command: $name: fits its schema, and no other total does", ({ command, pieces }) => {
  const json = [...pieces].join("");
  expect(errorsOf(command, json)).toBe(null);
  expect(schemas[command].safeParse(JSON.parse(json)).error).toBe(undefined);
  for (const [from, to] of [
    [/"total": .*,/, ""],
    [/"flows": \d+/, '"flows": {}'],
    [`"${command}"`, '"parse"'],
  ] as const) {
    expect(errorsOf(command, json.replace(from, to))).not.toBe(null);
    expect(schemas[command].safeParse(JSON.parse(json.replace(from, to))).success).toBe(false);
  }
});

test("parse: records fit their schema, in any layout", () => {
  const columns = [...DEFAULT_LAYOUT.fields, { name: "new_field", kind: "text" as const }];
  const { between, head, row, foot } = recordFormatter("json", columns, pipe);
  const flow = [
    2,
    "012345678901",
    "eni-1",
    "192.0.2.7",
    "2001:db8::7",
    1,
    443,
    6,
    2n ** 64n - 1n,
    1n,
    1,
    2,
    "ACCEPT",
    "OK",
    "x",
  ];
  const nodata = [undefined, "unknown", "eni-1", null, null, null, null, null, null, null, 1, 2, null, "NODATA", null];
  const rows = (row(flow) + row(nodata)).slice(between.length);
  const json = head() + rows + foot(makeReport({ matched: 2 }), null);
  expect(errorsOf("parse", json)).toBe(null);
  expect(errorsOf("parse", json.replace('"srcport":1', '"srcport":65536'))).not.toBe(null);
  expect(errorsOf("parse", json.replace('"new_field":"x"', '"new_field":1'))).not.toBe(null);
  expect(recordsSchema.safeParse([{ srcport: 443, bytes: 2n ** 64n - 1n }]).success).toBe(true);
});

test("fields: the table fits its schema", () => {
  const json = formatFields(FIELDS, "json", pipe);
  expect(errorsOf("fields", json)).toBe(null);
  expect(fieldsSchema.safeParse(JSON.parse(json)).error).toBe(undefined);
});

test("report: the list fits its schema, with a config's or without", () => {
  const json = formatReports(
    [
      { name: "a", about: "b", command: "parse" },
      { name: "c", about: "d", command: "parse -f 'e'", config: "/f" },
    ],
    "json",
    pipe,
  );
  expect(errorsOf("report", json)).toBe(null);
  expect(reportsSchema.safeParse(JSON.parse(json)).error).toBe(undefined);
});

test.each(SCHEMA_COMMANDS)("the schema of %s is plain data and says what it is", (command) => {
  const schema = jsonSchema(command);
  expect(JSON.parse(JSON.stringify(schema))).toEqual(schema);
  expect(schema).toMatchObject({
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: `flowlog ${command} --json`,
  });
});
