import { describe, expect, test } from "vitest";
import { runPipeline } from "./processes.js";

const node = (program: string) => ({ file: process.execPath, args: ["-e", program] });

async function run(...commands: Parameters<typeof runPipeline>[0]) {
  let stdout = "";
  const finished = await runPipeline(commands, (chunk) => {
    stdout += chunk.toString("latin1");
  });
  return { ...finished, stdout };
}

describe("processes", () => {
  test("each one's output is the next one's input, through a pipe that can be opened again", async () => {
    const { stdout } = await run(
      { file: "printf", args: ["b\\na\\n"] },
      { file: "sort", args: ["/dev/stdin"] },
      { file: "tee", args: ["/dev/stdout"] },
    );
    expect(stdout).toBe("a\nb\na\nb\n");
  });

  test("all of an output larger than a pipe", async () => {
    const { stdout } = await run(node("process.stdout.write('x'.repeat(1e6))"));
    expect(stdout.length).toBe(1e6);
  });

  test("time is from start to end", async () => {
    const { seconds } = await run(node("setTimeout(() => {}, 200)"));
    expect(seconds).toBeGreaterThan(0.2);
  });

  test("one that fails is told with its status and what it said", async () => {
    await expect(run(node("console.error('why'); process.exitCode = 3"), { file: "cat", args: [] })).rejects.toThrow(
      /ended with status 3: why/,
    );
  });

  test("a program that is not there", async () => {
    await expect(run({ file: "no-such-program", args: [] })).rejects.toThrow(/no-such-program/);
  });
});

test.runIf(process.platform === "linux")("memory is the last process's peak, not what it has at its end", async () => {
  const hungry = node("Buffer.alloc(3e8, 1); gc(); setTimeout(() => {}, 50)");
  const { peakBytes } = await run(node("Buffer.alloc(6e8, 1)"), { ...hungry, args: ["--expose-gc", ...hungry.args] });
  expect(peakBytes).toBeGreaterThan(3e8);
  expect(peakBytes).toBeLessThan(5e8);
});
