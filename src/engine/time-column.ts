import type { Batch } from "../parse/batch.js";
import type { Columns } from "../parse/columns.js";
import { binOf, exactBinOf } from "../query/bin.js";
import type { Bin } from "../query/query.js";

/** Added to times as words: the first day of some zones begins before 1970. */
export const TIME_BIAS = 2 * 86_400;

/** The upper half of the first instant that is not exact as a number: later ones are no seconds. */
export const EXACT_HIGH = 2 ** 21;
const noTime = 0xffff_ffff;

/** The first second of the bin that each flow's `start` lies in, and `TIME_BIAS`. */
export class TimeColumn {
  readonly #bin: Bin;
  readonly #columns: Columns;
  /** The bin of the last row, as flows of one file mostly lie in few. */
  #from = 0;
  #until = 0;

  constructor(bin: Bin, columns: Columns) {
    this.#bin = bin;
    this.#columns = columns;
  }

  of(batch: Batch): number {
    const { kernel } = this.#columns;
    const column = this.#columns.words("bin of start");
    const starts = kernel.words32(this.#columns.words("start"), 2 * batch.rows);
    const bins = kernel.words32(column, 2 * batch.rows);
    for (let at = 0; at < starts.length; at += 2) {
      const low = starts[at] as number;
      const high = starts[at + 1] as number;
      if (high >= EXACT_HIGH) {
        this.#setFar(low, high, bins, at);
        continue;
      }
      const start = high * 2 ** 32 + low;
      if (start < this.#from || start >= this.#until) [this.#from, this.#until] = binOf(start, this.#bin);
      const word = this.#from + TIME_BIAS;
      bins[at] = word % 2 ** 32;
      bins[at + 1] = Math.floor(word / 2 ** 32);
    }
    return column;
  }

  /** Of a number that is no time in seconds, the bin in UTC; of none, none. */
  #setFar(low: number, high: number, bins: Uint32Array, at: number): void {
    if (low === noTime && high === noTime) {
      bins[at] = noTime;
      bins[at + 1] = noTime;
      return;
    }
    const [from] = exactBinOf((BigInt(high) << 32n) | BigInt(low), this.#bin);
    const word = from + BigInt(TIME_BIAS);
    bins[at] = Number(word & 0xffff_ffffn);
    bins[at + 1] = Number(word >> 32n);
  }
}
