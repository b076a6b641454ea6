import { type Layout, layoutOfNames } from "../record/layout.js";
import type { FoundInputs } from "../source/inputs.js";
import type { PieceMessage, Told } from "./messages.js";
import { ParallelRun } from "./parallel.js";
import { addAccounts, type Question } from "./reading.js";
import { InputTally, makeResult, type RunEvents, type RunResult, type Sources } from "./run.js";

const maxUnknowns = 10;

/** Text of rows, all of one layout. It may be empty, so that the layout is seen. */
export interface Piece {
  layout: Layout;
  text: Uint8Array;
}

/**
 * Text of records that several threads write, in the order of the inputs. Memory does not grow with them: a thread that
 * is ahead waits until its text is taken.
 */
export class ParallelRecords {
  readonly #question: Question;
  readonly #found: FoundInputs;
  readonly #events: RunEvents;
  readonly #run: ParallelRun;
  readonly #tally: InputTally;
  readonly #arrived = new Map<string, PieceMessage[]>();
  readonly #layouts = new Map<string, Layout>();
  readonly #notes = new Set<string>();
  /** How many unknown texts of a field were told. */
  readonly #unknowns = new Map<string, number>();
  #firstMet: Layout | null = null;
  #result: RunResult | null = null;

  /** @param task what the threads write: as `format/record-worker.ts` knows it */
  constructor(task: unknown, question: Question, sources: Sources, found: FoundInputs, events: RunEvents) {
    this.#question = question;
    this.#found = found;
    this.#events = events;
    this.#run = new ParallelRun({ program: "record-worker", task, question, sources, inputs: found.inputs, events });
    this.#run.pool.onPiece = (piece) => {
      const key = `${piece.order} ${piece.index}`;
      const before = this.#arrived.get(key);
      if (before === undefined) this.#arrived.set(key, [piece]);
      else before.push(piece);
    };
    this.#tally = new InputTally(events);
  }

  async *pieces(): AsyncGenerator<Piece, void> {
    const { pool } = this.#run;
    try {
      this.#tally.addFound(this.#found);
      const reading = this.#run.read();
      reading.catch((error: Error) => pool.fail(error));
      let isFirst = true;
      for (const [order, input] of this.#found.inputs.entries()) {
        for await (const piece of this.#piecesOf(order)) {
          if (isFirst) pool.outlets.setFirstLayout(piece.layout);
          isFirst = false;
          yield piece;
        }
        await pool.until(() => this.#run.isRead(order));
        this.#tally.add(input, this.#run.errorOf(order));
      }
      await reading;
      const finished = await pool.askAll({ kind: "finish" });
      const account = addAccounts(finished.map((each) => each.account));
      const result = makeResult(account, this.#tally, this.#question, this.#events);
      const first = this.#firstMet;
      const others = result.layouts.filter(({ key }) => key !== first?.key);
      this.#result = { ...result, layouts: first === null ? others : [first, ...others] };
    } finally {
      await this.#run.stop();
    }
  }

  /** What was met; there once `pieces` has come to its end. */
  result(): RunResult {
    return this.#result as RunResult;
  }

  /** The text of an input, block by block. */
  async *#piecesOf(order: number): AsyncGenerator<Piece, void> {
    const { pool } = this.#run;
    const isAll = (index: number) => index === this.#run.blocksOf(order);
    for (let index = 0; ; ) {
      const key = `${order} ${index}`;
      await pool.until(() => this.#arrived.has(key) || isAll(index));
      if (isAll(index)) return;
      const arrived = this.#arrived.get(key) as PieceMessage[];
      this.#arrived.delete(key);
      for (const piece of arrived) {
        this.#tell(piece.told);
        if (piece.firstMet !== null) this.#firstMet ??= this.#layoutOf(piece.firstMet);
        if (piece.layout !== null) yield { layout: this.#layoutOf(piece.layout), text: piece.text };
        pool.outlets.take(piece);
        if (piece.isLast) index++;
      }
    }
  }

  /** Each thread tells its first problems, and its first notes: those of them that one thread would tell. */
  #tell(told: readonly Told[]): void {
    for (const each of told) {
      if (typeof each !== "string") this.#events.onProblem(each.problem);
      else if (!this.#notes.has(each) && this.#mayTell(each)) this.#events.onNote(each);
      if (typeof each === "string") this.#notes.add(each);
    }
  }

  /** No more unknown texts of a field than one thread tells; see `RecordSorter`. */
  #mayTell(note: string): boolean {
    const field = /^unknown (\S+) /.exec(note)?.[1];
    if (field === undefined) return true;
    const told = this.#unknowns.get(field) ?? 0;
    this.#unknowns.set(field, told + 1);
    return told < maxUnknowns;
  }

  #layoutOf(key: string): Layout {
    const layout = this.#layouts.get(key) ?? layoutOfNames(key.split(" "));
    this.#layouts.set(key, layout);
    return layout;
  }
}
