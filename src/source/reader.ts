import { createReadStream, fstatSync, open, openSync, statSync } from "node:fs";
import { Socket } from "node:net";
import type { Readable } from "node:stream";
import { promisify } from "node:util";
import { escapeControls } from "../errors.js";
import { type ByteReader, FileBytes, StreamBytes } from "./bytes.js";
import { identify } from "./content.js";
import { ioFailure, NotALogError } from "./failure.js";
import type { Input } from "./inputs.js";
import { Lookahead } from "./lookahead.js";
import { PipeBytes } from "./pipe.js";
import { RewrittenBytes } from "./rewritten.js";
import { type Shape, tellShape } from "./shape.js";

export type { ByteReader } from "./bytes.js";
export { DamagedInputError, NotALogError } from "./failure.js";

/** Firehose packs what CloudWatch had packed already: two deep, and base64 makes three. A file can be made that unpacks to itself for ever. */
const maxPacked = 4;

/**
 * Open an input and give its records as plain text: unpacked, and out of whatever AWS or a log shipper wraps them in. What
 * it holds is told by its content, never by its name: text, gzip of one member or many, zstd, one in the other, and the
 * shapes of text that `Shape` lists. It waits for the first line of a pipe.
 *
 * @param stdin what an input without a path is read from, null for one with a path; where that is the process's own
 *              standard input and a regular file, the file is read directly
 * @throws InputError when it cannot be opened (no such file, no permission)
 * @throws NotALogError when its content is known and no flow log: an archive, another compression, UTF-16 text.
 *         Content that is unknown is given as it stands; parsing judges it.
 */
export async function openInput(input: Input, stdin: Readable | PipeBytes | null): Promise<ByteReader> {
  const bytes = input.path === null ? openStandardInput(input.name, stdin!) : await openPath(input.name, input.path);
  try {
    return await unpack(bytes, input);
  } catch (error) {
    await bytes.close();
    throw error;
  }
}

async function unpack(bytes: ByteReader, input: Input): Promise<ByteReader> {
  const { name, size } = input;
  let reader = new Lookahead(bytes, size);
  let around = "";
  for (let packed = 0; packed <= maxPacked; packed++) {
    const content = await sniff(reader, identify);
    const shape = content === "text" ? await sniff(reader, tellShape) : content;
    if (shape === "plain") return reader;
    if (shape === "parquet") {
      const { openParquet } = await import("./parquet.js");
      return openParquet(reader, input, packed === 0);
    }
    if (typeof shape !== "string") throw notALog(name, shape.what + around, shape.hint);
    if (shape !== "gzip" && shape !== "zstd" && shape !== "base64") return rewrite(reader, shape, name);
    reader = new Lookahead(await unpackOnce(reader, shape, name, packed > 0 ? "inner " : ""));
    around = ` in ${shape}`;
  }
  throw notALog(name, `packed more than ${maxPacked} deep${around}`, "Unpack it first.");
}

/** With modules that a plain log does without. */
async function unpackOnce(reader: Lookahead, content: "gzip" | "zstd" | "base64", name: string, inner: string) {
  if (content === "gzip") {
    const { GzipBytes } = await import("./gzip.js");
    return new GzipBytes(reader, name, `${inner}gzip data`);
  }
  if (content === "zstd") {
    const { Zstd } = await import("./zstd.js");
    return new RewrittenBytes(reader, new Zstd(name, `${inner}zstd data`));
  }
  const { Base64 } = await import("./base64.js");
  return new RewrittenBytes(reader, new Base64(name));
}

async function rewrite(reader: ByteReader, shape: Exclude<Shape, "plain" | "base64">, name: string) {
  switch (shape) {
    case "dated": {
      const { DatedLines } = await import("./dated-lines.js");
      return new RewrittenBytes(reader, new DatedLines());
    }
    case "cli":
    case "joined": {
      const { CliText, JoinedRecords } = await import("./cli-text.js");
      return new RewrittenBytes(reader, shape === "cli" ? new CliText() : new JoinedRecords());
    }
    case "csv": {
      const { CsvRows } = await import("./csv.js");
      return new RewrittenBytes(reader, new CsvRows(name));
    }
    case "json": {
      const { JsonRecords } = await import("./json-records.js");
      return new RewrittenBytes(reader, new JsonRecords(name));
    }
  }
}

/** Read until it can be told what comes. */
async function sniff<T>(reader: Lookahead, tell: (head: Uint8Array, ended: boolean) => T | "more"): Promise<T> {
  for (let least = 1; ; least++) {
    const available = await reader.fill(least);
    const told = tell(reader.peek(), available < least);
    if (told !== "more") return told;
    least = available;
  }
}

function notALog(name: string, what: string, hint: string): NotALogError {
  return new NotALogError(`${escapeControls(name)}: ${what}, not a flow log`, { hint });
}

async function openPath(name: string, path: string): Promise<ByteReader> {
  try {
    const stats = statSync(path);
    if (stats.isFile() || stats.isDirectory()) return new FileBytes(name, openSync(path, "r"), true);
    if (!stats.isFIFO()) return new StreamBytes(name, createReadStream(path));
    // Opening a FIFO waits for its writer, off the main thread. Reading it as a file would hold a thread that nobody
    // can call back, so that the program could not end; a socket's reads can be given up.
    const fd = await promisify(open)(path, "r");
    return new StreamBytes(name, new Socket({ fd, readable: true, writable: false }));
  } catch (error) {
    throw ioFailure(name, error);
  }
}

/** Whether a stream is the process's own standard input. */
export function isStandardInput(stdin: Readable): boolean {
  return (stdin as { fd?: number }).fd === 0;
}

/** Whether standard input is a pipe or the like, whose bytes can be had only once, and by the stream. */
export function isPipe(stdin: Readable): boolean {
  if (!isStandardInput(stdin)) return true;
  try {
    const stats = fstatSync(0);
    return !stats.isFile() && !stats.isDirectory();
  } catch {
    return false;
  }
}

function openStandardInput(name: string, stdin: Readable | PipeBytes): ByteReader {
  if (stdin instanceof PipeBytes) return stdin;
  if (isStandardInput(stdin)) {
    try {
      const stats = fstatSync(0);
      if (stats.isFile()) return new FileBytes(name, 0, false);
      // Node shows a directory as an empty stream.
      if (stats.isDirectory()) throw Object.assign(new Error("EISDIR"), { code: "EISDIR" });
    } catch (error) {
      throw ioFailure(name, error);
    }
  }
  return new StreamBytes(name, stdin);
}
