import { z } from "zod";
import { FIELDS, type FieldKind, type FieldName, fieldRange, type KindOf } from "./fields.js";
import type { FieldValue } from "./value.js";

/** The types that `valueOf` gives for each kind, but null. */
interface KindTypes {
  text: string;
  tag: string;
  address: string;
  uint8: number;
  uint16: number;
  int32: number;
  /** bigint only past 2^53, which is a broken clock, not a time. */
  seconds: number | bigint;
  counter: bigint;
}

/**
 * One line of a log, typed. A key is absent where the log's layout lacks the field; its value is null where the line has
 * `-`. `start` and `end` are Unix seconds, `bytes` and `packets` bigint, addresses in canonical form. Columns
 * that flowlog does not know are text, under their names in snake_case.
 */
export type FlowLogRecord = { [Name in FieldName]?: KindTypes[KindOf<Name>] | null } & {
  [column: string]: FieldValue | undefined;
};

const counter = z.bigint().min(0n).max(maximum("counter"));
const seconds = z.union([z.int().min(0), z.bigint().min(BigInt(Number.MAX_SAFE_INTEGER)).max(maximum("seconds"))]);
const kinds = {
  text: z.string(),
  tag: z.string(),
  address: z.string(),
  uint8: wholeNumber("uint8"),
  uint16: wholeNumber("uint16"),
  int32: wholeNumber("int32"),
  seconds,
  counter,
};

/** The shape of a record, made from the field table: every field may be absent or null; other columns are text. */
export const flowLogRecordSchema: z.ZodType<FlowLogRecord> = z
  .object(Object.fromEntries(FIELDS.map((field) => [field.name, kinds[field.kind].nullable().optional()])))
  .catchall(z.string().nullable());

/** JSON Schema (draft 2020-12) of a record as `parse -o json` prints it: counters as whole numbers, with every digit. */
export function recordJsonSchema(): z.core.JSONSchema.BaseSchema {
  return z.toJSONSchema(flowLogRecordSchema, {
    // JSON Schema has no bigint; what a record holds as one is printed as plain digits.
    unrepresentable: "any",
    override: ({ zodSchema, jsonSchema }) => {
      if (zodSchema !== counter && zodSchema !== seconds) return;
      delete jsonSchema.anyOf;
      jsonSchema.type = "integer";
      jsonSchema.minimum = 0;
    },
  });
}

function wholeNumber(kind: FieldKind) {
  return z
    .int()
    .min(0)
    .max(Number(maximum(kind)));
}

function maximum(kind: FieldKind): bigint {
  return fieldRange(kind)?.max ?? 0n;
}
