import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  fsync,
  open,
  openSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  type Stats,
  write,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isatty } from "node:tty";
import { promisify } from "node:util";
import { UserError } from "../errors.js";
import type { Io } from "./io.js";
import { type Sink, streamSink } from "./sink.js";
import { resolveTarget, type Target } from "./target.js";
import { openFailure, writeFailure } from "./write-failure.js";

/**
 * A file. A regular one is written beside its place and renamed when it is whole, so that nobody ever reads half a
 * result; devices, FIFOs and what is open already (`/dev/stdout`) are written directly. What it throws while it is
 * written is as of `streamSink`. The opening of a FIFO waits for its reader.
 *
 * @param option what the path was given to, to be named in advice: `--output-file`
 * @throws UserError where the path will not do: a directory, in a missing one, no permission, written already
 */
export async function openFileSink(path: string, option: string, io: Io): Promise<Sink> {
  if (path === "") throw new UserError(`${option} is empty, expected the path of a file`);
  try {
    const target = resolveTarget(path);
    if (target.kind === "regular") return new RegularFile(path, option, target);
    if (target.kind === "special") {
      // Not openSync, which would wait for the reader of a FIFO with signals unheard.
      const flags = constants.O_WRONLY | constants.O_NOCTTY;
      return new DirectFile(path, option, await promisify(open)(target.path, flags), true);
    }
    if (target.number === 1) return streamSink(io.stdout, "standard output", option);
    if (target.number === 2) return streamSink(io.stderr, "standard error", option);
    if (!isWritten(fstatSync(target.number)) || isOwnPipe(target.number))
      throw Object.assign(new Error("EBADF"), { code: "EBADF" });
    return new DirectFile(path, option, target.number, false);
  } catch (error) {
    throw openFailure(path, option, error);
  }
}

/** Node has descriptors of its own, such as of its event queue, which are none of these. */
function isWritten(stats: Stats): boolean {
  return stats.isFile() || stats.isFIFO() || stats.isCharacterDevice() || stats.isBlockDevice() || stats.isSocket();
}

/** A pipe of which both ends are open here is Node's, for its signals: writing to it ends the process at once. */
function isOwnPipe(number: number): boolean {
  const folder = "/proc/self/fd";
  const links = (existsSync(folder) ? readdirSync(folder) : []).map((name): [string, string] => {
    try {
      return [name, readlinkSync(join(folder, name))];
    } catch {
      // The descriptor that the folder itself was read by.
      return [name, ""];
    }
  });
  const own = links.find(([name]) => name === String(number))?.[1] ?? "";
  return own.startsWith("pipe:") && links.filter(([, link]) => link === own).length > 1;
}

/** The regular files that are being written: what each was given to, and the path that it is written at. */
const unfinished = new Map<string, { option: string; beside: string }>();

/** Remove what unfinished sinks have left beside their files. For the way out of a signal. */
export function removeUnfinished(): void {
  for (const target of unfinished.keys()) removeBeside(target);
}

function removeBeside(target: string): void {
  const beside = unfinished.get(target)?.beside;
  if (beside !== undefined) rmSync(beside, { force: true });
  unfinished.delete(target);
}

class RegularFile implements Sink {
  readonly isTerminal = false;
  readonly isRead = false;
  readonly #path: string;
  readonly #option: string;
  readonly #target: string;
  readonly #beside: string;
  readonly #file: number;

  constructor(path: string, option: string, target: Target & { kind: "regular" }) {
    const other = unfinished.get(target.path);
    if (other !== undefined) {
      throw new UserError(`${path}: ${other.option} writes to this file too`, { hint: "Give each a file of its own." });
    }
    this.#path = path;
    this.#option = option;
    this.#target = target.path;
    // A name that no other run takes: in containers, process ids are the same again and again.
    this.#beside = join(dirname(target.path), `.flowlog-${crypto.randomUUID()}.part`);
    this.#file = openSync(this.#beside, "wx", target.mode);
    unfinished.set(target.path, { option, beside: this.#beside });
  }

  write(chunk: string | Uint8Array): void {
    writeAll(this.#path, this.#option, this.#file, typeof chunk === "string" ? Buffer.from(chunk) : chunk);
  }

  async commit(): Promise<void> {
    try {
      // To bring a large file to the disk takes seconds, in which a signal is to be heard.
      await promisify(fsync)(this.#file);
      closeSync(this.#file);
      renameSync(this.#beside, this.#target);
    } catch (error) {
      throw writeFailure(this.#path, this.#option, error);
    } finally {
      removeBeside(this.#target);
    }
  }

  abandon(): void {
    closeSync(this.#file);
    removeBeside(this.#target);
  }
}

function writeAll(path: string, option: string, file: number, bytes: Uint8Array): void {
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
  } catch (error) {
    throw writeFailure(path, option, error);
  }
}

/** A FIFO, a device or an open file. What somebody reads is written off the main thread: signals are heard meanwhile. */
class DirectFile implements Sink {
  readonly isTerminal: boolean;
  readonly isRead: boolean;
  readonly #path: string;
  readonly #option: string;
  readonly #file: number;
  readonly #isOwned: boolean;
  #written: Promise<void> = Promise.resolve();

  /** @param isOwned whether it is ours to close */
  constructor(path: string, option: string, file: number, isOwned: boolean) {
    this.#path = path;
    this.#option = option;
    this.#file = file;
    this.#isOwned = isOwned;
    this.isTerminal = isatty(file);
    const stats = fstatSync(file);
    this.isRead = this.isTerminal || stats.isFIFO() || stats.isSocket();
  }

  write(chunk: string | Uint8Array): Promise<void> | void {
    const bytes = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
    // Whoever reads along is waited for.
    if (!this.isRead) return writeAll(this.#path, this.#option, this.#file, bytes);
    this.#written = this.#written.then(() => this.#writeAll(bytes));
    return this.#written;
  }

  async commit(): Promise<void> {
    await this.#written;
    if (this.#isOwned) closeSync(this.#file);
  }

  abandon(): void {}

  async #writeAll(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      try {
        at += (await promisify(write)(this.#file, bytes, at)).bytesWritten;
      } catch (error) {
        // Whoever opened it may have asked never to wait.
        if ((error as NodeJS.ErrnoException).code === "EAGAIN") await sleep(10);
        else throw writeFailure(this.#path, this.#option, error);
      }
    }
  }
}
