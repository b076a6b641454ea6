import { InputError } from "../errors.js";
import type { LineProblem } from "../parse/problem.js";
import { noRecord } from "../parse/settle.js";
import type { Input } from "../source/inputs.js";
import { type ByteReader, DamagedInputError, openInput } from "../source/reader.js";
import { type PlainFile, plainFile } from "../source/stretch.js";
import { countBlocks, USUAL_CUT } from "./block-cut.js";
import { Pool, type Program, receivedError } from "./pool.js";
import { ProgressTeller } from "./progress.js";
import { type Question, tellNoteOf } from "./reading.js";
import type { RunEvents, Sources } from "./run.js";
import { newStream, StreamBlocks } from "./stream-blocks.js";

/** More than this never pays: each has a memory of its own. */
const maxThreads = 64;
/** A file of this size is read by all workers together; smaller ones are given to workers as they are. */
const minSharedBytes = 16 << 20;

/** How many workers there are. One input that they cannot share, such as gzip data, is read here: one of the threads is this one. */
export function workersFor(inputs: readonly Input[], sources: Sources): number {
  const jobs = Math.min(sources.jobs, maxThreads);
  const [only] = inputs;
  const isShared = only !== undefined && (largeFile(only, sources) !== null || sources.pipe?.isPlain === true);
  const isReadHere = inputs.length === 1 && !isShared;
  return isReadHere ? Math.max(jobs - 1, 1) : jobs;
}

/** A file that is worth being read by all workers together. */
function largeFile(input: Input, { minParallelBytes }: Sources): PlainFile | null {
  const isLarge = (input.size ?? 0) >= (minParallelBytes ?? minSharedBytes);
  // Whether a file that nobody named is a log at all must be told by one that sees it from its first line on.
  return isLarge && input.named ? plainFile(input) : null;
}

/** How far an input has been read that comes in blocks, or as a whole. */
interface Progress {
  error: Error | null;
  records: number;
  firstProblem: LineProblem | null;
  /** How many blocks it has; null: not known yet. */
  blocks: number | null;
  /** How many messages about it are not done yet. */
  pending: number;
}

interface RunParts {
  program: Program;
  /** What the program is to do with the rows. */
  task: unknown;
  question: Question;
  sources: Sources;
  inputs: readonly Input[];
  events: RunEvents;
}

/** Reads inputs on several threads: files side by side; a large plain file and a pipe in blocks of whole lines. */
export class ParallelRun {
  readonly pool: Pool;
  readonly #inputs: readonly Input[];
  readonly #sources: Sources;
  readonly #progress: Progress[];
  readonly #told: ProgressTeller;
  readonly #events: RunEvents;
  #blocks = 0;
  /** What is being read here. */
  #reader: ByteReader | null = null;

  constructor({ program, task, question, sources, inputs, events }: RunParts) {
    this.#inputs = inputs;
    this.#sources = sources;
    this.#progress = inputs.map(() => ({ error: null, records: 0, firstProblem: null, blocks: null, pending: 0 }));
    const { formats } = sources;
    this.pool = new Pool(program, workersFor(inputs, sources), { task, question, formats }, (done) => {
      const { outcome, error } = done;
      const progress = this.#progress[done.order] as Progress;
      progress.pending--;
      if (error !== null) progress.error ??= receivedError(error);
      if (outcome === null) return;
      progress.records += outcome.records;
      const { firstProblem } = outcome;
      if (firstProblem !== null && firstProblem.line < (progress.firstProblem?.line ?? Number.POSITIVE_INFINITY)) {
        progress.firstProblem = firstProblem;
      }
    });
    this.#events = events;
    this.#told = new ProgressTeller(events.onProgress?.bind(events));
    this.pool.onProgress = ({ bytes, records }, worker) => this.#told.tell(bytes, records, worker);
  }

