import { InputError, quote, UserError } from "../errors.js";
import { DEFAULT_LAYOUT, type Layout } from "../record/layout.js";
import { type ByteReader, DamagedInputError, NotALogError } from "../source/reader.js";
import { Batch } from "./batch.js";
import { Columns, maxBatchRows } from "./columns.js";
import { type Counts, newCounts } from "./counts.js";
import { Decoder, type Scanned } from "./decode.js";
import type { Kernel } from "./kernel.js";
import { maxLineBytes } from "./line.js";
import { formatFault, type LineFault, type LineProblem } from "./problem.js";
import { classifyLine, earlyFault, type LineKind, Settlement } from "./settle.js";
import { RecordSorter } from "./sort.js";

/** Bytes asked of a source at once: few enough to be in the cache still when they are scanned. */
const readBytes = 256 << 10;
/** Lines that wait for a layout are kept so far. */
const maxWaitingBytes = 1 << 20;
/** Room for the lines that wait, the longest line with its end, and one read behind it. */
const textBytes = maxWaitingBytes + maxLineBytes + 2 + 2 * readBytes;
/** How far `scan` and the field loops may read before and behind the text. */
const margin = 64;
const maxIndexBytes = 1 << 20;
const fewRows = 16;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;

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

/** The input as messages name it, and whether the user named it (else it was found by walking). */
export interface InputName {
  name: string;
  named: boolean;
}

/** How far an input is read: [begin, end) of the text is still to be parsed. */
interface Place extends InputName {
  begin: number;
  end: number;
  /** Lines that were taken from the input so far. */
  lines: number;
  records: number;
  /** The layouts that lines may have, and the one in force; null until the first lines have shown it. */
  layouts: readonly Layout[];
  layout: Layout | null;
  settlement: Settlement;
  /** How many lines the settlement has looked at, and where the next one begins. */
  looked: { lines: number; at: number };
  /** The line that showed the layout: what stands before it is malformed. */
  settledLine: number;
  /** True inside a line that is too long: its bytes pass by until its end. */
  skipping: boolean;
  /** Lines that are too long, of which only a stub is kept. */
  longLines: Set<number>;
  /** How many bytes the last read has brought, at the end of the text. */
  fresh: number;
  /** Most rows of the next batch: few after a change of layout, since another may follow soon. */
  maxRows: number;
  firstProblem: LineProblem | null;
  /** Why reading must end here, once the records before are answered. */
  failure: InputError | null;
}

/** What holds at the beginning of a block: the layout in force (null: not known yet) and how many lines came before. */
export interface BlockState {
  layout: Layout | null;
  lines: number;
}

/** Lets the blocks of an input through in their order; see `parseBlock`. */
export interface Gate {
  /** The layout that this block most likely has. */
  readonly guess: Layout | null;
  /** Wait for the block before; null where reading has ended there. */
  enter(): BlockState | null;
  leave(state: BlockState & { failure: Error | null }): void;
}

/** What a block adds to what its input is judged by. */
export interface BlockOutcome {
  records: number;
  firstProblem: LineProblem | null;
}

/** How many bytes a block is meant to have, so that it is one batch for most layouts. */
export const blockBytes = 2 * readBytes;
/** The first block of an input must hold all lines that can be needed to show its layout. */
export const firstBlockBytes = maxWaitingBytes + blockBytes;

/**
 * Cuts inputs into batches of checked records. One parser serves a whole run: codes of texts and addresses mean the
 * same in all its batches. Its memory grows with the distinct texts and IPv6 addresses of the fields asked for.
 */
export class Parser {
  readonly columns: Columns;
  readonly counts: Counts = newCounts();
  /** The layouts that were met, by their key. */
  readonly layouts = new Map<string, Layout>();
  readonly #kernel: Kernel;
  readonly #options: ParseOptions;
  readonly #text: number;
  readonly #index: number;
  readonly #starts: number;
  readonly #ends: number;
  readonly #odd: number;
  readonly #decoders = new Map<string, Decoder>();
  readonly #sorter: RecordSorter;

  constructor(kernel: Kernel, options: ParseOptions) {
    const { reserve } = kernel.call;
    this.#kernel = kernel;
    this.#options = options;
    this.columns = new Columns(kernel);
    this.#text = reserve(textBytes + 2 * margin) + margin;
    this.#index = reserve(maxIndexBytes);
    this.#starts = reserve(4 * maxBatchRows);
    this.#ends = reserve(4 * maxBatchRows);
    this.#odd = reserve(maxBatchRows);
    this.#sorter = new RecordSorter(this.columns, this.counts, options.onNote);
  }

  /** The distinct interfaces that flows were seen at. */
  get interfaces(): string[] {
    return this.#sorter.interfaces;
  }

