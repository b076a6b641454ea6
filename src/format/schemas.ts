// Nothing else in this stage imports this file: zod takes longer to load than a small log to answer.
import { z } from "zod";
import { RANK_METRICS } from "../query/query.js";
import { LOST_FIELD_NAMES } from "../record/fields.js";
import { flowLogRecordSchema, recordJsonSchema } from "../record/record.js";

/** A whole number with all its digits: a bigint, or what JSON.parse makes of one. */
const exact = z.union([z.bigint().min(0n), z.number().multipleOf(1).min(0)]);
/** A difference of times may be less than 0. */
const signed = z.union([z.bigint(), z.number().multipleOf(1)]);
const sum = exact.nullable();
const count = z.int().min(0);
const percent = z.number().min(0).nullable();
const keyValue = z.union([z.string(), exact]).nullable();

/** ISO 8601 UTC; the number itself past the year 9999; null if there was no flow, or none with a time. */
const instant = z.union([z.iso.datetime(), exact]).nullable();

export const inputReportSchema = z.strictObject({
  sources: count,
  failed: count,
  skipped: count,
  complete: z.boolean(),
  lines: count,
  headers: count,
  blank: count,
  comments: count,
  records: count,
  malformed: count,
  nodata: count,
  skipdata: count,
  other_status: count,
  flows: count,
  matched: count,
  unanswerable: count,
  interfaces: count,
  first: instant,
  last: instant,
});

/** The JSON of `top-talkers`. Each row has the columns named in `by`, between its rank and its sums. */
export const rankingSchema = z.strictObject({
  command: z.literal("top-talkers"),
  by: z.array(z.string()).min(1),
  metric: z.enum(RANK_METRICS),
  rows: z.array(
    z
      .object({
        rank: z.int().min(1),
        bytes: sum,
        packets: sum,
        flows: exact,
        percent,
        cumulative_percent: percent,
      })
      .catchall(keyValue),
  ),
  others: z.strictObject({ groups: count, bytes: sum, packets: sum, flows: exact, percent }),
  total: z.strictObject({ groups: count, bytes: sum, packets: sum, flows: exact }),
  input: inputReportSchema,
});

/** Numbers of four decimals at most: `avg_bytes`, `bps`. */
const decimal = z.union([exact, z.number().min(0)]);

/** The JSON of `aggregate`. Each row has the columns named in `by`, and then those in `metrics`; the total has the metrics. */
export const aggregateSchema = z.strictObject({
  command: z.literal("aggregate"),
  by: z.array(z.string()),
  metrics: z.array(z.string()).min(1),
  rows: z.array(z.record(z.string(), z.union([keyValue, signed, decimal]))),
  total: z.object({ groups: count }).catchall(z.union([z.string(), signed, decimal]).nullable()),
  input: inputReportSchema,
});

/** The JSON of `timeline`. Each row has the columns named in `by`, between its time and its sums; a series `others` is all other groups. */
export const timelineSchema = z.strictObject({
  command: z.literal("timeline"),
  by: z.array(z.string()),
  metric: z.enum(RANK_METRICS),
  metrics: z.array(z.string()).min(1),
  bin_seconds: z.int().min(1).max(86_400),
  rows: z.array(z.object({ time: instant, bytes: sum, packets: sum, flows: exact }).catchall(keyValue)),
  total: z.strictObject({ groups: count, bytes: sum, packets: sum, flows: exact }),
  input: inputReportSchema,
});

const summaryPart = z
  .strictObject({
    by: z.array(z.string()).min(1),
    groups: count,
    rows: z.array(z.object({ bytes: sum, packets: sum, flows: exact, percent }).catchall(keyValue)),
  })
  .nullable();

/** The JSON of `summary`. A part is null where no log carries its fields. */
export const summarySchema = z.strictObject({
  command: z.literal("summary"),
  total: z.strictObject({ bytes: sum, packets: sum, flows: exact, first: instant, last: instant }),
  coverage: z
    .strictObject({
      bin_seconds: z.int().min(1),
      bins: count,
      covered: count,
      longest_gap_seconds: count,
    })
    .nullable(),
  lost: z.strictObject(Object.fromEntries(LOST_FIELD_NAMES.map((field) => [field, sum]))).nullable(),
  actions: summaryPart,
  protocols: summaryPart,
  talkers: summaryPart,
  services: summaryPart,
  rejected_talkers: summaryPart,
  rejected_services: summaryPart,
  interfaces: summaryPart,
  layouts: z.array(z.strictObject({ fields: z.array(z.string()).min(1), flows: count })),
  input: inputReportSchema,
});

/** The JSON of `parse`: its records. NDJSON has one of them a line. */
export const recordsSchema = z.array(flowLogRecordSchema);

/** The JSON of `fields`. */
export const fieldsSchema = z.array(
  z.strictObject({
    name: z.string(),
    aws_name: z.string(),
    short: z.string().nullable(),
    version: z.int(),
    logs: z.array(z.enum(["vpc", "tgw"])),
    type: z.enum(["STRING", "INT32", "INT64"]),
    unit: z.string().nullable(),
    meaning: z.string(),
    values: z.string(),
  }),
);

/** The JSON of `report` without a name. With one it is that of the command which the report stands for. */
export const reportsSchema = z.array(
  z.strictObject({ name: z.string(), about: z.string(), command: z.string(), config: z.string().nullable() }),
);

const schemas = {
  summary: summarySchema,
  "top-talkers": rankingSchema,
  aggregate: aggregateSchema,
  timeline: timelineSchema,
  parse: recordsSchema,
  filter: recordsSchema,
  fields: fieldsSchema,
  report: reportsSchema,
} as const;

/** The commands whose JSON has a schema. */
export type SchemaCommand = keyof typeof schemas;

export const SCHEMA_COMMANDS = Object.keys(schemas) as readonly SchemaCommand[];

/** JSON Schema (draft 2020-12) of what `flowlog COMMAND --json` prints, as plain data. */
export function jsonSchema(command: SchemaCommand): z.core.JSONSchema.BaseSchema {
  if (command === "parse" || command === "filter") {
    const { $schema, ...items } = recordJsonSchema();
    return { ...($schema === undefined ? {} : { $schema }), title: titleOf(command), type: "array", items };
  }
  const { $schema, ...schema } = z.toJSONSchema(schemas[command], {
    // JSON Schema has no bigint: what may be one is a whole number of any size.
    unrepresentable: "any",
    override: ({ zodSchema, jsonSchema }) => {
      if (zodSchema !== exact && zodSchema !== signed) return;
      delete jsonSchema.anyOf;
      jsonSchema.type = "integer";
      if (zodSchema === exact) jsonSchema.minimum = 0;
    },
  });
  return { ...($schema === undefined ? {} : { $schema }), title: titleOf(command), ...schema };
}

function titleOf(command: SchemaCommand): string {
  return `flowlog ${command} --json`;
}
