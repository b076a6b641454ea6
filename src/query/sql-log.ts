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

/**
 * The view `flow_log` of a plain log: one blank between fields, no comments. Statements of `toSql` and `filterSql` read it.
 *
 * @param path   as DuckDB takes it: a file or a glob, also gzipped
 * @param fields the log's layout, in its order
 * @param header whether each file begins with a line of names
 */
export function readLogSql(path: string, fields: readonly string[], { header = true } = {}): string {
  const kinds = fields.map((field) => findField(field)?.kind ?? "text");
  const columns = fields.map((field, at) => `${sqlText(field)}: '${types[kinds[at] as FieldKind]}'`);
  const tags = fields.filter((_, at) => kinds[at] === "tag").map(sqlName);
  const decoded = tags.map((tag) => `decode_tag(${tag}) AS ${tag}`);
  const select = decoded.length === 0 ? "SELECT *" : `SELECT * REPLACE (\n  ${decoded.join(",\n  ")}\n)`;
  const statement = `CREATE OR REPLACE TEMP VIEW flow_log AS
${select}
FROM read_csv(
  ${sqlText(path)},
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
