import type { SingleBar } from "cli-progress";
import type { Progress } from "../engine/progress.js";
import type { ProgressFigures } from "../format/progress.js";
import type { Io } from "./io.js";

/** A run that is over before is left alone. What the bar takes to load, some 10 ms, is then less than a hundredth. */
const quietMs = 1000;
/** Room for the ^C that a terminal shows: from the last column it would go on in the next line, and the bar with it. */
const freeColumns = 3;
/** How far back the rate looks, so that it is of now, and steady enough to be read. */
const rateMs = 3000;

let shown: ProgressBar | null = null;

/** Take the bar away, where there is one. For the way out of a signal. */
export function clearProgress(): void {
  shown?.end();
}

/** Whether there is somebody to see a bar, on a terminal that can draw it. */
export function wantsProgress(io: Io, quiet: boolean | undefined): boolean {
  return quiet !== true && io.stderr.isTTY === true && io.env.TERM !== "dumb";
}

/** A bar on standard error while a run goes on. What else is written to the terminal is written while it is hidden. */
export class ProgressBar {
  readonly #stderr: Io["stderr"];
  readonly #clock: () => number;
  readonly #started: number;
  readonly #figures: ProgressFigures = { bytes: 0, total: null, records: 0, bytesPerSec: 0 };
  /** When how many bytes had been read, oldest first. */
  readonly #samples: { time: number; bytes: number }[];
  #bar: SingleBar | null = null;
  #isLoading = false;
  #isEnded = false;

  /** @param clock milliseconds from anywhere */
  constructor(stderr: Io["stderr"], clock = () => performance.now()) {
    this.#stderr = stderr;
    this.#clock = clock;
    this.#started = clock();
    this.#samples = [{ time: this.#started, bytes: 0 }];
  }

  /** @param total bytes of all inputs as stored; null where that is not known */
  start(total: number | null): void {
    this.#figures.total = total;
  }

  update({ bytes, records }: Progress): void {
    if (this.#isEnded) return;
    Object.assign(this.#figures, { bytes, records, bytesPerSec: this.#rate(bytes) });
    if (this.#clock() - this.#started < quietMs) return;
    if (this.#bar !== null) {
      if (!this.#bar.isActive) this.#bar.start(1, 0);
      shown = this;
    } else if (!this.#isLoading) {
      this.#isLoading = true;
      void this.#load();
    }
  }

  /** Off the terminal, until there is progress again. */
  hide(): void {
    this.#bar?.stop();
    shown = null;
  }

  end(): void {
    this.#isEnded = true;
    this.hide();
  }

  async #load(): Promise<void> {
    const [{ default: cliProgress }, { formatProgress }] = await Promise.all([
      import("cli-progress"),
      import("../format/progress.js"),
    ]);
    // It draws what has changed, ten times a second, and clears the line.
    this.#bar = new cliProgress.SingleBar({
      stream: inPlace(this.#stderr),
      format: (_options, { maxWidth }) => formatProgress(this.#figures, maxWidth - freeColumns),
      clearOnComplete: true,
      linewrap: true,
    });
  }

  #rate(bytes: number): number {
    const time = this.#clock();
    this.#samples.push({ time, bytes });
    while (this.#samples.length > 2 && time - this.#samples[1]!.time >= rateMs) this.#samples.shift();
    const oldest = this.#samples[0]!;
    return time > oldest.time ? ((bytes - oldest.bytes) * 1000) / (time - oldest.time) : 0;
  }
}

/**
 * The terminal without going back to where the bar was begun, as cli-progress does to clear it: whoever presses Enter
 * meanwhile moves the bar down a line, and the answer would be written over it.
 */
function inPlace(stderr: Io["stderr"]): NodeJS.WritableStream {
  const write = (text: string) => text === "\u001b7" || text === "\u001b8" || stderr.write(text);
  return Object.create(stderr, { write: { value: write } });
}
