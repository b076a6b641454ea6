import { closeSync, constants, fstatSync, openSync } from "node:fs";
import { type OnReadOpts, Socket, type SocketConstructorOpts } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { ByteReader } from "./bytes.js";
import { DamagedInputError, ioFailure } from "./failure.js";
import { isPlain } from "./shape.js";

/** More than the 64 KiB that a pipe holds on most systems. */
const readAtOnce = 256 << 10;

/**
 * A pipe on standard input, by a descriptor of its own: whoever has it can read without being kept waiting, and the pipe that others
 * share stays as it is.
 */
export class PipeBytes implements ByteReader {
  readonly #descriptor: number;
  readonly #name: string;
  readonly #socket: Socket;
  readonly #buffer = new Uint8Array(readAtOnce);
  /** What was looked at, and what was read behind it, and not taken. */
  #peeked: Uint8Array = new Uint8Array(0);
  #held: Uint8Array = new Uint8Array(0);
  #ended = false;
  #failure: Error | null = null;
  #wake: () => void = () => {};
  #consumed = 0;

  /** @returns null where standard input is no pipe, or where the system gives no descriptor of it */
  static open(name: string, path = "/dev/fd/0"): PipeBytes | null {
    try {
      const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
      if (fstatSync(descriptor).isFIFO()) return new PipeBytes(name, descriptor);
      closeSync(descriptor);
      return null;
    } catch {
      return null;
    }
  }

  private constructor(name: string, descriptor: number) {
    this.#name = name;
    this.#descriptor = descriptor;
    const onread = {
      buffer: this.#buffer,
      // No more is read until somebody asks for it, so that what follows is left to other readers of the descriptor.
      callback: (count: number) => {
        this.#held = this.#buffer.subarray(0, count);
        this.#wake();
        return false;
      },
    };
    // Its types know `onread` for connections only.
    const options: SocketConstructorOpts & { onread: OnReadOpts } = {
      fd: descriptor,
      readable: true,
      writable: false,
      onread,
    };
    this.#socket = new Socket(options);
    this.#socket.pause();
    this.#socket.on("end", () => {
      this.#ended = true;
      this.#wake();
    });
    this.#socket.on("error", (error) => {
      this.#failure = error;
      this.#wake();
    });
  }

  get consumed(): number {
    return this.#consumed;
  }

  read(into: Uint8Array): number | Promise<number> {
    return this.#peeked.length + this.#held.length > 0 ? this.#give(into) : this.#wait(into);
  }

  /** Whether what was looked at begins a plain text. */
  get isPlain(): boolean {
    return isPlain(this.#peeked);
  }

  handOver(): number | null {
    const isAllTaken = this.#peeked.length + this.#held.length === 0;
    return isAllTaken && !this.#ended && this.#failure === null ? this.#descriptor : null;
  }

  async close(): Promise<void> {
    this.#socket.destroy();
  }

  /**
   * Whether there is more than some bytes, which are kept for whoever reads.
   *
   * @param milliseconds how long they are waited for, once there are any; null: as long as it takes
   */
  async hasMoreThan(bytes: number, milliseconds: number | null): Promise<boolean> {
    const room = new Uint8Array(bytes + readAtOnce);
    const since = new AbortController();
    let late: Promise<unknown> | null = null;
    let filled = 0;
    let isLate = false;
    while (filled <= bytes && !isLate) {
      if (this.#held.length > 0) {
        filled += this.#take(room.subarray(filled));
        if (milliseconds !== null) late ??= sleep(milliseconds, null, { signal: since.signal }).catch(() => {});
      } else if (this.#ended || this.#failure !== null) {
        break;
      } else {
        const arrival = this.#arrival().then(() => false);
        isLate = await (late === null ? arrival : Promise.race([arrival, late.then(() => true)]));
      }
    }
    since.abort();
    this.#peeked = room.subarray(0, filled);
    return filled > bytes;
  }

  async #wait(into: Uint8Array): Promise<number> {
    while (this.#held.length === 0) {
      if (this.#failure !== null) throw ioFailure(this.#name, this.#failure, DamagedInputError);
      if (this.#ended) return 0;
      await this.#arrival();
    }
    return this.#give(into);
  }

  /** When there are bytes, or there will be none. */
  #arrival(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
      this.#socket.resume();
    });
  }

  #give(into: Uint8Array): number {
    const count = this.#take(into);
    this.#consumed += count;
    return count;
  }

  #take(into: Uint8Array): number {
    const isPeeked = this.#peeked.length > 0;
    const from = isPeeked ? this.#peeked : this.#held;
    const part = from.subarray(0, into.length);
    into.set(part);
    if (isPeeked) this.#peeked = from.subarray(part.length);
    else this.#held = from.subarray(part.length);
    return part.length;
  }
}
