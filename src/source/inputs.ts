import { type BigIntStats, fstatSync, statSync } from "node:fs";
import { escapeControls, InputError } from "../errors.js";
import { ioFailure } from "./failure.js";
import { looksLikeGlob, openGlob } from "./glob.js";
import { type Found, identity, walk } from "./walk.js";

/** One thing to read. */
export interface Input {
  /** As told to the user: the path as typed, or the path below a directory as typed; "standard input" for `-`. */
  name: string;
  /** null: standard input. */
  path: string | null;
  /** false: found by walking a directory or by a glob, so what turns out to be no flow log is skipped. */
  named: boolean;
  /** Bytes as stored, where that is known before reading: regular files. */
  size: number | null;
}

/** An input, directory or glob that could not be had; the rest is answered. */
export interface InputFailure {
  name: string;
  error: InputError;
}

export interface FoundInputs {
  inputs: Input[];
  failures: InputFailure[];
  /** Found by walking or by a glob, and not opened: sockets, FIFOs, devices, and links that lead nowhere. */
  skipped: string[];
}

/** Standard input may be a socket, which these paths cannot open; so all of its names mean the stream itself. */
const STANDARD_INPUT = new Set(["-", "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"]);

/**
 * Find what the arguments of a command name. Nothing is opened, and nothing is judged by its name.
 *
 * A path that exists is never a glob. Named inputs keep the order given. A directory's files, hidden ones too, come in
 * bytewise order of their whole path below it; symbolic links are followed, and loops of them end. A file reached twice
 * (same device and inode: by two names, two links, or given twice) is read once, under its first name.
 *
 * @param args paths of files, directories, FIFOs or devices; globs; `-`. None means standard input.
 */
export async function findInputs(args: readonly string[]): Promise<FoundInputs> {
  const finder = new Finder();
  for (const arg of args.length === 0 ? ["-"] : args) {
    if (STANDARD_INPUT.has(arg)) finder.addStandardInput();
    else await finder.add(arg);
  }
  return finder;
}

class Finder implements FoundInputs {
  readonly inputs: Input[] = [];
  readonly failures: InputFailure[] = [];
  readonly skipped: string[] = [];
  readonly #seen = new Set<string>();
  /** Seconds, of a clock that Node has at hand: `performance` takes 2 ms to load. */
  #lastBreath = process.uptime();

  addStandardInput(): void {
    const file = standardInputFile();
    const id = file === null ? "-" : identity("-", file);
    if (this.#seen.has(id)) return;
    this.#seen.add(id);
    this.inputs.push({
      name: "standard input",
      path: null,
      named: true,
      size: file === null ? null : Number(file.size),
    });
  }

  async add(arg: string): Promise<void> {
    let stats: BigIntStats;
    try {
      stats = statSync(arg, { bigint: true });
    } catch (error) {
      if (looksLikeGlob(arg)) await this.#addGlob(arg, error);
      else this.#fail(arg === "" ? "(an empty name)" : arg, ioFailure(arg === "" ? "(an empty name)" : arg, error));
      return;
    }
    if (stats.isDirectory()) await this.#addDirectory(arg, stats);
    else if (stats.isSocket()) this.#fail(arg, ioFailure(arg, Object.assign(new Error("a socket"), { code: "ENXIO" })));
    else this.#addFile(arg, stats, true);
  }

  async #addDirectory(arg: string, stats: BigIntStats): Promise<void> {
    const any = await this.#take(walk(arg.replace(/(?<=.)\/+$/, ""), stats, null));
    if (!any) {
      const hint = "Check the path: flowlog reads the files in a directory and in the directories below it.";
      this.#fail(arg, new InputError(`${escapeControls(arg)}: no file in this directory`, { hint }));
    }
  }

  async #addGlob(pattern: string, cause: unknown): Promise<void> {
    const glob = await openGlob(pattern);
    let any = false;
    try {
      any = await this.#take(walk(glob.base, statSync(glob.base || ".", { bigint: true }), glob));
    } catch {
      // The directory that the pattern starts from is not there: nothing matches.
    }
    if (!any) {
      const hint = "Check the pattern, or give no file to read standard input.";
      this.#fail(pattern, new InputError(`${escapeControls(pattern)}: no file matches`, { hint, cause }));
    }
  }

  /** @returns whether there was anything at all */
  async #take(found: Iterable<Found | null>): Promise<boolean> {
    let any = false;
    for (const one of found) {
      await this.#breathe();
      if (one === null) continue;
      any = true;
      if ("error" in one) this.#fail(one.path, one.error);
      else if (one.stats?.isFile()) this.#addFile(one.path, one.stats, false);
      else this.skipped.push(one.path);
    }
    return any;
  }

  #addFile(path: string, stats: BigIntStats, named: boolean): void {
    const id = identity(path, stats);
    if (this.#seen.has(id)) return;
    this.#seen.add(id);
    this.inputs.push({ name: path, path, named, size: stats.isFile() ? Number(stats.size) : null });
  }

  /** Lets signals in now and then: to walk a hundred thousand files takes a second. */
  async #breathe(): Promise<void> {
    if (process.uptime() - this.#lastBreath < 0.02) return;
    await new Promise((resolve) => setImmediate(resolve));
    this.#lastBreath = process.uptime();
  }

  #fail(name: string, error: InputError): void {
    this.failures.push({ name, error });
  }
}

/** What standard input is, where it is a regular file (`< file`), which may be named as well. */
function standardInputFile(): BigIntStats | null {
  try {
    const stats = fstatSync(0, { bigint: true });
    return stats.isFile() ? stats : null;
  } catch {
    return null;
  }
}
