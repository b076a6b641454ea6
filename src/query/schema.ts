import { z } from "zod";
import { findField } from "../record/fields.js";
import type { Filter } from "./filter.js";
import type { Having } from "./having.js";
import type { Metric } from "./metric.js";
import { canonicalPrefix } from "./prefix.js";
import { type Key, type Query, RANK_METRICS } from "./query.js";
import { compilePattern } from "./regex.js";
import type { Zone } from "./zone.js";

// Apart from query.ts, so that a run which reads no query from outside does not load zod.

const field = z.string().refine((name) => findField(name)?.name === name, "no field of a flow log");
const fields = z.array(field).min(1);
const sides = fields.max(2);
const bound = z.union([z.int().min(0), z.string().regex(/^[1-9]\d{15,19}$/, "no whole number past 2^53 in digits")]);
const ranges = z.array(
  z
    .tuple([bound, bound])
    .refine(([first, last]) => BigInt(first) <= BigInt(last), "a range starts with its least number"),
);
const prefix = z.string().refine(isCanonical, "no prefix in canonical form, such as 10.0.0.0/8");

const negated = z.exactOptional(z.literal(true));

const filterSchema: z.ZodType<Filter> = z.lazy(() =>
  z.discriminatedUnion("op", [
    z.strictObject({ op: z.enum(["and", "or"]), terms: z.array(filterSchema) }),
    z.strictObject({ op: z.literal("not"), term: filterSchema }),
    z.strictObject({ op: z.literal("address"), fields: sides, prefixes: z.array(prefix).min(1), negated }),
    z.strictObject({ op: z.literal("port"), fields: sides, ranges }),
    z.strictObject({ op: z.literal("number"), field, ranges }),
    z.strictObject({ op: z.literal("bits"), field, mask: z.int().min(1).max(255) }),
    z.strictObject({ op: z.literal("text"), field, values: z.array(z.string()).min(1), anyCase: z.boolean(), negated }),
    z.strictObject({
      op: z.literal("match"),
      field,
      pattern: z.string().refine(isPattern, "no regular expression"),
      anyCase: z.boolean(),
      negated,
    }),
    z.strictObject({ op: z.literal("null"), field }),
  ]),
);

const cut = {
  name: z.string().min(1),
  v4: z.int().min(0).max(32).nullable(),
  v6: z.int().min(0).max(128).nullable(),
};
const zone: z.ZodType<Zone> = z.union([
  z.strictObject({ offsetMinutes: z.int().min(-1440).max(1440) }),
  z.strictObject({ name: z.string().min(1) }),
]);
const bin = z.strictObject({ seconds: z.int().min(1).max(86_400), zone });
const keySchema: z.ZodType<Key> = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("field"), field, ...cut }),
  z.strictObject({ kind: z.literal("addr"), ...cut }),
  z.strictObject({ kind: z.literal("service"), name: z.literal("service") }),
  z.strictObject({ kind: z.literal("time"), name: z.literal("time"), bin }),
]);

const name = z.string().min(1);
const metricSchema: z.ZodType<Metric> = z.union([
  z.strictObject({ kind: z.enum(["flows", "first", "last", "duration", "bps", "pps", "bpp"]), name }),
  z.strictObject({ kind: z.enum(["sum", "min", "max", "avg", "distinct"]), name, field }),
]);
const havingSchema: z.ZodType<Having> = z.lazy(() =>
  z.discriminatedUnion("op", [
    z.strictObject({ op: z.enum(["and", "or"]), terms: z.array(havingSchema) }),
    z.strictObject({ op: z.literal("not"), term: havingSchema }),
    z.strictObject({
      op: z.literal("compare"),
      metric: metricSchema,
      is: z.enum(["=", "!=", "<", "<=", ">", ">="]),
      value: z.string().regex(/^\d+(\.\d{1,4})?$/, "no number of at most 4 decimals"),
    }),
    z.strictObject({ op: z.literal("null"), metric: metricSchema }),
  ]),
);
const sortTerm = z.discriminatedUnion("by", [
  z.strictObject({ by: z.literal("key"), name, descending: z.boolean() }),
  z.strictObject({ by: z.literal("metric"), metric: metricSchema, descending: z.boolean() }),
]);

const which = {
  filter: filterSchema,
  window: z.strictObject({ since: z.int().nullable(), until: z.int().nullable() }),
  keys: z.array(keySchema),
};
const limit = z.int().min(0);
const metric = z.enum(RANK_METRICS).nullable();

/** A Query that comes from outside, as from a saved question. What it passes needs no more checks. */
export const querySchema: z.ZodType<Query> = z.discriminatedUnion("command", [
  z.strictObject({ command: z.literal("top-talkers"), ...which, metric, limit, bottom: z.boolean() }),
  z.strictObject({
    command: z.literal("aggregate"),
    ...which,
    metrics: z.array(metricSchema).min(1).nullable(),
    having: havingSchema.nullable(),
    sort: z.array(sortTerm),
    limit,
  }),
  z.strictObject({ command: z.literal("timeline"), ...which, bin, metric, spread: z.boolean(), limit }),
]);

function isPattern(text: string): boolean {
  try {
    compilePattern(text, false);
    return true;
  } catch {
    return false;
  }
}

function isCanonical(text: string): boolean {
  try {
    return canonicalPrefix(text) === text;
  } catch {
    return false;
  }
}
