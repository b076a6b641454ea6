import type { BlockOutcome } from "../parse/parser.js";
import type { InputName } from "../parse/place.js";
import type { LineFault, LineProblem } from "../parse/problem.js";
import type { Query } from "../query/query.js";
import type { Layout } from "../record/layout.js";
import type { Input } from "../source/inputs.js";
import type { Progress } from "./progress.js";
import type { RankedPart } from "./rank.js";
import type { Account, Question } from "./reading.js";

/** What a worker is started with. */
export interface WorkerTask {
  query: Query;
  question: Question;
  formats: readonly Layout[];
  gate: SharedArrayBuffer;
}

/** A stretch of a stream: whole lines, or a line that is no record whatever it holds. */
export interface BlockMessage {
  kind: "block";
  /** The number of the input among all inputs. */
  order: number;
  input: InputName;
  /** The number of the block among all blocks of the run. */
  number: number;
  isFirst: boolean;
  /** The buffer is handed over, and comes back when it is done with. Copying out of shared memory took twice as long. */
  content: { buffer: ArrayBuffer; length: number } | { fault: LineFault };
}

export interface InputMessage {
  kind: "input";
  order: number;
  input: Input;
}

/** To a worker. After `finish` it sends its part of the answer. */
export type ToWorker = BlockMessage | InputMessage | { kind: "finish" };

/** An error as it passes between threads, which keep no classes. */
export interface SentError {
  name: string;
  message: string;
  hint: string | undefined;
  stack: string | undefined;
}

/** From a worker: one for each message it got, and how far it has come. */
export type FromWorker =
  | { kind: "done"; order: number; buffer: ArrayBuffer | null; outcome: BlockOutcome | null; error: SentError | null }
  | { kind: "progress"; progress: Progress }
  | { kind: "finished"; account: Account; part: RankedPart[]; problems: OrderedProblem[]; notes: string[] };

/** A problem, and the number of its input: problems are told in the order of the inputs. */
export interface OrderedProblem {
  order: number;
  problem: LineProblem;
}
