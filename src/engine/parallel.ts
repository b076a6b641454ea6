import { InputError } from "../errors.js";
import { maxLineBytes } from "../parse/line.js";
import { blockBytes, firstBlockBytes } from "../parse/parser.js";
import type { LineFault, LineProblem } from "../parse/problem.js";
import { noRecord } from "../parse/settle.js";
import type { Input } from "../source/inputs.js";
import { type ByteReader, DamagedInputError, openInput } from "../source/reader.js";
import { type PlainFile, plainFile } from "../source/stretch.js";
import { countBlocks, USUAL_CUT } from "./block-cut.js";
import type { BlockMessage } from "./messages.js";
import { Pool, type Program, receivedError } from "./pool.js";
import { ProgressTeller } from "./progress.js";
import { type Question, tellNoteOf } from "./reading.js";
import type { RunEvents, Sources } from "./run.js";

/** More than this never pays: each has a memory of its own. */
const maxThreads = 64;
/** A file of this size is read by all workers together; smaller ones are given to workers as they are. */
const minSharedBytes = 16 << 20;
/** After a pause this long in a stream, what has come of it is not kept waiting for a block to be full. */
const pauseMs = 100;
const lineFeed = 0x0a;

/** How many workers there are. One input that they cannot share, such as a pipe, is read here: one of the threads is this one. */
export function workersFor(inputs: readonly Input[], sources: Sources): number {
  const jobs = Math.min(sources.jobs, maxThreads);
  const [only] = inputs;
  const isReadHere = inputs.length === 1 && only !== undefined && largeFile(only, sources) === null;
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
    const bufferBytes = firstBlockBytes + maxLineBytes + blockBytes;
    const { formats } = sources;
    this.pool = new Pool(program, workersFor(inputs, sources), bufferBytes, { task, question, formats }, (done) => {
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
    await Promise.all([this.pool.stop(), this.#reader?.close()]);
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
    const progress = this.#progress[order] as Progress;
    const blocksBefore = this.#blocks;
    try {
      this.#reader = await openInput(input, input.path === null ? this.#sources.stdin : null);
      await this.#sendBlocks(order, input, this.#reader);
      if (progress.error === null) tellNoteOf(this.#reader, input, this.#events);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      progress.error ??= error;
    } finally {
      progress.blocks = this.#blocks - blocksBefore;
      await this.#reader?.close();
      this.#reader = null;
      this.pool.wake();
    }
  }

  /** Cut what a reader gives into blocks of whole lines. */
  async #sendBlocks(order: number, input: Input, reader: ByteReader): Promise<void> {
    const progress = this.#progress[order] as Progress;
    let damage: DamagedInputError | null = null;
    const firstNumber = this.#blocks;
    /** Until then, blocks must be large enough to show the layout. */
    let hasText = false;
    let bytes = await this.pool.buffer();
    let filled = 0;
    const send = async (content: Pick<BlockMessage, "buffer" | "length" | "fault">) => {
      const name = { name: input.name, named: input.named };
      const number = this.#blocks++;
      progress.pending++;
      await this.pool.send({ kind: "block", order, index: number - firstNumber, input: name, number, ...content });
      this.#told.tell(reader.consumed, 0, input);
    };
    const sendFault = (fault: LineFault) => send({ buffer: null, length: 0, fault });
    /** Send what there is of whole lines, while more is being read. */
    const sendLines = async () => {
      const length = bytes.subarray(0, filled).lastIndexOf(lineFeed) + 1;
      if (length === 0) return 0;
      const copy = await this.pool.buffer();
      copy.set(bytes.subarray(0, length));
      await send({ buffer: copy.buffer as ArrayBuffer, length, fault: null });
      return length;
    };
    const isLive = input.size === null;
    let ended = false;
    /** Inside a line that is too long: its bytes pass by. */
    let skipping = false;
    while (!ended && progress.error === null) {
      let lastEnd = -1;
      for (let target = Math.max(hasText ? blockBytes : firstBlockBytes, filled); ; target += blockBytes) {
        while (filled < target && filled < bytes.length && !ended) {
          const reading = readSome(reader, bytes.subarray(filled, target));
          const sent = isLive && hasText && !skipping && (await isPause(reading)) ? await sendLines() : 0;
          const read = await reading;
          if (read instanceof DamagedInputError) damage = read;
          if (typeof read === "number" && read > 0) filled += read;
          else ended = true;
          bytes.copyWithin(0, sent, filled);
          filled -= sent;
        }
        lastEnd = bytes.subarray(0, filled).lastIndexOf(lineFeed);
        if (lastEnd >= 0 || ended || filled > maxLineBytes + 1) break;
      }
      if (skipping || (lastEnd < 0 && filled > maxLineBytes + 1)) {
        if (!skipping) await sendFault({ reason: "long" });
        const end = bytes.subarray(0, filled).indexOf(lineFeed);
        skipping = end < 0;
        bytes.copyWithin(0, end < 0 ? filled : end + 1, filled);
        filled -= end < 0 ? filled : end + 1;
        if (filled === 0 || !ended) continue;
        lastEnd = bytes.subarray(0, filled).lastIndexOf(lineFeed);
      }
      if (ended && damage === null && filled > lastEnd + 1) {
        bytes[filled++] = lineFeed;
        lastEnd = filled - 1;
      }
      const length = lastEnd + 1;
      const rest = filled - length;
      if (length > 0) {
        const next = await this.pool.buffer();
        next.set(bytes.subarray(length, filled));
        await send({ buffer: bytes.buffer as ArrayBuffer, length, fault: null });
        hasText = true;
        bytes = next;
      }
      filled = rest;
      if (ended && rest > 0) await sendFault({ reason: "cut" });
    }
    this.pool.giveBack(bytes);
    if (damage !== null) throw damage;
  }
}

/** Whether something takes so long that nobody should wait for it. */
async function isPause(reading: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const pause = new Promise<true>((resolve) => {
    timer = setTimeout(resolve, pauseMs, true);
  });
  const isLong = await Promise.race([reading, pause]);
  clearTimeout(timer);
  return isLong === true;
}

async function readSome(reader: ByteReader, into: Uint8Array): Promise<number | DamagedInputError> {
  try {
    return await reader.read(into);
  } catch (error) {
    if (error instanceof DamagedInputError) return error;
    throw error;
  }
}
