import { describe, expect, test } from "vitest";
import { readText, toLines } from "./answers.js";
import { checkWork, measureWork } from "./run-work.js";
import type { Contender, Work } from "./works.js";

const right = "10.0.0.1\t3\n";
const judge = contender("DuckDB", `process.stdout.write(${JSON.stringify(right)})`);
const peer: Contender = { ...contender("gawk", "console.log('10.0.0.1\\t2')"), mayFail: true };

function contender(name: string, program: string): Contender {
  const pipeline = [{ file: process.execPath, args: ["-e", program] }];
  return { name, pipeline, read: () => readText(toLines) };
}

function workOf(...contenders: Contender[]): Work {
  return { title: "a work", contenders, judge, asked: [] };
}

describe("a work", () => {
  test("figures for who is right, the reason for who is not", async () => {
    const broken: Contender = { ...contender("Miller", "throw new Error('no memory')"), mayFail: true };
    const absent: Contender = { ...judge, name: "mawk", pipeline: [{ file: "no-such-awk", args: [] }], mayFail: true };
    const work = workOf(judge, peer, broken, absent);

    const checked = await checkWork(work);

    expect([...checked.wrong]).toEqual([
      ["gawk", { outcome: "wrong answer", reason: 'answers "10.0.0.1\\t2" in line 1, expected "10.0.0.1\\t3"' }],
      ["Miller", { outcome: "failed", reason: expect.stringContaining("no memory") }],
      ["mawk", { outcome: "failed", reason: expect.stringContaining("no-such-awk") }],
    ]);
    const { outcomes } = await measureWork(work, checked, 2);
    expect([...outcomes]).toEqual([
      ["DuckDB", { seconds: expect.any(Number), peakBytes: process.platform === "linux" ? expect.any(Number) : null }],
      ["gawk", "wrong answer"],
      ["Miller", "failed"],
      ["mawk", "failed"],
    ]);
  });

  test("who may not fail ends it", async () => {
    const flowlog = contender("flowlog", "console.log('10.0.0.1\\t2')");
    await expect(checkWork(workOf(flowlog, judge))).rejects.toThrow('a work: flowlog: answers "10.0.0.1\\t2"');
  });

  test("who is wrong in a timed run only is wrong", async () => {
    const work = workOf(judge, peer);
    const checked = { right: new Map([judge, peer].map((each) => [each, toLines(right)])), wrong: new Map() };
    expect((await measureWork(work, checked, 1)).outcomes.get("gawk")).toBe("wrong answer");
  });
});
