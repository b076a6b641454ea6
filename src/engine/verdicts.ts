import type { Columns } from "../parse/columns.js";

/** What a condition says of each text (or IPv6 address) of a dictionary, worked out once for each. */
export class Verdicts {
  readonly #columns: Columns;
  readonly #dictionary: number;
  readonly #test: (bytes: Uint8Array) => boolean;
  /** By code. Code 0 is `-`, of which no comparison holds. */
  #verdicts = new Uint8Array(256);
  #known = 0;
  #table = { pointer: 0, size: 0 };
  #era: number;

  constructor(columns: Columns, dictionary: number, test: (bytes: Uint8Array) => boolean) {
    this.#columns = columns;
    this.#era = columns.era;
    this.#dictionary = dictionary;
    this.#test = test;
  }

  /** By code, 1 where the condition holds; also of the texts that came since it was last asked. */
  all(): Uint8Array {
    const { kernel, era } = this.#columns;
    // Texts were forgotten: a code is another text's now.
    if (era !== this.#era) this.#known = 0;
    this.#era = era;
    const size = kernel.call.dictionarySize(this.#dictionary);
    if (size >= this.#verdicts.length) {
      const larger = new Uint8Array(2 * size);
      larger.set(this.#verdicts);
      this.#verdicts = larger;
    }
    while (this.#known < size) {
      const code = ++this.#known;
      this.#verdicts[code] = this.#test(kernel.interned(this.#dictionary, code)) ? 1 : 0;
    }
    return this.#verdicts;
  }

  /** The same as a table in the kernel's memory, a byte a code, which holds until it is asked for again. */
  inKernel(): { pointer: number; size: number } {
    const before = this.#known;
    const era = this.#era;
    const verdicts = this.all();
    const { kernel } = this.#columns;
    if (this.#table.size !== verdicts.length) {
      if (this.#table.size > 0) kernel.call.release(this.#table.pointer);
      this.#table = { pointer: kernel.call.reserve(verdicts.length), size: verdicts.length };
      kernel.u8.set(verdicts, this.#table.pointer);
    } else if (this.#known !== before || this.#era !== era) {
      kernel.u8.set(verdicts, this.#table.pointer);
    }
    return this.#table;
  }
}