  async read(): Promise<void> {
    for (const [order, input] of this.#inputs.entries()) {
      const file = largeFile(input, this.#sources);
      if (file !== null) this.#shareFile(order, input, file);
      else if (input.named && (input.size === null || this.#inputs.length === 1)) await this.#stream(order, input);
      else await this.#sendWhole(order, input);
    }
    await this.pool.settled();
    // A bug on a worker is a bug here.
    for (const { error } of this.#progress) if (error !== null && !(error instanceof InputError)) throw error;
  }

  async stop(): Promise<void> {
    // Workers may be reading from its descriptor, whose number can be another file's once it is closed.
    await this.pool.stop();
    await this.#reader?.close();
  }

  /** How many blocks an input has; null: not known yet. */
  blocksOf(order: number): number | null {
    return (this.#progress[order] as Progress).blocks;
  }

  /** Whether an input is read, as far as it can be. */
  isRead(order: number): boolean {
    const { blocks, pending } = this.#progress[order] as Progress;
    return blocks !== null && pending === 0;
  }

  /** Why an input was not read, or not to its end; null: it was. */
  errorOf(order: number): InputError | null {
    const { error, records, firstProblem } = this.#progress[order] as Progress;
    if (error !== null) return error as InputError;
    return records === 0 && firstProblem !== null ? noRecord(firstProblem, this.#sources.formats) : null;
  }

  #shareFile(order: number, { name, named }: Input, file: PlainFile): void {
    const cut = this.#sources.cut ?? USUAL_CUT;
    const next = new SharedArrayBuffer(4);
    const blocks = countBlocks(file, cut);
    this.#begin(order, blocks, this.pool.size);
    this.pool.sendAll({ kind: "file", order, input: { name, named }, file, number: this.#blocks, cut, next });
    this.#blocks += blocks;
  }

  async #sendWhole(order: number, input: Input): Promise<void> {
    this.#begin(order, 1, 1);
    await this.pool.send({ kind: "input", order, input });
  }

  #begin(order: number, blocks: number | null, pending: number): void {
    Object.assign(this.#progress[order] as Progress, { blocks, pending });
  }

  async #stream(order: number, input: Input): Promise<void> {
    const { name, named } = input;
    const progress = this.#progress[order] as Progress;
    const parts = newStream(name, this.#sources.cut ?? USUAL_CUT);
    const stream = new StreamBlocks(parts);
    let failure: InputError | null = null;
    try {
      const { pipe, stdin } = this.#sources;
      this.#reader = await openInput(input, input.path === null ? (pipe ?? stdin) : null);
      this.#begin(order, null, this.pool.size);
      this.pool.sendAll({ kind: "stream", order, input: { name, named }, stream: parts, number: this.#blocks });
      await this.#write(stream, this.#reader, input);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      failure = error;
    }
    await this.pool.until(() => progress.pending === 0);
    // What is wrong with the lines that came stands before a break behind them.
    progress.error ??= failure;
    if (this.#reader !== null && progress.error === null) tellNoteOf(this.#reader, input, this.#events);
    await this.#reader?.close();
    this.#reader = null;
    progress.blocks = stream.count;
    this.#blocks += stream.count;
    this.pool.wake();
  }

  /** Put into a stream's ring all that a reader gives, or until those who take it can read on themselves. */
  async #write(stream: StreamBlocks, reader: ByteReader, input: Input): Promise<void> {
    const { ring } = stream;
    const stopped = this.pool.until(() => ring.state === "stopped").catch(() => {});
    for (;;) {
      await this.pool.until(() => ring.state === "stopped" || ring.room().length > 0);
      const descriptor = reader.handOver?.() ?? null;
      if (descriptor !== null) return stream.handOver(descriptor);
      const read = (await Promise.race([readSome(reader, ring.room()), stopped])) ?? 0;
      this.#told.tell(reader.consumed, 0, input);
      if (read instanceof DamagedInputError) {
        ring.become("broken");
        throw read;
      }
      if (read === 0) return ring.become("ended");
      ring.add(read);
    }
  }
}

async function readSome(reader: ByteReader, into: Uint8Array): Promise<number | DamagedInputError> {
  try {
    return await reader.read(into);
  } catch (error) {
    if (error instanceof DamagedInputError) return error;
    throw error;
  }
}
