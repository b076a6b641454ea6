import { availableParallelism } from "node:os";
import { Readable } from "node:stream";
import { InputError } from "../errors.js";
import { maxLineBytes } from "../parse/line.js";
import { blockBytes, firstBlockBytes } from "../parse/parser.js";
import type { LineFault, LineProblem } from "../parse/problem.js";
import { noRecord } from "../parse/settle.js";
import type { Query } from "../query/query.js";
import { type FoundInputs, findInputs, type Input } from "../source/inputs.js";
import { type ByteReader, DamagedInputError, isPipe, openInput } from "../source/reader.js";
import { type PlainFile, plainFile } from "../source/stretch.js";
import { countBlocks, USUAL_CUT } from "./block-cut.js";
import { gather } from "./gather.js";
import type { BlockMessage } from "./messages.js";
import { Pool, receivedError } from "./pool.js";
import { ProgressTeller } from "./progress.js";
import { RankingPart } from "./ranking-part.js";
import { addAccounts, type Question, Reading } from "./reading.js";
import { InputTally, makeResult, type RunEvents, type RunResult, type Sources } from "./run.js";

/** Less than this is answered before workers have started. */
const minParallelBytes = 32 << 20;
/** No more than one thread would tell of a log with a new text in every line. */
const maxNotes = 20;
/** More than this never pays: each has a memory of its own. */
const maxThreads = 64;
/** How much of a pipe is read before workers are started for it. */
const peekedBytes = 8 << 20;
/** A file of this size is read by all workers together; smaller ones are given to workers as they are. */
const minSharedBytes = 16 << 20;
const lineFeed = 0x0a;

/** More threads than this wait for the one that reads, and each takes some 17 MB. */
const maxDefaultJobs = 4;

export function defaultJobs(): number {
  return Math.min(availableParallelism(), maxDefaultJobs);
}

/**
 * Whether there are threads, and enough to read that they pay. A pipe is read from to find out.
 * @returns the sources as they are to be read then
 */
export async function weigh(
  sources: Sources,
): Promise<{ sources: Sources; found: FoundInputs; isForThreads: boolean }> {
  const found = await findInputs(sources.inputs);
  const { inputs } = found;
  // Which of several formats a line has is told by the line, not by the lines before it: nothing that a block could guess.
  if (sources.jobs < 2 || sources.formats.length > 1) return { sources, found, isForThreads: false };
  const [only] = inputs;
  if (inputs.length === 1 && only?.path === null && only.size === null) {
    if (!isPipe(sources.stdin)) return { sources, found, isForThreads: false };
    const { stdin, isMore } = await peek(sources.stdin, Math.min(peekedBytes, sources.minParallelBytes ?? peekedBytes));
    return { sources: { ...sources, stdin }, found, isForThreads: isMore };
  }
  const bytes = inputs.reduce((sum, { size }) => sum + (size ?? Number.POSITIVE_INFINITY), 0);
  return { sources, found, isForThreads: bytes >= (sources.minParallelBytes ?? minParallelBytes) };
}

