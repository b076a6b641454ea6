import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Ranking } from "../../src/engine/answer.js";
import { rankTalkers } from "../../src/engine/talkers.js";
import { parseKeys } from "../../src/query/keys.js";
import { DEFAULT_LAYOUT } from "../../src/record/layout.js";
import { joinedLogs } from "../generate/joined-logs.js";

const folder = mkdtempSync(join(tmpdir(), "flowlog-parallel-"));
afterAll(() => rmSync(folder, { recursive: true }));

interface Told {
  problems: string[];
  failures: string[];
}

async function rank(
  inputs: string[],
  by: string,
  jobs: number,
  stdin?: Buffer,
): Promise<{ ranking: Ranking; told: Told }> {
  const told: Told = { problems: [], failures: [] };
  const query = {
    filter: { op: "and", terms: [] } as const,
    command: "top-talkers",
    window: { since: null, until: null },
    keys: parseKeys(by),
    metric: "flows",
    limit: 20,
    bottom: false,
  } as const;
  const pipe = stdin === undefined ? Readable.from([]) : Readable.from([stdin], { objectMode: false });
  const ranking = await rankTalkers(
    { ...query, filter: { op: "and", terms: [] } },
    { inputs, stdin: pipe, formats: [], jobs, memory: 1e9, minParallelBytes: 0 },
    {
      onProblem: ({ source, line, fault }) => told.problems.push(`${source}:${line}: ${fault.reason}`),
      onMalformedBytes() {},
      onNote() {},
      onFailure: (error) => told.failures.push(error.message),
    },
  );
  told.problems.splice(5);
  return { ranking, told };
}

describe("the answer does not depend on the number of threads", () => {
  const large = join(folder, "large.log");
  const many: string[] = [];
  const text = joinedLogs(400);

  beforeAll(() => {
    // Large enough for two dozen blocks, with a change of layout in most of them.
    writeFileSync(large, Buffer.concat([text, text]));
    const short = joinedLogs(50);
    for (let i = 0; i < 12; i++) {
      const name = join(folder, `part-${i}.log`);
      // A third of them of more than one block.
      const content = i % 3 === 0 ? text : short;
      writeFileSync(name, i % 2 === 0 ? content : gzipSync(content));
      many.push(name);
    }
    writeFileSync(join(folder, "broken.log.gz"), gzipSync(text).subarray(0, 20_000));
    many.push(join(folder, "broken.log.gz"), join(folder, "missing.log"));
  });

  test.each(["srcaddr", "dstport,protocol", "addr/24", "log_status", "srcaddr,dstaddr,interface_id", "bytes"])(
    "one large file by %s",
    async (by) => {
      const one = await rank([large], by, 1);
      expect(one.ranking.rows.length).toBeGreaterThan(0);
      for (const jobs of [2, 3, 8]) expect(await rank([large], by, jobs)).toEqual(one);
    },
    60_000,
  );

  test("a pipe", async () => {
    const bytes = Buffer.concat([text, text, text]);
    const one = await rank([], "srcaddr", 1, bytes);
    for (const jobs of [2, 3]) expect(await rank([], "srcaddr", jobs, bytes)).toEqual(one);
  });

  test("many files, of which one is broken and one missing", async () => {
    const one = await rank(many, "srcaddr,dstaddr", 1);
    expect(one.told.failures).toHaveLength(2);
    for (const jobs of [2, 5]) expect(await rank(many, "srcaddr,dstaddr", jobs)).toEqual(one);
  });

  test("an input that breaks off does not touch the one behind it", async () => {
    const broken = join(folder, "a-broken.log");
    writeFileSync(broken, Buffer.concat([text, text, Buffer.from("srcaddr src-addr bytes\n")]));
    const one = await rank([broken, large], "srcaddr", 1);
    expect(one.told.failures).toHaveLength(1);
    // A race: it has to be lost in one of many tries.
    for (let i = 0; i < 10; i++) expect(await rank([broken, large], "srcaddr", 4)).toEqual(one);
  });

  test("a walked folder with a large file that is no log", async () => {
    const walked = join(folder, "walked");
    mkdirSync(walked);
    writeFileSync(join(walked, "a.log"), text);
    writeFileSync(join(walked, "z.json"), "x".repeat(20 << 20));
    const one = await rank([walked], "srcaddr", 1);
    expect(one.ranking.input).toMatchObject({ skipped: 1, failed: 0 });
    for (const jobs of [2, 4]) expect(await rank([walked], "srcaddr", jobs)).toEqual(one);
  });

  test("a first block of comments alone", async () => {
    const file = join(folder, "comments.log");
    writeFileSync(file, Buffer.concat([Buffer.from("# nothing yet\n".repeat(200_000)), text]));
    const one = await rank([file], "srcaddr", 1);
    expect(one.ranking.input.comments).toBeGreaterThanOrEqual(200_000);
    for (const jobs of [2, 3]) expect(await rank([file], "srcaddr", jobs)).toEqual(one);
  });

  test.each([
    { name: "a line longer than a block", line: "x".repeat(3 << 20) },
    { name: "a header that names a field twice", line: "srcaddr src-addr bytes" },
    { name: "a last line without its end", line: "2 123456789012" },
  ])("$name", async ({ line }) => {
    const file = join(folder, "odd.log");
    writeFileSync(file, Buffer.concat([text, text, Buffer.from(`${line}\n`), text, Buffer.from(line.slice(0, 2000))]));
    const one = await rank([file], "srcaddr", 1);
    for (const jobs of [2, 3]) expect(await rank([file], "srcaddr", jobs)).toEqual(one);
  });
});

test("the program says the same with one thread and with more", () => {
  const file = join(folder, "program.log");
  // Logs of all kinds before each stretch of plain lines, which are read in a tenth of the time: it takes 32 MB to start threads.
  const text = Buffer.concat([joinedLogs(50), plainLog(8000)]);
  writeFileSync(file, Buffer.concat(Array.from({ length: Math.ceil((33 << 20) / text.length) }, () => text)));
  const run = (jobs: string, input: string) => {
    const command = `bin/flowlog.js top-talkers --metric flows -q --json -j ${jobs}`;
    return execFileSync("sh", ["-c", input.replace("flowlog", `${process.execPath} ${command}`), file]);
  };
  const one = run("1", 'flowlog "$0"');
  for (const jobs of ["2", "3", "8"]) {
    expect(run(jobs, 'flowlog "$0"')).toEqual(one);
    expect(run(jobs, 'cat "$0" | flowlog')).toEqual(one);
  }
}, 60_000);

function plainLog(flows: number): Buffer {
  const lines = Array.from({ length: flows }, (_, i) => {
    const addresses = `10.0.${i % 7}.${i % 251} 192.0.2.${i % 256}`;
    return `2 123456789012 eni-0a1b2c3d ${addresses} ${49_152 + (i % 999)} 443 6 12 ${40 * i} 1700000000 1700000060 ACCEPT OK`;
  });
  return Buffer.from(`${[DEFAULT_LAYOUT.fields.map(({ name }) => name).join(" "), ...lines].join("\n")}\n`);
}
