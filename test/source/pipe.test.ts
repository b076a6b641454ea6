import { execFileSync, spawn } from "node:child_process";
import { closeSync, constants, mkdtempSync, openSync, readSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { PipeBytes } from "../../src/source/pipe.js";

const folder = mkdtempSync(join(tmpdir(), "flowlog-pipe-"));
afterAll(() => rmSync(folder, { recursive: true }));
const text = join(folder, "text");
const content = Array.from({ length: 100_000 }, (_, i) => `line ${i}\n`).join("");
writeFileSync(text, content);

let pipes = 0;

/** A pipe that a script writes into; `$0` is a file of text. */
function pipeFrom(script: string): PipeBytes {
  const path = join(folder, `pipe-${pipes++}`);
  execFileSync("mkfifo", [path]);
  // Read and write: so that neither end waits for the other to be opened.
  const both = openSync(path, constants.O_RDWR);
  const pipe = PipeBytes.open("standard input", path) as PipeBytes;
  const writing = openSync(path, constants.O_WRONLY);
  spawn("sh", ["-c", script, text], { stdio: ["ignore", writing, "inherit"] });
  closeSync(writing);
  closeSync(both);
  return pipe;
}

async function rest(pipe: PipeBytes): Promise<string> {
  const into = new Uint8Array(1000);
  let all = "";
  for (let count = await pipe.read(into); count > 0; count = await pipe.read(into)) {
    all += Buffer.from(into.subarray(0, count)).toString();
  }
  await pipe.close();
  return all;
}

test("all of a pipe, however it comes", async () => {
  expect(await rest(pipeFrom('cat "$0"'))).toBe(content);
  expect(await rest(pipeFrom("printf a; sleep 0.05; printf b; sleep 0.05; printf c"))).toBe("abc");
  expect(await rest(pipeFrom(":"))).toBe("");
});

test("it can be looked at before it is read", async () => {
  const short = pipeFrom("printf abc");
  expect(await short.hasMoreThan(3, null)).toBe(false);
  expect(short.consumed).toBe(0);
  expect(await rest(short)).toBe("abc");
  expect(short.consumed).toBe(3);
  const long = pipeFrom('cat "$0"');
  expect(await long.hasMoreThan(200_000, null)).toBe(true);
  expect(await rest(long)).toBe(content);
});

test("nobody is kept waiting for more than so long", async () => {
  const pipe = pipeFrom('printf abc; sleep 1; cat "$0"');
  expect(await pipe.hasMoreThan(10, 50)).toBe(false);
  expect(await rest(pipe)).toBe(`abc${content}`);
});

test("what was not looked at can be left to another reader", async () => {
  const pipe = pipeFrom('cat "$0"');
  expect(await pipe.hasMoreThan(1000, null)).toBe(true);
  expect(pipe.isPlain).toBe(true);
  expect(pipe.handOver()).toBeNull();
  let all = "";
  const into = new Uint8Array(1 << 20);
  while (pipe.handOver() === null) all += Buffer.from(into.subarray(0, await pipe.read(into))).toString();
  const descriptor = pipe.handOver() as number;
  for (;;) {
    try {
      const count = readSync(descriptor, into);
      if (count === 0) break;
      all += Buffer.from(into.subarray(0, count)).toString();
    } catch (error) {
      // Nothing is there yet; reading does not wait for it.
      expect((error as NodeJS.ErrnoException).code).toBe("EAGAIN");
    }
  }
  expect(all).toBe(content);
  await pipe.close();
});

test("a file is no pipe", () => {
  expect(PipeBytes.open("standard input", text)).toBeNull();
  expect(PipeBytes.open("standard input", join(folder, "nothing"))).toBeNull();
});
