import { InputError, quote, UserError } from "../errors.js";
import { parseIPv4, parseIPv6 } from "./address.js";
import {
  bareName,
  FIELDS,
  type FieldDefinition,
  type FieldKind,
  findAwsField,
  findField,
  normalForm,
  TGW_FIELD_NAMES,
  VPC_FIELD_NAMES,
} from "./fields.js";
import { nearest } from "./nearest.js";

/** One column of a log. One that flowlog does not know is kept as text. */
export interface LayoutField {
  /** `log_status`; of an unknown column, its name in the log as lower-case snake_case. */
  readonly name: string;
  /** `log-status` */
  readonly awsName: string;
  readonly kind: FieldKind;
  readonly known: boolean;
}

/** Which fields the lines of a log hold, in their order. No name stands in it twice. */
export interface Layout {
  readonly fields: readonly LayoutField[];
  /** The names joined by blanks: two layouts are the same where their keys are. */
  readonly key: string;
}

/** AWS's default format: the 14 fields of version 2. */
export const DEFAULT_LAYOUT: Layout = makeLayout(VPC_FIELD_NAMES.slice(0, 14).map(columnOf));

/** The default format of transit gateway logs: 36 fields. */
export const TGW_LAYOUT: Layout = makeLayout(TGW_FIELD_NAMES.map(columnOf));

const presets: ReadonlyMap<string, Layout> = new Map([
  ["default", DEFAULT_LAYOUT],
  ["tgw", TGW_LAYOUT],
]);

/** The column of that name (`srcaddr`), counted from 0, or -1 if the layout has none. */
export function fieldIndex(layout: Layout, name: string): number {
  let places = placesOf.get(layout);
  if (places === undefined) {
    places = new Map(layout.fields.map((field, i) => [field.name, i]));
    placesOf.set(layout, places);
  }
  return places.get(name) ?? -1;
}

/** Of layouts that were asked about: what reads a log asks some ten times a batch. */
const placesOf = new WeakMap<Layout, ReadonlyMap<string, number>>();

/** The layout of names in normal form, as its `key` has them: how threads hand a layout on. */
export function layoutOfNames(names: readonly string[]): Layout {
  return makeLayout(names.map(columnOf));
}

/** The layout as the header line that AWS would write: hyphenated names, one blank between them. */
export function formatHeader(layout: Layout): string {
  return layout.fields.map((field) => field.awsName).join(" ");
}

/**
 * Whether a line's fields are the names of a header: no number, address or `-` among them, and at least half of
 * them (and one at least) known. `version` need not be there, and one name is enough.
 */
export function isHeader(tokens: readonly string[]): boolean {
  let known = 0;
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index] as string;
    if (!mayBeName(token)) return false;
    if (findAwsField(token) !== undefined) known++;
  }
  return known > 0 && known * 2 >= tokens.length;
}

/**
 * The layout that a header line gives.
 *
 * @param tokens the names, for which `isHeader` holds
 * @throws InputError if a field is named twice, in whatever spellings
 */
export function layoutFromHeader(tokens: readonly string[]): Layout {
  // Short names are for people: a later AWS field that is called `status` must not pass for `log_status`.
  const columns = tokens.map((token) => toColumn(token, findAwsField(token)));
  const repeated = findRepeated(tokens, columns);
  if (repeated !== null) {
    throw new InputError(`the header names ${quote(repeated)} twice`, {
      hint: "Each field can stand in a log's format once. Mend the header, or remove it and give --format.",
    });
  }
  return makeLayout(columns);
}

/**
 * The layout that a user gives: a preset (`default`, `tgw`), AWS's format string (`${version} ${account-id}`), or a list
 * of names divided by blanks or commas. Names that flowlog does not know are text columns, up to half of all.
 *
 * @throws UserError saying which name was not understood, and the nearest known one
 */
export function parseFormat(text: string): Layout {
  const preset = presets.get(text.trim().toLowerCase());
  if (preset !== undefined) return preset;
  const tokens = text.split(/[\s,]+/).filter((token) => token !== "");
  if (tokens.length === 0) throw new UserError("the format names no field", { hint: formatHint });

  const columns = tokens.map((token) => toFormatColumn(token));
  const unknown = columns.filter((column) => !column.known);
  if (unknown.length * 2 > columns.length) throw unknownNames(columns, tokens);
  const repeated = findRepeated(tokens, columns);
  if (repeated !== null) {
    throw new UserError(`the format names ${quote(repeated)} twice`, {
      hint: "Each field can stand in a format once.",
    });
  }
  return makeLayout(columns);
}

// In double quotes a shell takes ${account-id} for a variable of its own, and "id" is left of it.
const formatHint =
  "Give a preset (default, tgw), a list of names, or AWS's format string in single quotes: '${version} ${account-id} …'.";

function toFormatColumn(token: string): LayoutField {
  if (!mayBeName(token)) {
    throw new UserError(`the format has ${quote(token)}, expected a field name`, { hint: formatHint });
  }
  return toColumn(token, findField(token));
}

function unknownNames(columns: readonly LayoutField[], tokens: readonly string[]): UserError {
  const index = columns.findIndex((column) => !column.known);
  const spelling = tokens[index] as string;
  const meant = nearest(bareName(spelling), [...presets.keys(), ...FIELDS.map((field) => field.name)]);
  const question = meant === null ? "" : `; did you mean ${meant}?`;
  return new UserError(`the format has the unknown field ${quote(spelling)}${question}`, { hint: formatHint });
}

// No field of AWS has such a name; what a shell left of a broken "${…" does. Marks that turn text round (Cf) would do so
// wherever the name is shown.
const neverInName = /[\p{Cc}\p{Cf}\s${}]/u;

/** Numbers, addresses and `-` are values, not names. */
function mayBeName(token: string): boolean {
  const name = bareName(token);
  if (name === "" || name === "-" || neverInName.test(name)) return false;
  if (/^[+-]?\.?\d/.test(name) && !Number.isNaN(Number(name))) return false;
  return parseIPv4(name) === null && !(name.includes(":") && parseIPv6(name) !== null);
}

function columnOf(name: string): LayoutField {
  return toColumn(name, findAwsField(name));
}

function toColumn(spelling: string, field: FieldDefinition | undefined): LayoutField {
  if (field !== undefined) return { name: field.name, awsName: field.awsName, kind: field.kind, known: true };
  const name = snakeCase(bareName(spelling));
  return { name, awsName: name.replaceAll("_", "-"), kind: "text", known: false };
}

/** `newField`, `new-field` and `NEW_FIELD` are all `new_field`. */
function snakeCase(name: string): string {
  return name
    .replaceAll(/(\p{Ll}|\d)(\p{Lu})/gu, "$1_$2")
    .replaceAll(/(\p{Lu})(\p{Lu}\p{Ll})/gu, "$1_$2")
    .replaceAll("-", "_")
    .toLowerCase();
}

/** The first spelling whose field stood before, or null. */
function findRepeated(tokens: readonly string[], columns: readonly LayoutField[]): string | null {
  const seen = new Set<string>();
  for (const [index, column] of columns.entries()) {
    const form = normalForm(column.name);
    if (seen.has(form)) return tokens[index] as string;
    seen.add(form);
  }
  return null;
}

function makeLayout(fields: readonly LayoutField[]): Layout {
  return { fields, key: fields.map((field) => field.name).join(" ") };
}
