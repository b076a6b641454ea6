import type { Layout } from "../record/layout.js";
import { type ByteReader, DamagedInputError } from "../source/reader.js";
import type { Batch } from "./batch.js";
import { BatchMaker, type ParseOptions } from "./batches.js";
import type { Columns } from "./columns.js";
import type { Counts } from "./counts.js";
import type { Scanned } from "./decode.js";
import type { Kernel } from "./kernel.js";
import { maxLineBytes } from "./line.js";
import { type InputName, maxTextBytes, maxWaitingBytes, newPlace, type Place, readBytes } from "./place.js";
import type { LineFault, LineProblem } from "./problem.js";
import { located, noLayout, noRecord } from "./settle.js";

/** How far `scan` and the field loops may read before and behind the text. */
const margin = 64;
const pageBytes = 4096;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;

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

/** Whole lines of an input, in the parser's `room`. */
export interface Block {
  /** The place of the first byte, and how many there are to the last line end. */
  at: number;
  length: number;
  /** What is wrong with a line behind them that is no record whatever it holds: it is too long, or cut off. */
  fault: LineFault | null;
}

/** What a block adds to what its input is judged by. */
export interface BlockOutcome {
  records: number;
  firstProblem: LineProblem | null;
}

/**
 * How many bytes a block is meant to have, so that it is one batch for most layouts, and stays in a core's own cache. With half of it,
 * what is done once a block took a fifth of two threads' time.
 */
export const blockBytes = readBytes;
/** The first block of an input must hold all lines that can be needed to show its layout. */
export const firstBlockBytes = maxWaitingBytes + blockBytes;

/**
 * Cuts inputs into batches of checked records. One parser serves a whole run: codes of texts and addresses mean the
 * same in all its batches. Its memory grows with the distinct texts and IPv6 addresses of the fields asked for.
 */
export class Parser {
  readonly #batches: BatchMaker;
  readonly #kernel: Kernel;
  readonly #options: ParseOptions;
  readonly #text: number;

  constructor(kernel: Kernel, options: ParseOptions) {
    this.#kernel = kernel;
    this.#options = options;
    this.#batches = new BatchMaker(kernel, options);
    // The system copies four times as slowly to the first bytes behind the beginning of a page.
    const room = kernel.call.room(maxTextBytes + 2 * margin + pageBytes);
    this.#text = room - (room % pageBytes) + pageBytes + margin;
  }

  get columns(): Columns {
    return this.#batches.columns;
  }

  get counts(): Counts {
    return this.#batches.counts;
  }

  /** Where a block's text is to be put: room for `firstBlockBytes` and the longest line. It holds until anything is parsed. */
  get room(): Uint8Array {
    return this.#kernel.u8.subarray(this.#text, this.#text + maxTextBytes);
  }

  /** The layouts that were met, by their key. */
  get layouts(): ReadonlyMap<string, Layout> {
    return this.#batches.layouts;
  }

  /** The distinct interfaces that flows were seen at. */
  get interfaces(): string[] {
    return this.#batches.interfaces;
  }

