import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { closeStretches, openStretches, type PlainFile, plainFile, readStretch } from "../../src/source/stretch.js";
import { type Random, seeded } from "../generate/random.js";

const folder = mkdtempSync(join(tmpdir(), "flowlog-stretch-"));
afterAll(() => rmSync(folder, { recursive: true }));
const path = join(folder, "some.log");

const maxLine = 40;
const tooLong = "too long";

/** Everything that reads of a file in blocks: whole lines, and where one is that is too long. */
function readAll(file: PlainFile, cut: (at: number) => number): string[] {
  const descriptor = openStretches(file);
  try {
    const read: string[] = [];
    for (let from = file.begin; from < file.end; ) {
      const to = Math.min(file.end, from + cut(from));
      // As small as it may be, so that nothing is read that has no room; and never clean.
      const room = new Uint8Array(to - from + maxLine + 80_000).fill(0x0a);
      const { at, length, isTooLong } = readStretch(file, descriptor, from, to, room, maxLine);
      const text = Buffer.from(room.subarray(at, at + length)).toString("latin1");
      // Whole lines only; the parser looks at their length itself.
      expect(text === "" || text.endsWith("\n")).toBe(true);
      read.push(...text.split(/(?<=\n)/).filter((line) => line !== ""));
      if (isTooLong) read.push(tooLong);
      from = to;
    }
    return read.map((line) => (line.length > maxLine + 1 ? tooLong : line));
  } finally {
    closeStretches(descriptor);
  }
}

/** The lines of a text, each with its end; a last one without gets it. */
function linesOf(text: string): string[] {
  const lines = text.split("\n");
  const last = lines.pop();
  return [...lines, ...(last === "" ? [] : [last])].map((line) =>
    (line as string).length > maxLine ? tooLong : `${line}\n`,
  );
}

function randomText(random: Random): string {
  const line = () => {
    const lengths = [0, 0, 1, 2, random.int(3, maxLine - 1), maxLine - 1, maxLine, maxLine + 1, maxLine + 2, 300];
    // Beyond what is read at first for the end of a line, and what is read further.
    const length = random.chance(0.05) ? random.pick([5000, 70_000]) : random.pick(lengths);
    const content = random.pick(["a", "b", "\r", "#"]).repeat(length);
    return content.slice(0, length - 1) + (length > 0 ? random.pick(["\r", "x", " "]) : "");
  };
  const lines = Array.from({ length: random.pick([0, 1, 2, 5, 20]) }, () => `${line()}\n`);
  return lines.join("") + (random.chance(0.5) ? line() : "");
}

function fileOf(text: string, begin = 0): PlainFile {
  writeFileSync(path, text, "latin1");
  return { name: path, path, begin, end: Buffer.byteLength(text, "latin1") };
}

describe("the lines of all stretches together are those of the file, each once and in order", () => {
  test.each(Array.from({ length: 60 }, (_, seed) => seed))("random text %i", (seed) => {
    const random = seeded(seed);
    const text = randomText(random);
    const want = linesOf(text);
    const file = fileOf(text);
    const sizes = text.length < 2000 ? Array.from({ length: Math.min(text.length, 150) + 2 }, (_, i) => i + 1) : [];
    for (const size of [...sizes, 997, 4096, 5001, 100_000]) {
      expect(
        readAll(file, () => size),
        `blocks of ${size} bytes`,
      ).toEqual(want);
    }
    expect(readAll(file, () => random.int(1, 60 + text.length / 50))).toEqual(want);
  });

  test("from where the file is begun", () => {
    const text = "read already\none\n\ntwo\r\nthree";
    const want = ["one\n", "\n", "two\r\n", "three\n"];
    for (let size = 1; size < text.length; size++) {
      expect(readAll(fileOf(text, "read already\n".length), () => size)).toEqual(want);
    }
    // A shell may have read to within a line: what is left of it is a line here, as it is for a pipe.
    expect(readAll(fileOf(text, 5), () => 3)).toEqual(["already\n", ...want]);
  });

  test("up to the end that was said, where the file has grown since", () => {
    const text = "one\ntwo\nthree\n";
    for (let size = 1; size < text.length; size++) {
      expect(readAll({ ...fileOf(text), end: 6 }, () => size)).toEqual(["one\n", "tw\n"]);
    }
  });

  test("up to where it has come, where the file is shorter by now", () => {
    const text = "one\ntwo\nthree\n";
    for (const length of [0, 1, 3, 4, 5, 8, 13]) {
      const file = fileOf(text);
      truncateSync(path, length);
      for (let size = 1; size < text.length + 2; size++) {
        expect(readAll(file, () => size)).toEqual(linesOf(text.slice(0, length)));
      }
    }
  });
});

test("a file that cannot be opened any more is named", () => {
  const gone = join(folder, "gone.log");
  expect(() => openStretches({ name: "gone.log", path: gone })).toThrow(/^gone\.log: /);
});

describe("what can be read in stretches", () => {
  const input = (content: string | Uint8Array, size = content.length) => {
    writeFileSync(path, content);
    return { name: path, path, named: true, size };
  };

  test.each([
    { name: "a text", content: "version account-id\n", want: { begin: 0, end: 19 } },
    { name: "gzip is none", content: Uint8Array.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]), want: null },
    { name: "Parquet is none", content: "PAR1....", want: null },
  ])("$name", ({ content, want }) => {
    expect(plainFile(input(content))).toEqual(want === null ? null : { name: path, path, ...want });
  });

  test("nothing that is not there, and no pipe", () => {
    expect(plainFile({ name: "x", path: join(folder, "none"), named: true, size: 10 })).toBeNull();
    expect(plainFile({ name: "standard input", path: null, named: true, size: null })).toBeNull();
  });
});

test("`< file` goes on where the shell has read to, with any number of threads", () => {
  const line = (i: number) =>
    `2 123456789012 eni-1 10.0.${i % 100}.1 10.0.0.2 1 2 6 1 ${i} 1700000000 1700000060 ACCEPT OK\n`;
  const log = join(folder, "redirected.log");
  // Large enough for threads to be asked.
  const lines = Array.from({ length: 400_000 }, (_, i) => line(i));
  writeFileSync(log, ["not a log at all, and read by somebody else\n", ...lines].join(""));
  const run = (jobs: number, script: string) => {
    const command = `${script} "$NODE" bin/flowlog.js top-talkers -q --json -j ${jobs} ) < "$LOG"`;
    return JSON.parse(
      execFileSync("sh", ["-c", command], { env: { ...process.env, NODE: process.execPath, LOG: log } }).toString(),
    );
  };
  const one = run(1, "( read x;");
  expect(one.input).toMatchObject({ lines: 400_000, records: 400_000, malformed: 0 });
  expect(run(2, "( read x;")).toEqual(one);
  expect(run(2, "(").input).toMatchObject({ lines: 400_001, malformed: 1 });
});
