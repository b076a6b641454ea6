import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runShell } from "../shell.js";

const folder = mkdtempSync(join(tmpdir(), "flowlog-parse-"));
afterAll(() => rmSync(folder, { recursive: true }));

const log = readFileSync("fixtures/office.log");
const large = join(folder, "large.log");
const largeBytes = 40 << 20;

beforeAll(() => {
  writeFileSync(large, Buffer.concat(Array.from({ length: Math.ceil(largeBytes / log.length) }, () => log)));
});

function start(...args: string[]): ChildProcess & { stdin: Writable; stdout: Readable } {
  const child = spawn(process.execPath, ["bin/flowlog.js", "parse", "-q", ...args]);
  return child as ChildProcess & { stdin: Writable; stdout: Readable };
}

/** How many bytes a process has read so far. */
function bytesRead({ pid }: ChildProcess): number {
  return Number(/^rchar: (\d+)/m.exec(readFileSync(`/proc/${pid}/io`, "utf8"))?.[1]);
}

test.skipIf(!existsSync("/proc/self/io"))("threads do not run ahead of a reader that is slow", async () => {
  const child = start("-o", "ndjson", "-j", "4", large);
  const first = await new Promise<Buffer>((resolve) => child.stdout.once("data", resolve));
  child.stdout.pause();
  // Time enough to read all of it, and more than once.
  await sleep(2000);
  expect(bytesRead(child)).toBeLessThan(largeBytes / 2);
  let length = first.length;
  for await (const chunk of child.stdout) length += (chunk as Buffer).length;
  const whole = await runShell(`flowlog parse -q -o ndjson -j 1 ${large} | wc -c`);
  expect(length).toBe(Number(whole.stdout));
});

test.each(["1", "2", "8"])("a closed pipe is a normal end, with %s threads", async (jobs) => {
  const line = `(flowlog parse -o ndjson -j ${jobs} ${large}; echo $? >&2) | head -n 1 | wc -l`;
  const { stdout, stderr } = await runShell(line);
  expect(stdout.toString().trim()).toBe("1");
  expect(stderr.toString()).toBe("0\n");
});

test.skipIf(!existsSync("/dev/full"))("a full disk is an error", async () => {
  const { stderr, status } = await runShell(`flowlog parse -o ndjson -j 2 ${large} > /dev/full`);
  expect(stderr.toString()).toContain("standard output: cannot be written: no space left on device");
  expect(status).toBe(3);
});

test.each([
  { name: "at once", before: log.subarray(0, log.indexOf("\n") + 1) },
  { name: "after so much that threads were started", before: Buffer.concat(Array.from({ length: 40 }, () => log)) },
])("a live pipe is answered after a pause: $name", async ({ before }) => {
  const child = start("-o", "log", "-j", "2");
  child.stdin.write(before);
  let text = "";
  child.stdout.on("data", (chunk) => {
    text += chunk;
  });
  const [header, line] = log.toString().split("\n");
  await sleep(1000);
  for (const name of ["eni-first", "eni-second"]) {
    child.stdin.write(`${line?.replace(/eni-\w+/, name)}\n`);
    // Contract: within 0.2 s. A busy machine is given some more.
    for (let i = 0; i < 40 && !text.includes(name); i++) await sleep(50);
    expect(text).toContain(name);
  }
  expect(text.startsWith(`${header}\n`)).toBe(true);
  child.stdin.end();
  expect(await new Promise((resolve) => child.once("close", resolve))).toBe(0);
});
