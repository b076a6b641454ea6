import { escapeControls } from "../errors.js";
import { FIELDS } from "../record/fields.js";

const width = 110;

/**
 * What must be true of a row. SQL's comparisons are NULL where a value is, which is as good as false as long as conditions are
 * only joined. `not` holds wherever its term is not true, as a filter's does.
 */
export type Condition =
  | string
  | { op: "AND" | "OR"; terms: Condition[] }
  | { not: Condition }
  | { list: string; values: string[] };

/** All that is true of every row. */
export const ALWAYS: Condition = { op: "AND", terms: [] };

/** A column's name. Of our fields only `end` is a word of SQL; how columns are called that AWS has not, nobody knows. */
export function sqlName(name: string): string {
  const isPlain = /^[a-z]+(?:_[a-z0-9]+)+$/.test(name) ? !name.startsWith("pivot_") : ownWords.has(name);
  return isPlain ? name : `"${name.replaceAll('"', '""')}"`;
}

const ownWords: ReadonlySet<string> = new Set([
  ...FIELDS.map(({ name }) => name).filter((name) => name !== "end"),
  ...["addr", "service", "time", "flows", "first", "last", "duration", "bps", "pps", "bpp"],
  ...["rank", "stop", "starts", "next", "flow"],
]);

/** A text as SQL writes it: `'it''s'`. What would do a terminal harm is given by its number: `('a' || chr(27))`. */
export function sqlText(text: string): string {
  const parts: string[] = [];
  let plain = "";
  const endPlain = () => {
    if (plain !== "") parts.push(`'${plain.replaceAll("'", "''")}'`);
    plain = "";
  };
  for (const character of text) {
    if (escapeControls(character) === character) {
      plain += character;
      continue;
    }
    endPlain();
    parts.push(`chr(${character.codePointAt(0)})`);
  }
  endPlain();
  if (parts.length === 0) return "''";
  return parts.length === 1 ? (parts[0] as string) : `(${parts.join(" || ")})`;
}

/** That an expression is one of some values, or (`negated`) that it is none of them, and not NULL. */
export function isIn(subject: string, values: string[], negated = false): Condition {
  if (values.length === 1) return `${subject} ${negated ? "<>" : "="} ${values[0]}`;
  return { list: `${subject} ${negated ? "NOT IN" : "IN"}`, values };
}

/** Conditions joined, those within that are joined alike taken apart. */
export function join(op: "AND" | "OR", terms: readonly Condition[]): Condition {
  const flat = terms.flatMap((term) => (isJoined(term) && term.op === op ? term.terms : [term]));
  return flat.length === 1 ? (flat[0] as Condition) : { op, terms: flat };
}

/** `WHERE …` on lines of its own, one for each of the conditions that are joined; no text for what is always true. */
export function writeWhere(condition: Condition, indent: string): string {
  if (isJoined(condition) && condition.op === "AND" && condition.terms.length === 0) return "";
  return `\n${indent}WHERE ${writeTerms(condition, `${indent}  `)}`;
}

/** A column of a SELECT. */
export interface Column {
  sql: string;
  name: string;
}

/** Columns, each on its line; the first stands where the text before it ends. */
export function writeColumns(columns: readonly Column[], indent: string): string {
  return columns
    .map(({ sql, name }) => (sql === sqlName(name) ? sql : `${sql} AS ${sqlName(name)}`))
    .join(`,\n${indent}`);
}

/** A table that a statement makes for itself, its query indented by two blanks. */
export interface Part {
  name: string;
  sql: string;
}

export function writeWith(parts: readonly Part[]): string {
  return `WITH ${parts.map(({ name, sql }) => `${name} AS (\n${sql}\n)`).join(",\n")}\n`;
}

/** A list that is broken into lines where it is long; the first stands where the text before it ends. */
export function writeList(items: readonly string[], indent: string, room = width): string {
  const lines: string[] = [];
  let line = "";
  for (const item of items) {
    const longer = line === "" ? item : `${line}, ${item}`;
    if (line !== "" && longer.length + indent.length > room) {
      lines.push(`${line},`);
      line = item;
    } else line = longer;
  }
  return [...lines, line].join(`\n${indent}`);
}

/** The terms of a joined condition, each on its line; or the one condition. */
function writeTerms(condition: Condition, indent: string): string {
  if (!isJoined(condition) || condition.terms.length === 0) return writeTerm(condition, indent);
  return condition.terms.map((term) => writeTerm(term, indent)).join(`\n${indent}${condition.op} `);
}

/** A condition in one line where it fits, else in parentheses that stand on lines of their own. */
function writeTerm(condition: Condition, indent: string): string {
  const line = writeCondition(condition);
  if (line.length + indent.length <= width || typeof condition === "string") return line;
  const inner = `${indent}  `;
  if ("list" in condition) {
    return `${condition.list} (\n${inner}${writeList(condition.values, inner)}\n${indent})`;
  }
  if ("not" in condition) return `(\n${inner}${writeTerms(condition.not, inner)}\n${indent}) IS NOT TRUE`;
  return `(\n${inner}${writeTerms(condition, inner)}\n${indent})`;
}

/** A condition in one line. */
export function writeCondition(condition: Condition): string {
  if (typeof condition === "string") return condition;
  if ("list" in condition) return `${condition.list} (${condition.values.join(", ")})`;
  if ("not" in condition) {
    const term = writeCondition(condition.not);
    return `${isJoined(condition.not) ? term : `(${term})`} IS NOT TRUE`;
  }
  if (condition.terms.length === 0) return String(condition.op === "AND");
  return `(${condition.terms.map(writeCondition).join(` ${condition.op} `)})`;
}

/** Joined by `join`, so never of one term. */
function isJoined(condition: Condition): condition is Extract<Condition, { op: string }> {
  return typeof condition === "object" && "op" in condition;
}
