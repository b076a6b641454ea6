import { PassThrough } from "node:stream";
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { UserError } from "../errors.js";
import { maxLineBytes } from "../parse/line.js";
import type { Block, BlockOutcome, Gate } from "../parse/parser.js";
import type { InputName } from "../parse/place.js";
import { closeStretches, openStretches, readStretch } from "../source/stretch.js";
import { blockBounds, countBlocks } from "./block-cut.js";
import { SharedGate } from "./gate.js";
import type {
  BlockMessage,
  FileMessage,
  FromWorker,
  InputMessage,
  OrderedProblem,
  PartMessage,
  SentError,
  StandMessage,
  ToWorker,
  WorkerTask,
} from "./messages.js";
import { RankingPart } from "./ranking-part.js";
import { Reading } from "./reading.js";

/** How many problems of a thread can be among the first that a run tells. */
const maxProblems = 5;

/** One thread of a run: reads the inputs and blocks that it is sent, one after the other, and keeps its part of the answer. */
class Worker {
  readonly #port: MessagePort;
  readonly #gate: SharedGate;
  readonly #reading: Reading;
  readonly #part: RankingPart;
  readonly #problems: OrderedProblem[] = [];
  readonly #notes = new Set<string>();
  #order = 0;
  #last: Promise<void> = Promise.resolve();

  constructor(port: MessagePort, { query, question, formats, gate, memory }: WorkerTask) {
    this.#port = port;
    this.#gate = new SharedGate(gate);
    this.#reading = new Reading(question, formats, {
      onProblem: (problem) => {
        if (this.#problems.length < maxProblems) this.#problems.push({ order: this.#order, problem });
      },
      onMalformedBytes() {},
      onNote: (text) => this.#notes.add(text),
      onProgress: (progress) => this.#send({ kind: "progress", progress }),
    });
    this.#part = new RankingPart(query, this.#reading.columns, memory);
    // An input is read in many steps: the next message waits for the last step.
    port.on("message", (message: ToWorker) => {
      this.#last = this.#last.then(() => this.#take(message));
    });
  }

  async #take(message: ToWorker): Promise<void> {
    switch (message.kind) {
      case "input":
      case "file":
      case "block":
        return this.#read(message);
      default:
        try {
          this.#answer(message);
        } catch (error) {
          this.#send({ kind: "failed", error: sentError(error) });
        }
    }
  }

  async #read(message: BlockMessage | FileMessage | InputMessage): Promise<void> {
    const { order } = message;
    this.#order = order;
    const buffer = message.kind === "block" ? message.buffer : null;
    const done = (outcome: BlockOutcome | null, error: SentError | null) =>
      this.#send({ kind: "done", order, buffer, outcome, error }, buffer === null ? [] : [buffer]);
    try {
      if (message.kind === "input") await this.#readInput(message);
      const outcome =
        message.kind === "block" ? this.#readBlock(message) : message.kind === "file" ? this.#readFile(message) : null;
      done(outcome, null);
    } catch (error) {
      done(null, sentError(error));
    }
  }

  async #readInput({ input }: InputMessage): Promise<void> {
    for await (const selected of this.#reading.input(input, new PassThrough().end())) this.#part.add(selected);
  }

  #readBlock({ input, number, isFirst, buffer, length, fault }: BlockMessage): BlockOutcome {
    if (buffer !== null) this.#reading.room.set(new Uint8Array(buffer, 0, length));
    return this.#addBlock({ at: 0, length, fault }, input, this.#gate.forBlock(number, isFirst), 0);
  }

  /** One block after the other of those that no worker has taken yet. */
  #readFile({ input, file, number, cut, next }: FileMessage): BlockOutcome {
    const all: BlockOutcome = { records: 0, firstProblem: null };
    const descriptor = openStretches(file);
    try {
      const counter = new Int32Array(next);
      const blocks = countBlocks(file, cut);
      for (let i = Atomics.add(counter, 0, 1); i < blocks; i = Atomics.add(counter, 0, 1)) {
        const gate = this.#gate.forBlock(number + i, i === 0);
        const [from, to] = blockBounds(file, cut, i);
        const stretch = this.#throughGate(gate, () =>
          readStretch(file, descriptor, from, to, this.#reading.room, maxLineBytes),
        );
        const fault = stretch.isTooLong ? ({ reason: "long" } as const) : null;
        const { records, firstProblem } = this.#addBlock({ ...stretch, fault }, input, gate, to - from);
        all.records += records;
        all.firstProblem ??= firstProblem;
      }
      return all;
    } finally {
      closeStretches(descriptor);
    }
  }

  /** Whoever cannot read a block must not keep those behind it waiting. */
  #throughGate<T>(gate: Gate, read: () => T): T {
    try {
      return read();
    } catch (error) {
      const before = gate.enter();
      if (before !== null) gate.leave({ ...before, failure: error as Error });
      throw error;
    }
  }

  #addBlock(block: Block, input: InputName, gate: Gate, consumed: number): BlockOutcome {
    const rows = this.#reading.block(block, input, gate, consumed);
    let next = rows.next();
    for (; next.done !== true; next = rows.next()) this.#part.add(next.value);
    const { records, firstProblem } = next.value;
    return { records, firstProblem };
  }

  #answer(message: { kind: "finish" } | PartMessage | StandMessage): void {
    if (message.kind === "finish") {
      const [account, summaries] = [this.#reading.account(), this.#part.summaries()];
      this.#send({ kind: "finished", account, summaries, problems: this.#problems, notes: [...this.#notes] });
    } else if (message.kind === "part") {
      const pieces = this.#part.pieces(message.metric, message.parts, message.part);
      this.#send({ kind: "pieces", pieces }, buffersOf(pieces));
    } else {
      const standing = this.#part.stand(message.metric, message.pieces, message.segments);
      this.#send({ kind: "standing", standing }, buffersOf(standing.rows));
    }
  }

  #send(message: FromWorker, transfer: ArrayBuffer[] = []): void {
    this.#port.postMessage(message, transfer);
  }
}

function buffersOf(pieces: readonly Uint8Array[]): ArrayBuffer[] {
  return pieces.map((piece) => piece.buffer as ArrayBuffer);
}

function sentError(error: unknown): SentError {
  const { name, message, stack } = error as Error;
  return { name, message, stack, hint: error instanceof UserError ? error.hint : undefined };
}

new Worker(parentPort as MessagePort, workerData as WorkerTask);
