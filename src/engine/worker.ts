import { PassThrough } from "node:stream";
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { UserError } from "../errors.js";
import { SharedGate } from "./gate.js";
import type { FromWorker, OrderedProblem, SentError, ToWorker, WorkerTask } from "./messages.js";
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

  constructor(port: MessagePort, { query, question, formats, gate }: WorkerTask) {
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
    this.#part = new RankingPart(query, this.#reading.columns);
    // An input is read in many steps: the next message waits for the last step.
    port.on("message", (message: ToWorker) => {
      this.#last = this.#last.then(() => this.#take(message));
    });
  }

  async #take(message: ToWorker): Promise<void> {
    if (message.kind === "finish") {
      this.#finish();
      return;
    }
    const { order } = message;
    this.#order = order;
    const buffer = message.kind === "block" && "buffer" in message.content ? message.content.buffer : null;
    try {
      if (message.kind === "input") {
        for await (const selected of this.#reading.input(message.input, new PassThrough().end()))
          this.#part.add(selected);
        this.#done({ order, buffer, outcome: null, error: null });
        return;
      }
      const gate = this.#gate.forBlock(message.number, message.isFirst);
      let outcome = null;
      if ("fault" in message.content) {
        outcome = this.#reading.fault(message.content.fault, message.input, gate);
      } else {
        const bytes = new Uint8Array(message.content.buffer, 0, message.content.length);
        const rows = this.#reading.block(bytes, message.input, gate);
        let next = rows.next();
        for (; next.done !== true; next = rows.next()) this.#part.add(next.value);
        outcome = next.value;
      }
      const { records, firstProblem } = outcome;
      this.#done({ order, buffer, outcome: { records, firstProblem }, error: null });
    } catch (error) {
      this.#done({ order, buffer, outcome: null, error: sentError(error) });
    }
  }

  #done(message: Omit<Extract<FromWorker, { kind: "done" }>, "kind">): void {
    this.#send({ kind: "done", ...message }, message.buffer === null ? [] : [message.buffer]);
  }

  #finish(): void {
    const part = this.#part.export();
    this.#send(
      {
        kind: "finished",
        account: this.#reading.account(),
        part,
        problems: this.#problems,
        notes: [...this.#notes],
      },
      part.flatMap(({ groups }) => groups.blocks),
    );
    this.#port.close();
  }

  #send(message: FromWorker, transfer: ArrayBuffer[] = []): void {
    this.#port.postMessage(message, transfer);
  }
}

function sentError(error: unknown): SentError {
  const { name, message, stack } = error as Error;
  return { name, message, stack, hint: error instanceof UserError ? error.hint : undefined };
}

new Worker(parentPort as MessagePort, workerData as WorkerTask);
