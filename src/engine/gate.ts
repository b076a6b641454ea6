import type { BlockState, Gate } from "../parse/parser.js";
import type { Layout } from "../record/layout.js";
import { SharedLayout, sharedLayoutBytes } from "./shared-layout.js";

// Words of the shared memory: which block may pass, whether reading has ended early, how often the layout changed.
// Then a double, the count of lines, and the layout.
const nextWord = 0;
const failedWord = 1;
const changeWord = 2;
const maxLooks = 2000;
const linesAt = 16;
const layoutAt = 24;
const gateBytes = layoutAt + sharedLayoutBytes;

export function newGateMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(gateBytes);
}

/**
 * Lets the blocks of a stream through one after the other, whichever threads they are on: each finds the layout and
 * the count of lines that the block before it has left. Blocks are numbered through the whole run.
 */
export class SharedGate {
  readonly #words: Int32Array;
  readonly #lines: Float64Array;
  readonly #shared: SharedLayout;
  /** The layout as this thread last saw it, and which change that was. */
  #layout: Layout | null = null;
  #change = -1;

  constructor(memory: SharedArrayBuffer) {
    this.#words = new Int32Array(memory, 0, 3);
    this.#lines = new Float64Array(memory, linesAt, 1);
    this.#shared = new SharedLayout(memory, layoutAt);
  }

  /** @param isFirst whether the block begins an input, which knows nothing of the one before */
  forBlock(number: number, isFirst: boolean): Gate {
    return {
      guess: isFirst ? null : this.#layout,
      enter: () => this.#enter(number, isFirst),
      leave: (state) => this.#leave(number, state),
    };
  }

  #enter(number: number, isFirst: boolean): BlockState | null {
    const words = this.#words;
    // The block before is mostly about to pass: being woken would take longer than to look a few times.
    for (let looks = 0; looks < maxLooks && Atomics.load(words, nextWord) !== number; looks++);
    for (let next = Atomics.load(words, nextWord); next !== number; next = Atomics.load(words, nextWord)) {
      Atomics.wait(words, nextWord, next);
    }
    if (isFirst) {
      words[failedWord] = 0;
      this.#lines[0] = 0;
      this.#setLayout(null);
    }
    if (words[failedWord] === 1) {
      this.#pass(number);
      return null;
    }
    return { layout: this.#currentLayout(), lines: this.#lines[0] as number };
  }

  #leave(number: number, { layout, lines, failure }: BlockState & { failure: Error | null }): void {
    // It has left already, and the words may be another input's by now.
    if (Atomics.load(this.#words, nextWord) !== number) return;
    if (failure !== null) this.#words[failedWord] = 1;
    this.#lines[0] = lines;
    if (layout?.key !== this.#layout?.key) this.#setLayout(layout);
    this.#pass(number);
  }

  #pass(number: number): void {
    Atomics.store(this.#words, nextWord, number + 1);
    Atomics.notify(this.#words, nextWord);
  }

  #currentLayout(): Layout | null {
    const change = this.#words[changeWord] as number;
    if (change !== this.#change) {
      this.#layout = this.#shared.get();
      this.#change = change;
    }
    return this.#layout;
  }

  #setLayout(layout: Layout | null): void {
    this.#shared.set(layout);
    this.#words[changeWord]!++;
    this.#layout = layout;
    this.#change = this.#words[changeWord] as number;
  }
}
