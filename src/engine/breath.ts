/**
 * Lets signals and timers in now and then: reading a regular file awaits nothing that would, and a run that cannot be
 * interrupted leaves its files behind.
 */
export class Breath {
  #last = performance.now();

  async take(): Promise<void> {
    if (performance.now() - this.#last < 20) return;
    await new Promise((resolve) => setImmediate(resolve));
    this.#last = performance.now();
  }
}