/** Whether a stream has more than some bytes; it is to be read as the one that is returned. */
async function peek(stdin: Readable, bytes: number): Promise<{ stdin: Readable; isMore: boolean }> {
  const chunks: Buffer[] = [];
  const rest = stdin[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  for (let length = 0; length <= bytes; length += chunks.at(-1)?.length ?? 0) {
    const { done, value } = await rest.next();
    if (done === true) return { stdin: Readable.from(chunks, { objectMode: false }), isMore: false };
    chunks.push(value);
  }
  async function* all() {
    yield* chunks.splice(0);
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
  }
  return { stdin: Readable.from(all(), { objectMode: false }), isMore: true };
}

/** Read a ranking on several threads: files side by side; a large plain file and a pipe in blocks of whole lines. */
export async function readInParallel(
  query: Query,
  question: Question,
  sources: Sources,
  found: FoundInputs,
  events: RunEvents,
): Promise<{ part: RankingPart; result: RunResult }> {
  const tally = new InputTally(events);
  tally.addFound(found);
  const run = new ParallelRun(query, question, sources, found.inputs, events);
  try {
    await run.read();
    const finished = await run.pool.askAll({ kind: "finish" });
    const own = new Reading(question, sources.formats, events);
    const part = new RankingPart(query, own.columns, sources.memory);
    await gather(run.pool, part, finished);
    const problems = finished.flatMap((each) => each.problems);
    problems.sort((a, b) => a.order - b.order || a.problem.line - b.problem.line);
    for (const { problem } of problems) events.onProblem(problem);
    // What every thread has met is one note, not one for each.
    const notes = [...new Set(finished.flatMap((each) => each.notes))].sort();
    for (const note of notes.slice(0, maxNotes)) events.onNote(note);
    for (const [order, input] of found.inputs.entries()) tally.add(input, run.errorOf(order));
    const account = addAccounts(finished.map((each) => each.account));
    return { part, result: makeResult(account, tally, question, events) };
  } finally {
    await run.stop();
  }
}

/** How far an input has been read that comes in blocks, or as a whole. */
interface Progress {
  error: Error | null;
  records: number;
  firstProblem: LineProblem | null;
}

class ParallelRun {
  readonly #inputs: readonly Input[];
  readonly #sources: Sources;
  readonly pool: Pool;
  readonly #progress: Progress[];
  readonly #told: ProgressTeller;
  #blocks = 0;

  constructor(query: Query, question: Question, sources: Sources, inputs: readonly Input[], events: RunEvents) {
    this.#inputs = inputs;
    this.#sources = sources;
    this.#progress = inputs.map(() => ({ error: null, records: 0, firstProblem: null }));
    const jobs = Math.min(sources.jobs, maxThreads);
    const task = { query, question, formats: sources.formats, memory: sources.memory / jobs };
    const bufferBytes = firstBlockBytes + maxLineBytes + blockBytes;
    this.pool = new Pool(jobs, bufferBytes, task, ({ order, outcome, error }) => {
      const progress = this.#progress[order] as Progress;
      if (error !== null) progress.error ??= receivedError(error);
      if (outcome === null) return;
      progress.records += outcome.records;
      const { firstProblem } = outcome;
      if (firstProblem !== null && firstProblem.line < (progress.firstProblem?.line ?? Number.POSITIVE_INFINITY)) {
        progress.firstProblem = firstProblem;
      }
    });
    this.#told = new ProgressTeller(events.onProgress?.bind(events));
    this.pool.onProgress = ({ bytes, records }, worker) => this.#told.tell(bytes, records, worker);
  }

  async read(): Promise<void> {
    for (const [order, input] of this.#inputs.entries()) {
      const file = this.#largeFile(input);
      if (file !== null) this.#shareFile(order, input, file);
      else if (input.named && (input.size === null || this.#inputs.length === 1)) await this.#stream(order, input);
      else await this.pool.send({ kind: "input", order, input });
    }
    await this.pool.settled();
    // A bug on a worker is a bug here.
    for (const { error } of this.#progress) if (error !== null && !(error instanceof InputError)) throw error;
  }

  stop(): Promise<void> {
    return this.pool.stop();
  }

  /** Why an input was not read, or not to its end; null: it was. */
  errorOf(order: number): InputError | null {
    const { error, records, firstProblem } = this.#progress[order] as Progress;
    if (error !== null) return error as InputError;
    return records === 0 && firstProblem !== null ? noRecord(firstProblem, this.#sources.formats) : null;
  }

  /** A file that is worth being read by all workers together. */
  #largeFile(input: Input): PlainFile | null {
    const isLarge = (input.size ?? 0) >= (this.#sources.minParallelBytes ?? minSharedBytes);
    // Whether a file that nobody named is a log at all must be told by one that sees it from its first line on.
    return isLarge && input.named ? plainFile(input) : null;
  }

  #shareFile(order: number, { name, named }: Input, file: PlainFile): void {
    const cut = this.#sources.cut ?? USUAL_CUT;
    const next = new SharedArrayBuffer(4);
    this.pool.sendAll({ kind: "file", order, input: { name, named }, file, number: this.#blocks, cut, next });
    this.#blocks += countBlocks(file, cut);
  }

  async #stream(order: number, input: Input): Promise<void> {
    const progress = this.#progress[order] as Progress;
    let reader: ByteReader | null = null;
    try {
      reader = await openInput(input, this.#sources.stdin);
      await this.#sendBlocks(order, input, reader);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      progress.error ??= error;
    } finally {
      await reader?.close();
    }
  }

  /** Cut what a reader gives into blocks of whole lines. */
  async #sendBlocks(order: number, input: Input, reader: ByteReader): Promise<void> {
    const progress = this.#progress[order] as Progress;
    let damage: DamagedInputError | null = null;
    let isFirst = true;
    /** Until then, blocks must be large enough to show the layout. */
    let hasText = false;
    let bytes = await this.pool.buffer();
    let filled = 0;
    const send = async (content: Pick<BlockMessage, "buffer" | "length" | "fault">) => {
      const name = { name: input.name, named: input.named };
      await this.pool.send({ kind: "block", order, input: name, number: this.#blocks++, isFirst, ...content });
      isFirst = false;
      this.#told.tell(reader.consumed, 0, input);
    };
    const sendFault = (fault: LineFault) => send({ buffer: null, length: 0, fault });
    let ended = false;
    /** Inside a line that is too long: its bytes pass by. */
    let skipping = false;
    while (!ended && progress.error === null) {
      let lastEnd = -1;
      for (let target = Math.max(hasText ? blockBytes : firstBlockBytes, filled); ; target += blockBytes) {
        while (filled < target && filled < bytes.length && !ended) {
          const read = await readSome(reader, bytes.subarray(filled, target));
          if (read instanceof DamagedInputError) damage = read;
          if (typeof read === "number" && read > 0) filled += read;
          else ended = true;
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

async function readSome(reader: ByteReader, into: Uint8Array): Promise<number | DamagedInputError> {
  try {
    return await reader.read(into);
  } catch (error) {
    if (error instanceof DamagedInputError) return error;
    throw error;
  }
}
