import { type Layout, layoutOfNames } from "../record/layout.js";

/** The names of a header line, which is no longer than a line can be. */
const maxNamesBytes = 1 << 20;

/** How much memory a shared layout takes. */
export const sharedLayoutBytes = 4 + maxNamesBytes;

/** A layout, or none, in memory that threads share. When it may be read, and when written, they must settle otherwise. */
export class SharedLayout {
  /** How many bytes name the layout; 0: none yet. */
  readonly #length: Int32Array;
  readonly #names: Uint8Array;

  constructor(memory: SharedArrayBuffer, at: number) {
    this.#length = new Int32Array(memory, at, 1);
    this.#names = new Uint8Array(memory, at + 4, maxNamesBytes);
  }

  get(): Layout | null {
    const length = this.#length[0] as number;
    // A copy, because text is not decoded from memory that others may write.
    const names = Buffer.from(this.#names.slice(0, length)).toString();
    return length === 0 ? null : layoutOfNames(names.split(" "));
  }

  set(layout: Layout | null): void {
    const names = Buffer.from(layout?.key ?? "");
    this.#names.set(names);
    this.#length[0] = names.length;
  }
}
