import { readSync } from "node:fs";
import { maxLineBytes } from "../parse/line.js";
import type { LineFault } from "../parse/problem.js";
import { DamagedInputError, ioFailure } from "../source/failure.js";
import type { BlockCut } from "./block-cut.js";
import { newRing, Ring } from "./ring.js";

// Words of the shared memory: whether a thread is cutting a block; the number of the next one; whether the next byte stands inside a
// line that is too long; the descriptor of the pipe.
const busyWord = 0;
const nextWord = 1;
const skippingWord = 2;
const descriptorWord = 3;

/** After a pause this long in a stream, what has come of it is not kept waiting for a block to be full. */
const pauseMs = 100;
/** How long an empty pipe is left alone, in milliseconds: at first (the system makes some 0.06 of it), and at most. */
const leastWait = 0.001;
const mostWait = 20;
const lineFeed = 0x0a;

/** A stream as plain data. */
export interface StreamParts {
  /** As told to the user. */
  name: string;
  cut: BlockCut;
  ring: SharedArrayBuffer;
  words: SharedArrayBuffer;
}

export function newStream(name: string, cut: BlockCut): StreamParts {
  const largestBlock = Math.max(cut.firstBytes, cut.bytes) + maxLineBytes + cut.bytes;
  // Room for two blocks of any kind, so that whoever writes can be ahead.
  return { name, cut, ring: newRing(2 * largestBlock), words: new SharedArrayBuffer(16) };
}

/** Whole lines of a stream. */
export interface StreamBlock {
  /** The number of the block in its stream. */
  index: number;
  length: number;
  /** What is wrong with the line behind them. */
  fault: LineFault | null;
  /** How many bytes this thread has read for it. */
  read: number;
}

/**
 * Cuts a stream into blocks of whole lines, which threads take one after the other. Another thread writes it into a ring, or they read
 * it themselves from a pipe: where they wait for another thread, which waits for the pipe, a processor stands idle.
 */
export class StreamBlocks {
  readonly ring: Ring;
  readonly #words: Int32Array;
  readonly #name: string;
  readonly #cut: BlockCut;
  readonly #onRoom: () => void;
  #failure: DamagedInputError | null = null;
  // Of the block that is being cut: its bytes, how many of them there are, how many come from the ring, how many this thread has read.
  #into: Uint8Array = new Uint8Array(0);
  #filled = 0;
  #copied = 0;
  #read = 0;

  /** @param onRoom tells the one who writes, and waits for it, that there is room in the ring */
  constructor({ name, cut, ring, words }: StreamParts, onRoom: () => void = () => {}) {
    this.ring = new Ring(ring);
    this.#words = new Int32Array(words);
    this.#name = name;
    this.#cut = cut;
    this.#onRoom = onRoom;
  }

