import { type FieldDefinition, findAwsField, normalForm } from "../record/fields.js";

/** Which of the values that stand under names make a line of a log. */
export interface NamedColumns {
  /** As a header line has them. */
  names: string[];
  /** For each of the names given: its place in a line, or -1 where it is left out. */
  places: number[];
}

/**
 * Choose from names of a CSV head line or of an object's members, in any of AWS's spellings. Names that AWS does not have are
 * columns too, as in a log of a later version, but not those that Logs Insights adds (`@timestamp`), nor where they are
 * most: then they are somebody else's. Of two spellings of one field the first counts.
 *
 * @returns null where the names are not those of a flow log, or one is of a sum over records
 */
export function chooseColumns(given: readonly string[]): NamedColumns | null {
  if (findAggregate(given) !== null) return null;
  const fields = given.map((name) => findAwsField(name));
  const known = fields.filter((field) => field !== undefined);
  const others = given.filter((name, i) => fields[i] === undefined && mayBeField.test(name)).length;
  const isOwn = known.some(({ name, kind }) => kind === "address" || ownNames.has(name));
  if (!isOwn && (known.every(({ name }) => commonNames.has(name)) || known.length < others)) return null;
  const names: string[] = [];
  const seen = new Set<string>();
  const places = given.map((name, i) => {
    const field = fields[i] as FieldDefinition | undefined;
    if (field === undefined && (others > known.length || !mayBeField.test(name))) return -1;
    const form = normalForm(field?.name ?? name);
    if (seen.has(form)) return -1;
    seen.add(form);
    return names.push(field?.awsName ?? name) - 1;
  });
  return { names, places };
}

/** The name of a sum or a count over records, such as `sum(bytes)` and Athena's `_col1`; null: there is none. */
export function findAggregate(names: readonly string[]): string | null {
  return names.find((name) => /^\w+\(.*\)$|^_col\d+$/.test(name)) ?? null;
}

export const aggregateHint =
  "These are results of a query that adds up. Ask for the records themselves, such as: fields @message.";

/** The member or column that holds a whole record. */
export function isMessageName(name: string): boolean {
  return /^@?message$/i.test(name);
}

/** Fields that nothing but a flow log has, and such as many a document has. */
const ownNames: ReadonlySet<string> = new Set(["interface_id", "log_status", "srcport", "dstport", "tgw_id"]);
const commonNames: ReadonlySet<string> = new Set(["version", "type", "region", "action", "protocol", "start", "end"]);

const mayBeField = /^[A-Za-z][A-Za-z0-9_-]*$/;

/** What stands for a value that is not there, in whatever wrote it. */
export const missingTexts: readonly string[] = ["", "-", "null", "NULL", "None"];
const missing = new Set(missingTexts);

/** A value as a line of a log has it: `-` for what is not there, and no blanks in it; they are encoded as in AWS's tags. */
export function toField(value: string): string {
  if (missing.has(value)) return "-";
  return value.replaceAll(/[\s\u0000-\u001f]/g, (character) => encodeURIComponent(character));
}
