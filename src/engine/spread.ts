import { UserError } from "../errors.js";
import type { Batch } from "../parse/batch.js";
import { type Columns, maxBatchRows } from "../parse/columns.js";
import type { Selection } from "../parse/sort.js";
import { binOf } from "../query/bin.js";
import { secondsOfDuration } from "../query/duration.js";
import type { Bin } from "../query/query.js";
import type { SumColumn } from "./groups.js";
import type { Cell } from "./metric-value.js";
import { EXACT_HIGH, TIME_BIAS } from "./time-column.js";

/** A timeline of more bins than this is no question that a person asks. */
export const MAX_BINS = 100_000;

/** Shares of some flows in bins after their first. */
export interface LaterShares {
  /** Pointers of the columns of the groups' keys. */
  keys: number[];
  selection: Selection;
  values: (SumColumn | null)[];
}

/** A flow that covers more bins than one. */
interface LongFlow {
  row: number;
  start: number;
  end: number;
  /** The first second after the bins that it was shared to. */
  until: number;
}

/**
 * Shares bytes and packets out over the bins that a flow covers: what is up to time t is floor(v * (t - start) / (end - start)),
 * so that the shares of a flow add up to what it carried. Columns hold until the next batch.
 */
export class SpreadColumns {
  readonly #bin: Bin;
  readonly #cells: readonly Cell[];
  readonly #columns: Columns;
  readonly #first: SumColumn[];
  readonly #later: SumColumn[];
  readonly #selection: Selection;
  #values: readonly (SumColumn | null)[] = [];
  #long: LongFlow[] = [];

  constructor(bin: Bin, cells: readonly Cell[], columns: Columns) {
    const { call } = columns.kernel;
    const reserve = (): SumColumn => ({ words: call.reserve(8 * maxBatchRows), nulls: call.reserve(maxBatchRows) });
    this.#bin = bin;
    this.#cells = cells;
    this.#columns = columns;
    this.#first = cells.map(reserve);
    this.#later = cells.map(reserve);
    this.#selection = { rows: call.reserve(4 * maxBatchRows), count: 0 };
    const rows = columns.kernel.words32(this.#selection.rows, maxBatchRows);
    for (let row = 0; row < maxBatchRows; row++) rows[row] = row;
  }

  /** The share of each flow in the bin that it starts in, cell by cell. @throws UserError for a flow that covers too many bins */
  firstShares(batch: Batch, selection: Selection, values: readonly (SumColumn | null)[]): (SumColumn | null)[] {
    const { kernel } = this.#columns;
    this.#values = values;
    this.#long = batch.has("end") ? this.#longFlows(selection, batch.rows) : [];
    if (this.#long.length === 0) return [...values];
    return values.map((column, i) => {
      // Every share of a value is one.
      if (column === null || this.#cells[i]?.op === "count") return column;
      const share = this.#first[i] as SumColumn;
      kernel.u8.copyWithin(share.words, column.words, column.words + 8 * batch.rows);
      for (const flow of this.#long) {
        if (kernel.u8[column.nulls + flow.row] === 1) continue;
        kernel.u64[share.words / 8 + flow.row] = this.#upTo(column, flow, flow.until);
      }
      return { words: share.words, nulls: column.nulls };
    });
  }

  #longFlows({ rows, count }: Selection, batchRows: number): LongFlow[] {
    const { kernel } = this.#columns;
    const starts = kernel.words32(this.#columns.words("start"), 2 * batchRows);
    const ends = kernel.words32(this.#columns.words("end"), 2 * batchRows);
    const long: LongFlow[] = [];
    let [from, until] = [0, 0];
    for (const row of kernel.words32(rows, count)) {
      // A time that is none, or past what a number holds exactly, is left where it starts.
      if ((starts[2 * row + 1] as number) >= EXACT_HIGH || (ends[2 * row + 1] as number) >= EXACT_HIGH) continue;
      const start = (starts[2 * row + 1] as number) * 2 ** 32 + (starts[2 * row] as number);
      const end = (ends[2 * row + 1] as number) * 2 ** 32 + (ends[2 * row] as number);
      if (start < from || start >= until) [from, until] = binOf(start, this.#bin);
      if (end <= until) continue;
      if ((end - start) / this.#bin.seconds > MAX_BINS) throw tooManyBins(this.#bin);
      long.push({ row, start, end, until });
    }
    return long;
  }

  /** What a flow carried up to a time. */
  #upTo(column: SumColumn, { row, start, end }: LongFlow, time: number): bigint {
    const value = this.#columns.kernel.u64[column.words / 8 + row] as bigint;
    if (time >= end) return value;
    return (value * BigInt(time - start)) / BigInt(end - start);
  }

  /**
   * The shares in later bins, some at a time.
   * @param keys    pointers of the columns of the groups' keys for the whole batch
   * @param timeKey which of them is the time
   */
  *laterShares(keys: readonly number[], timeKey: number): Generator<LaterShares, void> {
    const { kernel } = this.#columns;
    const columns = keys.map((_, i) => this.#columns.words(`key ${i} of later shares`));
    const values = this.#values.map((column, i) => (column === null ? null : (this.#later[i] as SumColumn)));
    let count = 0;
    const taken = (): LaterShares => ({ keys: columns, selection: { rows: this.#selection.rows, count }, values });
    for (const flow of this.#long) {
      for (let from = flow.until; from < flow.end; ) {
        const [, until] = binOf(from, this.#bin);
        if (count === maxBatchRows) {
          yield taken();
          count = 0;
        }
        const { u64, u8 } = kernel;
        keys.forEach((key, i) => {
          u64[(columns[i] as number) / 8 + count] =
            i === timeKey ? BigInt(from + TIME_BIAS) : (u64[key / 8 + flow.row] as bigint);
        });
        this.#values.forEach((column, i) => {
          if (column === null) return;
          const later = this.#later[i] as SumColumn;
          u8[later.nulls + count] = u8[column.nulls + flow.row] as number;
          u64[later.words / 8 + count] =
            this.#cells[i]?.op === "count" ? 1n : this.#upTo(column, flow, until) - this.#upTo(column, flow, from);
        });
        count++;
        from = until;
      }
    }
    if (count > 0) yield taken();
  }
}

export function tooManyBins({ seconds }: Bin): UserError {
  const wider = ["1h", "1d"].find((width) => Number(secondsOfDuration(width)) > seconds);
  return new UserError(`the timeline has more than ${MAX_BINS} bins of ${seconds} s`, {
    hint: `Ask for ${wider === undefined ? "" : `wider bins (--bin ${wider}) or `}less time (--since, --until).`,
  });
}