  /**
   * Read one input to its end, or until no more is asked for. A batch holds until the next one is asked for, and
   * all that a pipe has given so far is parsed before more of it is awaited.
   *
   * @throws NotALogError where the first lines show no layout, or where there are lines but not one is a record;
   *         DamagedInputError after all that could be read was given
   */
  async *parse(reader: ByteReader, input: InputName): AsyncGenerator<Batch, void> {
    const place = newPlace(input, this.#text, this.#options.formats);
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
   * @returns what was met, for the whole input's sake
   */
  *parseBlock(block: Block, input: InputName, gate: Gate): Generator<Batch, BlockOutcome> {
    const place = newPlace(input, this.#text + block.at, this.#options.formats);
    place.end += block.length;
    let scanned: Scanned | null = null;
    if (gate.guess !== null && block.length > 0) {
      this.#batches.setLayout(place, [gate.guess], gate.guess);
      scanned = this.#batches.scan(place, place.end);
    }
    const before = gate.enter();
    if (before === null) return place;
    try {
      place.lines = before.lines;
      if (before.layout === null || before.layout.key !== place.layout?.key) {
        scanned = null;
        place.layout = null;
        if (before.layout !== null) this.#batches.setLayout(place, [before.layout], before.layout);
        else if (!this.#settle(place, 0) && place.settlement.first !== null) {
          throw noLayout(place.name, place.settlement);
        }
      }
      if (place.begin === place.end) this.#endBlock(place, block, gate);
      while (place.begin < place.end) {
        scanned ??= this.#batches.scan(place, place.end);
        const layout = place.layout as unknown as Layout;
        this.#batches.judge(place, scanned);
        // What the next block waits for is known now; the costly rest of this one goes on beside it.
        if (place.failure !== null) gate.leave(place);
        else if (place.begin === place.end) this.#endBlock(place, block, gate);
        const batch = this.#batches.decode(place, layout, scanned);
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

  #endBlock(place: Place, { fault }: Block, gate: Gate): void {
    if (fault !== null) {
      place.lines++;
      this.counts.lines++;
      this.#batches.tellMalformed(place, place.lines, fault);
    }
    gate.leave(place);
  }

  /** Move what is left to the front where one read more would not fit. */
  #makeRoom(place: Place): void {
    if (place.end + readBytes <= this.#text + maxTextBytes) return;
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
      const scanned = this.#batches.scan(place, place.end - behind);
      this.#batches.judge(place, scanned);
      const batch = this.#batches.decode(place, layout, scanned);
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
      const layouts = located(place.name, number, () => settlement.look(this.#batches.textOf(start, content), number));
      if (layouts !== null) {
        place.settledLine = number;
        this.#batches.setLayout(place, layouts, layouts[0] as Layout);
        this.#tellDifference(place, layouts);
        return true;
      }
      if (settlement.first === null) {
        // Blank lines and comments need no layout, and nothing waits before them.
        this.#batches.countIdle(place, this.#batches.textOf(start, content));
        place.begin = looked.at;
        looked.lines = 0;
        continue;
      }
      if (settlement.hopeless || looked.at - place.begin > maxWaitingBytes)
        throw noLayout(place.name, place.settlement);
    }
    return false;
  }

  /** A header that says other than `--format` wins; the user should know. */
  #tellDifference(place: Place, layouts: readonly Layout[]): void {
    const { formats } = this.#options;
    if (formats.length === 0 || layouts === formats) return;
    if (formats.some((format) => format.key === layouts[0]?.key)) return;
    this.#options.onNote(`${place.name}: its header differs from --format; the header is used`);
  }

  /**
   * The line behind those that were looked at is too long to be kept. A stub stands for it, which is judged in its turn;
   * its own bytes pass by.
   */
  #beginSkipping(place: Place): void {
    // Nobody said that this is a log, and nothing has shown it yet.
    if (place.layout === null && !place.named) throw noLayout(place.name, place.settlement);
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
    // Blank lines and comments alone are fine.
    if (place.layout === null && place.settlement.first !== null) throw noLayout(place.name, place.settlement);
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
    this.#batches.tellMalformed(place, place.lines, { reason: "cut" });
    this.#options.onMalformedBytes(cut);
    this.#options.onMalformedBytes(lineEnd);
    place.end = start;
  }

  /** Where a line's content ends whose line feed stands at `end`: a CR before it is part of the line end. */
  #contentEnd(start: number, end: number): number {
    return end > start && this.#kernel.u8[end - 1] === carriageReturn ? end - 1 : end;
  }
}

const lineEnd = Uint8Array.of(lineFeed);
/** What stands for a line that is too long: odd, because of its control byte. */
const stub = Uint8Array.of(1, lineFeed);
