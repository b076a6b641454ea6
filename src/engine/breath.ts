/**
 * Lets signals and timers in now and then: reading a regular file awaits nothing that would, and a run that cannot be
 * interrupted leaves its files behind.
 */
export class Breath {
  /** Seconds, of a clock that Node has at hand: `performance` takes 2 ms to load. */
  #last = process.uptime();

  async take(): Promise<void> {
    if (process.uptime() - this.#last < 0.02) return;
    await new Promise((resolve) => setImmediate(resolve));
    this.#last = process.uptime();
  }
}
