/** How far a run has come. */
export interface Progress {
  /** Bytes of its inputs that were read, as stored (compressed). */
  bytes: number;
  /** Records that were found in them, before any filter. */
  records: number;
}

const leastPauseMs = 100;

/** Tells of progress now and then: as often as somebody can see, and too seldom to cost. */
export class ProgressTeller {
  readonly #onProgress: ((progress: Progress) => void) | undefined;
  readonly #parts = new Map<unknown, Progress>();
  #told = now();

  /** @param onProgress undefined: nobody listens */
  constructor(onProgress: ((progress: Progress) => void) | undefined) {
    this.#onProgress = onProgress;
  }

  /** @param part who has come so far, where several work on a run: the sum is told */
  tell(bytes: number, records: number, part: unknown = null): void {
    if (this.#onProgress === undefined) return;
    this.#parts.set(part, { bytes, records });
    const time = now();
    if (time - this.#told < leastPauseMs) return;
    this.#told = time;
    const sum = { bytes: 0, records: 0 };
    for (const each of this.#parts.values()) {
      sum.bytes += each.bytes;
      sum.records += each.records;
    }
    this.#onProgress(sum);
  }
}

/** Milliseconds, of a clock that Node has at hand: `performance` takes 2 ms to load. */
function now(): number {
  return process.uptime() * 1000;
}
