import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { gzipSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { type Progress, ProgressTeller } from "../../src/engine/progress.js";
import { rankTalkers } from "../../src/engine/talkers.js";
import { EVERYTHING } from "../../src/query/filter.js";
import { parseKeys } from "../../src/query/keys.js";
import type { TalkersQuery } from "../../src/query/query.js";

const query: TalkersQuery = {
  filter: EVERYTHING,
  command: "top-talkers",
  window: { since: null, until: null },
  keys: parseKeys("srcaddr"),
  metric: "bytes",
  limit: 10,
  bottom: false,
};
const folder = mkdtempSync(join(tmpdir(), "flowlog-progress-"));
const plain = join(folder, "plain.log");
const packed = join(folder, "packed.log.gz");
/** Of many members: a worker, whose clock nobody hurries, is at it for many times as long as from one telling to the next. */
const long = join(folder, "long.log.gz");
const copies = 40;

beforeAll(() => {
  const log = readFileSync("fixtures/office.log", "utf8").repeat(copies);
  writeFileSync(plain, log);
  const member = gzipSync(log);
  writeFileSync(packed, member);
  writeFileSync(long, Buffer.concat(Array.from({ length: 20 }, () => member)));
});

afterAll(() => rmSync(folder, { recursive: true }));

afterEach(() => vi.restoreAllMocks());

/** Every time that this thread asks, a second has passed. */
function hurryClock(): void {
  let now = process.uptime();
  vi.spyOn(process, "uptime").mockImplementation(() => {
    now += 1;
    return now;
  });
}

async function progressOf(inputs: string[], jobs: number) {
  const told: Progress[] = [];
  const found: (number | null)[] = [];
  await rankTalkers(
    query,
    {
      inputs,
      stdin: new PassThrough().end(readFileSync(plain)),
      formats: [],
      jobs,
      memory: 1e9,
      minParallelBytes: 1 << 20,
    },
    {
      onProblem() {},
      onMalformedBytes() {},
      onNote() {},
      onFailure() {},
      onFound: (bytes) => found.push(bytes),
      onProgress: (progress) => told.push(progress),
    },
  );
  return { told, found };
}

test.each([
  { jobs: 1, gzip: packed },
  { jobs: 2, gzip: long },
])("bytes are told as they are stored, up to those of all inputs: $jobs threads", async ({ jobs, gzip }) => {
  hurryClock();
  const { told, found } = await progressOf([plain, gzip], jobs);
  const bytes = statSync(plain).size + statSync(gzip).size;
  expect(found).toEqual([bytes]);
  expect(told.length).toBeGreaterThan(1);
  const ascending = told.map((progress) => progress.bytes);
  expect(ascending).toEqual(ascending.toSorted((a, b) => a - b));
  expect(ascending.at(-1)).toBeLessThanOrEqual(bytes);
  expect(ascending.at(-1)).toBeGreaterThan(bytes / 2);
});

test("records are those of all inputs so far", async () => {
  hurryClock();
  const { told } = await progressOf([packed, plain], 1);
  expect(told.at(-1)).toEqual({ bytes: statSync(plain).size + statSync(packed).size, records: 2 * copies * 2943 });
});

test("of a pipe nobody knows how much there is", async () => {
  hurryClock();
  const { told, found } = await progressOf(["-", plain], 1);
  expect(found).toEqual([null]);
  expect(told.at(-1)?.bytes).toBe(2 * statSync(plain).size);
});

test("what several threads have done is told as a sum, some ten times a second", () => {
  const told: Progress[] = [];
  let now = 0;
  vi.spyOn(process, "uptime").mockImplementation(() => now / 1000);
  const teller = new ProgressTeller((progress) => told.push(progress));
  for (now = 1; now <= 1000; now++) {
    teller.tell(2 * now, now, "a");
    teller.tell(1, 1, "b");
  }
  expect(told).toHaveLength(10);
  expect(told.at(-1)).toEqual({ bytes: 2 * 1000 + 1, records: 1000 + 1 });
});
