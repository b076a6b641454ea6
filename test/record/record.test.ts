import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, expectTypeOf, test } from "vitest";
import { FIELDS } from "../../src/record/fields.js";
import { DEFAULT_LAYOUT } from "../../src/record/layout.js";
import { type FlowLogRecord, flowLogRecordSchema, recordJsonSchema } from "../../src/record/record.js";
import { fieldValue } from "../../src/record/value.js";

const line =
  "2 123456789010 eni-1235b8ca123456789 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK";
const texts = line.split(" ");
const accepted: FlowLogRecord = Object.fromEntries(
  DEFAULT_LAYOUT.fields.map((field, index) => [field.name, fieldValue(field.kind, texts[index] ?? "")]),
);

describe("flowLogRecordSchema", () => {
  test("takes an accepted flow as it stands", () => expect(flowLogRecordSchema.parse(accepted)).toEqual(accepted));

  test.each<{ name: string; record: FlowLogRecord }>([
    { name: "no fields", record: {} },
    { name: "every field null", record: Object.fromEntries(FIELDS.map((field) => [field.name, null])) },
    { name: "a counter past 2^53", record: { bytes: 2n ** 64n - 1n } },
    { name: "a time past 2^53", record: { start: 2n ** 63n - 1n } },
    { name: "an unknown column", record: { srcaddr: "192.0.2.1", new_field: "x", other: null } },
    { name: "an unknown action", record: { action: "MAYBE" } },
  ])("takes $name", ({ record }) => expect(flowLogRecordSchema.safeParse(record).success).toBe(true));

  test.each<{ name: string; record: Record<string, unknown> }>([
    { name: "a port past 65535", record: { srcport: 65536 } },
    { name: "a protocol past 255", record: { protocol: 256 } },
    { name: "a port that is no whole number", record: { dstport: 1.5 } },
    { name: "a number as text", record: { dstport: "443" } },
    { name: "a counter that is no bigint", record: { bytes: 1 } },
    { name: "a counter past 2^64", record: { bytes: 2n ** 64n } },
    { name: "a negative counter", record: { packets: -1n } },
    { name: "a time before 1970", record: { start: -1 } },
    { name: "an account as a number", record: { account_id: 123456789010 } },
    { name: "an unknown column that is no text", record: { new_field: 1 } },
  ])("refuses $name", ({ record }) => expect(flowLogRecordSchema.safeParse(record).success).toBe(false));
});

describe("recordJsonSchema", () => {
  const schema = recordJsonSchema();
  const validate = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true }).compile(schema);
  // As flowlog prints it: a bigint as plain digits.
  const printed = (record: object) =>
    JSON.parse(JSON.stringify(record, (_, value) => (typeof value === "bigint" ? Number(value) : value)));

  test("has every field, and requires none", () => {
    expect(Object.keys(schema.properties ?? {})).toEqual(FIELDS.map((field) => field.name));
    expect(schema.required).toBeUndefined();
  });

  test.each(["bytes", "packets", "packets_lost_no_route", "start", "end"])("%s is a whole number or null", (name) => {
    expect(schema.properties?.[name]).toEqual({ anyOf: [{ type: "integer", minimum: 0 }, { type: "null" }] });
  });

  test.each<{ name: string; record: object; valid: boolean }>([
    { name: "an accepted flow", record: accepted, valid: true },
    { name: "a counter past 2^53", record: { bytes: 2n ** 64n - 1n }, valid: true },
    { name: "a record without traffic", record: { srcaddr: null, bytes: null, log_status: "NODATA" }, valid: true },
    { name: "an unknown column", record: { new_field: "x" }, valid: true },
    { name: "a counter as text", record: { bytes: "1" }, valid: false },
    { name: "a negative counter", record: { bytes: -1 }, valid: false },
    { name: "a port past 65535", record: { srcport: 65536 }, valid: false },
    { name: "an unknown column that is a number", record: { new_field: 1 }, valid: false },
  ])("$name: $valid", ({ record, valid }) => expect(validate(printed(record))).toBe(valid));
});

test("a record's type follows the field table", () => {
  expectTypeOf<FlowLogRecord["bytes"]>().toEqualTypeOf<bigint | null | undefined>();
  expectTypeOf<FlowLogRecord["dstport"]>().toEqualTypeOf<number | null | undefined>();
  expectTypeOf<FlowLogRecord["start"]>().toEqualTypeOf<number | bigint | null | undefined>();
  expectTypeOf<FlowLogRecord["srcaddr"]>().toEqualTypeOf<string | null | undefined>();
});
