import type { ByteReader } from "./bytes.js";

/** How much is asked of a file at once; a pipe gives up to 64 KiB. */
const largestBlockSize = 256 * 1024;
/** Enough to tell what an input is. */
const leastBlockSize = 4 * 1024;
/** Of data whose size is not known. Each block is then larger than the one before. */
const usualBlockSize = 16 * 1024;

/**
 * A reader whose next bytes can be looked at before they are taken. Once nothing looked at is left, reads go straight
 * to the reader below, at no cost. Blocks are never written over, so pieces looked at stay as they were.
 */
export class Lookahead implements ByteReader {
  readonly #inner: ByteReader;
  #block = new Uint8Array(0);
  #nextSize: number;
  #start = 0;
  #end = 0;
  #ended = false;
  #failure: unknown = null;
  #taken = 0;

  /**
   * @param size how many bytes there are, where that is known; null: not. Blocks of 256 KiB for each of 60,000 files of 300 bytes took
   *             more time than all else.
   */
  constructor(inner: ByteReader, size: number | null = null) {
    this.#inner = inner;
    // With one byte more than there is, the first read shows that it is all.
    this.#nextSize = size === null ? usualBlockSize : Math.min(Math.max(size + 1, leastBlockSize), largestBlockSize);
  }

  get consumed(): number {
    return this.#inner.consumed;
  }

  /** How many bytes were taken (read or skipped): the place in this reader's data of the first byte of `peek()`. */
  get position(): number {
    return this.#taken;
  }

  get available(): number {
    return this.#end - this.#start;
  }

  /** Why there is no more, when that is not the end of the input: what the reader below threw, else null. */
  get failure(): unknown {
    return this.#failure;
  }

  /** All that was read and not taken. */
  peek(): Uint8Array {
    return this.#block.subarray(this.#start, this.#end);
  }

  skip(count: number): void {
    this.#start += count;
    this.#taken += count;
  }

  /**
   * Read until at least `least` bytes can be looked at; never throws.
   *
   * @returns how many can be; less than `least` where the input ends or breaks first (see `failure`)
   */
  async fill(least: number): Promise<number> {
    while (this.available < least && !this.#ended) {
      this.#makeRoom();
      try {
        const count = await this.#inner.read(this.#block.subarray(this.#end));
        this.#end += count;
        this.#ended = count === 0;
      } catch (error) {
        this.#failure = error;
        this.#ended = true;
      }
    }
    return this.available;
  }

  read(into: Uint8Array): number | Promise<number> {
    const held = this.peek().subarray(0, into.length);
    if (held.length > 0) {
      into.set(held);
      this.skip(held.length);
      return held.length;
    }
    if (this.#failure !== null) throw this.#failure;
    return this.#ended ? 0 : this.#inner.read(into);
  }

  handOver(): number | null {
    const isPassedThrough = this.available === 0 && !this.#ended;
    return isPassedThrough ? (this.#inner.handOver?.() ?? null) : null;
  }

  close(): Promise<void> {
    return this.#inner.close();
  }

  #makeRoom(): void {
    // With less room than this left, a block is not worth another read.
    const room = this.#block.length - this.#end;
    if (room > 0 && room >= this.#block.length / 8) return;
    const held = this.peek();
    const block = new Uint8Array(this.#nextSize + held.length);
    this.#nextSize = Math.min(4 * this.#nextSize, largestBlockSize);
    block.set(held);
    this.#block = block;
    this.#start = 0;
    this.#end = held.length;
  }
}
