import { closeSync, readSync } from "node:fs";
import type { Readable } from "node:stream";
import { DamagedInputError, ioFailure } from "./failure.js";

/** Bytes of one input, in order, as they can be had. One read at a time. */
export interface ByteReader {
  /**
   * Put the next bytes into `into`, from its start.
   *
   * @returns how many bytes were put, at least one, or 0 at the end; as a plain number where they can be had at
   *          once (regular files), so that a loop over a file need not await. A live pipe is answered with
   *          whatever is there: `into` is seldom filled.
   * @throws DamagedInputError (as a rejection where the answer is a promise) when the input breaks, after every
   *         byte before the break was given
   */
  read(into: Uint8Array): number | Promise<number>;
  /**
   * Leave the rest to others, if nothing of it was read ahead: a descriptor that gives what there is and never waits. It holds until this
   * reader is closed, and no read may follow.
   */
  handOver?(): number | null;
  /** Let go of the file or stream; no read may follow. */
  close(): Promise<void>;
  /** Bytes of the input itself taken so far, as stored (compressed), for progress. */
  readonly consumed: number;
  /** What is to be told of the input once all of it was given, though nothing is wrong with it. */
  readonly note?: string | null;
}

/** A regular file, read where its file position stands, so that `< file` after a `read` of the shell goes on there. */
export class FileBytes implements ByteReader {
  readonly #name: string;
  readonly #descriptor: number;
  #owned: boolean;
  #consumed = 0;

  /** @param owned whether `close` closes the descriptor; that of standard input is not ours to close */
  constructor(name: string, descriptor: number, owned: boolean) {
    this.#name = name;
    this.#descriptor = descriptor;
    this.#owned = owned;
  }

  get consumed(): number {
    return this.#consumed;
  }

  read(into: Uint8Array): number {
    try {
      const count = readSync(this.#descriptor, into, 0, into.length, null);
      this.#consumed += count;
      return count;
    } catch (error) {
      throw ioFailure(this.#name, error, DamagedInputError);
    }
  }

  async close(): Promise<void> {
    // Once only: the system gives a closed number to the next file that is opened.
    if (this.#owned) closeSync(this.#descriptor);
    this.#owned = false;
  }
}

/** A pipe, device or any other stream of bytes. */
export class StreamBytes implements ByteReader {
  readonly #name: string;
  readonly #stream: Readable;
  readonly #chunks: AsyncIterator<unknown>;
  #rest: Uint8Array = new Uint8Array(0);
  #consumed = 0;

  constructor(name: string, stream: Readable) {
    this.#name = name;
    this.#stream = stream;
    this.#chunks = stream[Symbol.asyncIterator]();
  }

  get consumed(): number {
    return this.#consumed;
  }

  read(into: Uint8Array): number | Promise<number> {
    return this.#rest.length > 0 ? this.#give(into) : this.#wait(into);
  }

  async close(): Promise<void> {
    this.#stream.destroy();
  }

  async #wait(into: Uint8Array): Promise<number> {
    while (this.#rest.length === 0) {
      const next = await this.#chunks.next().catch((error: unknown) => {
        throw ioFailure(this.#name, error, DamagedInputError);
      });
      if (next.done === true) return 0;
      // A stream with an encoding set, or one made of strings, gives text.
      this.#rest = typeof next.value === "string" ? Buffer.from(next.value) : (next.value as Uint8Array);
    }
    return this.#give(into);
  }

  #give(into: Uint8Array): number {
    const part = this.#rest.subarray(0, into.length);
    into.set(part);
    this.#rest = this.#rest.subarray(part.length);
    this.#consumed += part.length;
    return part.length;
  }
}
