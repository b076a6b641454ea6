import type { Filter } from "./filter.js";
import type { Query } from "./query.js";
import { filterCondition } from "./sql-filter.js";
import { groupsSql } from "./sql-groups.js";
import { writeMacros } from "./sql-macros.js";
import { writeWhere } from "./sql-text.js";
import { timelineSql } from "./sql-timeline.js";

/**
 * A question as a statement of DuckDB over the table `flow_log`, with the macros and tables that it needs before it. The
 * table has a column for each of the log's fields, under its name and typed, with NULL for `-`: see `readLogSql`.
 *
 * @param fields the columns that the log has
 */
export function toSql(query: Query, fields: readonly string[]): string {
  const { setup, statement } = query.command === "timeline" ? timelineSql(query, fields) : groupsSql(query, fields);
  return writeMacros(setup + statement) + setup + statement;
}

/**
 * A filter as a statement of DuckDB, with the macros it needs before it: the records of `flow_log` that pass.
 *
 * @param fields the columns that the log has
 */
export function filterSql(filter: Filter, fields: readonly string[]): string {
  const statement = `SELECT *\nFROM flow_log${writeWhere(filterCondition(filter, fields), "")};\n`;
  return writeMacros(statement) + statement;
}

export { windowFilter } from "./sql-filter.js";
export { readLogSql } from "./sql-log.js";
