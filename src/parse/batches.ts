import { InputError, quote } from "../errors.js";
import type { Layout } from "../record/layout.js";
import { DamagedInputError } from "../source/reader.js";
import { Batch } from "./batch.js";
import { Columns, maxBatchRows } from "./columns.js";
import { type Counts, newCounts } from "./counts.js";
import { Decoder, indexStride, type Scanned } from "./decode.js";
import type { Kernel } from "./kernel.js";
import { maxLineBytes, splitFields } from "./line.js";
import { maxTextBytes, type Place } from "./place.js";
import type { LineFault, LineProblem } from "./problem.js";
import { classifyLine, earlyFault, type LineKind, located } from "./settle.js";
import { RecordSorter } from "./sort.js";

const maxIndexBytes = 1 << 20;
/** Most rows of the batch behind a change of layout. */
const fewRows = 16;
const lineFeed = 0x0a;

export interface ParseOptions {
  /** The formats that the user gave; the log's header, where it has one, wins. */
  formats: readonly Layout[];
  /** The fields to decode, where a layout has them. */
  needed: readonly string[];
  onProblem(problem: LineProblem): void;
  /** The bytes of malformed lines as they stood, each with a line feed; a long line comes in pieces. */
  onMalformedBytes(bytes: Uint8Array): void;
  onNote(text: string): void;
}

/** How lines of a layout are read. */
interface Plan {
  decoder: Decoder;
  /** What `scan` is told: a `Batch` in the kernel's memory. */
  batch: number;
  /** How many rows fit into the index. */
  maxRows: number;
}

/**
 * Makes batches of lines that stand in the kernel's memory, and counts what it meets: first all lines at once in the
 * kernel (`scan`), then the odd ones with care (`judge`), then the columns of what is left (`decode`).
 */
export class BatchMaker {
  readonly columns: Columns;
  readonly counts: Counts = newCounts();
  /** The layouts that were met, by their key. */
  readonly layouts = new Map<string, Layout>();
  readonly #kernel: Kernel;
  readonly #options: ParseOptions;
  readonly #index: number;
  readonly #starts: number;
  readonly #ends: number;
  readonly #odd: number;
  readonly #rough: number;
  /** A bit for each byte of a text. */
  readonly #letters: number;
  readonly #plans = new Map<string, Plan>();
  readonly #sorter: RecordSorter;

  constructor(kernel: Kernel, options: ParseOptions) {
    const { reserve, room } = kernel.call;
    this.#kernel = kernel;
    this.#options = options;
    this.columns = new Columns(kernel);
    this.#index = reserve(maxIndexBytes + 16);
    this.#starts = reserve(4 * maxBatchRows);
    this.#ends = reserve(4 * maxBatchRows);
    this.#odd = reserve(maxBatchRows);
    this.#rough = reserve(maxBatchRows);
    this.#letters = room(maxTextBytes / 8 + 16);
    this.#sorter = new RecordSorter(this.columns, this.counts, options.onNote);
  }

  /** The distinct interfaces that flows were seen at. */
  get interfaces(): string[] {
    return this.#sorter.interfaces;
  }

  setLayout(place: Place, layouts: readonly Layout[], layout: Layout): void {
    place.layouts = layouts;
    place.layout = layout;
    this.layouts.set(layout.key, layout);
  }

