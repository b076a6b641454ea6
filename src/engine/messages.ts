import type { BlockOutcome } from "../parse/parser.js";
import type { InputName } from "../parse/place.js";
import type { LineFault, LineProblem } from "../parse/problem.js";
import type { Metric, Query } from "../query/query.js";
import type { Layout } from "../record/layout.js";
import type { Input } from "../source/inputs.js";
import type { PlainFile } from "../source/stretch.js";
import type { BlockCut } from "./block-cut.js";
import type { Progress } from "./progress.js";
import type { Standing } from "./rank.js";
import type { PartSummary } from "./ranking-part.js";
import type { Account, Question } from "./reading.js";
import type { Segment } from "./spill.js";

/** What a worker is started with. */
export interface WorkerTask {
  query: Query;
  question: Question;
  formats: readonly Layout[];
  gate: SharedArrayBuffer;
  /** How many bytes the groups of this worker may take. */
  memory: number;
}

/** A stretch of a stream: whole lines. */
export interface BlockMessage {
  kind: "block";
  /** The number of the input among all inputs. */
  order: number;
  input: InputName;
  /** The number of the block among all blocks of the run. */
  number: number;
  isFirst: boolean;
  /**
   * The lines, from the beginning of a buffer that is handed over and comes back when it is done with. Copying out of shared
   * memory took twice as long. Null for a block without lines.
   */
  buffer: ArrayBuffer | null;
  length: number;
  fault: LineFault | null;
}

/** A large plain file, of which each worker takes one block after the other and reads it itself. */
export interface FileMessage {
  kind: "file";
  order: number;
  input: InputName;
  file: PlainFile;
  /** The number of its first block among all blocks of the run. */
  number: number;
  cut: BlockCut;
  /** A word (i32): the block of the file to be taken next. */
  next: SharedArrayBuffer;
}

export interface InputMessage {
  kind: "input";
  order: number;
  input: Input;
}

/** Once all is read: give the groups of one of some parts, which are asked for in their order. Answered by `pieces`. */
export interface PartMessage {
  kind: "part";
  metric: Metric;
  parts: number;
  part: number;
}

/** Say what the groups of a part are for the ranking. Answered by `standing`. */
export interface StandMessage {
  kind: "stand";
  metric: Metric;
  pieces: Uint8Array[];
  segments: Segment[];
}

/** To a worker. After `finish` it sends its part of the answer, and then answers what it is asked. */
export type ToWorker = BlockMessage | FileMessage | InputMessage | { kind: "finish" } | PartMessage | StandMessage;

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
  | { kind: "finished"; account: Account; summaries: PartSummary[]; problems: OrderedProblem[]; notes: string[] }
  | { kind: "failed"; error: SentError }
  | { kind: "pieces"; pieces: Uint8Array[] }
  | { kind: "standing"; standing: Standing };

/** A problem, and the number of its input: problems are told in the order of the inputs. */
export interface OrderedProblem {
  order: number;
  problem: LineProblem;
}
