import { createHash } from "node:crypto";
import { once } from "node:events";
import { createReadStream, createWriteStream, existsSync } from "node:fs";
import { mkdir, readFile, statfs, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { finished, pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { createGzip, gzip } from "node:zlib";
import { type DataSet, dataLines, malformedLines } from "./data.js";
import { dataEvents } from "./events.js";

/** A log as a tool may want it named. */
export interface Input {
  /** The file, or the folder that holds the files. */
  path: string;
  files: readonly string[];
  /** A pattern that matches the files and nothing else. */
  glob: string;
  isGzip: boolean;
  /** How many of its lines are malformed. */
  malformed: number;
}

/** One set of records, as files. */
export interface DataFiles {
  plain: Input;
  /** The first 20 lines, the header among them. */
  start: Input;
  /** The same records as many gzip files in a folder, each with a header, and as one. */
  pieces: Input;
  whole: Input;
  /** The same records as JSON of `filter-log-events`. */
  events: Input;
  /** Of the plain file. */
  sha256: string;
}

export interface FileOptions {
  pieces: number;
  /** Whether to write `pieces` and `whole` too. */
  gzipped: boolean;
  /** Whether to write `events` too. */
  events?: true;
}

/** Octets that files of a set take, a little more than measured: 113.8 a record plain, 26.7 in gzip, 384.8 as an event. */
export function diskNeeded({ records }: DataSet, { gzipped, events }: FileOptions): number {
  return records * (114 + (gzipped ? 2 * 28 : 0) + (events ? 386 : 0));
}

/**
 * Writes a set's files into a folder, or finds them there as an earlier run left them: `NAME.json`, written last, tells what they
 * were made from and their SHA-256, and both still fit. What else the folder holds is not touched.
 *
 * @param say told when it writes, which takes a while
 * @throws when the disk has no room for them
 */
export async function provideFiles(
  folder: string,
  name: string,
  set: DataSet,
  options: FileOptions,
  say: (text: string) => void,
): Promise<DataFiles> {
  const at = (ending: string) => join(folder, `${name}${ending}`);
  const pieces = Array.from({ length: options.pieces }, (_, i) => join(at(""), `${String(i).padStart(3, "0")}.log.gz`));
  const all = [at(".log"), at("-20.log"), ...(options.gzipped ? [...pieces, at(".log.gz")] : [])];
  if (options.events) all.push(at(".events.json"));
  const madeFrom = await recipe(set, options);
  if (!(await fits(at(".json"), madeFrom, all))) {
    const needed = diskNeeded(set, options);
    await mkdir(options.gzipped ? at("") : folder, { recursive: true });
    await checkRoom(folder, needed);
    say(`writing ${name}, ${(needed / 1e9).toFixed(1)} GB, to ${folder}`);
    await writeTexts(inBlocks(dataLines(set), 10_000), at(".log"));
    if (options.events) await writeTexts(joined(dataEvents(set), 10_000), at(".events.json"));
    await writeFile(at("-20.log"), await firstLines(at(".log"), 20));
    if (options.gzipped) {
      await Promise.all([
        writePieces(set, pieces),
        pipeline(createReadStream(at(".log")), createGzip(), createWriteStream(at(".log.gz"))),
      ]);
    }
    await writeFile(at(".json"), JSON.stringify({ madeFrom, sha256: await hashes(all) }, null, 1));
  }
  const { sha256 } = JSON.parse(await readFile(at(".json"), "utf8"));
  const malformed = malformedLines(set);
  return {
    plain: oneFile(at(".log"), false, malformed),
    start: oneFile(at("-20.log"), false, 0),
    pieces: { path: at(""), files: pieces, glob: join(at(""), "*.log.gz"), isGzip: true, malformed },
    whole: oneFile(at(".log.gz"), true, malformed),
    events: oneFile(at(".events.json"), false, malformed),
    sha256: sha256[0],
  };
}

function oneFile(path: string, isGzip: boolean, malformed: number): Input {
  return { path, files: [path], glob: path, isGzip, malformed };
}

/** What decides the files' content: a set, how it is cut, and the program that makes its lines. */
async function recipe(set: DataSet, options: FileOptions): Promise<string> {
  const programs = ["data.ts", "../generate/random.ts", ...(options.events ? ["events.ts"] : [])];
  const sources = programs.map((path) => readFile(fileURLToPath(new URL(path, import.meta.url)), "utf8"));
  return createHash("sha256")
    .update(JSON.stringify([set, options, await Promise.all(sources)]))
    .digest("hex");
}

async function fits(hashFile: string, madeFrom: string, files: readonly string[]): Promise<boolean> {
  if (![hashFile, ...files].every((file) => existsSync(file))) return false;
  const told = await readFile(hashFile, "utf8");
  // As text: whatever else stands in it, it is not what was written.
  if (!told.includes(madeFrom)) return false;
  return told === JSON.stringify({ madeFrom, sha256: await hashes(files) }, null, 1);
}

async function checkRoom(folder: string, needed: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize >= needed) return;
  const [need, room] = [needed, bavail * bsize].map((octets) => `${(octets / 1e9).toFixed(1)} GB`);
  throw new Error(`${folder}: has room for ${room}, the data takes ${need}. Give another folder with --data`);
}

async function writeTexts(texts: Iterable<string>, path: string): Promise<void> {
  const file = createWriteStream(path);
  for (const text of texts) {
    if (!file.write(text, "latin1")) await once(file, "drain");
  }
  file.end();
  await finished(file);
}

async function writePieces(set: DataSet, paths: readonly string[]): Promise<void> {
  const lines = dataLines(set);
  const header = `${lines.next().value}\n`;
  const blocks = inBlocks(lines, Math.ceil(set.records / paths.length));
  for (const path of paths) {
    const text = blocks.next().value ?? "";
    await writeFile(path, await promisify(gzip)(header + text));
  }
}

/** Lines joined to texts of so many lines each, with line ends. */
function* inBlocks(lines: Iterable<string>, size: number): Generator<string, void> {
  for (const block of groups(lines, size)) yield `${block.join("\n")}\n`;
}

/** Parts of a text, joined so many at a time. */
function* joined(parts: Iterable<string>, size: number): Generator<string, void> {
  for (const block of groups(parts, size)) yield block.join("");
}

function* groups(texts: Iterable<string>, size: number): Generator<string[], void> {
  let group: string[] = [];
  for (const text of texts) {
    group.push(text);
    if (group.length === size) {
      yield group;
      group = [];
    }
  }
  if (group.length > 0) yield group;
}

async function firstLines(path: string, count: number): Promise<string> {
  const [start] = await once(createReadStream(path, { encoding: "latin1" }), "data");
  return `${start.split("\n", count).join("\n")}\n`;
}

function hashes(files: readonly string[]): Promise<string[]> {
  return Promise.all(files.map(hashOf));
}

async function hashOf(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash);
  return hash.digest("hex");
}
