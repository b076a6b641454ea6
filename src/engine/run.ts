import type { Readable } from "node:stream";
import { InputError } from "../errors.js";
import type { Batch } from "../parse/batch.js";
import type { Columns } from "../parse/columns.js";
import { Kernel } from "../parse/kernel.js";
import { Parser } from "../parse/parser.js";
import type { LineProblem } from "../parse/problem.js";
import type { Selection } from "../parse/sort.js";
import type { Filter } from "../query/filter.js";
import type { Window } from "../query/query.js";
import type { Layout } from "../record/layout.js";
import { findInputs, type Input } from "../source/inputs.js";
import { DamagedInputError, NotALogError, openInput } from "../source/reader.js";
import type { InputReport } from "./answer.js";
import { Coverage } from "./coverage.js";
import { compileSelection } from "./select.js";

/** What is read, and how it is understood. */
export interface Sources {
  /** Files, directories, globs, `-`; none means standard input. */
  inputs: readonly string[];
  stdin: Readable;
  formats: readonly Layout[];
}

/** What a run tells while it goes on. Nothing here is part of the answer. */
export interface RunEvents {
  /** A malformed line. Throwing ends the run. */
  onProblem(problem: LineProblem): void;
  /** The bytes of malformed lines as they stood, each with its line end; a long line comes in pieces. */
  onMalformedBytes(bytes: Uint8Array): void;
  onNote(text: string): void;
  /** An input that could not be read, or not to its end; the rest is answered. Throwing ends the run. */
  onFailure(error: InputError): void;
}

/** What is asked of every record before anything is done with it. */
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

/** All inputs, one after the other, as the rows that a question selects, and an account of what was met. */
export class Run {
  readonly columns: Columns;
  readonly #sources: Sources;
  readonly #question: Question;
  readonly #events: RunEvents;
  readonly #parser: Parser;
  readonly #coverage: Coverage;
  #sourceCount = 0;
  #failed = 0;
  #skipped = 0;
  #matched = 0;

  constructor(sources: Sources, question: Question, events: RunEvents) {
    this.#sources = sources;
    this.#question = question;
    this.#events = events;
    this.#coverage = new Coverage(question.required, events.onNote.bind(events));
    this.#parser = new Parser(new Kernel(), {
      formats: sources.formats,
      needed: [...question.required, ...question.wanted],
      onProblem: events.onProblem.bind(events),
      onMalformedBytes: events.onMalformedBytes.bind(events),
      onNote: events.onNote.bind(events),
    });
    this.columns = this.#parser.columns;
  }

  /**
   * The selected rows, in the order of the inputs. Batches without one come too, so that a layout is seen.
   * @throws UserError at the end where no input's layout carries a field that the question requires
   */
  async *batches(): AsyncGenerator<Selected, void> {
    const { filter, window, of } = this.#question;
    const select = compileSelection(filter, window, this.columns);
    for (const input of await this.#find()) {
      try {
        for await (const batch of this.#read(input)) {
          const selection = batch[of];
          if (!this.#coverage.covers(batch.layout, selection.count)) continue;
          select(batch, selection);
          this.#matched += selection.count;
          yield { batch, selection };
        }
        this.#sourceCount++;
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        this.#fail(input, error);
      }
    }
    this.#coverage.check(this.layouts);
  }

  async #find(): Promise<readonly Input[]> {
    const { inputs, failures, skipped } = await findInputs(this.#sources.inputs);
    for (const { error } of failures) {
      this.#failed++;
      this.#events.onFailure(error);
    }
    for (const name of skipped) {
      this.#skipped++;
      this.#events.onNote(`${name}: skipped, not a file`);
    }
    return inputs;
  }

  async *#read(input: Input): AsyncGenerator<Batch, void> {
    const reader = await openInput(input, this.#sources.stdin);
    try {
      yield* this.#parser.parse(reader, input);
    } finally {
      await reader.close();
    }
  }

  #fail(input: Input, error: InputError): void {
    if (error instanceof NotALogError && !input.named) {
      this.#skipped++;
      this.#events.onNote(`skipped: ${error.message}`);
      return;
    }
    this.#failed++;
    if (error instanceof DamagedInputError) this.#sourceCount++;
    this.#events.onFailure(error);
  }

  /** Every layout that was met so far, also one without a record. */
  get layouts(): Layout[] {
    return [...this.#parser.layouts.values()];
  }

  /** The layouts whose records can be answered, and how many of them there were before the filter. */
  get answered(): { layout: Layout; count: number }[] {
    return [...this.#coverage.met.values()].filter(({ covered }) => covered);
  }

  /** What was met so far; whole once `batches` has come to its end. */
  report(): InputReport {
    return {
      sources: this.#sourceCount,
      failed: this.#failed,
      skipped: this.#skipped,
      complete: this.#failed === 0,
      ...this.#parser.counts,
      matched: this.#matched,
      unanswerable: this.#coverage.unanswerable,
      interfaces: this.#parser.interfaces,
    };
  }
}
