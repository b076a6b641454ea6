import { writeFileSync } from "node:fs";
import type { Duckdb } from "../query/duckdb.js";
import { referenceKind, referenceMax } from "../reference/fields.js";

/** How a writer has made columns of the fields of a log. */
export interface ParquetStyle {
  name: string;
  codec?: "snappy" | "gzip" | "zstd" | "uncompressed";
  /** What stands for `-` in columns of text; null is NULL. */
  missing?: string | null;
  /** Numbers as AWS has them, or as converters make them. */
  numbers?: "typed" | "text" | "double";
  /** `start` and `end` as timestamps. */
  timestamps?: boolean;
  rowGroup?: number;
  /** How a column is called. */
  nameOf?: (field: string) => string;
}

const usual = { codec: "snappy", missing: "-", numbers: "typed", timestamps: false, rowGroup: 122_880 } as const;

/** Write lines of a log, one blank between their fields, as a Parquet file. */
export async function writeParquet(
  duckdb: Duckdb,
  path: string,
  fields: readonly string[],
  lines: readonly string[],
  style: ParquetStyle = { name: "AWS" },
): Promise<void> {
  const { codec, missing, numbers, timestamps, rowGroup, nameOf } = {
    ...usual,
    nameOf: (field: string) => field,
    ...style,
  };
  const source = `${path}.txt`;
  writeFileSync(source, lines.map((line) => `${line}\n`).join(""));
  const columns = fields.map((_, i) => `'c${i}': 'VARCHAR'`).join(", ");
  const none = missing === null ? "NULL" : `'${missing}'`;
  const select = fields.map((field, i) => {
    const isNumber = referenceMax(referenceKind(field)) !== null;
    const number = `CAST(nullif(c${i}, '-') AS ${numberType(field)})`;
    const text = `CASE WHEN c${i} = '-' THEN ${none} ELSE c${i} END`;
    const isTime = timestamps && (field === "start" || field === "end");
    const typed = numbers === "double" ? `CAST(nullif(c${i}, '-') AS DOUBLE)` : number;
    const value = isTime ? `make_timestamp(${number} * 1000000)` : isNumber && numbers !== "text" ? typed : text;
    return `${value} AS "${nameOf(field)}"`;
  });
  const read = `read_csv('${source.replaceAll("'", "''")}', auto_detect = false, header = false, delim = ' ', quote = '', escape = '', columns = {${columns}})`;
  await duckdb.run(
    `COPY (SELECT ${select.join(", ")} FROM ${read}) TO '${path.replaceAll("'", "''")}' (FORMAT parquet, COMPRESSION ${codec}, ROW_GROUP_SIZE ${rowGroup})`,
  );
}

function numberType(field: string): string {
  const max = referenceMax(referenceKind(field)) as bigint;
  if (max < 2n ** 31n) return "INTEGER";
  return max < 2n ** 63n ? "BIGINT" : "UBIGINT";
}
