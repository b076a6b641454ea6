import type { InputReport } from "../engine/answer.js";
import type { Progress } from "../engine/progress.js";
import type { RunEvents, Sources } from "../engine/run.js";
import { escapeControls, type InputError, quote, UserError } from "../errors.js";
import { emptyNote, skippedNote } from "../format/notes.js";
import { formatProblem, type LineProblem } from "../parse/problem.js";
import { FIELDS } from "../record/fields.js";
import type { Layout } from "../record/layout.js";
import { nearest } from "../record/nearest.js";
import { openFileSink } from "./file-sink.js";
import { ClosedPipe, type Io } from "./io.js";
import { ProgressBar, wantsProgress } from "./progress-bar.js";
import type { Sink } from "./sink.js";
import { tellError } from "./tell-error.js";

/** How many malformed lines of a run are told one by one. */
const maxProblemsTold = 5;

export interface TellingOptions {
  quiet?: boolean;
  strict?: boolean;
  malformed?: string;
}

/** Tells on standard error what a run meets, and keeps malformed lines where the user wants them. */
export class Telling implements RunEvents {
  readonly #io: Io;
  readonly #options: TellingOptions;
  #malformed: Sink | null;
  #hasNotes = false;
  #bar: ProgressBar | null = null;
  #malformedWritten: Promise<void> | undefined;
  #malformedFailure: unknown = null;
  #problems = 0;
  /** Whether a line that was told may be of another layout than it was read by. */
  #otherLayoutTold = false;

  private constructor(io: Io, options: TellingOptions, malformed: Sink | null) {
    this.#io = io;
    this.#options = options;
    this.#malformed = malformed;
  }

  /** @throws UserError where the path for malformed lines will not do */
  static async open(io: Io, options: TellingOptions): Promise<Telling> {
    const { malformed } = options;
    return new Telling(io, options, malformed === undefined ? null : await openFileSink(malformed, "--malformed", io));
  }

  /**
   * Show how far the run has come, until `endProgress`, on a terminal. Not where rows are written meanwhile that somebody
   * reads along: a terminal, or the reader of a pipe, who may be writing to the same terminal.
   */
  showProgress(): void {
    if (wantsProgress(this.#io, this.#options.quiet)) this.#bar = new ProgressBar(this.#io.stderr);
  }

  onFound(bytes: number | null): void {
    this.#bar?.start(bytes);
  }

  onProgress(progress: Progress): void {
    this.#bar?.update(progress);
  }

  /** To be called before the answer is written. */
  endProgress(): void {
    this.#bar?.end();
  }

  onProblem(problem: LineProblem): void {
    this.#problems++;
    if (this.#options.strict) {
      throw new StrictStop(formatProblem(problem), { hint: "--strict stops at the first malformed line." });
    }
    if (this.#problems > maxProblemsTold) return;
    this.onNote(formatProblem(problem));
    this.#otherLayoutTold ||= problem.fault.reason === "fields" || problem.fault.reason === "value";
  }

  onMalformedBytes(bytes: Uint8Array): void {
    if (this.#malformedFailure !== null) throw this.#malformedFailure;
    if (this.#malformed?.isTerminal) this.#bar?.hide();
    try {
      // A copy: the reader goes on in the same memory, and a FIFO may take the bytes later.
      this.#malformedWritten = this.#malformed?.write(Buffer.from(bytes))?.catch(this.#onMalformedFailure);
    } catch (error) {
      this.#onMalformedFailure(error);
      if (this.#malformedFailure !== null) throw this.#malformedFailure;
    }
  }

  readonly #onMalformedFailure = (error: unknown): void => {
    this.#malformed?.abandon();
    this.#malformed = null;
    // Whoever read the malformed lines has seen enough of them; the answer is still wanted.
    if (!(error instanceof ClosedPipe)) this.#malformedFailure = error;
  };

  /** Wait until the malformed lines have arrived, so that they do not pile up before a slow reader. */
  async settle(): Promise<void> {
    await this.#malformedWritten;
    if (this.#malformedFailure !== null) throw this.#malformedFailure;
  }

  onNote(text: string): void {
    this.#hasNotes = true;
    if (this.#options.quiet) return;
    this.#bar?.hide();
    this.#io.stderr.write(`flowlog: ${escapeControls(text)}\n`);
  }

  onFailure(error: InputError): void {
    this.#bar?.hide();
    tellError(this.#io, error);
    this.#io.setExitStatus(3);
  }

  /** A name in `--format` that may be a slip of the pen. In a log's own header it is simply a field that is new. */
  tellUnknownFields(formats: readonly Layout[]): void {
    const unknown = formats.flatMap(({ fields }) => fields.filter(({ known }) => !known).map(({ name }) => name));
    for (const name of new Set(unknown)) {
      const meant = nearest(
        name,
        FIELDS.map((field) => field.name),
      );
      const question = meant === null ? "" : `; did you mean ${meant}?`;
      this.onNote(`--format has the unknown field ${quote(name)}, which is kept as text${question}`);
    }
  }

  /** Say, when all is read, how many lines were skipped, or why there is no record. */
  tellEnd(input: InputReport, { inputs, formats }: Sources): void {
    if (input.malformed > 0) {
      // A header wins over --format.
      const formatMayHelp = this.#otherLayoutTold && formats.length === 0 && input.headers < input.sources;
      this.onNote(skippedNote(input, formatMayHelp));
    } else if (input.records === 0 && input.failed === 0) {
      const isPipe = inputs.every((path) => path === "-");
      // What was told already says more of an input than that nothing came of it.
      this.onNote(input.lines === 0 && this.#hasNotes ? "0 records" : emptyNote(input, isPipe));
    }
  }

  async commit(): Promise<void> {
    await this.settle();
    await this.#malformed?.commit().catch(this.#onMalformedFailure);
    await this.settle();
  }

  abandon(): void {
    this.endProgress();
    this.#malformed?.abandon();
  }
}

/** With `--strict`, the first malformed line ends the run. No InputError, after which the other inputs would be read. */
class StrictStop extends UserError {
  override name = "StrictStop";
  override readonly exitStatus = 3;
}
