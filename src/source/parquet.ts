import { execFileSync } from "node:child_process";
import { closeSync, constants, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { escapeControls, InputError } from "../errors.js";
import { type ByteReader, StreamBytes } from "./bytes.js";
import { type Database, openDatabase, parquetTable } from "./duckdb.js";
import { DamagedInputError } from "./failure.js";
import type { Input } from "./inputs.js";
import { lineSql, type ParquetColumn, partitionColumns, readParquetColumns } from "./parquet-columns.js";
import { openUnnamedFile } from "./unnamed-file.js";

/**
 * The records of a Parquet file as plain text behind a header line. What is not a file of its own (a pipe, a file within gzip) is
 * written to a temporary file first: a Parquet file is read from its end.
 *
 * @param reader gives the file's bytes; closed with what is returned
 * @param isWhole whether the input's path is that file
 * @throws NotALogError where its columns are not those of a flow log
 * @throws DamagedInputError where it is cut off or damaged
 */
export async function openParquet(reader: ByteReader, input: Input, isWhole: boolean): Promise<ByteReader> {
  const spooled = isWhole && input.path !== null ? null : await spool(reader, input.name);
  try {
    const path = spooled === null ? (input.path as string) : `/dev/fd/${spooled}`;
    return await ParquetText.open(path, input, reader, spooled);
  } catch (error) {
    if (spooled !== null) closeSync(spooled);
    throw error;
  }
}

class ParquetText implements ByteReader {
  readonly #name: string;
  readonly #container: ByteReader;
  readonly #size: number;
  readonly #spooled: number | null;
  readonly #database: Database;
  readonly #rows: StreamBytes;
  readonly #failure: Promise<unknown>;
  #header: Uint8Array;
  #ended = false;

  private constructor(name: string, container: ByteReader, size: number, spooled: number | null, opened: Opened) {
    this.#name = name;
    this.#container = container;
    this.#size = size;
    this.#spooled = spooled;
    this.#database = opened.database;
    this.#rows = opened.rows;
    this.#failure = opened.failure;
    this.#header = opened.header;
  }

  static async open(path: string, input: Input, container: ByteReader, spooled: number | null): Promise<ParquetText> {
    const database = await openDatabase(input.name);
    try {
      const own = await readParquetColumns(database, path, input.name);
      const columns = [...own, ...partitionColumns(input.path ?? "", own)];
      const opened = streamRows(database, path, columns);
      return new ParquetText(input.name, container, input.size ?? 0, spooled, opened);
    } catch (error) {
      database.closeSync();
      if (error instanceof InputError) throw error;
      throw (error as NodeJS.ErrnoException).syscall === undefined
        ? damaged(input.name, error)
        : noTemporary(input.name, error);
    }
  }

  get consumed(): number {
    return this.#spooled === null && !this.#ended ? 0 : Math.max(this.#size, this.#container.consumed);
  }

  async read(into: Uint8Array): Promise<number> {
    if (this.#header.length > 0) {
      const part = this.#header.subarray(0, into.length);
      into.set(part);
      this.#header = this.#header.subarray(part.length);
      return part.length;
    }
    const read = await this.#rows.read(into);
    if (read > 0) return read;
    this.#ended = true;
    const failure = await this.#failure;
    if (failure !== null) throw damaged(this.#name, failure);
    return 0;
  }

  async close(): Promise<void> {
    await this.#rows.close();
    this.#database.interrupt();
    await this.#failure;
    this.#database.closeSync();
    if (this.#spooled !== null) closeSync(this.#spooled);
    await this.#container.close();
  }
}

interface Opened {
  database: Database;
  header: Uint8Array;
  rows: StreamBytes;
  /** Why the rows have ended; null: because they are all there. */
  failure: Promise<unknown>;
}

/** Have the rows written into a pipe. To ask for them one by one takes four times as long. */
function streamRows(database: Database, path: string, columns: readonly ParquetColumn[]): Opened {
  const header = Buffer.from(`${columns.map(({ awsName }) => awsName).join(" ")}\n`);
  const { readEnd, writeEnd } = makePipe();
  const select = `SELECT ${lineSql(columns).join(", ")} FROM ${parquetTable([path])}`;
  const format = "FORMAT csv, HEADER false, DELIMITER ' ', QUOTE '', ESCAPE '', NULLSTR '-', USE_TMP_FILE false";
  const failure = database
    .run(`COPY (${select}) TO '/dev/fd/${writeEnd}' (${format})`)
    .then(
      () => null,
      (error: unknown) => error,
    )
    // Until then it keeps the pipe from looking ended.
    .finally(() => closeSync(writeEnd));
  const socket = new Socket({ fd: readEnd, readable: true, writable: false });
  return { database, header, rows: new StreamBytes("rows", socket), failure };
}

/**
 * A pipe that has no name any more. Nobody waits for its other end to be opened: that would hold one of the few threads that DuckDB's
 * work needs too.
 *
 * @throws what the system says where there is no room for temporary files
 */
function makePipe(): { readEnd: number; writeEnd: number } {
  const folder = mkdtempSync(join(tmpdir(), "flowlog-"));
  try {
    const pipe = join(folder, "rows");
    execFileSync("mkfifo", [pipe]);
    const readEnd = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK);
    return { readEnd, writeEnd: openSync(pipe, constants.O_WRONLY) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function spool(reader: ByteReader, name: string): Promise<number> {
  let file: number | null = null;
  try {
    file = openUnnamedFile();
    const room = new Uint8Array(256 * 1024);
    for (let read = await reader.read(room); read > 0; read = await reader.read(room)) {
      for (let done = 0; done < read; ) done += writeSync(file, room, done, read - done);
    }
    return file;
  } catch (error) {
    if (file !== null) closeSync(file);
    throw error instanceof InputError ? error : noTemporary(name, error);
  }
}

function noTemporary(name: string, error: unknown): InputError {
  const { code, message } = error as NodeJS.ErrnoException;
  const says = code === "ENOSPC" ? "the disk is full" : message;
  return new InputError(
    `${escapeControls(name)}: a Parquet file needs room for temporary files (${escapeControls(says)})`,
    {
      hint: "Name a folder with room: TMPDIR=/big/disk flowlog … A file that is named itself needs next to none.",
      cause: error,
    },
  );
}

function damaged(name: string, error: unknown): DamagedInputError {
  const [said = ""] = String((error as Error).message).split("\n", 1);
  const reason = said.replace(/^[A-Z][A-Za-z ]* Error: /, "");
  return new DamagedInputError(
    `${escapeControls(name)}: a Parquet file that is cut off or damaged: ${escapeControls(reason)}`,
    {
      hint: "Fetch or copy it again.",
      cause: error,
    },
  );
}
