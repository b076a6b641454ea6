import { Worker } from "node:worker_threads";
import { InputError } from "../errors.js";
import { DamagedInputError, NotALogError } from "../source/reader.js";
import { newGateMemory } from "./gate.js";
import type { FromWorker, SentError, ToWorker, WorkerTask } from "./messages.js";
import type { Progress } from "./progress.js";

/** How many messages a worker has before it: one it works on, and one to go on with at once. */
const maxWaiting = 2;

type Done = Extract<FromWorker, { kind: "done" }>;
type Finished = Extract<FromWorker, { kind: "finished" }>;

interface Member {
  worker: Worker;
  waiting: number;
  finished: Finished | null;
}

/** The workers of a run, the buffers that blocks of text travel in, and what the workers send. */
export class Pool {
  readonly #members: Member[];
  readonly #buffers: ArrayBuffer[];
  readonly #onDone: (done: Done) => void;
  /** Told how far a worker has come. */
  onProgress: (progress: Progress, worker: Worker) => void = () => {};
  #failure: Error | null = null;
  #wake: () => void = () => {};

  constructor(jobs: number, bufferBytes: number, task: Omit<WorkerTask, "gate">, onDone: (done: Done) => void) {
    // One for each message that can wait, one that is being filled.
    this.#buffers = Array.from({ length: jobs * maxWaiting + 1 }, () => new ArrayBuffer(bufferBytes));
    this.#onDone = onDone;
    const workerData: WorkerTask = { ...task, gate: newGateMemory() };
    this.#members = Array.from({ length: jobs }, () => this.#start(workerData));
  }

  #start(workerData: WorkerTask): Member {
    const worker = new Worker(workerUrl, { workerData });
    const member: Member = { worker, waiting: 0, finished: null };
    worker.on("message", (message: FromWorker) => {
      if (message.kind === "done") {
        member.waiting--;
        if (message.buffer !== null) this.#buffers.push(message.buffer);
        // A bug there is the end here, at once: others may be waiting for what the worker will never do.
        if (message.error !== null && !(message.error.name in inputErrors))
          this.#failure = receivedError(message.error);
        this.#onDone(message);
      } else if (message.kind === "progress") {
        this.onProgress(message.progress, worker);
      } else {
        member.finished = message;
      }
      this.#wake();
    });
    worker.on("error", (error) => {
      this.#failure = error;
      this.#wake();
    });
    worker.on("exit", () => {
      if (member.finished === null) this.#failure ??= new Error("a worker ended before its work was done");
      this.#wake();
    });
    return member;
  }

  /** A buffer to fill, once one is free; to be sent or given back. */
  async buffer(): Promise<Uint8Array> {
    await this.#until(() => this.#buffers.length > 0);
    return new Uint8Array(this.#buffers.pop() as ArrayBuffer);
  }

  giveBack(bytes: Uint8Array): void {
    this.#buffers.push(bytes.buffer as ArrayBuffer);
  }

  /** Give a message to the worker with the least to do, once there is one with room. */
  async send(message: ToWorker): Promise<void> {
    await this.#until(() => this.#members.some(({ waiting }) => waiting < maxWaiting));
    const idlest = this.#members.reduce((a, b) => (b.waiting < a.waiting ? b : a));
    idlest.waiting++;
    const filled = message.kind === "block" && "buffer" in message.content ? [message.content.buffer] : [];
    idlest.worker.postMessage(message, filled);
  }

  /** When all messages are done. */
  async settled(): Promise<void> {
    await this.#until(() => this.#members.every(({ waiting }) => waiting === 0));
  }

  /** What the workers have, once all that they were sent is done. */
  async finish(): Promise<Finished[]> {
    for (const { worker } of this.#members) worker.postMessage({ kind: "finish" } satisfies ToWorker);
    await this.#until(() => this.#members.every(({ finished }) => finished !== null));
    return this.#members.map(({ finished }) => finished as Finished);
  }

  async stop(): Promise<void> {
    await Promise.all(this.#members.map(({ worker }) => worker.terminate()));
  }

  async #until(condition: () => boolean): Promise<void> {
    while (true) {
      if (this.#failure !== null) throw this.#failure;
      if (condition()) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

// Tests run this file as it is written; a worker is a program of its own and must be the built one.
const workerUrl = new URL(import.meta.url.endsWith(".ts") ? "../../dist/worker.js" : "./worker.js", import.meta.url);

const inputErrors = { InputError, NotALogError, DamagedInputError };

/** The error that a worker sent, as an error of its class again. */
export function receivedError({ name, message, hint, stack }: SentError): Error {
  if (name in inputErrors) {
    const Kind = inputErrors[name as keyof typeof inputErrors];
    return new Kind(message, hint === undefined ? {} : { hint });
  }
  return Object.assign(new Error(message), { name, stack });
}
