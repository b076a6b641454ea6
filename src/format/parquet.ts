import { closeSync, readSync, writeSync } from "node:fs";
import { OutputError, UserError } from "../errors.js";
import { findField } from "../record/fields.js";
import { DEFAULT_LAYOUT } from "../record/layout.js";
import { openDatabase, sqlString } from "../source/duckdb.js";
import { openUnnamedFile } from "../source/unnamed-file.js";

const types = { STRING: "VARCHAR", INT32: "INTEGER", INT64: "BIGINT" } as const;

/**
 * Records as a Parquet file with AWS's columns. They are kept as CSV, in a file without a name, until all are there: the file's
 * end says what is in it, and whoever makes it reads a whole table.
 */
export class ParquetFile {
  readonly #csv = openTemporary();
  /** The head line, once it has come. */
  #head = "";

  /** @param csv the next bytes, of which the first are a head line */
  write(csv: string | Uint8Array): void {
    const bytes = typeof csv === "string" ? Buffer.from(csv) : csv;
    if (!this.#head.includes("\n")) this.#head += Buffer.from(bytes).toString();
    try {
      for (let done = 0; done < bytes.length; ) done += writeSync(this.#csv, bytes, done);
    } catch (error) {
      throw cannotWrite(error);
    }
  }

  /**
   * The bytes of the file. Columns that AWS does not have are text.
   *
   * @throws OutputError where a number is larger than its column, of 64 bits with a sign, can hold, or the disk is full
   */
  async *bytes(): AsyncGenerator<Uint8Array> {
    if (this.#head === "") this.write(`${DEFAULT_LAYOUT.fields.map(({ name }) => name).join()}\n`);
    const names = this.#head.slice(0, this.#head.indexOf("\n")).split(",");
    const columns = names.map((name) => `${sqlString(name)}: '${types[findField(name)?.parquet ?? "STRING"]}'`);
    const parquet = openTemporary();
    const database = await openDatabase("-o parquet");
    try {
      await database.run(`COPY (
  SELECT ${names.map(columnSql).join(", ")} FROM read_csv('/dev/fd/${this.#csv}', auto_detect = false, header = true, delim = ',', quote = '"', escape = '"', nullstr = '', columns = {${columns.join(", ")}})
) TO '/dev/fd/${parquet}' (FORMAT parquet, COMPRESSION gzip, USE_TMP_FILE false)`);
      const room = new Uint8Array(256 * 1024);
      for (let at = 0; ; ) {
        const count = readSync(parquet, room, 0, room.length, at);
        if (count === 0) break;
        at += count;
        yield room.slice(0, count);
      }
    } catch (error) {
      throw error instanceof UserError ? error : cannotWrite(error);
    } finally {
      database.closeSync();
      closeSync(parquet);
    }
  }

  close(): void {
    closeSync(this.#csv);
  }
}

/** Tags are encoded as in AWS's logs: one that is `-` is not one that is missing. */
function columnSql(name: string): string {
  const column = `"${name.replaceAll('"', '""')}"`;
  if (findField(name)?.kind !== "tag") return column;
  return `CASE WHEN ${column} = '-' THEN '%2D' ELSE replace(${column}, '%', '%25') END AS ${column}`;
}

function openTemporary(): number {
  try {
    return openUnnamedFile();
  } catch (error) {
    throw cannotWrite(error);
  }
}

function cannotWrite(error: unknown): OutputError {
  const [reason = ""] = String((error as Error).message).split("\n", 1);
  return new OutputError(`-o parquet: the file cannot be made: ${reason}`, {
    hint: "It is put together in the folder for temporary files (TMPDIR=/big/disk flowlog … names another). Numbers above 2^63-1 do not fit AWS's columns.",
    cause: error,
  });
}
