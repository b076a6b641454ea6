import { UserError } from "../errors.js";
import { findField } from "../record/fields.js";
import { fieldIndex, type Layout } from "../record/layout.js";

/**
 * Which layouts carry the fields that a question requires. Records of those that do not are told and counted; where
 * no layout does, there is no answer.
 */
export class Coverage {
  /** The layouts met, and how many records (or flows) of each there were before the filter. */
  readonly met = new Map<string, { layout: Layout; count: number; covered: boolean }>();
  readonly #required: readonly string[];
  readonly #note: (text: string) => void;

  constructor(required: readonly string[], note: (text: string) => void) {
    this.#required = [...new Set(required)];
    this.#note = note;
  }

  /** Whether records of the layout can be answered; if not, `count` of them are counted. */
  covers(layout: Layout, count: number): boolean {
    let met = this.met.get(layout.key);
    if (met === undefined) {
      met = { layout, count: 0, covered: this.#required.every((field) => fieldIndex(layout, field) >= 0) };
      this.met.set(layout.key, met);
    }
    met.count += count;
    return met.covered;
  }

  /** How many records cannot be answered. */
  get unanswerable(): number {
    let sum = 0;
    for (const { count, covered } of this.met.values()) if (!covered) sum += count;
    return sum;
  }

  /**
   * Judge what was met when all is read.
   * @throws UserError where there are layouts, and none has what is required
   */
  check(layouts: readonly Layout[]): void {
    const lacking = layouts.filter((layout) => this.#required.some((field) => fieldIndex(layout, field) < 0));
    if (lacking.length === 0) return;
    if (lacking.length === layouts.length) throw lacksField(this.#worst(layouts), layouts);
    if (this.unanswerable === 0) return;
    const fields = this.#required.filter((field) => lacking.some((layout) => fieldIndex(layout, field) < 0));
    this.#note(
      `${this.unanswerable} ${this.unanswerable === 1 ? "record has" : "records have"} no ${listOf(fields)} and could not be asked`,
    );
  }

  /** The field to name: one that no layout has, if there is one. */
  #worst(layouts: readonly Layout[]): string {
    const nowhere = this.#required.find((field) => layouts.every((layout) => fieldIndex(layout, field) < 0));
    return nowhere ?? (this.#required.find((field) => layouts.some((l) => fieldIndex(l, field) < 0)) as string);
  }
}

/** "this log has no `flow_direction`; …": the question cannot be asked of this log. */
export function lacksField(field: string, layouts: readonly Layout[]): UserError {
  const names = [...new Set(layouts.flatMap((layout) => layout.fields.map(({ name }) => name)))];
  const awsName = findField(field)?.awsName ?? field.replaceAll("_", "-");
  return new UserError(
    `this log has no \`${field}\`; its fields are ${names.join(", ")}; to record it, add \`\${${awsName}}\` to the flow log's format`,
  );
}

function listOf(fields: readonly string[]): string {
  return fields.map((field) => `\`${field}\``).join(", ");
}
