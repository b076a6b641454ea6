import { escapeControls } from "../errors.js";
import { Decimal } from "./decimal.js";
import type { Cell } from "./sheet.js";

/** What `writeJson` writes. A Map is an object whose keys may be any text, also `__proto__`, in the Map's order. */
export type JsonValue =
  | Cell
  | boolean
  | readonly JsonValue[]
  | ReadonlyMap<string, JsonValue>
  | { readonly [key: string]: JsonValue };

/**
 * JSON on one line. A bigint is written as its digits, which `JSON.stringify` refuses to do. Control characters are escaped,
 * beyond what JSON asks: the same data, and harmless on a terminal.
 *
 * @param gap what follows a colon or comma: `""`, or `" "` where people read along
 */
export function writeJson(value: JsonValue, gap: "" | " " = ""): string {
  if (typeof value === "string") return writeString(value);
  if (typeof value !== "object" || value === null || value instanceof Decimal) return String(value);
  if (Array.isArray(value)) return `[${value.map((item) => writeJson(item, gap)).join(`,${gap}`)}]`;
  const members = membersOf(value as ReadonlyMap<string, JsonValue>).map(
    ([key, member]) => `${writeString(key)}:${gap}${writeJson(member, gap)}`,
  );
  return `{${members.join(`,${gap}`)}}`;
}

/**
 * A JSON document that is good to read: each member of the object on a line, and each item of a list of objects.
 * In pieces, because a list may be longer than a string can be. An iterator is taken for a list of objects.
 */
export function* writeDocument(
  members: Iterable<readonly [string, JsonValue | IterableIterator<JsonValue>]>,
): Generator<string> {
  let lead = "{\n";
  for (const [key, value] of members) {
    yield `${lead}  ${writeString(key)}: `;
    if (isIterator(value)) yield* writeList(value, "  ");
    else yield writeJson(value, " ");
    lead = ",\n";
  }
  yield "\n}\n";
}

/** A list with an item a line; `[]` if there is none. */
export function* writeList(items: Iterable<JsonValue>, indent: "" | "  "): Generator<string> {
  let lead = "[\n";
  for (const item of items) {
    yield `${lead}${indent}  ${writeJson(item, " ")}`;
    lead = ",\n";
  }
  yield lead === "[\n" ? "[]" : `\n${indent}]`;
}

/** Most texts of a log need no escape, and JSON.stringify would cost half as much again. */
const harmless = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;

export function writeString(text: string): string {
  return harmless.test(text) ? `"${text}"` : escapeControls(JSON.stringify(text));
}

function membersOf(value: ReadonlyMap<string, JsonValue> | { readonly [key: string]: JsonValue }) {
  return value instanceof Map ? [...value] : Object.entries(value);
}

function isIterator(value: JsonValue | IterableIterator<JsonValue>): value is IterableIterator<JsonValue> {
  return typeof value === "object" && value !== null && "next" in value && typeof value.next === "function";
}
