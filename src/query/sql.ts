import type { Filter } from "./filter.js";
import { filterCondition } from "./sql-filter.js";
import { writeMacros } from "./sql-macros.js";
import { writeWhere } from "./sql-text.js";

/**
 * A filter as a statement of DuckDB, with the macros it needs before it: the records of `flow_log` that pass.
 *
 * @param fields the columns that the log has
 */
export function filterSql(filter: Filter, fields: readonly string[]): string {
  const statement = `SELECT *\nFROM flow_log${writeWhere(filterCondition(filter, fields), "")};\n`;
  return writeMacros(statement) + statement;
}
