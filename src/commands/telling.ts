import type { RunEvents } from "../engine/run.js";
import { escapeControls, InputError, type UserError } from "../errors.js";
import { formatProblem, type LineProblem } from "../parse/problem.js";
import type { Io } from "./io.js";
import { fileSink, type Sink } from "./sink.js";

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
  readonly #malformed: Sink | null;
  #problems = 0;

  constructor(io: Io, options: TellingOptions) {
    this.#io = io;
    this.#options = options;
    this.#malformed = options.malformed === undefined ? null : fileSink(options.malformed);
  }

  onProblem(problem: LineProblem): void {
    this.#problems++;
    if (this.#options.strict) {
      throw new StrictStop(formatProblem(problem), { hint: "--strict stops at the first malformed line." });
    }
    if (this.#problems <= maxProblemsTold) this.onNote(formatProblem(problem));
  }

  onMalformedBytes(bytes: Uint8Array): void {
    void this.#malformed?.write(bytes);
  }

  onNote(text: string): void {
    if (!this.#options.quiet) this.#io.stderr.write(`flowlog: ${escapeControls(text)}\n`);
  }

  onFailure(error: InputError): void {
    if (error instanceof StrictStop) throw error;
    tellError(this.#io, error);
    this.#io.setExitStatus(3);
  }

  /** Say how many lines were skipped, once all is read. */
  tellSkipped(lines: number): void {
    if (this.#problems === 0) return;
    const were = this.#problems === 1 ? "line was" : "lines were";
    this.onNote(
      `${this.#problems} of ${lines} ${were} skipped. If the log has a custom format, give it with --format.`,
    );
  }

  commit(): void {
    this.#malformed?.commit();
  }

  abandon(): void {
    this.#malformed?.abandon();
  }
}

/** With `--strict`, the first malformed line ends the run. */
class StrictStop extends InputError {
  override name = "StrictStop";
}

/** An error as its user reads it: no stack, and what to do in a line of its own. */
export function tellError(io: Io, error: UserError): void {
  io.stderr.write(`flowlog: ${escapeControls(error.message)}\n`);
  if (error.hint !== undefined) io.stderr.write(`  ${error.hint.split("\n").map(escapeControls).join("\n  ")}\n`);
}
