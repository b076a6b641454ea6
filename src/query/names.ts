import { UserError } from "../errors.js";
import { FIELDS, findField } from "../record/fields.js";
import { nearest } from "../record/nearest.js";
import { ValueError } from "./value-error.js";

/**
 * A list with commas to its items, blanks around them gone. Commas within parentheses divide nothing.
 *
 * @param what  what an item is, for the error: `key`
 * @throws UserError when the list or one of its items is empty: a lost shell variable must not change the question unseen
 */
export function splitNames(text: string, what: string): string[] {
  const items = splitOutsideParentheses(text).map((item) => item.trim());
  if (!items.includes("")) return items;
  throw new UserError(items.length === 1 ? `expected at least one ${what}` : `a ${what} is empty in "${text}"`);
}

function splitOutsideParentheses(text: string): string[] {
  const items: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === "(") depth++;
    else if (character === ")") depth = Math.max(0, depth - 1);
    else if (character === "," && depth === 0) {
      items.push(text.slice(start, at));
      start = at + 1;
    }
  }
  return [...items, text.slice(start)];
}

/**
 * The text of `--fields` to field names, comma between, in all their spellings.
 *
 * @throws ValueError for a field that is not known, with the nearest one; UserError for none or one that comes twice
 */
export function parseFields(text: string): string[] {
  const names = new Set<string>();
  for (const item of splitNames(text, "field")) {
    const field = findField(item);
    if (field === undefined) {
      const near = nearest(
        item,
        FIELDS.flatMap(({ name, short }) => (short === null ? [name] : [name, short])),
      );
      throw new ValueError(
        item,
        "the name of a field",
        near === null ? "`flowlog fields` lists them." : `Did you mean ${near}?`,
      );
    }
    if (names.has(field.name)) throw new UserError(`the field ${field.name} comes twice`);
    names.add(field.name);
  }
  return [...names];
}
