import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import type { Ranking } from "../../src/engine/answer.js";
import type { Sources } from "../../src/engine/run.js";
import { SpillFile } from "../../src/engine/spill.js";
import { rankTalkers } from "../../src/engine/talkers.js";
import { EVERYTHING } from "../../src/query/filter.js";
import { parseKeys } from "../../src/query/keys.js";
import { RANK_METRICS, type TalkersQuery } from "../../src/query/query.js";
import { joinedLogs } from "../generate/joined-logs.js";
import { seeded } from "../generate/random.js";

const folder = mkdtempSync(join(tmpdir(), "flowlog-spilled-"));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => vi.restoreAllMocks());

const mixed = join(folder, "mixed.log");
const small = join(folder, "small.log");

/** Twice, so that what was spilled of the first half meets the second. */
const half = Buffer.concat([joinedLogs(50), taggedLog()]);
const text = Buffer.concat([half, half]);
const pieceBytes = 700;

beforeAll(() => writeFileSync(mixed, text));

/** Two columns of texts and one of both kinds of addresses, many of them and some null. */
function taggedLog(): Buffer {
  const random = seeded(1);
  const line = () => {
    const address = random.pick([`192.0.2.${random.int(0, 99)}`, `2001:db8::${random.int(0, 99)}`, "-"]);
    const tag = random.pick(["-", "a", `name-${random.int(0, 20)}`, "Größe".repeat(random.int(1, 9))]);
    return `${address} ${tag} i-${random.int(0, 9)} ${random.int(0, 999)} ${random.pick(["-", "1", "20"])} OK\n`;
  };
  const lines = Array.from({ length: 400 }, line);
  return Buffer.from(`dstaddr instance-tag instance-id bytes packets log-status\n${lines.join("")}`);
}

/** Each piece that is read makes a batch or more, so that there are many before the end. */
function inPieces(): Partial<Sources> {
  const pieces = Array.from({ length: Math.ceil(text.length / pieceBytes) }, (_, i) =>
    text.subarray(i * pieceBytes, (i + 1) * pieceBytes),
  );
  return { inputs: [], stdin: Readable.from(pieces, { objectMode: false }) };
}

async function rank(
  asked: Partial<TalkersQuery>,
  sources: Partial<Sources>,
): Promise<{ ranking: Ranking; notes: string[] }> {
  const notes: string[] = [];
  const query: TalkersQuery = {
    filter: EVERYTHING,
    command: "top-talkers",
    window: { since: null, until: null },
    keys: parseKeys("srcaddr"),
    metric: null,
    limit: 10,
    bottom: false,
    ...asked,
  };
  const ranking = await rankTalkers(
    query,
    { inputs: [mixed], stdin: Readable.from([]), formats: [], jobs: 1, memory: 1e9, minParallelBytes: 0, ...sources },
    { onProblem() {}, onMalformedBytes() {}, onNote: (text) => notes.push(text), onFailure() {} },
  );
  return { ranking, notes: notes.sort() };
}

describe("what is spilled and brought back is answered as if it had stayed", () => {
  const metrics = [null, ...RANK_METRICS];
  const keys = [
    "srcaddr",
    "srcaddr/48",
    "addr",
    "addr/24,dstport",
    "5tuple",
    "action",
    "interface_id,log_status",
    "instance_tag,dstaddr,instance_id",
    "az_id,region,vpc_id",
    "bytes",
    "packets,bytes,srcaddr",
    "start",
  ];

  test.each(keys.map((by, i) => ({ by, metric: metrics[i % metrics.length] as TalkersQuery["metric"] })))(
    "by $by, ranked by $metric",
    async ({ by, metric }) => {
      const append = vi.spyOn(SpillFile.prototype, "append");
      const random = seeded(by.length);
      const question = {
        keys: parseKeys(by),
        metric,
        limit: random.pick([0, 1, 3, 50]),
        bottom: random.chance(0.3),
      };
      const whole = await rank(question, {});
      expect(append).not.toHaveBeenCalled();
      expect(whole.ranking.rows.length).toBeGreaterThan(0);
      expect(await rank(question, { ...inPieces(), memory: 0 })).toEqual(whole);
      expect(append.mock.calls.length).toBeGreaterThan(10);
      append.mockClear();
      const cut = { firstBytes: 4 << 10, bytes: random.pick([3000, 20_000]) };
      const threads = { memory: random.pick([0, 1e5]), jobs: random.pick([2, 3]), cut };
      // Not what is noted: of more than ten unknown words each thread tells the first ten that it meets.
      expect((await rank(question, threads)).ranking).toEqual(whole.ranking);
    },
  );

  test("where one thread has spilled, and another has too little for that", async () => {
    const [much, little] = [join(folder, "much.log.gz"), join(folder, "little.log.gz")];
    writeFileSync(much, gzipSync(text));
    writeFileSync(little, gzipSync(text.subarray(0, 20_000)));
    for (const by of ["5tuple", "instance_tag,dstaddr", "addr"]) {
      const question = { keys: parseKeys(by), limit: 0 };
      const whole = await rank(question, { inputs: [much, little] });
      expect((await rank(question, { inputs: [much, little], jobs: 2, memory: 0 })).ranking).toEqual(whole.ranking);
    }
  });

  test("sums past 2^64 in groups that are spilled in pieces", async () => {
    const value = 2n ** 64n - 1n;
    const lines = Array.from(
      { length: 40_000 },
      (_, i) => `10.0.0.${i % 7} ${i % 7 === 3 ? value : i} ${i % 2 === 0 ? value : "-"}`,
    );
    const log = join(folder, "wide.log");
    writeFileSync(log, `${["srcaddr bytes packets", ...lines].join("\n")}\n`);
    const cut = { firstBytes: 4 << 10, bytes: 60_000 };
    for (const metric of RANK_METRICS) {
      for (const bottom of [false, true]) {
        const whole = await rank({ metric, bottom }, { inputs: [log] });
        expect(whole.ranking.total.bytes).toBeGreaterThan(5000n * value);
        expect(await rank({ metric, bottom }, { inputs: [log], memory: 0 })).toEqual(whole);
        expect(await rank({ metric, bottom }, { inputs: [log], memory: 0, jobs: 2, cut })).toEqual(whole);
      }
    }
  });
});

describe("the answer depends neither on threads nor on blocks nor on memory", () => {
  test.each([
    { bytes: 1, beyond: 4000 },
    { bytes: 2, beyond: 6000 },
    { bytes: 7, beyond: 10_000 },
    { bytes: 100, beyond: 30_000 },
    { bytes: 4096, beyond: 100_000 },
  ])("blocks of $bytes bytes", async ({ bytes, beyond }) => {
    const firstBytes = 2000;
    writeFileSync(small, text.subarray(0, firstBytes + beyond));
    for (const [by, memory] of [
      ["srcaddr,action", 1e9],
      ["addr", 0],
    ] as const) {
      const question = { keys: parseKeys(by), metric: "flows", limit: 0 } as const;
      const one = await rank(question, { inputs: [small] });
      expect(one.ranking.rows.length).toBeGreaterThan(2);
      const ways = memory === 0 ? [1, 3] : [2, 8];
      for (const jobs of ways) {
        expect(await rank(question, { inputs: [small], jobs, memory, cut: { firstBytes, bytes } })).toEqual(one);
      }
    }
  });
});
