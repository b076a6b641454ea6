import { UserError } from "../errors.js";
import { findField } from "../record/fields.js";
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
  if (lacking.length === layouts.length) {
    // Best named is a field that no layout has; else one that some lack.
    const field =
      required.find((name) => layouts.every(lacks(name))) ?? required.find((name) => layouts.some(lacks(name)));
    throw lacksField(field as string, layouts);
  }
  const unanswerable = met.reduce((sum, { count, covered }) => sum + (covered ? 0 : count), 0);
  if (unanswerable > 0) {
    const fields = [...new Set(required)].filter((field) => lacking.some(lacks(field)));
    const have = unanswerable === 1 ? "record has" : "records have";
    note(`${unanswerable} ${have} no ${fields.map((field) => `\`${field}\``).join(", ")} and could not be asked`);
  }
  return unanswerable;
}

/** "this log has no `flow_direction`; …": the question cannot be asked of this log. */
function lacksField(field: string, layouts: readonly Layout[]): UserError {
  // Which layout was met first may depend on the threads.
  const inOrder = [...layouts].sort((a, b) => (a.key < b.key ? -1 : 1));
  const names = [...new Set(inOrder.flatMap((layout) => layout.fields.map(({ name }) => name)))];
  const awsName = findField(field)?.awsName ?? field.replaceAll("_", "-");
  return new UserError(
    `this log has no \`${field}\`; its fields are ${names.join(", ")}; to record it, add \`\${${awsName}}\` to the flow log's format`,
  );
}
