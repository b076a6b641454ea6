import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import type { DuckDBConnection, DuckDBDataChunk } from "@duckdb/node-api";
import { escapeControls, InputError } from "../errors.js";

export type Database = DuckDBConnection;

/** Some rows of a result. */
export type Chunk = DuckDBDataChunk;

/** More threads wait for the one that takes their rows. */
const maxThreads = 4;

/**
 * A database in memory, which reads Parquet. The package is large and optional, so it is looked for only here.
 *
 * @param name the input that it is for
 * @throws InputError where the package is not installed, or not for this system
 */
export async function openDatabase(name: string): Promise<Database> {
  const { DuckDBInstance } = loadPackage(name);
  const threads = Math.min(availableParallelism(), maxThreads);
  const instance = await DuckDBInstance.create(":memory:", { threads: String(threads) });
  const database = await instance.connect();
  // Nothing is fetched from the network, nor written beside the user's files: what does not fit in memory fails.
  await database.run("SET autoinstall_known_extensions = false; SET temp_directory = ''; SET memory_limit = '1GiB';");
  return database;
}

function loadPackage(name: string): typeof import("@duckdb/node-api") {
  try {
    // It is CommonJS, whose many files take Node's loader of ES modules 70 ms longer.
    return createRequire(import.meta.url)("@duckdb/node-api");
  } catch (error) {
    throw new InputError(
      `${escapeControls(name)}: a Parquet file, and @duckdb/node-api, which reads it, cannot be loaded`,
      {
        hint: "Install it beside flowlog: npm install @duckdb/node-api (with -g if flowlog is global), or have the flow log written as plain text.",
        cause: error,
      },
    );
  }
}

/** A text as SQL writes it. */
export function sqlString(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** The files of these paths, and no other, as a table; bytes that the file does not call text are taken for it. */
export function parquetTable(paths: readonly string[], binaryAsString = true): string {
  return `read_parquet(${fileList(paths)}, binary_as_string = ${binaryAsString}, hive_partitioning = false, filename = false)`;
}

/** Paths as a list in SQL. DuckDB takes `*`, `?` and `[` for patterns. */
export function fileList(paths: readonly string[]): string {
  return `[${paths.map((path) => sqlString(path.replaceAll(/[*?[]/g, "[$&]"))).join(", ")}]`;
}
