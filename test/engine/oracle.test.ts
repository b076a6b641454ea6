import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll, describe, expect, test, vi } from "vitest";
import type { Sources } from "../../src/engine/run.js";
import { SpillFile } from "../../src/engine/spill.js";
import { rankTalkers } from "../../src/engine/talkers.js";
import { UserError } from "../../src/errors.js";
import type { Filter } from "../../src/query/filter.js";
import { parseKeys } from "../../src/query/keys.js";
import { keyFields, RANK_METRICS, type TalkersQuery } from "../../src/query/query.js";
import { parseFormat } from "../../src/record/layout.js";
import { type Random, seeded } from "../generate/random.js";
import { beginsLikeAnother, randomLog } from "../generate/random-log.js";
import { type ReferenceRecord, readReference } from "../reference/reader.js";
import { referenceTopTalkers } from "../reference/talkers.js";

const keys = [
  "srcaddr",
  "dstaddr/24",
  "srcaddr/8/32",
  "srcaddr/48",
  "addr",
  "addr/16",
  "addr,dstport",
  "pair",
  "5tuple",
  "srcport",
  "dstport,protocol",
  "action",
  "interface_id",
  "log_status",
  "bytes",
  "packets,srcaddr",
  "start",
  "tcp_flags",
  "instance_tag",
  "region,az_id",
];

/** A filter, and the same as a plain predicate over the reference reader's records. */
interface BothFilters {
  filter: Filter;
  passes(record: ReferenceRecord): boolean;
  needs: string[];
}

const withPorts: readonly unknown[] = [6n, 17n, 33n, 132n, 136n];

function randomFilter(random: Random, depth = 2): BothFilters {
  if (depth > 0 && random.chance(0.4)) {
    const terms = Array.from({ length: random.int(0, 3) }, () => randomFilter(random, depth - 1));
    const needs = terms.flatMap((term) => term.needs);
    const filters = terms.map((term) => term.filter);
    if (random.chance(0.3)) {
      const [term = randomFilter(random, 0)] = terms;
      return { filter: { op: "not", term: term.filter }, passes: (record) => !term.passes(record), needs: term.needs };
    }
    return random.chance(0.5)
      ? { filter: { op: "and", terms: filters }, passes: (record) => terms.every((term) => term.passes(record)), needs }
      : { filter: { op: "or", terms: filters }, passes: (record) => terms.some((term) => term.passes(record)), needs };
  }
  return random.pick([portFilter, protocolFilter, actionFilter, familyFilter])(random);
}

function portFilter(random: Random): BothFilters {
  const fields = random.pick([["dstport"], ["srcport", "dstport"]]);
  const least = random.int(0, 60_000);
  const most = least + random.int(0, 30_000);
  return {
    filter: { op: "port", fields, ranges: [[least, most]] },
    passes: ({ values }) =>
      (!values.has("protocol") || withPorts.includes(values.get("protocol"))) &&
      fields.some((field) => {
        const port = values.get(field);
        return typeof port === "bigint" && port >= least && port <= most;
      }),
    needs: fields,
  };
}

function protocolFilter(random: Random): BothFilters {
  const number = random.pick([1, 6, 17, 58]);
  return {
    filter: { op: "number", field: "protocol", ranges: [[number, number]] },
    passes: ({ values }) => values.get("protocol") === BigInt(number),
    needs: ["protocol"],
  };
}

function actionFilter(random: Random): BothFilters {
  const action = random.pick(["accept", "Reject"]);
  return {
    filter: { op: "text", field: "action", values: [action], anyCase: true },
    passes: ({ values }) => String(values.get("action")).toLowerCase() === action.toLowerCase(),
    needs: ["action"],
  };
}

function familyFilter(random: Random): BothFilters {
  const prefix = random.pick(["0.0.0.0/0", "::/0", "128.0.0.0/1", "2000::/3"]);
  const holds = (value: unknown) => {
    if (typeof value !== "string") return false;
    const isIPv6 = value.includes(":");
    if (prefix === "0.0.0.0/0") return !isIPv6;
    if (prefix === "::/0") return isIPv6;
    if (prefix === "128.0.0.0/1") return !isIPv6 && Number(value.split(".")[0]) >= 128;
    return isIPv6 && /^[23][0-9a-f]{3}:/.test(value);
  };
  return {
    filter: { op: "address", fields: ["srcaddr"], prefixes: [prefix] },
    passes: ({ values }) => holds(values.get("srcaddr")),
    needs: ["srcaddr"],
  };
}

/** How a log is read. */
type Way = (bytes: Buffer, random: Random) => Omit<Sources, "formats">;

const atOnce: Way = (bytes) => ({
  inputs: [],
  stdin: Readable.from([bytes], { objectMode: false }),
  jobs: 1,
  memory: 1e9,
});

