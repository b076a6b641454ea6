import { UserError } from "../errors.js";
import { findField, isOnlyOf, type LogType } from "../record/fields.js";
import { fieldIndex, type Layout } from "../record/layout.js";

/** A layout of records: how many there were before the filter, and whether they could be answered. */
export interface Met {
  layout: Layout;
  count: number;
  covered: boolean;
}

/** Which layouts carry the fields that a question requires. */
export class Coverage {
  readonly met = new Map<string, Met>();
  readonly #required: readonly string[];

  constructor(required: readonly string[]) {
    this.#required = required;
  }

  /** Whether records of the layout can be answered; either way, `count` of them are counted. */
  covers(layout: Layout, count: number): boolean {
    let met = this.met.get(layout.key);
    if (met === undefined) {
      met = { layout, count: 0, covered: this.#required.every((field) => fieldIndex(layout, field) >= 0) };
      this.met.set(layout.key, met);
    }
    met.count += count;
    return met.covered;
  }
}

/**
 * Judge, when all is read, whether the question could be asked. Records that could not be are told.
 *
 * @returns how many records could not be answered
 * @throws UserError where there are layouts, and none has what is required
 */
export function checkCoverage(
  required: readonly string[],
  layouts: readonly Layout[],
  met: readonly Met[],
  note: (text: string) => void,
): number {
  const lacks = (field: string) => (layout: Layout) => fieldIndex(layout, field) < 0;
  const lacking = layouts.filter((layout) => required.some((field) => lacks(field)(layout)));
  if (lacking.length === 0) return 0;
  const fields = [...new Set(required)].filter((field) => lacking.some(lacks(field)));
  if (lacking.length === layouts.length) {
    const field = fields.find((name) => layouts.every(lacks(name)));
    throw field === undefined ? haveNotAll(fields) : lacksField(field, layouts);
  }
  const unanswerable = met.reduce((sum, { count, covered }) => sum + (covered ? 0 : count), 0);
  if (unanswerable > 0) {
    const have = unanswerable === 1 ? "record has" : "records have";
    note(`${unanswerable} ${have} no ${listOf(fields)} and could not be asked`);
  }
  return unanswerable;
}

/** Each field is in a layout, but they are in none together. */
function haveNotAll(fields: readonly string[]): UserError {
  return new UserError(`no record of this log has all of ${listOf(fields)}`, {
    hint: "Its records are of several layouts: ask for less at once, or of some of the inputs.",
  });
}

function listOf(fields: readonly string[]): string {
  return fields.map((field) => `\`${field}\``).join(", ");
}

/** "this log has no `flow_direction`; …": the question cannot be asked of this log. */
function lacksField(field: string, layouts: readonly Layout[]): UserError {
  // Which layout was met first may depend on the threads.
  const inOrder = [...layouts].sort((a, b) => (a.key < b.key ? -1 : 1));
  const names = [...new Set(inOrder.flatMap((layout) => layout.fields.map(({ name }) => name)))];
  const awsName = findField(field)?.awsName ?? field.replaceAll("_", "-");
  return new UserError(
    `this log has no \`${field}\`; its fields are ${names.join(", ")}; to record it, add \`\${${awsName}}\` to the flow log's format`,
    hintOfLog(field, names),
  );
}

/** Where the field is one that AWS offers for the other kind of log alone, adding it to this one's format would be refused. */
function hintOfLog(field: string, names: readonly string[]): { hint?: string } {
  const isOf = (log: LogType) => names.some((name) => isOnlyOf(log, name));
  if (isOnlyOf("vpc", field) && isOf("tgw") && !isOf("vpc")) {
    const lost = field === "action" ? ": what it dropped is counted by packets_lost_no_route and its like" : "";
    return {
      hint: `Only flow logs of a VPC, a subnet or an interface offer that field, not a transit gateway's${lost}.`,
    };
  }
  if (isOnlyOf("tgw", field) && isOf("vpc") && !isOf("tgw")) {
    return { hint: "Only flow logs of a transit gateway offer that field." };
  }
  return {};
}
