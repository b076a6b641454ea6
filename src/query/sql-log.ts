import { type FieldKind, findField } from "../record/fields.js";
import { writeMacros } from "./sql-macros.js";
import { sqlName, sqlText } from "./sql-text.js";

const types: Readonly<Record<FieldKind, string>> = {
  text: "VARCHAR",
  tag: "VARCHAR",
  address: "VARCHAR",
  uint8: "UTINYINT",
  uint16: "USMALLINT",
  int32: "INTEGER",
  seconds: "BIGINT",
  counter: "UBIGINT",
};

/** A plain log as DuckDB reads it: one blank between fields, no comments. */
export interface PlainLog {
  /** Files or globs, also gzipped. */
  paths: readonly string[];
  /** The log's layout, in its order. */
  fields: readonly string[];
  /** Whether each file begins with a line of names. */
  header: boolean;
}

/** The view `flow_log` of a log. Statements of `toSql` and `filterSql` read it. */
export function readLogSql({ paths, fields, header }: PlainLog): string {
  const kinds = fields.map((field) => findField(field)?.kind ?? "text");
  const columns = fields.map((field, at) => `${sqlText(field)}: '${types[kinds[at] as FieldKind]}'`);
  const tags = fields.filter((_, at) => kinds[at] === "tag").map(sqlName);
  const decoded = tags.map((tag) => `decode_tag(${tag}) AS ${tag}`);
  const select = decoded.length === 0 ? "SELECT *" : `SELECT * REPLACE (\n  ${decoded.join(",\n  ")}\n)`;
  const names = paths.map(sqlText);
  const statement = `-- The log, whether it begins with a line of names, and its columns in their order, are as given here and not looked up.
-- A malformed line ends the reading; with ignore_errors = true it is skipped, as flowlog does, which counts it.
CREATE OR REPLACE TEMP VIEW flow_log AS
${select}
FROM read_csv(
  ${names.length === 1 ? names[0] : `[${names.join(", ")}]`},
  auto_detect = false,
  header = ${header},
  delim = ' ',
  quote = '',
  escape = '',
  nullstr = '-',
  columns = {
    ${columns.join(",\n    ")}
  }
);
`;
  return writeMacros(statement) + statement;
}