/** In small pieces, each of which makes a batch, so that groups spill time and again. */
const spilling: Way = (bytes, random) => {
  const size = random.pick([100, 300, 1000]);
  const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
    bytes.subarray(i * size, (i + 1) * size),
  );
  return { inputs: [], stdin: Readable.from(pieces, { objectMode: false }), jobs: 1, memory: 0 };
};

/** A file in blocks, of which the first holds the lines that can show the layout. */
const onThreads: Way = (bytes, random) => {
  writeFileSync(log, bytes);
  let firstBytes = 0;
  for (let lines = 0; lines <= 101 && firstBytes >= 0; lines++) firstBytes = bytes.indexOf("\n", firstBytes) + 1 || -1;
  return {
    inputs: [log],
    stdin: Readable.from([]),
    jobs: random.pick([2, 3]),
    memory: random.pick([0, 0, 1e9]),
    minParallelBytes: 0,
    cut: { firstBytes: firstBytes < 0 ? bytes.length : firstBytes, bytes: random.pick([1, 50, 700, 3000]) },
  };
};

const folder = mkdtempSync(join(tmpdir(), "flowlog-oracle-"));
const log = join(folder, "some.log");
afterAll(() => rmSync(folder, { recursive: true }));

/** @returns whether it had a flow to answer about; on threads, which take long to start, only such a log is read */
async function check(seed: number, way = atOnce, copies = 1): Promise<boolean> {
  const random = seeded(seed * 7919 + 1);
  const { bytes: once, formats } = randomLog(seed);
  const bytes = Buffer.concat(Array.from({ length: copies }, () => once));
  const reference = readReference(bytes, { file: "standard input", formats: formats ?? [] });
  if (reference.error !== null || bytes.length > 65_536 || beginsLikeAnother(bytes)) return false;
  const by = parseKeys(random.pick(keys));
  const both = randomFilter(random);
  const metric = random.pick(RANK_METRICS);
  const bottom = random.chance(0.2);
  const limit = random.pick([0, 1, 3, 10]);
  const query: TalkersQuery = {
    filter: both.filter,
    command: "top-talkers",
    window: { since: null, until: null },
    keys: by,
    metric,
    limit,
    bottom,
  };
  const want = referenceTopTalkers(reference.records, {
    by: by.map((key) => ({ v4: null, v6: null, ...key, fields: keyFields(key) })),
    metric,
    limit,
    bottom,
    filter: both.passes,
    needs: both.needs,
  });
  if (way === onThreads && want.matched === 0) return false;
  try {
    const got = await rankTalkers(
      query,
      { ...way(bytes, random), formats: (formats ?? []).map(parseFormat) },
      { onProblem() {}, onMalformedBytes() {}, onNote() {}, onFailure() {} },
    );
    const plain = (values: readonly unknown[]) =>
      values.map((value) => (typeof value === "number" ? BigInt(value) : value));
    expect(got.rows.map((row) => ({ ...row, key: plain(row.key) }))).toEqual(want.rows);
    // Sums over no flow at all are 0 or, where the layouts lack the field, null; the reference knows no layouts.
    if (want.matched > 0)
      expect({ others: got.others, total: got.total }).toEqual({ others: want.others, total: want.total });
    expect({ matched: got.input.matched, unanswerable: got.input.unanswerable }).toEqual({
      matched: want.matched,
      unanswerable: want.unanswerable,
    });
    return want.matched > 0;
  } catch (error) {
    // No layout of the log carries what is asked for.
    if (!(error instanceof UserError)) throw error;
    expect(want.matched).toBe(0);
    return false;
  }
}

async function checkAll(first: number, count: number, way?: Way, copies?: number): Promise<number> {
  let answered = 0;
  for (let seed = first; seed < first + count; seed++) {
    const isAnswered = await check(seed, way, copies).catch((error) => {
      throw new Error(`seed ${seed}`, { cause: error });
    });
    if (isAnswered) answered++;
  }
  return answered;
}

describe("rankings are those of the reference", () => {
  test.each([0, 250, 500, 750])("on random logs and questions from seed %i", async (first) => {
    expect(await checkAll(first, 250)).toBeGreaterThan(25);
  });

  test("where groups are spilled all the time", async () => {
    const append = vi.spyOn(SpillFile.prototype, "append");
    const answered = await checkAll(1000, 200, spilling);
    const files = new Set(append.mock.instances).size;
    append.mockRestore();
    expect(answered).toBeGreaterThan(20);
    expect(files).toBeGreaterThan(10);
  });

  test("on several threads, with spilling and without", async () => {
    expect(await checkAll(2000, 100, onThreads, 3)).toBeGreaterThan(10);
  });
});