  /** How many blocks were taken. */
  get count(): number {
    return Atomics.load(this.#words, nextWord);
  }

  /** Why this thread could not read on; null: it could. */
  get failure(): DamagedInputError | null {
    return this.#failure;
  }

  /** What follows is to be read from a descriptor, which gives what there is and never waits, by those who take. */
  handOver(descriptor: number): void {
    this.#words[descriptorWord] = descriptor;
    this.ring.become("piped");
  }

  /** Take the next block, once it is there. @returns null where there is none any more */
  take(into: Uint8Array): StreamBlock | null {
    const words = this.#words;
    while (Atomics.compareExchange(words, busyWord, 0, 1) !== 0) Atomics.wait(words, busyWord, 1);
    try {
      this.#into = into;
      this.#read = 0;
      this.#empty();
      if (words[skippingWord] === 1) this.#skipLine();
      return this.#takeLines();
    } finally {
      Atomics.store(words, busyWord, 0);
      Atomics.notify(words, busyWord, 1);
    }
  }

  #takeLines(): StreamBlock | null {
    const isFirst = this.#words[nextWord] === 0;
    const into = this.#into;
    let wanted = isFirst ? this.#cut.firstBytes : this.#cut.bytes;
    let lines = 0;
    let isMore = true;
    while (isMore && (lines === 0 || this.#filled < wanted)) {
      const before = this.#filled;
      isMore = this.#fill(wanted, !isFirst && lines > 0);
      const lineEnd = into.subarray(before, this.#filled).lastIndexOf(lineFeed);
      if (lineEnd >= 0) lines = before + lineEnd + 1;
      if (lines === 0 && this.#filled > maxLineBytes + 1) return this.#block(0, this.#filled, { reason: "long" });
      if (this.#filled === wanted && lines === 0) wanted += this.#cut.bytes;
    }
    const { state, length } = this.ring;
    if (state === "stopped" || this.#filled === 0) return null;
    const isLast = (state === "ended" || state === "broken") && length === this.#copied;
    if (!isLast || lines === this.#filled) return this.#block(lines, lines, null);
    if (state === "broken") return this.#block(lines, this.#filled, { reason: "cut" });
    into[this.#filled] = lineFeed;
    return this.#block(this.#filled + 1, this.#filled, null);
  }

  #block(length: number, taken: number, fault: LineFault | null): StreamBlock {
    if (fault?.reason === "long") this.#words[skippingWord] = 1;
    this.#take(taken);
    return { index: Atomics.add(this.#words, nextWord, 1), length, fault, read: this.#read };
  }

  /** Let the bytes of a line pass by to its end. */
  #skipLine(): void {
    let lineEnd = -1;
    for (let isMore = true; isMore && lineEnd < 0; this.#take(lineEnd < 0 ? this.#filled : lineEnd + 1)) {
      this.#empty();
      isMore = this.#fill(this.#cut.bytes, false);
      lineEnd = this.#into.subarray(0, this.#filled).indexOf(lineFeed);
    }
    this.#empty();
    this.#words[skippingWord] = 0;
  }

  #empty(): void {
    this.#filled = 0;
    this.#copied = 0;
  }

  /** Let go of the first bytes of the block; those behind them are left for the next. */
  #take(count: number): void {
    this.ring.putBack(this.#into.subarray(Math.max(count, this.#copied), this.#filled));
    if (this.ring.take(Math.min(count, this.#copied))) this.#onRoom();
  }

  /**
   * Fill the block up to some bytes, once there are any.
   * @returns false where no more come, or, with `mayPause`, not for a while
   */
  #fill(wanted: number, mayPause: boolean): boolean {
    const { ring } = this;
    const patience = mayPause ? pauseMs : Number.POSITIVE_INFINITY;
    let wait = leastWait;
    for (let waited = 0; ; ) {
      const { news, state } = ring;
      const there = ring.length;
      if (there > this.#copied) {
        const some = this.#into.subarray(this.#filled, Math.min(wanted, this.#filled + there - this.#copied));
        ring.copy(some, this.#copied);
        this.#filled += some.length;
        this.#copied += some.length;
        return true;
      }
      if (state === "written") {
        if (!ring.wait(news, patience)) return false;
      } else if (state !== "piped") {
        return false;
      } else if (this.#readPipe(wanted)) {
        return true;
      } else if (waited >= patience) {
        return false;
      } else {
        ring.wait(news, wait);
        waited += wait;
        wait = Math.min(2 * wait, mostWait);
      }
    }
  }

  /** Read what there is in the pipe. @returns whether that was anything */
  #readPipe(wanted: number): boolean {
    try {
      const descriptor = this.#words[descriptorWord] as number;
      const count = readSync(descriptor, this.#into, this.#filled, wanted - this.#filled, null);
      if (count === 0) this.ring.become("ended");
      this.#filled += count;
      this.#read += count;
      return count > 0;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EAGAIN") return false;
      this.#failure = ioFailure(this.#name, error, DamagedInputError);
      this.ring.become("broken");
      return false;
    }
  }
}
