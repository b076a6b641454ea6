import { escapeControls } from "../errors.js";
import { type FieldKind, fieldRange, findAwsField, normalForm } from "../record/fields.js";
import { type Database, fileList, parquetTable, sqlString } from "./duckdb.js";
import { NotALogError } from "./failure.js";
import { aggregateHint, chooseColumns, findAggregate, missingTexts } from "./named-columns.js";

/** A column of a Parquet file that is a field of a log. */
export interface ParquetColumn {
  /** As a header line has it: `interface-id`. */
  awsName: string;
  kind: FieldKind;
  /** Its value in SQL: a whole number, NULL where there is none; or a text that may stand for none. */
  sql: string;
  isText: boolean;
}

/**
 * The columns of a Parquet file that make its records, in their order, in any of AWS's spellings.
 *
 * @throws NotALogError where they are not those of a flow log
 */
export async function readParquetColumns(database: Database, path: string, name: string): Promise<ParquetColumn[]> {
  const described = await database.runAndReadAll(`DESCRIBE SELECT * FROM ${parquetTable([path])}`);
  const all = described.getRows().map(([column, type]) => ({ name: String(column), type: String(type) }));
  const flat = all.filter(({ type }) => !/^(STRUCT|MAP|UNION)\b|\]$/.test(type));
  const chosen = chooseColumns(flat.map((column) => column.name));
  if (chosen === null) throw foreignParquet(name, all);
  const isKnown = chosen.names.every((awsName) => findAwsField(awsName) !== undefined);
  const binary = isKnown ? [] : await binaryColumns(database, path);
  return flat.flatMap((column, i) => {
    const awsName = chosen.names[chosen.places[i] as number];
    if (awsName === undefined || (binary.includes(column.name) && findAwsField(awsName) === undefined)) return [];
    const kind = findAwsField(awsName)?.kind ?? "text";
    return [{ awsName, kind, ...readAs(`"${column.name.replaceAll('"', '""')}"`, column.type, kind) }];
  });
}

/** Columns that need not be text: of AWS's own writer's nobody knows whether it says so of those that are. */
async function binaryColumns(database: Database, path: string): Promise<string[]> {
  const described = await database.runAndReadAll(`DESCRIBE SELECT * FROM ${parquetTable([path], false)}`);
  return described.getRows().flatMap(([column, type]) => (type === "BLOB" ? [String(column)] : []));
}

/**
 * What the folders of a path say of all records in it, as Hive's partitions do: `…/aws-region=eu-west-1/year=2026/…`, of which
 * the first is the field `region`. Those that the file has itself are left out, and all where they would outnumber its fields, which could then not be told for a log's.
 */
export function partitionColumns(path: string, columns: readonly ParquetColumn[]): ParquetColumn[] {
  const own = new Set(columns.map(({ awsName }) => normalForm(awsName)));
  const keys = path
    .split("/")
    .slice(0, -1)
    .flatMap((folder): ParquetColumn[] => {
      const [, key, value] = /^([A-Za-z][A-Za-z0-9_-]*)=(.+)$/.exec(folder) ?? [];
      const awsName = key === undefined ? undefined : (findAwsField(key.replace(/^aws-/, ""))?.awsName ?? key);
      if (awsName === undefined || value === undefined || own.has(normalForm(awsName))) return [];
      own.add(normalForm(awsName));
      const text = value === "__HIVE_DEFAULT_PARTITION__" ? "-" : decodePart(value);
      const kind = findAwsField(awsName)?.kind ?? "text";
      return [{ awsName, kind, sql: sqlString(text), isText: true }];
    });
  const isKnown = ({ awsName }: ParquetColumn) => findAwsField(awsName) !== undefined;
  const known = columns.filter(isKnown).length;
  return keys.filter((key) => !isKnown(key)).length + columns.length - known > known ? keys.filter(isKnown) : keys;
}

