import type { Readable } from "node:stream";
import { InputError } from "../errors.js";
import type { Columns } from "../parse/columns.js";
import { formatHint } from "../parse/settle.js";
import type { Layout } from "../record/layout.js";
import { type FoundInputs, findInputs, type Input } from "../source/inputs.js";
import type { PipeBytes } from "../source/pipe.js";
import { DamagedInputError, NotALogError } from "../source/reader.js";
import type { InputReport } from "./answer.js";
import type { BlockCut } from "./block-cut.js";
import { checkCoverage, type Met } from "./coverage.js";
import { type Account, type LineEvents, type Question, Reading, type Selected } from "./reading.js";

/** What is read, and how it is understood. */
export interface Sources {
  /** Files, directories, globs, `-`; none means standard input. */
  inputs: readonly string[];
  /** What they name, where that is known already. */
  found?: FoundInputs;
  stdin: Readable;
  /** The same, where it was opened as a pipe already. */
  pipe?: PipeBytes;
  formats: readonly Layout[];
  /** How many threads may be used; the answer does not depend on it. */
  jobs: number;
  /** How many bytes the groups and the texts of their keys may take, before they are spilled to disk. */
  memory: number;
  /** Whether the process is nobody else's, so that V8 may be set for all of it. */
  ownsProcess?: boolean;
  /** From how many bytes on threads are used; left out, from where they pay. */
  minParallelBytes?: number;
  /** How large files are cut into blocks; left out, as it pays. */
  cut?: BlockCut;
  /** Whether every field of a record is to be looked at, also of Parquet, where columns in question would do. */
  wholeRecords?: boolean;
}

/** What a run tells while it goes on. Nothing here is part of the answer. */
export interface RunEvents extends LineEvents {
  /** The inputs are found. @param bytes all that is to be read, as stored; null where an input is a pipe */
  onFound?(bytes: number | null): void;
  /** An input that could not be read, or not to its end; the rest is answered. Throwing ends the run. */
  onFailure(error: InputError): void;
}

/** What became of the inputs, beside what was read in them. */
export class InputTally {
  sources = 0;
  failed = 0;
  skipped = 0;
  readonly #events: RunEvents;

  constructor(events: RunEvents) {
    this.#events = events;
  }

  /** Tell what of the arguments could not be found, or is no file. */
  addFound({ inputs, failures, skipped }: FoundInputs): void {
    const bytes = inputs.reduce((sum, { size }) => sum + (size ?? Number.NaN), 0);
    this.#events.onFound?.(Number.isNaN(bytes) ? null : bytes);
    for (const { error } of failures) {
      this.failed++;
      this.#events.onFailure(error);
    }
    for (const name of skipped) {
      this.skipped++;
      this.#events.onNote(`skipped: ${name}: not a file`);
    }
  }

  /** Files were found, and not one of them is a log: hardly what was meant. */
  finish(): void {
    if (this.sources > 0 || this.failed > 0 || this.skipped === 0) return;
    this.failed++;
    this.#events.onFailure(new InputError("no file that was found reads as a flow log", { hint: formatHint }));
  }

  /** @param error why the input was not read, or not to its end; null: it was */
  add(input: Input, error: InputError | null): void {
    if (error === null) {
      this.sources++;
    } else if (error instanceof NotALogError && !input.named) {
      this.skipped++;
      this.#events.onNote(`skipped: ${error.message}`);
    } else {
      this.failed++;
      if (error instanceof DamagedInputError) this.sources++;
      this.#events.onFailure(error);
    }
  }
}

/** All inputs, one after the other, as the rows that a question selects, and an account of what was met. */
export class Run {
  readonly #found: FoundInputs | null;
  readonly #sources: Sources;
  readonly #question: Question;
  readonly #events: RunEvents;
  readonly #reading: Reading;
  readonly #tally: InputTally;

  /** @param found what the inputs name, where that is known already */
  constructor(sources: Sources, question: Question, events: RunEvents, found: FoundInputs | null = null) {
    this.#found = found;
    this.#sources = sources;
    this.#question = question;
    this.#events = events;
    this.#reading = new Reading(question, sources.formats, events);
    this.#tally = new InputTally(events);
  }

  get columns(): Columns {
    return this.#reading.columns;
  }

  /** The selected rows, in the order of the inputs. Batches without one come too, so that a layout is seen. */
  async *batches(): AsyncGenerator<Selected, void> {
    const found = this.#found ?? (await findInputs(this.#sources.inputs));
    this.#tally.addFound(found);
    for (const input of found.inputs) {
      try {
        yield* this.#reading.input(input, input.path === null ? (this.#sources.pipe ?? this.#sources.stdin) : null);
        this.#tally.add(input, null);
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        this.#tally.add(input, error);
      }
    }
  }

  /**
   * What was met; whole once `batches` has come to its end.
   * @throws UserError where no input's layout carries a field that the question requires
   */
  result(): RunResult {
    return makeResult(this.#reading.account(), this.#tally, this.#question, this.#events);
  }
}

export interface RunResult {
  input: InputReport;
  /** Every layout that an input had, also without a record. */
  layouts: Layout[];
  /** The layouts whose records could be answered, and how many of them there were before the filter. */
  answered: Met[];
}

/** @throws UserError where no input's layout carries a field that the question requires */
export function makeResult(account: Account, tally: InputTally, question: Question, events: RunEvents): RunResult {
  tally.finish();
  const { counts, matched, interfaces, layouts, met } = account;
  const unanswerable = checkCoverage(question.required, layouts, met, events.onNote.bind(events));
  const { sources, failed, skipped } = tally;
  return {
    input: {
      sources,
      failed,
      skipped,
      complete: failed === 0,
      ...counts,
      matched,
      unanswerable,
      interfaces: interfaces.length,
    },
    layouts,
    answered: met.filter(({ covered }) => covered),
  };
}
