import { availableParallelism } from "node:os";
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { type FoundInputs, findInputs } from "../source/inputs.js";
import { PipeBytes } from "../source/pipe.js";
import { isPipe, isStandardInput } from "../source/reader.js";
import type { Sources } from "./run.js";

/** Less than this is answered before workers have started. */
const minParallelBytes = 32 << 20;
/** How much of a pipe is read before workers are started for it. */
const peekedBytes = 8 << 20;
/** How long somebody who reads along waits for that, from the first bytes on: one thread answers each as it comes. */
const peekedMs = 100;
/** More threads than this wait for the one that reads, and each takes some 17 MB. */
const maxDefaultJobs = 4;

export function defaultJobs(): number {
  return Math.min(availableParallelism(), maxDefaultJobs);
}

export interface Weighed {
  /** The sources as they are to be read then. */
  sources: Sources;
  found: FoundInputs;
  isForThreads: boolean;
}

/**
 * Whether there are threads, and enough to read that they pay. A pipe is read from to find out.
 *
 * @param isLive whether rows are answered as they come, so that nobody may be kept waiting for more of a pipe
 */
export async function weigh(sources: Sources, isLive: boolean): Promise<Weighed> {
  const found = sources.found ?? (await findInputs(sources.inputs));
  const { inputs } = found;
  const onOneThread = { sources, found, isForThreads: false };
  // Which of several formats a line has is told by the line, not by the lines before it: nothing that a block could guess.
  if (sources.jobs < 2 || sources.formats.length > 1) return onOneThread;
  const [only] = inputs;
  if (inputs.length === 1 && only?.path === null && only.size === null) {
    if (!isPipe(sources.stdin)) return onOneThread;
    const least = Math.min(peekedBytes, sources.minParallelBytes ?? peekedBytes);
    const pipe = isStandardInput(sources.stdin) ? PipeBytes.open(only.name) : null;
    if (pipe !== null) {
      const isForThreads = await pipe.hasMoreThan(least, isLive ? peekedMs : null);
      return { sources: { ...sources, pipe }, found, isForThreads };
    }
    const { stdin, isMore } = await peek(sources.stdin, least, isLive ? peekedMs : null);
    return { sources: { ...sources, stdin }, found, isForThreads: isMore };
  }
  if (isLive && inputs.some(({ size }) => size === null)) return onOneThread;
  const bytes = inputs.reduce((sum, { size }) => sum + (size ?? Number.POSITIVE_INFINITY), 0);
  return { sources, found, isForThreads: bytes >= (sources.minParallelBytes ?? minParallelBytes) };
}

/**
 * Whether a stream has more than some bytes; it is to be read as the one that is returned.
 *
 * @param milliseconds how long they are waited for, once there are any; null: as long as it takes
 */
async function peek(
  stdin: Readable,
  bytes: number,
  milliseconds: number | null,
): Promise<{ stdin: Readable; isMore: boolean }> {
  const chunks: Buffer[] = [];
  const rest = stdin[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  let next = rest.next();
  async function* all() {
    yield* chunks.splice(0);
    for (let each = await next; each.done !== true; each = await rest.next()) yield each.value;
  }
  const since = new AbortController();
  let late: Promise<null> | null = null;
  let isMore = false;
  for (let length = 0; !isMore; isMore = length > bytes) {
    const given = await (late === null ? next : Promise.race([next, late]));
    if (given === null || given.done === true) break;
    if (milliseconds !== null) late ??= sleep(milliseconds, null, { signal: since.signal }).catch(() => null);
    chunks.push(given.value);
    length += given.value.length;
    next = rest.next();
  }
  since.abort();
  // It may fail before anybody asks for it.
  next.catch(() => {});
  return { stdin: Readable.from(all(), { objectMode: false }), isMore };
}