function decodePart(text: string): string {
  try {
    const decoded = decodeURIComponent(text);
    // SQL ends there.
    return decoded.includes("\0") ? text : decoded;
  } catch {
    return text;
  }
}

/**
 * Whether a text stands for none. Not all in one list: of five texts and more DuckDB makes a join, which takes longer, and after
 * which rows are no longer in their order.
 */
function isOneOf(sql: string, texts: readonly string[]): string {
  return `(${texts.map((text) => `${sql} = ${sqlString(text)}`).join(" OR ")})`;
}

const oddlyMissing = missingTexts.filter((text) => text !== "-");

/** The value of a column, NULL where it is missing. */
export function valueSql({ sql, isText }: ParquetColumn): string {
  return isText ? `CASE WHEN NOT ${isOneOf(sql, missingTexts)} THEN ${sql} END` : sql;
}

/** The values of a record as they stand in a line of a log, which must not look like a comment. */
export function lineSql([first, ...others]: readonly ParquetColumn[]): string[] {
  if (first === undefined) return [];
  const sql = lineFieldSql(first);
  const begin = first.isText
    ? `CASE WHEN starts_with(${sql}, '#') THEN '%23' || substr(${sql}, 2) ELSE ${sql} END`
    : sql;
  return [begin, ...others.map(lineFieldSql)];
}

/** A value as it stands in a line of a log. Blanks in a text are encoded as in AWS's tags. */
function lineFieldSql(column: ParquetColumn): string {
  const { kind, sql } = column;
  if (kind !== "text" && kind !== "tag") return valueSql(column);
  const encoded = [" ", "\t", "\n", "\r"].reduce(
    (text, blank) => `replace(${text}, chr(${blank.charCodeAt(0)}), '${encodeURIComponent(blank)}')`,
    sql,
  );
  return `CASE WHEN ${isOneOf(sql, missingTexts)} THEN NULL WHEN regexp_matches(${sql}, '[ \\t\\n\\r]') THEN ${encoded} ELSE ${sql} END`;
}

function readAs(column: string, type: string, kind: FieldKind): { sql: string; isText: boolean } {
  const read = readByType(column, type);
  return read.isText || greatestOf(kind) !== null ? read : { sql: `CAST(${read.sql} AS VARCHAR)`, isText: true };
}

/** Whoever has converted a log may have made texts, doubles or timestamps of its numbers. */
function readByType(column: string, type: string): { sql: string; isText: boolean } {
  if (type === "VARCHAR") return { sql: column, isText: true };
  if (/^U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?$/.test(type)) return { sql: column, isText: false };
  if (type.startsWith("TIMESTAMP")) return { sql: `CAST(floor(epoch(${column})) AS BIGINT)`, isText: false };
  const text = `CAST(${column} AS VARCHAR)`;
  if (type === "FLOAT" || type === "DOUBLE") {
    const isWhole = `${column} = trunc(${column}) AND abs(${column}) < 1e18`;
    const whole = `CAST(CAST(${column} AS HUGEINT) AS VARCHAR)`;
    return { sql: `CASE WHEN isnan(${column}) THEN NULL WHEN ${isWhole} THEN ${whole} ELSE ${text} END`, isText: true };
  }
  if (type.startsWith("DECIMAL")) return { sql: `regexp_replace(${text}, '\\.0+$', '')`, isText: true };
  return { sql: text, isText: true };
}

function foreignParquet(name: string, columns: readonly { name: string }[]): NotALogError {
  const names = columns.map((column) => column.name);
  const has = (column: string) => names.some((each) => each.toLowerCase() === column);
  if (has("class_uid") || has("category_uid")) {
    const what = "a Parquet file in OCSF, the schema of Security Lake";
    return new NotALogError(`${escapeControls(name)}: ${what}, not a flow log as AWS delivers it`, {
      hint: "Give the flow log's own files: flowlog reads its fields, such as srcaddr and bytes.",
    });
  }
  if (findAggregate(names) !== null) {
    return new NotALogError(`${escapeControls(name)}: a Parquet file of sums, not a flow log`, { hint: aggregateHint });
  }
  const shown = `${names.slice(0, 6).join(", ")}${names.length > 6 ? ", …" : ""}`;
  return new NotALogError(
    `${escapeControls(name)}: a Parquet file, not a flow log; its columns are ${escapeControls(shown)}`,
    {
      hint: "Expected columns such as srcaddr, dstaddr, bytes and interface_id, in any of AWS's spellings.",
    },
  );
}

