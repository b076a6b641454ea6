// Nothing else in this stage imports this file: zod takes longer to load than a small log to answer.
import { z } from "zod";
import { RANK_METRICS } from "../query/query.js";
import { flowLogRecordSchema, recordJsonSchema } from "../record/record.js";

/** A whole number with all its digits: a bigint, or what JSON.parse makes of one. */
const exact = z.union([z.bigint().min(0n), z.number().multipleOf(1).min(0)]);
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

/** The commands whose JSON has a schema. */
export type SchemaCommand = "parse" | "filter" | "top-talkers" | "fields" | "report";

export const SCHEMA_COMMANDS: readonly SchemaCommand[] = ["parse", "filter", "top-talkers", "fields", "report"];

const schemas = { "top-talkers": rankingSchema, fields: fieldsSchema, report: reportsSchema };

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
      if (zodSchema !== exact) return;
      delete jsonSchema.anyOf;
      jsonSchema.type = "integer";
      jsonSchema.minimum = 0;
    },
  });
  return { ...($schema === undefined ? {} : { $schema }), title: titleOf(command), ...schema };
}

function titleOf(command: SchemaCommand): string {
  return `flowlog ${command} --json`;
}
