import { PassThrough } from "node:stream";
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { InputError, UserError } from "../errors.js";
import type { Columns } from "../parse/columns.js";
import { maxLineBytes } from "../parse/line.js";
import type { Block, BlockOutcome, Gate } from "../parse/parser.js";
import type { InputName } from "../parse/place.js";
import type { Layout } from "../record/layout.js";
import { closeStretches, openStretches, readStretch } from "../source/stretch.js";
import { blockBounds, countBlocks } from "./block-cut.js";
import { SharedGate } from "./gate.js";
import type {
  Asked,
  BlockName,
  FileMessage,
  FromWorker,
  InputMessage,
  SentError,
  StreamMessage,
  Told,
  ToWorker,
  WorkerTask,
} from "./messages.js";
import type { OutletParts } from "./outlet.js";
import { Reading, type Selected } from "./reading.js";
import { StreamBlocks } from "./stream-blocks.js";

/** How many problems of a thread can be among the first that a run tells. */
const maxProblems = 5;

/** What a thread does with the rows that it reads. */
export interface Work {
  /** Rows follow of a block, or of an input that is read as a whole. */
  begin?(block: BlockName): void;
  add(selected: Selected): void;
  /** The block has no more rows, for whatever reason. */
  end?(): void;
  answer?(question: Asked): void;
}

/** What the work of a thread has of it. */
export interface Surroundings {
  readonly columns: Columns;
  readonly outlet: OutletParts;
  /** The first layout that was met; null: none was yet. */
  firstLayout(): Layout | null;
  send(message: FromWorker, transfer?: ArrayBuffer[]): void;
  /** What the user is to be told since this was last asked. Left alone, it is sent at the end. */
  takeTold(): Told[];
}

/** Read what the main thread sends, in a worker, one after the other. */
export function work<Task>(start: (task: Task, surroundings: Surroundings) => Work): void {
  new Thread(parentPort as MessagePort, workerData as WorkerTask, (task, surroundings) =>
    start(task as Task, surroundings),
  );
}

class Thread {
  readonly #port: MessagePort;
  readonly #gate: SharedGate;
  readonly #reading: Reading;
  readonly #work: Work;
  #told: Told[] = [];
  #problems = 0;
  #order = 0;
  #last: Promise<void> = Promise.resolve();

  constructor(
    port: MessagePort,
    { task, question, formats, gate, outlet }: WorkerTask,
    start: (task: unknown, surroundings: Surroundings) => Work,
  ) {
    this.#port = port;
    this.#gate = new SharedGate(gate);
    this.#reading = new Reading(question, formats, {
      onProblem: (problem) => {
        if (++this.#problems <= maxProblems) this.#told.push({ order: this.#order, problem });
      },
      onMalformedBytes() {},
      onNote: (text) => this.#told.push(text),
      onProgress: (progress) => this.#send({ kind: "progress", progress }),
    });
    this.#work = start(task, {
      columns: this.#reading.columns,
      outlet,
      firstLayout: () => this.#reading.firstLayout,
      send: this.#send.bind(this),
      takeTold: this.#takeTold.bind(this),
    });
    // An input is read in many steps: the next message waits for the last step.
    port.on("message", (message: ToWorker) => {
      this.#last = this.#last.then(() => this.#take(message));
    });
  }

  async #take(message: ToWorker): Promise<void> {
    switch (message.kind) {
      case "input":
      case "file":
      case "stream":
        return this.#read(message);
      default:
        try {
          if (message.kind !== "finish") this.#work.answer?.(message);
          else this.#send({ kind: "finished", account: this.#reading.account(), told: this.#takeTold() });
        } catch (error) {
          this.#send({ kind: "failed", error: sentError(error) });
        }
    }
  }

  async #read(message: StreamMessage | FileMessage | InputMessage): Promise<void> {
    const { order } = message;
    this.#order = order;
    const done = (outcome: BlockOutcome | null, error: SentError | null) =>
      this.#send({ kind: "done", order, outcome, error });
    try {
      if (message.kind === "stream") return done(this.#readStream(message), null);
      if (message.kind === "file") return done(this.#readFile(message), null);
      await this.#readInput(message);
      done(null, null);
    } catch (error) {
      done(null, sentError(error));
    }
  }

  async #readInput({ order, input }: InputMessage): Promise<void> {
    this.#work.begin?.({ order, index: 0 });
    try {
      for await (const selected of this.#reading.input(input, new PassThrough().end())) this.#work.add(selected);
    } finally {
      this.#work.end?.();
    }
  }

  /** One block after the other, as they come. */
  #readStream({ order, input, stream: parts, number }: StreamMessage): BlockOutcome {
    const stream = new StreamBlocks(parts, () => this.#send({ kind: "room" }));
    const all: BlockOutcome = { records: 0, firstProblem: null };
    let failure: InputError | null = null;
    for (let block = stream.take(this.#reading.room); block !== null; block = stream.take(this.#reading.room)) {
      const { index, length, fault, read } = block;
      const gate = this.#gate.forBlock(number + index, index === 0);
      try {
        addOutcome(
          all,
          this.#addBlock({ order, index }, input, gate, () => ({ at: 0, length, fault }), read),
        );
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        failure ??= error;
        stream.ring.become("stopped");
      }
    }
    failure ??= stream.failure;
    if (failure !== null) throw failure;
    return all;
  }

  /** One block after the other of those that no worker has taken yet. */
  #readFile({ order, input, file, number, cut, next }: FileMessage): BlockOutcome {
    const all: BlockOutcome = { records: 0, firstProblem: null };
    const counter = new Int32Array(next);
    const blocks = countBlocks(file, cut);
    let descriptor: number | null = null;
    let failure: InputError | null = null;
    for (let index = Atomics.add(counter, 0, 1); index < blocks; index = Atomics.add(counter, 0, 1)) {
      const gate = this.#gate.forBlock(number + index, index === 0);
      const [from, to] = blockBounds(file, cut, index);
      const read = () => {
        if (failure !== null) throw failure;
        descriptor ??= openStretches(file);
        const stretch = readStretch(file, descriptor, from, to, this.#reading.room, maxLineBytes);
        return { ...stretch, fault: stretch.isTooLong ? ({ reason: "long" } as const) : null };
      };
      try {
        addOutcome(all, this.#addBlock({ order, index }, input, gate, read, to - from));
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        // The blocks behind are still gone through, though not read: others may be waiting for them.
        failure ??= error;
      }
    }
    if (descriptor !== null) closeStretches(descriptor);
    if (failure !== null) throw failure;
    return all;
  }

  #addBlock(name: BlockName, input: InputName, gate: Gate, read: () => Block, consumed: number): BlockOutcome {
    this.#work.begin?.(name);
    try {
      const rows = this.#reading.block(this.#throughGate(gate, read), input, gate, consumed);
      let next = rows.next();
      for (; next.done !== true; next = rows.next()) this.#work.add(next.value);
      const { records, firstProblem } = next.value;
      return { records, firstProblem };
    } finally {
      this.#work.end?.();
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

  #takeTold(): Told[] {
    return this.#told.splice(0);
  }

  #send(message: FromWorker, transfer: ArrayBuffer[] = []): void {
    this.#port.postMessage(message, transfer);
  }
}

function addOutcome(to: BlockOutcome, { records, firstProblem }: BlockOutcome): void {
  to.records += records;
  to.firstProblem ??= firstProblem;
}

function sentError(error: unknown): SentError {
  const { name, message, stack } = error as Error;
  return { name, message, stack, hint: error instanceof UserError ? error.hint : undefined };
}