  /**
   * Read one input to its end, or until no more is asked for. A batch holds until the next one is asked for, and
   * all that a pipe has given so far is parsed before more of it is awaited.
   *
   * @throws NotALogError where the first lines show no layout, or where there are lines but not one is a record;
   *         DamagedInputError after all that could be read was given
   */
  async *parse(reader: ByteReader, input: InputName): AsyncGenerator<Batch, void> {
    const place = this.#newPlace(input);
    let damage: DamagedInputError | null = null;
    while (damage === null) {
      this.#makeRoom(place);
      let read = 0;
      try {
        const result = reader.read(this.#kernel.u8.subarray(place.end, place.end + readBytes));
        read = typeof result === "number" ? result : await result;
      } catch (error) {
        if (!(error instanceof DamagedInputError)) throw error;
        damage = error;
      }
      if (read === 0) break;
      place.end += read;
      place.fresh = read;
      yield* this.#take(place);
    }
    yield* this.#finish(place, damage !== null);
    if (damage !== null) throw damage;
    if (place.records === 0 && place.firstProblem !== null) throw noRecord(place.firstProblem, this.#options.formats);
  }

  /**
   * Parse whole lines from somewhere in an input, while other parsers are at work on the lines before and behind them.
   * What can be done at once is done under the layout that the last block had; then `gate` lets one block after the
   * other through to what depends on the lines before it: the layout, line numbers, the order of problems.
   *
   * @param bytes ends with a line end; at most `firstBlockBytes` and the rest of a line
   * @returns what was met, for the whole input's sake
   */
  *parseBlock(bytes: Uint8Array, input: InputName, gate: Gate): Generator<Batch, BlockOutcome> {
    const place = this.#newPlace(input);
    this.#kernel.u8.set(bytes, place.begin);
    place.end += bytes.length;
    let scanned: Scanned | null = null;
    if (gate.guess !== null) {
      this.#setLayout(place, [gate.guess], gate.guess);
      scanned = this.#scan(place, place.end);
    }
    const before = gate.enter();
    if (before === null) return place;
    try {
      place.lines = before.lines;
      if (before.layout === null || before.layout.key !== place.layout?.key) {
        scanned = null;
        place.layout = null;
        if (before.layout !== null) this.#setLayout(place, [before.layout], before.layout);
        else if (!this.#settle(place, 0)) this.#settleNothing(place);
      }
      while (place.begin < place.end) {
        scanned ??= this.#scan(place, place.end);
        const layout = place.layout as unknown as Layout;
        this.#judge(place, scanned);
        if (place.begin === place.end || place.failure !== null) gate.leave(place);
        const batch = this.#decode(place, layout, scanned);
        if (batch !== null) yield batch;
        if (place.failure !== null) throw place.failure;
        scanned = null;
      }
      return place;
    } catch (error) {
      gate.leave({ layout: null, lines: place.lines, failure: error as Error });
      throw error;
    }
  }

  /** Count a line of a block's input that is none of a block's lines: one that is too long, or cut off. */
  countFault(fault: LineFault, input: InputName, gate: Gate): BlockOutcome {
    const place = this.#newPlace(input);
    const before = gate.enter();
    if (before === null) return place;
    place.lines = before.lines + 1;
    this.counts.lines++;
    this.#tellMalformed(place, place.lines, fault);
    gate.leave({ layout: before.layout, lines: place.lines, failure: null });
    return place;
  }

  #newPlace(input: InputName): Place {
    return {
      name: input.name,
      named: input.named,
      begin: this.#text,
      end: this.#text,
      lines: 0,
      records: 0,
      layouts: [],
      layout: null,
      settlement: new Settlement(this.#options.formats),
      looked: { lines: 0, at: this.#text },
      settledLine: 0,
      skipping: false,
      longLines: new Set(),
      fresh: 0,
      maxRows: maxBatchRows,
      firstProblem: null,
      failure: null,
    };
  }

  /** Move what is left to the front where one read more would not fit. */
  #makeRoom(place: Place): void {
    if (place.end + readBytes <= this.#text + textBytes) return;
    const moved = place.begin - this.#text;
    this.#kernel.u8.copyWithin(this.#text, place.begin, place.end);
    place.begin -= moved;
    place.end -= moved;
    place.looked.at -= moved;
  }

  /** Parse the whole lines of what has been read. */
  *#take(place: Place): Generator<Batch, void> {
    const { u8 } = this.#kernel;
    if (place.skipping) this.#skip(place, place.end - place.fresh);
    const lastEnd = u8.subarray(place.begin, place.end).lastIndexOf(lineFeed);
    if (lastEnd >= 0) yield* this.#takeLines(place, place.begin + lastEnd + 1);
    const lineStart = place.layout === null ? place.looked.at : place.begin;
    if (place.end - lineStart > maxLineBytes + 1) this.#beginSkipping(place);
  }

  /** Parse [begin, to), which ends with a line end. */
  *#takeLines(place: Place, to: number): Generator<Batch, void> {
    // A line that turns out too long is taken out of the text, so that what stands behind it moves.
    const behind = place.end - to;
    if (place.layout === null && !this.#settle(place, behind)) return;
    while (place.begin < place.end - behind) {
      const layout = place.layout as unknown as Layout;
      const scanned = this.#scan(place, place.end - behind);
      this.#judge(place, scanned);
      const batch = this.#decode(place, layout, scanned);
      if (batch !== null) yield batch;
      if (place.failure !== null) throw place.failure;
    }
  }

  /** Look at lines, but for the last `behind` bytes of the text, until one shows the layout. */
  #settle(place: Place, behind: number): boolean {
    const { looked, settlement } = place;
    const { u8 } = this.#kernel;
    while (looked.at < place.end - behind) {
      const start = looked.at;
      if (this.#contentEnd(start, u8.indexOf(lineFeed, start)) - start > maxLineBytes) this.#beginSkipping(place);
      const end = u8.indexOf(lineFeed, start);
      const content = this.#contentEnd(start, end);
      looked.at = end + 1;
      looked.lines++;
      const number = place.lines + looked.lines;
      const layouts = located(place.name, number, () => settlement.look(this.#textOf(start, content), number));
      if (layouts !== null) {
        place.settledLine = number;
        this.#setLayout(place, layouts, layouts[0] as Layout);
        this.#tellDifference(place, layouts);
        return true;
      }
      if (settlement.hopeless || looked.at - place.begin > maxWaitingBytes) throw this.#noLayout(place);
    }
    return false;
  }

  #setLayout(place: Place, layouts: readonly Layout[], layout: Layout): void {
    place.layouts = layouts;
    place.layout = layout;
    this.layouts.set(layout.key, layout);
  }

  /** A header that says other than `--format` wins; the user should know. */
  #tellDifference(place: Place, layouts: readonly Layout[]): void {
    const { formats } = this.#options;
    if (formats.length === 0 || layouts === formats) return;
    if (formats.some((format) => format.key === layouts[0]?.key)) return;
    this.#options.onNote(`${place.name}: its header differs from --format; the header is used`);
  }

  /** Index and check some thousand lines under the layout in force, whatever stands before them. */
  #scan(place: Place, to: number): Scanned {
    const { call } = this.#kernel;
    const layout = place.layout as Layout;
    const fields = layout.fields.length;
    const maxRows = Math.max(1, Math.min(place.maxRows, Math.floor(maxIndexBytes / (8 * fields))));
    place.maxRows = Math.min(maxBatchRows, 4 * place.maxRows);
    const { index, starts, ends, odd } = { index: this.#index, starts: this.#starts, ends: this.#ends, odd: this.#odd };
    const rows = call.scan(place.begin, to, fields, maxRows, index, starts, ends, odd);
    const scanned = { rows, index, odd, next: call.scanned.value as number };
    this.#decoder(layout).check(scanned);
    return scanned;
  }

  /**
   * Look with care at the lines that may be no records, and count all. A line that changes the layout, or that ends the
   * reading, ends the batch.
   */
  #judge(place: Place, scanned: Scanned): void {
    const { kernel, layout } = { kernel: this.#kernel, layout: place.layout as Layout };
    const decoder = this.#decoder(layout);
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
  #decode(place: Place, layout: Layout, scanned: Scanned): Batch | null {
    this.#decoder(layout).decodeTexts(scanned);
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
      throw new Error(`the kernel refused a line that reads well: ${quote(this.#textOf(start, end))}`);
    }
    if (line.kind === "other") {
      this.#setLayout(place, place.layouts, line.layout);
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
        this.#tellMalformed(place, number, line.fault);
        if (!place.longLines.has(number)) {
          this.#options.onMalformedBytes(u8.slice(start, u8.indexOf(lineFeed, end) + 1));
        }
        return null;
      case "header":
        this.counts.headers++;
        if (line.layout.key === layout.key && place.layouts.length === 1) return null;
        this.#setLayout(place, [line.layout], line.layout);
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
    const text = this.#textOf(start, end);
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

  #tellMalformed(place: Place, line: number, fault: LineFault): void {
    const problem = { source: place.name, line, fault };
    place.firstProblem ??= problem;
    this.counts.malformed++;
    this.#options.onProblem(problem);
  }

  /**
   * The line behind those that were looked at is too long to be kept. A stub stands for it, which is judged in its turn;
   * its own bytes pass by.
   */
  #beginSkipping(place: Place): void {
    // Nobody said that this is a log, and nothing has shown it yet.
    if (place.layout === null && !place.named) throw this.#noLayout(place);
    const { u8 } = this.#kernel;
    const { looked } = place;
    const start = place.layout === null ? looked.at : place.begin;
    place.longLines.add(place.lines + (place.layout === null ? looked.lines : 0) + 1);
    place.skipping = true;
    this.#skip(place, start);
    u8.copyWithin(start + stub.length, start, place.end);
    u8.set(stub, start);
    place.end += stub.length;
  }

  /** Let the bytes of a line that is too long pass by, from `from` on. */
  #skip(place: Place, from: number): void {
    const { u8 } = this.#kernel;
    const lineEndAt = u8.subarray(from, place.end).indexOf(lineFeed);
    const to = lineEndAt < 0 ? place.end : from + lineEndAt + 1;
    this.#options.onMalformedBytes(u8.slice(from, to));
    place.skipping = lineEndAt < 0;
    u8.copyWithin(from, to, place.end);
    place.end -= to - from;
  }

  /** Parse what is left when the input has ended: a line without its end, which damage has cut off. */
  *#finish(place: Place, damaged: boolean): Generator<Batch, void> {
    if (place.skipping) {
      this.#options.onMalformedBytes(lineEnd);
    } else if (place.end > place.begin && this.#kernel.u8[place.end - 1] !== lineFeed) {
      if (damaged) {
        yield* this.#takeCutOff(place);
      } else {
        this.#kernel.u8[place.end] = lineFeed;
        place.end++;
      }
    }
    if (place.end === place.begin) return;
    yield* this.#takeLines(place, place.end);
    if (place.layout !== null) return;
    this.#settleNothing(place);
    yield* this.#takeLines(place, place.end);
  }

