import type { BlockOutcome } from "../parse/parser.js";
import type { InputName } from "../parse/place.js";
import type { LineProblem } from "../parse/problem.js";
import type { Layout } from "../record/layout.js";
import type { Input } from "../source/inputs.js";
import type { PlainFile } from "../source/stretch.js";
import type { BlockCut } from "./block-cut.js";
import type { Among, Standing } from "./grouping.js";
import type { PartSummary, Pieces } from "./grouping-part.js";
import type { OutletParts } from "./outlet.js";
import type { Progress } from "./progress.js";
import type { Account, Question } from "./reading.js";
import type { Segment } from "./spill.js";
import type { StreamParts } from "./stream-blocks.js";

/** What a worker is started with. */
export interface WorkerTask {
  /** What it does with the rows that it reads, as its program knows it. */
  task: unknown;
  question: Question;
  formats: readonly Layout[];
  /** Memory that all workers of a run share. */
  gate: SharedArrayBuffer;
  outlet: OutletParts;
}

/** A block of an input, or an input that is read as a whole, which is its own block 0. */
export interface BlockName {
  /** The number of the input among all inputs. */
  order: number;
  /** The number of the block in its input. */
  index: number;
}

/** A stream, which the main thread reads, or begins to, and of which each worker takes one block after the other. */
export interface StreamMessage {
  kind: "stream";
  order: number;
  input: InputName;
  stream: StreamParts;
  /** The number of its first block among all blocks of the run. */
  number: number;
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

/** Once all is read: say what groups there are. Answered by `summaries`. */
export interface SummaryMessage {
  kind: "summary";
}

/** Once all is read: give the groups of one of some parts, which are asked for in their order. Answered by `pieces`. */
export interface PartMessage {
  kind: "part";
  grouping: number;
  parts: number;
  part: number;
}

/** Say what the groups of a part are for the answer. Answered by `standing`. */
export interface StandMessage {
  kind: "stand";
  grouping: number;
  pieces: Pieces[];
  segments: Segment[];
  /** Which groups are chosen, where that depends on another grouping. */
  among: Among;
}

/** To a worker. What it is to read comes first, then `finish`, then what it is asked about its part of the answer. */
export type ToWorker = StreamMessage | FileMessage | InputMessage | { kind: "finish" } | Asked;
/** What only a worker with groupings is asked. */
export type Asked = SummaryMessage | PartMessage | StandMessage;

/** An error as it passes between threads, which keep no classes. */
export interface SentError {
  name: string;
  message: string;
  hint: string | undefined;
  stack: string | undefined;
}

/** Text of some rows of a block, all of one layout. A block has many of them, or one without text. */
export interface PieceMessage extends BlockName {
  kind: "piece";
  /** The number of the worker, which sends only so much before it is taken. */
  from: number;
  /** The key of the rows' layout; null where the block has no more rows. */
  layout: string | null;
  text: Uint8Array;
  /** What was met since the last piece. */
  told: Told[];
  /** The first layout that the worker has met in all; only with the first piece after that. */
  firstMet: string | null;
  isLast: boolean;
}

/** From a worker: one for each message it got, what it has so far, and how far it has come. */
export type FromWorker =
  | { kind: "done"; order: number; outcome: BlockOutcome | null; error: SentError | null }
  | { kind: "room" }
  | PieceMessage
  | { kind: "progress"; progress: Progress }
  | { kind: "finished"; account: Account; told: Told[] }
  | { kind: "failed"; error: SentError }
  | { kind: "summaries"; summaries: PartSummary[] }
  | { kind: "pieces"; pieces: Pieces }
  | { kind: "standing"; standing: Standing };

/** A problem, and the number of its input: problems are told in the order of the inputs. */
export interface OrderedProblem {
  order: number;
  problem: LineProblem;
}

/** What the user is told of: a problem, or a note. */
export type Told = OrderedProblem | string;
