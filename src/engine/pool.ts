import { MessageChannel, Worker } from "node:worker_threads";
import { InputError, UserError } from "../errors.js";
import { DamagedInputError, NotALogError } from "../source/reader.js";
import { newGateMemory } from "./gate.js";
import type {
  Asked,
  FileMessage,
  FromWorker,
  InputMessage,
  PieceMessage,
  SentError,
  StreamMessage,
  WorkerTask,
} from "./messages.js";
import { newOutletMemory, Outlets } from "./outlet.js";
import type { Progress } from "./progress.js";
import { SpillError } from "./spill.js";

/** How many messages a worker has before it: one it works on, and one to go on with at once. */
const maxWaiting = 2;

type Done = Extract<FromWorker, { kind: "done" }>;
type Answer = Exclude<FromWorker, { kind: "done" | "room" | "failed" | "piece" | "progress" }>;
type Question = Asked | { kind: "finish" };
/** What a question is answered by. */
type AnswerTo<Q extends Question> = Extract<
  FromWorker,
  { kind: { finish: "finished"; summary: "summaries"; part: "pieces"; stand: "standing" }[Q["kind"]] }
>;

interface Member {
  worker: Worker;
  waiting: number;
  /** Those who wait for what it was asked, in the order of the questions. */
  asked: ((answer: Answer) => void)[];
}

/** The workers of a run, and what they send. */
export class Pool {
  readonly #members: Member[];
  readonly #onDone: (done: Done) => void;
  /** Told how far a worker has come. */
  onProgress: (progress: Progress, worker: Worker) => void = () => {};
  /** Given what a worker has made. */
  onPiece: (piece: PieceMessage) => void = () => {};
  readonly outlets: Outlets;
  #failure: Error | null = null;
  /** Those who wait for something to change. */
  #waiting: (() => void)[] = [];

  constructor(
    program: Program,
    jobs: number,
    task: Pick<WorkerTask, "task" | "question" | "formats">,
    onDone: (done: Done) => void,
  ) {
    this.#onDone = onDone;
    const memory = newOutletMemory(jobs);
    const channels = Array.from({ length: jobs }, () => new MessageChannel());
    this.outlets = new Outlets(
      memory,
      channels.map(({ port1 }) => port1),
    );
    const gate = newGateMemory();
    this.#members = channels.map(({ port2 }, self) =>
      this.#start(program, { ...task, gate, outlet: { self, memory, returns: port2 } }),
    );
  }

  #start(program: Program, workerData: WorkerTask): Member {
    const worker = new Worker(urlOf(program), {
      workerData,
      transferList: [workerData.outlet.returns],
      execArgv: [],
      // A socket closes the descriptor that it is given, which Node would take for one that is still open, and warn of the next.
      trackUnmanagedFds: false,
    });
    const member: Member = { worker, waiting: 0, asked: [] };
    worker.on("message", (message: FromWorker) => {
      if (message.kind === "done") {
        member.waiting--;
        // Unless the input is to blame, that is the end, at once: others may be waiting for what the worker will never do.
        if (message.error !== null && !(message.error.name in inputErrors))
          this.#failure ??= receivedError(message.error);
        this.#onDone(message);
      } else if (message.kind === "failed") {
        this.#failure ??= receivedError(message.error);
      } else if (message.kind === "piece") {
        this.onPiece(message);
      } else if (message.kind === "progress") {
        this.onProgress(message.progress, worker);
      } else if (message.kind !== "room") {
        member.asked.shift()?.(message);
      }
      this.wake();
    });
    worker.on("error", (error) => {
      this.#failure ??= error;
      this.wake();
    });
    worker.on("exit", () => {
      this.#failure ??= new Error("a worker ended before its work was done");
      this.wake();
    });
    return member;
  }

  get size(): number {
    return this.#members.length;
  }

  /** Give a message to the worker with the least to do, once there is one with room. */
  async send(message: InputMessage): Promise<void> {
    await this.until(() => this.#members.some(({ waiting }) => waiting < maxWaiting));
    const idlest = this.#members.reduce((a, b) => (b.waiting < a.waiting ? b : a));
    idlest.waiting++;
    idlest.worker.postMessage(message);
  }

  /** Give a message to all workers, who share what is to be done. */
  sendAll(message: FileMessage | StreamMessage): void {
    for (const member of this.#members) {
      member.waiting++;
      member.worker.postMessage(message);
    }
  }

  /** When all messages are done. */
  async settled(): Promise<void> {
    await this.until(() => this.#members.every(({ waiting }) => waiting === 0));
  }

  /** Ask the i-th worker, once all that it was sent is done. */
  async ask<Q extends Question>(i: number, question: Q, transfer: ArrayBuffer[] = []): Promise<AnswerTo<Q>> {
    const { worker, asked } = this.#members[i] as Member;
    let answer: Answer | null = null;
    asked.push((given) => {
      answer = given;
    });
    worker.postMessage(question, transfer);
    await this.until(() => answer !== null);
    return answer as unknown as AnswerTo<Q>;
  }

  /** Ask all workers the same. */
  askAll<Q extends Question>(question: Q): Promise<AnswerTo<Q>[]> {
    return Promise.all(this.#members.map((_, i) => this.ask(i, question)));
  }

  /** Nothing that is waited for will come any more. */
  fail(error: Error): void {
    this.#failure ??= error;
    this.wake();
  }

  async stop(): Promise<void> {
    this.#failure ??= new Error("the workers are stopped");
    await Promise.all(this.#members.map(({ worker }) => worker.terminate()));
  }

  /** Have those who wait look again. */
  wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  /** When something holds, which is looked at after each message of a worker. */
  async until(condition: () => boolean): Promise<void> {
    while (true) {
      if (this.#failure !== null) throw this.#failure;
      if (condition()) return;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }
}

/** What workers run; each is built to a file of its own. */
export type Program = "grouping-worker" | "record-worker";

// Tests run this file as it is written; a worker must be the built one.
function urlOf(program: Program): URL {
  return new URL(`${import.meta.url.endsWith(".ts") ? "../../dist" : "."}/${program}.cjs`, import.meta.url);
}

const inputErrors = { InputError, NotALogError, DamagedInputError };
const knownErrors = { ...inputErrors, SpillError, UserError };

/** The error that a worker sent, as an error of its class again. */
export function receivedError({ name, message, hint, stack }: SentError): Error {
  if (name in knownErrors) {
    const Kind = knownErrors[name as keyof typeof knownErrors];
    return new Kind(message, hint === undefined ? {} : { hint });
  }
  return Object.assign(new Error(message), { name, stack });
}
