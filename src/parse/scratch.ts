import type { Kernel } from "./kernel.js";

/** Room in the kernel's memory that is given back all at once. */
export class Scratch {
  readonly #kernel: Kernel;
  readonly #pointers: number[] = [];

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  reserve(bytes: number): number {
    const pointer = this.#kernel.call.reserve(bytes);
    this.#pointers.push(pointer);
    return pointer;
  }

  /** A place with 32-bit words in it. */
  copy(words: Uint32Array): number {
    const pointer = this.reserve(4 * Math.max(1, words.length));
    this.#kernel.words32(pointer, words.length).set(words);
    return pointer;
  }

  reserveWords(words: readonly number[]): number {
    return this.copy(Uint32Array.from(words));
  }

  release(): void {
    for (const pointer of this.#pointers) this.#kernel.call.release(pointer);
    this.#pointers.length = 0;
  }
}
