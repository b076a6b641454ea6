import { closeSync, fsyncSync, openSync, realpathSync, renameSync, rmSync, statSync, writeSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Writable } from "node:stream";
import { getSystemErrorMap } from "node:util";
import { InputError, UserError } from "../errors.js";
import { ClosedPipe } from "./io.js";

/** Where a result goes. */
export interface Sink {
  /** A promise where the reader is slower than we are. */
  write(chunk: string | Uint8Array): Promise<void> | void;
  /** The result is whole. */
  commit(): void;
  /** There is no result: a file of an earlier run stays as it was. */
  abandon(): void;
}

/** Standard output. A reader that has gone away ends the run quietly; a full disk does not. */
export function streamSink(stream: Writable, name: string): Sink {
  let failure: Error | null = null;
  stream.on("error", (error: NodeJS.ErrnoException) => {
    failure = error.code === "EPIPE" ? new ClosedPipe() : writeFailure(name, error);
  });
  return {
    write(chunk) {
      if (failure !== null) throw failure;
      if (stream.write(chunk)) return;
      return new Promise((resolve, reject) => {
        const settle = () => {
          stream.off("drain", settle).off("error", settle).off("close", settle);
          if (failure === null) resolve();
          else reject(failure);
        };
        stream.on("drain", settle).on("error", settle).on("close", settle);
      });
    },
    commit() {
      if (failure !== null) throw failure;
    },
    abandon() {},
  };
}

const unfinished = new Set<string>();

/** Remove what unfinished sinks have left beside their files. For the way out of a signal. */
export function removeUnfinished(): void {
  for (const path of unfinished) rmSync(path, { force: true });
  unfinished.clear();
}

/**
 * A file. A regular one is written beside its place and renamed when it is whole, so that nobody ever reads half a
 * result; devices and FIFOs are written directly.
 *
 * @throws UserError where the file cannot be made
 */
export function fileSink(path: string): Sink {
  const target = resolveTarget(path);
  const direct = target.kind === "special";
  const beside = direct ? target.path : join(dirname(target.path), `.${basename(target.path)}.${process.pid}.part`);
  const file = attempt(path, () => openSync(beside, direct ? "a" : "wx", target.mode));
  if (!direct) unfinished.add(beside);
  return {
    write(chunk) {
      const bytes = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
      attempt(path, () => {
        for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
      });
    },
    commit() {
      attempt(path, () => {
        if (!direct) fsyncSync(file);
        closeSync(file);
        if (!direct) renameSync(beside, target.path);
      });
      unfinished.delete(beside);
    },
    abandon() {
      closeSync(file);
      if (direct) return;
      rmSync(beside, { force: true });
      unfinished.delete(beside);
    },
  };
}

function resolveTarget(path: string): { kind: "regular" | "special"; path: string; mode: number } {
  try {
    const stats = statSync(path);
    if (stats.isDirectory()) throw new UserError(`${path}: a directory, expected a file to write`);
    // A link to a file stays a link.
    if (stats.isFile()) return { kind: "regular", path: realpathSync(path), mode: stats.mode & 0o777 };
    return { kind: "special", path, mode: 0o666 };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw writeFailure(path, error);
    return { kind: "regular", path, mode: 0o666 };
  }
}

function attempt<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw writeFailure(path, error);
  }
}

function writeFailure(name: string, error: unknown): Error {
  if (error instanceof UserError) return error;
  const { code, errno, message } = error as NodeJS.ErrnoException;
  if (code === "EPIPE") return new ClosedPipe();
  const says = errno === undefined ? message : (getSystemErrorMap().get(errno)?.[1] ?? message);
  const hint =
    code === "ENOSPC"
      ? "Free some space, or write elsewhere: --output-file FILE."
      : "Check the path and its permissions.";
  return new InputError(`${name}: cannot be written: ${says}`, { hint, cause: error });
}