  /** All has been looked at, and no layout was seen: fine where there are blank lines and comments only. */
  #settleNothing(place: Place): void {
    if (place.settlement.first !== null) throw this.#noLayout(place);
    // Any layout will do to count them.
    place.layouts = [DEFAULT_LAYOUT];
    place.layout = DEFAULT_LAYOUT;
  }

  /** The line that damage has cut: what came before it is parsed, and it is malformed, however well it reads. */
  *#takeCutOff(place: Place): Generator<Batch, void> {
    const { u8 } = this.#kernel;
    const lastEnd = u8.subarray(place.begin, place.end).lastIndexOf(lineFeed);
    const start = place.begin + lastEnd + 1;
    const cut = u8.slice(start, place.end);
    if (lastEnd >= 0) yield* this.#takeLines(place, start);
    place.lines++;
    this.counts.lines++;
    this.#tellMalformed(place, place.lines, { reason: "cut" });
    this.#options.onMalformedBytes(cut);
    this.#options.onMalformedBytes(lineEnd);
    place.end = start;
  }

  #decoder(layout: Layout): Decoder {
    let decoder = this.#decoders.get(layout.key);
    if (decoder === undefined) {
      decoder = new Decoder(this.columns, layout, this.#options.needed);
      this.#decoders.set(layout.key, decoder);
    }
    return decoder;
  }

  #textOf(start: number, end: number): string {
    return Buffer.from(this.#kernel.u8.buffer, start, end - start).toString();
  }

  /** Where a line's content ends whose line feed stands at `end`: a CR before it is part of the line end. */
  #contentEnd(start: number, end: number): number {
    return end > start && this.#kernel.u8[end - 1] === carriageReturn ? end - 1 : end;
  }

  #noLayout(place: Place): NotALogError {
    const { first } = place.settlement;
    if (first === null) return new NotALogError(`${place.name}:1: a line longer than 1 MiB, expected a flow log`);
    return new NotALogError(
      `${place.name}:${first.line}: ${first.fields.length} ${first.fields.length === 1 ? "field" : "fields"}, and no line is a header or reads as AWS's default format (14 fields)`,
      { hint: formatHint },
    );
  }
}

/**
 * The error for an input with lines of which none is a record. Where it was its own header that said what records look
 * like, it is a log; where it was the user's formats, it may be something else that lies beside the logs.
 */
export function noRecord({ source, line, fault }: LineProblem, formats: readonly Layout[]): InputError {
  const Kind = formats.length === 0 ? InputError : NotALogError;
  return new Kind(`${source}:${line}: no line is a record; the first: ${formatFault(fault)}`, { hint: formatHint });
}

/** Put the place in front of what is wrong with a header, such as a field that it names twice. */
function located<T>(name: string, line: number, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new InputError(`${name}:${line}: ${error.message}`, { hint: error.hint ?? formatHint, cause: error });
  }
}

const lineEnd = Uint8Array.of(lineFeed);
/** What stands for a line that is too long: odd, because of its control byte. */
const stub = Uint8Array.of(1, lineFeed);
const formatHint =
  "If this is a flow log, give its format: --format '${version} ${account-id} …' as in the flow log's settings, or --format tgw.";
