import { PassThrough } from "node:stream";
import { expect, test, vi } from "vitest";
import type { Io } from "../../src/commands/io.js";
import { clearProgress, ProgressBar, wantsProgress } from "../../src/commands/progress-bar.js";

/** A terminal with one line, as far as the bar knows terminals. */
class Terminal extends PassThrough {
  readonly isTTY = true;
  readonly columns = 80;
  #written = "";

  /** What the line shows, after all that was written. */
  line(): string {
    this.#written += ((this.read() as Buffer | null) ?? "").toString();
    let line = "";
    let column = 0;
    for (const [piece, , command] of this.#written.matchAll(/\u001b\[(\d*)([GK])|[^\u001b]+/g)) {
      if (command === "G") column = 0;
      else if (command === "K") line = piece === "\u001b[2K" ? "" : line.slice(0, column);
      else {
        line = line.slice(0, column) + piece + line.slice(column + piece.length);
        column += piece.length;
      }
    }
    return line;
  }
}

/** A bar that has been shown: 3 s into a run over 1 MB. */
async function showBar() {
  let time = 0;
  const terminal = new Terminal();
  const bar = new ProgressBar(terminal, () => time);
  const at = (ms: number, bytes: number) => {
    time = ms;
    bar.update({ bytes, records: bytes / 100 });
  };
  bar.start(1_000_000);
  at(900, 90_000);
  await vi.dynamicImportSettled();
  expect(terminal.line()).toBe("");
  at(1000, 100_000);
  await vi.waitFor(() => {
    at(3000, 300_000);
    expect(terminal.line()).not.toBe("");
  });
  return { bar, terminal, at };
}

test("shown once a run has taken a second, and within the line", async () => {
  const { bar, terminal } = await showBar();
  expect(terminal.line()).toMatch(/^█+.?░+ {3}30% {2}300 kB of 1\.0 MB {2}3000 records {2}100 kB\/s {2}7 s left$/);
  // Not in the last columns, from where ^C would go on to the next line.
  expect(terminal.line().length).toBeLessThanOrEqual(77);
  bar.end();
});

test("the rate is that of the last seconds", async () => {
  const { bar, terminal, at } = await showBar();
  for (let ms = 3100; ms <= 9000; ms += 100) at(ms, 300_000 + 10 * (ms - 3000));
  await vi.waitFor(() => expect(terminal.line()).toContain("  10.0 kB/s  64 s left"));
  bar.end();
});

test("hidden for a note, and back with the next progress", async () => {
  const { bar, terminal, at } = await showBar();
  bar.hide();
  expect(terminal.line()).toBe("");
  at(4000, 400_000);
  expect(terminal.line()).toContain(" 40%");
  bar.end();
});

test("gone for good at the end, or on the way out of a signal", async () => {
  for (const end of [(bar: ProgressBar) => bar.end(), clearProgress]) {
    const { bar, terminal, at } = await showBar();
    end(bar);
    expect(terminal.line()).toBe("");
    at(4000, 400_000);
    expect(terminal.line()).toBe("");
  }
});

test("no place is kept to go back to: somebody may press Enter", async () => {
  const { bar, terminal } = await showBar();
  const write = vi.spyOn(terminal, "write");
  bar.hide();
  bar.update({ bytes: 1, records: 1 });
  bar.end();
  expect(write.mock.calls.flat().join("")).not.toMatch(/\u001b[78]/);
});

test.each([
  { name: "a terminal", stderr: { isTTY: true }, env: {}, quiet: false, wants: true },
  { name: "a pipe", stderr: {}, env: {}, quiet: false, wants: false },
  {
    name: "a terminal that can only go on",
    stderr: { isTTY: true },
    env: { TERM: "dumb" },
    quiet: false,
    wants: false,
  },
  { name: "-q", stderr: { isTTY: true }, env: {}, quiet: true, wants: false },
])("$name: $wants", ({ stderr, env, quiet, wants }) => {
  expect(wantsProgress({ stderr, env } as unknown as Io, quiet)).toBe(wants);
});
