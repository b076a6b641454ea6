import { canonicalAddress } from "../record/address.js";
import { expectation, type FieldKind, fieldRange } from "../record/fields.js";
import type { Layout } from "../record/layout.js";
import type { FlowLogRecord } from "../record/record.js";
import { fieldValue } from "../record/value.js";
import type { LineFault } from "./problem.js";

/** Longest line, in bytes without its end, that can be a record. The kernel has the same number. */
export const maxLineBytes = 1 << 20;

const controls = /[\u0000-\u0008\u000a-\u001f\u007f]/;

/** The fields of a line: what stands between runs of blanks and tabs. A byte order mark in front is no part of it. */
export function splitFields(line: string): string[] {
  return line
    .replace(/^\ufeff/, "")
    .split(/[ \t]+/)
    .filter((field) => field !== "");
}

/**
 * What is wrong with a line (without its line end, and not too long), or null where it is a record of the layout.
 * The careful twin of the kernel: slow, and the one that can say why.
 */
export function findFault(line: string, layout: Layout): LineFault | null {
  if (controls.test(line)) return { reason: "control", value: line };
  const values = splitFields(line);
  if (values.length !== layout.fields.length) {
    return { reason: "fields", found: values.length, due: [layout.fields.length] };
  }
  for (const [i, field] of layout.fields.entries()) {
    const value = values[i] as string;
    if (value !== "-" && !isValid(field.kind, value)) {
      return { reason: "value", field: field.name, value, expected: expectation(field.kind) };
    }
  }
  return null;
}

/** Whether a field of this kind may hold the text (which is not `-`). */
function isValid(kind: FieldKind, text: string): boolean {
  if (kind === "address") return canonicalAddress(text) !== null;
  const range = fieldRange(kind);
  if (range === null) return true;
  if (!/^[0-9]+$/.test(text)) return false;
  const significant = text.replace(/^0+(?=.)/, "");
  return significant.length <= 20 && BigInt(significant) <= range.max;
}

/**
 * Parse one line of a flow log.
 *
 * @param line   one record without its line end; fields are divided by runs of blanks or tabs
 * @param layout field names in the order the log holds them
 * @returns the record, or the first thing that would not parse. Never throws on bad input.
 *          Counters (`bytes`, `packets`) are bigint, other numbers number, `start` and `end` Unix seconds; `-` is null.
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html
 */
export function parseRecord(
  line: string,
  layout: Layout,
): { ok: true; record: FlowLogRecord } | { ok: false; fault: LineFault } {
  const fault = Buffer.byteLength(line) > maxLineBytes ? ({ reason: "long" } as const) : findFault(line, layout);
  if (fault !== null) return { ok: false, fault };
  const values = splitFields(line);
  return { ok: true, record: makeRecord(layout, (i) => values[i] as string) };
}

/** A record of texts that were checked. `textOf(i)` is what stands in the i-th field. */
export function makeRecord(layout: Layout, textOf: (i: number) => string): FlowLogRecord {
  // A null prototype would do too, but a field named __proto__ must be a plain key of an ordinary object.
  return Object.fromEntries(
    layout.fields.map((field, i) => [field.name, fieldValue(field.kind, textOf(i))]),
  ) as FlowLogRecord;
}
