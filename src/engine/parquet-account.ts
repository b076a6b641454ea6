import { newCounts } from "../parse/counts.js";
import { flowCondition } from "../query/sql-filter.js";
import { writeMacros } from "../query/sql-macros.js";
import { sqlName, writeCondition } from "../query/sql-text.js";
import type { Layout } from "../record/layout.js";
import { type Database, parquetTable } from "../source/duckdb.js";
import { missingTexts } from "../source/named-columns.js";
import { doubtSql, isTextualNumber, type ParquetColumn, rangeSql, typedSql } from "../source/parquet-columns.js";
import type { Account } from "./reading.js";

/** In which records the values of a field must be sound: in all, or, where its groups show those of all flows, in the others. */
export type Check = "records" | "no flows";

/**
 * Make the view `flow_log` of Parquet files of the same columns, and count what is in them; each file counts as a header, and
 * a line a record. Numbers are all looked at, as statistics of the file tell their bounds; texts and addresses only where that is
 * asked for, and where something is told of them.
 *
 * @param checks the fields whose values must be sound
 * @returns null where a value may be malformed, or is one that a reader of lines tells of
 */
export async function accountOfParquet(
  database: Database,
  columns: readonly ParquetColumn[],
  layout: Layout,
  paths: readonly string[],
  checks: ReadonlyMap<string, Check>,
): Promise<Omit<Account, "matched"> | null> {
  if (await hasStrayNumbers(database, columns, paths)) return null;
  const fields = layout.fields.map(({ name }) => name);
  await database.run(logView(columns, fields, paths, checks));
  const isFlow = writeCondition(flowCondition(fields));
  const status = fields.includes("log_status") ? "log_status" : `CASE WHEN ${isFlow} THEN 'OK' ELSE 'NODATA' END`;
  const ifThere = (field: string, sql: string) => (fields.includes(field) ? sql : "NULL");
  const counted =
    await database.runAndReadAll(`SELECT ${status}, ${grouped.map((field) => ifThere(field, field)).join(", ")},
  count(*), count(*) FILTER ("is doubtful"),
  ${ifThere("start", "min(CAST(start AS BIGINT))")}, ${ifThere("end", 'max(CAST("end" AS BIGINT))')}
FROM flow_log
GROUP BY ALL`);

  const counts = { ...newCounts(), lines: paths.length, headers: paths.length };
  const interfaces = new Set<string>();
  for (const row of counted.getRows()) {
    const [of, action, name] = row as (string | null)[];
    const [count, doubtful, first, last] = row.slice(3) as [bigint, bigint, bigint | null, bigint | null];
    const which = statuses.get(of);
    const isUsual = (action === null || actions.has(action as string)) && (name === null || isSound(name as string));
    if (which === undefined || doubtful > 0n || !isUsual) return null;
    counts.lines += Number(count);
    counts.records += Number(count);
    counts[which] += Number(count);
    if (which !== "flows") continue;
    if (typeof name === "string") interfaces.add(name);
    if (first !== null && (counts.first === null || first < counts.first)) counts.first = first;
    if (last !== null && (counts.last === null || last > counts.last)) counts.last = last;
  }
  return {
    counts,
    interfaces: [...interfaces],
    layouts: [layout],
    met: counts.records > 0 ? [{ layout, count: counts.flows, covered: true }] : [],
  };
}

/** Of these there are few in a log, and a reader of lines tells of them. */
const grouped: readonly string[] = ["action", "interface_id"];
const statuses: ReadonlyMap<unknown, "flows" | "nodata" | "skipdata"> = new Map([
  ["OK", "flows"],
  ["NODATA", "nodata"],
  ["SKIPDATA", "skipdata"],
]);
const actions: ReadonlySet<string> = new Set(["ACCEPT", "REJECT"]);

function isSound(text: string): boolean {
  return /^[!-~]+$/.test(text) && !missingTexts.includes(text);
}

async function hasStrayNumbers(
  database: Database,
  columns: readonly ParquetColumn[],
  paths: readonly string[],
): Promise<boolean> {
  const strays = columns.flatMap((column) => rangeSql(column) ?? []).map((stray) => `coalesce(${stray}, false)`);
  if (strays.length === 0) return false;
  const told = await database.runAndReadAll(`SELECT ${strays.join(" OR ")} FROM ${parquetTable(paths)}`);
  return told.getRows()[0]?.[0] === true;
}

/** The view `flow_log`, with a column for what DuckDB is not trusted with, whose name no field can have. */
function logView(
  columns: readonly ParquetColumn[],
  fields: readonly string[],
  paths: readonly string[],
  checks: ReadonlyMap<string, Check>,
): string {
  const values = columns.map((column, i) => {
    const value = column.kind === "tag" ? `decode_tag(${typedSql(column)})` : typedSql(column);
    return `${value} AS ${sqlName(fields[i] as string)}`;
  });
  const status = columns[fields.indexOf("log_status")];
  const isFlow = status === undefined ? "true" : `${typedSql(status)} = 'OK'`;
  const doubts = columns.flatMap((column, i) => {
    const check = checks.get(fields[i] as string);
    if (isTextualNumber(column) || (check === "records" && !grouped.includes(fields[i] as string)))
      return [doubtSql(column)];
    return check === "no flows" ? [`CASE WHEN ${isFlow} THEN false ELSE ${doubtSql(column)} END`] : [];
  });
  const view = `CREATE OR REPLACE TEMP VIEW flow_log AS
SELECT ${values.join(", ")}, ${doubts.join(" OR ") || "false"} AS "is doubtful"
FROM ${parquetTable(paths)};
`;
  return writeMacros(view) + view;
}