  /** Index and check some thousand lines under the layout in force, whatever stands before them. */
  scan(place: Place, to: number): Scanned {
    const { call } = this.#kernel;
    const { decoder, maxRows, batch } = this.#plan(place.layout as Layout);
    const most = Math.min(maxRows, place.maxRows);
    place.maxRows = Math.min(maxBatchRows, 4 * most);
    const [index, odd, rough] = [this.#index, this.#odd, this.#rough];
    const rows = call.scan(place.begin, to, most, batch);
    const scanned = { rows, index, odd, rough, next: call.scanned.value as number };
    decoder.check(scanned);
    return scanned;
  }

  /**
   * Look with care at the lines that may be no records, and count all. A line that changes the layout, or that ends the
   * reading, ends the batch.
   */
  judge(place: Place, scanned: Scanned): void {
    const { kernel, layout } = { kernel: this.#kernel, layout: place.layout as Layout };
    const { decoder } = this.#plan(layout);
    // A layout of texts alone has no field that a header could not fill: all its lines are looked at.
    const suspicious = !decoder.checks || place.lines + 1 < place.settledLine;

    const odd = kernel.u8.subarray(this.#odd, this.#odd + scanned.rows);
    const nextLookedAt = (row: number) => (suspicious ? row : odd.indexOf(1, row));
    for (let row = nextLookedAt(0); row >= 0 && row < scanned.rows; row = nextLookedAt(row + 1)) {
      const start = kernel.u32[(this.#starts >>> 2) + row] as number;
      const end = kernel.u32[(this.#ends >>> 2) + row] as number;
      const cut = this.#takeOdd(place, layout, row, start, end);
      if (cut === null) continue;
      scanned.rows = cut.rows;
      scanned.next = cut.next;
      place.maxRows = fewRows;
      break;
    }
    place.lines += scanned.rows;
    place.begin = scanned.next;
    this.counts.lines += scanned.rows;
  }

  /** What is left of a batch that was judged; null where none of its lines is a record. */
  decode(place: Place, layout: Layout, scanned: Scanned): Batch | null {
    this.#plan(layout).decoder.decodeTexts(scanned);
    this.#sorter.sort(scanned, layout);
    place.records += this.#sorter.records.count;
    if (this.#sorter.records.count === 0) return null;
    return new Batch({
      columns: this.columns,
      layout,
      rows: scanned.rows,
      records: this.#sorter.records,
      flows: this.#sorter.flows,
      index: this.#index,
      starts: this.#starts,
      ends: this.#ends,
      odd: this.#odd,
    });
  }

  /**
   * Count a line that is, or may be, no record.
   * @returns where the batch must end and parsing go on, where the line changes the layout
   */
  #takeOdd(
    place: Place,
    layout: Layout,
    row: number,
    start: number,
    end: number,
  ): { rows: number; next: number } | null {
    const { u8 } = this.#kernel;
    const isOdd = this.#odd + row;
    const number = place.lines + row + 1;
    const line = this.#classify(place, layout, number, start, end);
    if (line.kind === "failure") {
      place.failure = line.error;
      return { rows: row, next: start };
    }
    if (line.kind === "record") {
      if (u8[isOdd] === 0) return null;
      throw new Error(`the kernel refused a line that reads well: ${quote(this.textOf(start, end))}`);
    }
    if (line.kind === "other") {
      this.setLayout(place, place.layouts, line.layout);
      return { rows: row, next: start };
    }
    u8[isOdd] = 1;
    switch (line.kind) {
      case "blank":
        this.counts.blank++;
        return null;
      case "comment":
        this.counts.comments++;
        return null;
      case "malformed":
        this.tellMalformed(place, number, line.fault);
        if (!place.longLines.has(number)) {
          this.#options.onMalformedBytes(u8.slice(start, u8.indexOf(lineFeed, end) + 1));
        }
        return null;
      case "header":
        this.counts.headers++;
        if (line.layout.key === layout.key && place.layouts.length === 1) return null;
        this.setLayout(place, [line.layout], line.layout);
        return { rows: row + 1, next: u8.indexOf(lineFeed, end) + 1 };
    }
  }

  #classify(
    place: Place,
    layout: Layout,
    number: number,
    start: number,
    end: number,
  ): LineKind | { kind: "failure"; error: InputError } {
    if (end - start > maxLineBytes || place.longLines.has(number))
      return { kind: "malformed", fault: { reason: "long" } };
    const text = this.textOf(start, end);
    try {
      const line = located(place.name, number, () => classifyLine(text, place.layouts, layout));
      const isEarly = number < place.settledLine && (line.kind === "record" || line.kind === "other");
      return isEarly ? { kind: "malformed", fault: earlyFault(text, layout) } : line;
    } catch (error) {
      // A header that nobody can read by. The records before it are still to be answered.
      if (error instanceof InputError) {
        const options = error.hint === undefined ? {} : { hint: error.hint };
        return { kind: "failure", error: new DamagedInputError(error.message, options) };
      }
      throw error;
    }
  }

  /** Count a blank line or a comment that stands before all else. */
  countIdle(place: Place, text: string): void {
    place.lines++;
    this.counts.lines++;
    if (splitFields(text).length === 0) this.counts.blank++;
    else this.counts.comments++;
  }

  tellMalformed(place: Place, line: number, fault: LineFault): void {
    const problem = { source: place.name, line, fault };
    place.firstProblem ??= problem;
    this.counts.malformed++;
    this.#options.onProblem(problem);
  }

  #plan(layout: Layout): Plan {
    let plan = this.#plans.get(layout.key);
    if (plan === undefined) {
      plan = this.#makePlan(layout);
      this.#plans.set(layout.key, plan);
    }
    return plan;
  }

  #makePlan(layout: Layout): Plan {
    const decoder = new Decoder(this.columns, layout, this.#options.needed);
    const { pointer, count } = decoder.numbers.runs;
    const places = [this.#index, this.#starts, this.#ends, this.#odd, this.#rough, this.#letters];
    const words = [layout.fields.length, ...places, pointer, count];
    const batch = this.#kernel.call.reserve(4 * words.length);
    this.#kernel.words32(batch, words.length).set(words);
    const maxRows = Math.max(1, Math.min(maxBatchRows, Math.floor(maxIndexBytes / indexStride(layout))));
    return { decoder, batch, maxRows };
  }

  textOf(start: number, end: number): string {
    return Buffer.from(this.#kernel.u8.buffer, start, end - start).toString();
  }
}
