import { closeSync, readSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { getSystemErrorMap } from "node:util";
import { escapeControls, UserError } from "../errors.js";
import { openUnnamedFile } from "../source/unnamed-file.js";

/** In how many parts groups are spilled, each of which must fit in memory alone. */
export const SPILL_PARTS = 256;

/** Groups of one part, as a table writes them, somewhere in a spill file. */
export interface Segment {
  /** Which of the tables of its grouping. */
  table: number;
  part: number;
  /** A descriptor of this process, which all its threads share. */
  descriptor: number;
  offset: number;
  length: number;
}

/** Groups could not be spilled, or not be read again: the answer cannot be had, whatever the inputs are. Exit status 3. */
export class SpillError extends UserError {
  override name = "SpillError";
  override readonly exitStatus = 3;
}

/** A file for groups that no longer fit in memory. Nothing is left of it, however the process ends. */
export class SpillFile {
  readonly #descriptor: number;
  #size = 0;

  /** @throws SpillError where there is no room for temporary files */
  constructor() {
    try {
      this.#descriptor = openUnnamedFile();
    } catch (error) {
      throw spillFailure(noRoom, error);
    }
  }

  append(table: number, part: number, bytes: Uint8Array): Segment {
    const segment = { table, part, descriptor: this.#descriptor, offset: this.#size, length: bytes.length };
    try {
      for (let done = 0; done < bytes.length; ) {
        done += writeSync(this.#descriptor, bytes, done, bytes.length - done, this.#size + done);
      }
    } catch (error) {
      throw spillFailure(noRoom, error);
    }
    this.#size += bytes.length;
    return segment;
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}

/** The groups of a segment, for a table to absorb. */
export function readSegment({ descriptor, offset, length }: Segment): Uint8Array {
  const bytes = new Uint8Array(length);
  try {
    for (let done = 0; done < length; ) {
      const count = readSync(descriptor, bytes, done, length - done, offset + done);
      if (count === 0) throw new Error("a spill file has lost its end");
      done += count;
    }
  } catch (error) {
    throw spillFailure("the groups that did not fit in --memory cannot be read again", error);
  }
  return bytes;
}

const noRoom = "no room for the groups that do not fit in --memory";

function spillFailure(what: string, error: unknown): SpillError {
  const { code, errno, message } = error as NodeJS.ErrnoException;
  const folder = escapeControls(tmpdir());
  const system = errno === undefined ? undefined : getSystemErrorMap().get(errno)?.[1];
  const says = code === "ENOSPC" ? "the disk is full" : (system ?? message);
  return new SpillError(`${folder}: ${what} (${says})`, {
    cause: error,
    hint: "Allow more memory (--memory 4G), or name a folder with more room: TMPDIR=/big/disk flowlog …",
  });
}
