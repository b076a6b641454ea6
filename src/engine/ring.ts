import { readBytes } from "../parse/place.js";

// Words of the shared memory: what is to come; whether the one who writes waits for room; how often there was news for those who take.
// How many bytes were written in all, and how many were taken, both modulo 2^32. Then the bytes.
const stateWord = 0;
const fullWord = 1;
const newsWord = 2;
const writtenWord = 3;
const takenWord = 4;
const wordCount = 5;
const bytesAt = 64;

/** More is written; it is to be read from a pipe; all has come; it broke off; nobody is to take any more. */
const states = ["written", "piped", "ended", "broken", "stopped"] as const;
export type RingState = (typeof states)[number];

/** @param bytes how many it must hold */
export function newRing(bytes: number): SharedArrayBuffer {
  // A power of two divides 2^32, at which what was written and taken begins anew.
  return new SharedArrayBuffer(bytesAt + 2 ** Math.ceil(Math.log2(bytes)));
}

/** Bytes that one thread writes, and others take, one of them at a time, in memory that they share. */
export class Ring {
  readonly #words: Int32Array;
  readonly #bytes: Uint8Array;

  constructor(memory: SharedArrayBuffer) {
    this.#words = new Int32Array(memory, 0, wordCount);
    this.#bytes = new Uint8Array(memory, bytesAt);
  }

  get state(): RingState {
    return states[Atomics.load(this.#words, stateWord)] as RingState;
  }

  /** Once stopped, it stays so. */
  become(state: RingState): void {
    const before = this.state;
    // In one step: another thread may be stopping it.
    if (before !== "stopped") {
      Atomics.compareExchange(this.#words, stateWord, states.indexOf(before), states.indexOf(state));
    }
    this.#tellNews();
  }

  /** How many bytes were written and not taken. */
  get length(): number {
    return (Atomics.load(this.#words, writtenWord) - Atomics.load(this.#words, takenWord)) >>> 0;
  }

  /** Where the next bytes are to be written; empty where there is no room, of which `take` then tells. */
  room(): Uint8Array {
    if (this.length === this.#bytes.length) Atomics.store(this.#words, fullWord, 1);
    const at = this.#place(writtenWord);
    return this.#bytes.subarray(at, at + Math.min(this.#bytes.length - this.length, readBytes));
  }

  /** So many bytes have been written into the room. */
  add(count: number): void {
    Atomics.add(this.#words, writtenWord, count);
    this.#tellNews();
  }

  #tellNews(): void {
    Atomics.add(this.#words, newsWord, 1);
    Atomics.notify(this.#words, newsWord);
  }

  /** How often bytes were added, or the state changed. */
  get news(): number {
    return Atomics.load(this.#words, newsWord);
  }

  /** Wait for more news than some. @returns false where there was none for so many milliseconds */
  wait(news: number, milliseconds: number): boolean {
    return Atomics.wait(this.#words, newsWord, news, milliseconds) !== "timed-out";
  }

  /** Copy what stands some bytes behind the first, without taking it. */
  copy(into: Uint8Array, behind: number): void {
    for (let done = 0; done < into.length; ) {
      const at = (this.#place(takenWord) + behind + done) & (this.#bytes.length - 1);
      const some = this.#bytes.subarray(at, at + into.length - done);
      into.set(some, done);
      done += some.length;
    }
  }

  /** Let go of the first bytes. @returns whether the one who writes waits for room, and there is plenty now */
  take(count: number): boolean {
    Atomics.add(this.#words, takenWord, count);
    return this.length < this.#bytes.length / 2 && Atomics.exchange(this.#words, fullWord, 0) === 1;
  }

  /** Put bytes behind all others: for the one who takes, where nobody writes. */
  putBack(bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length; ) {
      const some = bytes.subarray(done, done + this.room().length);
      this.room().set(some);
      Atomics.add(this.#words, writtenWord, some.length);
      done += some.length;
    }
  }

  #place(word: number): number {
    return Atomics.load(this.#words, word) & (this.#bytes.length - 1);
  }
}