/** Whether files have the same columns of the same types. */
export async function haveSameColumns(database: Database, paths: readonly string[]): Promise<boolean> {
  if (paths.length < 2) return true;
  const read = await database.runAndReadAll(`SELECT count(DISTINCT columns) FROM (
  SELECT string_agg(concat_ws(' ', name, type, converted_type, logical_type), ',') AS columns
  FROM parquet_schema(${fileList(paths)}) GROUP BY file_name)`);
  return read.getRows()[0]?.[0] === 1n;
}

const octet = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])";
const group = "[0-9a-f]{1,4}";
/** As AWS writes them; whether others are addresses a closer look shows. */
const address = [
  `${octet}(\\.${octet}){3}`,
  `(${group}:){7}${group}`,
  `(${group}:){1,7}:|:(:${group}){1,7}|::`,
  ...[1, 2, 3, 4, 5, 6].map((after) => `(${group}:){1,${7 - after}}(:${group}){1,${after}}`),
].join("|");

/**
 * A condition that holds of a value which may be malformed, or which is told of; a number's type and range leave that to
 * `rangeSql`.
 */
export function doubtSql(column: ParquetColumn): string {
  const { sql, isText, kind } = column;
  if (kind === "address") return isNoAddress(sql);
  const greatest = greatestOf(kind);
  if (greatest === null) return `(NOT regexp_full_match(${sql}, '[!-~]*') OR ${isOneOf(sql, oddlyMissing)})`;
  const value = valueSql(column);
  return isText
    ? `NOT (regexp_full_match(${value}, '[0-9]{1,18}') AND TRY_CAST(${value} AS BIGINT) <= ${greatest})`
    : "false";
}

/**
 * A value that is not doubtful, under its type. Of texts only `-` is missing then: to compare each with all that may stand for
 * that takes as long as to group them.
 */
export function typedSql(column: ParquetColumn): string {
  const { sql, isText, kind } = column;
  if (kind === "address") return markedSql(sql);
  if (greatestOf(kind) === null) return `nullif(${sql}, '-')`;
  return isText ? `TRY_CAST(${valueSql(column)} AS ${kind === "counter" ? "UBIGINT" : "BIGINT"})` : sql;
}

/** An address; what has colons and is none, of which the canonical form might be one, is `!`. */
function markedSql(sql: string): string {
  return `CASE WHEN contains(${sql}, ':') THEN CASE WHEN ${isNoAddress(sql)} THEN '!' ELSE ${sql} END ELSE nullif(${sql}, '-') END`;
}

/** That a text is neither an address as AWS writes it nor `-`. */
export function isNoAddress(text: string): string {
  return `NOT regexp_full_match(${text}, '-|${address}')`;
}

/** That some numbers of a column are out of their range, over all its rows, which statistics of the file tell. */
export function rangeSql({ kind, sql, isText }: ParquetColumn): string | null {
  const greatest = greatestOf(kind);
  return isText || greatest === null ? null : `min(${sql}) < 0 OR max(${sql}) > ${greatest}`;
}

/** Whether its numbers are texts, so that they may be anything, and statistics tell nothing of them. */
export function isTextualNumber({ kind, isText }: ParquetColumn): boolean {
  return isText && greatestOf(kind) !== null;
}

function greatestOf(kind: FieldKind): bigint | null {
  return kind === "seconds" ? lastSecond : (fieldRange(kind)?.max ?? null);
}

/** The end of the year 9999: what is later is told as probable milliseconds. */
const lastSecond = 253_402_300_799n;
