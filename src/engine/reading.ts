import type { Readable } from "node:stream";
import type { Batch } from "../parse/batch.js";
import type { Columns } from "../parse/columns.js";
import type { Counts } from "../parse/counts.js";
import { Kernel } from "../parse/kernel.js";
import { type Block, type BlockOutcome, type Gate, Parser } from "../parse/parser.js";
import type { InputName } from "../parse/place.js";
import type { LineProblem } from "../parse/problem.js";
import type { Selection } from "../parse/sort.js";
import type { Filter } from "../query/filter.js";
import type { Window } from "../query/query.js";
import type { Layout } from "../record/layout.js";
import type { Input } from "../source/inputs.js";
import type { PipeBytes } from "../source/pipe.js";
import { type ByteReader, openInput } from "../source/reader.js";
import { Breath } from "./breath.js";
import { Coverage, type Met } from "./coverage.js";
import { type Progress, ProgressTeller } from "./progress.js";
import { compileSelection } from "./select.js";

/** What is asked of every record before anything is done with it: plain data, but for its layouts. */
export interface Question {
  filter: Filter;
  window: Window;
  /** Fields that a layout must have for its records to be answered, the filter's and the window's with them. */
  required: readonly string[];
  /** Further fields to decode where a layout has them. */
  wanted: readonly string[];
  /** Records of every status (`parse`), or flows only. */
  of: "records" | "flows";
}

/** Rows that the question selects. Both parts hold until the next ones are asked for. */
export interface Selected {
  batch: Batch;
  selection: Selection;
}

/** What a reader of lines tells while it goes on. */
export interface LineEvents {
  onProblem(problem: LineProblem): void;
  onMalformedBytes(bytes: Uint8Array): void;
  onNote(text: string): void;
  /** How far it has come in all, some ten times a second. */
  onProgress?(progress: Progress): void;
}

/** What a reading has met, as plain data that accounts of other threads can be added to. */
export interface Account {
  counts: Counts;
  matched: number;
  interfaces: string[];
  /** Every layout that was met, in the order it was met in. */
  layouts: Layout[];
  /** The layouts of records, and how many there were before the filter. */
  met: Met[];
}

/** Inputs, or blocks of them, as the rows that a question selects: what each thread of a run does. */
export class Reading {
  readonly columns: Columns;
  readonly #parser: Parser;
  readonly #coverage: Coverage;
  readonly #select: (batch: Batch, from: Selection) => void;
  readonly #of: "records" | "flows";
  readonly #breath = new Breath();
  readonly #progress: ProgressTeller;
  readonly #events: LineEvents;
  /** Stored bytes of the inputs that were read to their end. */
  #consumed = 0;
  #matched = 0;

  constructor(question: Question, formats: readonly Layout[], events: LineEvents) {
    this.#parser = new Parser(new Kernel(), {
      formats,
      needed: [...question.required, ...question.wanted],
      onProblem: events.onProblem.bind(events),
      onMalformedBytes: events.onMalformedBytes.bind(events),
      onNote: events.onNote.bind(events),
    });
    this.columns = this.#parser.columns;
    this.#coverage = new Coverage(question.required);
    this.#select = compileSelection(question.filter, question.window, this.columns);
    this.#of = question.of;
    this.#events = events;
    this.#progress = new ProgressTeller(events.onProgress?.bind(events));
  }

  /** The selected rows of one input. */
  async *input(input: Input, stdin: Readable | PipeBytes | null): AsyncGenerator<Selected, void> {
    await this.#breath.take();
    const reader = await openInput(input, stdin);
    try {
      for await (const batch of this.#parser.parse(reader, input)) {
        await this.#breath.take();
        this.#progress.tell(this.#consumed + reader.consumed, this.#parser.counts.records);
        const selected = this.#selected(batch);
        if (selected !== null) yield selected;
      }
      tellNoteOf(reader, input, this.#events);
    } finally {
      this.#consumed += reader.consumed;
      await reader.close();
    }
  }

  /** Where the text of a block is to be put. */
  get room(): Uint8Array {
    return this.#parser.room;
  }

  /**
   * The selected rows of one block of an input; see `Parser.parseBlock`.
   * @param consumed bytes that this thread has read for it
   */
  *block(block: Block, input: InputName, gate: Gate, consumed: number): Generator<Selected, BlockOutcome> {
    this.#consumed += consumed;
    const batches = this.#parser.parseBlock(block, input, gate);
    while (true) {
      const { done, value } = batches.next();
      this.#progress.tell(this.#consumed, this.#parser.counts.records);
      if (done === true) return value;
      const selected = this.#selected(value);
      if (selected !== null) yield selected;
    }
  }

  /** Null where the layout lacks what the question requires. */
  #selected(batch: Batch): Selected | null {
    const selection = batch[this.#of];
    if (!this.#coverage.covers(batch.layout, selection.count)) return null;
    this.#select(batch, selection);
    this.#matched += selection.count;
    return { batch, selection };
  }

  /** The first layout that was met; null: none was yet. */
  get firstLayout(): Layout | null {
    const [first] = this.#parser.layouts.values();
    return first ?? null;
  }

  account(): Account {
    return {
      counts: this.#parser.counts,
      matched: this.#matched,
      interfaces: this.#parser.interfaces,
      layouts: [...this.#parser.layouts.values()],
      met: [...this.#coverage.met.values()],
    };
  }
}

/** What a reader that came to its end has to say of its input. */
export function tellNoteOf({ note = null }: ByteReader, { name }: Input, events: LineEvents): void {
  if (note !== null) events.onNote(`${name}: ${note}`);
}

/** The accounts of several readings as one. Layouts keep the order of the accounts. */
export function addAccounts(accounts: readonly Account[]): Account {
  const [first, ...others] = accounts as [Account, ...Account[]];
  const sum: Account = {
    counts: { ...first.counts },
    matched: first.matched,
    interfaces: [...new Set(accounts.flatMap((account) => account.interfaces))],
    layouts: uniqueLayouts(accounts.flatMap((account) => account.layouts)),
    met: accounts.flatMap((account) => account.met),
  };
  for (const { counts, matched } of others) {
    sum.matched += matched;
    for (const name of Object.keys(counts) as (keyof Counts)[]) addCount(sum.counts, counts, name);
  }
  return sum;
}

function addCount(to: Counts, from: Counts, name: keyof Counts): void {
  if (name === "first" || name === "last") {
    const [a, b] = [to[name], from[name]];
    if (b !== null && (a === null || (name === "first" ? b < a : b > a))) to[name] = b;
  } else {
    to[name] += from[name];
  }
}

function uniqueLayouts(layouts: readonly Layout[]): Layout[] {
  return [...new Map(layouts.map((layout) => [layout.key, layout])).values()];
}
