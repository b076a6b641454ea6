import { randomBytes } from "node:crypto";
import { closeSync, fsyncSync, openSync, realpathSync, renameSync, rmSync, statSync, writeSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import type { Writable } from "node:stream";
import { UserError } from "../errors.js";
import { openFailure, writeFailure } from "./write-failure.js";

/** Where a result goes. */
export interface Sink {
  /** A promise where the reader is slower than we are. */
  write(chunk: string | Uint8Array): Promise<void> | void;
  /** The result is whole. */
  commit(): void;
  /** There is no result: a file of an earlier run stays as it was. */
  abandon(): void;
}

/**
 * Standard output. Writing throws ClosedPipe where the reader has gone away, which ends the run quietly; OutputError for
 * a full disk, which does not.
 */
export function streamSink(stream: Writable, name: string): Sink {
  let failure: Error | null = null;
  stream.on("error", (error: NodeJS.ErrnoException) => {
    failure = writeFailure(name, "--output-file", error);
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

/**
 * A file. A regular one is written beside its place and renamed when it is whole, so that nobody ever reads half a
 * result; devices and FIFOs are written directly. What it throws while it is written is as of `streamSink`.
 *
 * @param option what the path was given to, to be named in advice: `--output-file`
 * @throws UserError where the path will not do: a directory, in a missing one, no permission, written already
 */
export function fileSink(path: string, option: string): Sink {
  const target = resolveTarget(path, option);
  const other = unfinished.get(target.path);
  if (other !== undefined) {
    throw new UserError(`${path}: ${other.option} writes to this file too`, { hint: "Give each a file of its own." });
  }
  const direct = target.kind === "special";
  const beside = direct ? target.path : besideOf(target.path);
  const file = opened(path, option, () => openSync(beside, direct ? "a" : "wx", target.mode));
  if (!direct) unfinished.set(target.path, { option, beside });
  return {
    write(chunk) {
      const bytes = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
      written(path, option, () => {
        for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
      });
    },
    commit() {
      written(path, option, () => {
        try {
          if (!direct) fsyncSync(file);
          closeSync(file);
          if (!direct) renameSync(beside, target.path);
        } finally {
          removeBeside(target.path);
        }
      });
    },
    abandon() {
      closeSync(file);
      removeBeside(target.path);
    },
  };
}

interface Target {
  kind: "regular" | "special";
  /** Of a regular file, its absolute path without links. */
  path: string;
  mode: number;
}

function resolveTarget(path: string, option: string): Target {
  if (path === "") throw new UserError(`${option} is empty, expected the path of a file`);
  return opened(path, option, () => {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats?.isDirectory() || path.endsWith("/")) throw systemError("EISDIR");
    // A link to a file stays a link.
    if (stats?.isFile()) return { kind: "regular", path: realpathSync(path), mode: stats.mode & 0o777 };
    if (stats !== undefined) return { kind: "special", path, mode: 0o666 };
    const folder = realpathSync(dirname(resolve(path)));
    return { kind: "regular", path: join(folder, basename(path)), mode: 0o666 };
  });
}

/** A name that no other run takes: in containers, process ids are the same again and again. */
function besideOf(path: string): string {
  return join(dirname(path), `.flowlog-${randomBytes(6).toString("hex")}.part`);
}

function systemError(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(code), { code });
}

function opened<T>(path: string, option: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw openFailure(path, option, error);
  }
}

function written(path: string, option: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    throw writeFailure(path, option, error);
  }
}
