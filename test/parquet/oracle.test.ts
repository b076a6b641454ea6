import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { aggregateFlows } from "../../src/engine/aggregate.js";
import type { groupParquet } from "../../src/engine/parquet-groups.js";
import type { RunEvents, Sources } from "../../src/engine/run.js";
import { summarize } from "../../src/engine/summary.js";
import { rankTalkers } from "../../src/engine/talkers.js";
import { timelineOf } from "../../src/engine/timeline.js";
import type { Query, SummaryQuery } from "../../src/query/query.js";
import { chooseColumns } from "../../src/source/named-columns.js";
import { expectEqual } from "../equal.js";
import { writeParquet } from "../generate/parquet.js";
import { randomQuery } from "../generate/queries.js";
import { seeded } from "../generate/random.js";
import { randomLog } from "../generate/random-log.js";
import { Duckdb, logsOf, plainLine } from "../query/duckdb.js";
import { type ReferenceRecord, readReference } from "../reference/reader.js";

vi.mock("../../src/query/zone.js", async (original) => (await import("../query/once.js")).zoneOnce(original));
vi.mock("../../src/query/sql-service.js", async (original) =>
  (await import("../query/once.js")).servicesOnce(original),
);

let duckdb: Duckdb;
beforeAll(async () => {
  duckdb = await Duckdb.open();
});
afterAll(() => duckdb.close());

/** How many questions DuckDB has answered, and not the reader of lines. */
let byDuckdb = 0;
vi.mock("../../src/engine/parquet-groups.js", async (original) => {
  const actual: { groupParquet: typeof groupParquet } = await original();
  const counted: typeof groupParquet = async (...args) => {
    const grouped = await actual.groupParquet(...args);
    if (grouped !== null) byDuckdb++;
    return grouped;
  };
  return { groupParquet: counted };
});

type Command = Query["command"] | SummaryQuery["command"];
const asked: Record<Command, { questions: number; byDuckdb: number }> = {
  "top-talkers": { questions: 0, byDuckdb: 0 },
  aggregate: { questions: 0, byDuckdb: 0 },
  timeline: { questions: 0, byDuckdb: 0 },
  summary: { questions: 0, byDuckdb: 0 },
};

describe("an answer from a Parquet file is that from the log", () => {
  test.each(Array.from({ length: 5 }, (_, i) => i * 15))("on random logs and questions from seed %i", async (first) => {
    for (let seed = first; seed < first + 15; seed++) await check(seed);
  });

  test("of each kind enough, of which DuckDB answers some", () => {
    expect(asked["top-talkers"]).toMatchObject({ questions: atLeast(40), byDuckdb: atLeast(10) });
    expect(asked.aggregate).toMatchObject({ questions: atLeast(80), byDuckdb: atLeast(30) });
    expect(asked.timeline).toMatchObject({ questions: atLeast(30), byDuckdb: atLeast(10) });
    expect(asked.summary).toMatchObject({ questions: atLeast(50), byDuckdb: atLeast(20) });
  });
});

function atLeast(least: number): number {
  return expect.toSatisfy((count: number) => count >= least, `at least ${least}`);
}

async function check(seed: number): Promise<void> {
  const { bytes, formats } = randomLog(seed);
  if (bytes.length > 65_536) return;
  const { records } = readReference(bytes, { file: "standard input", formats: formats ?? [] });
  const random = seeded(seed * 7919 + 3);
  const tame = random.chance(0.8) ? records.filter(isUsual) : records;
  for (const log of logsOf(tame)) {
    // Of too few fields to be told for a log.
    if (chooseColumns(log.fields) === null) continue;
    // What stands for a missing value in Parquet is a text like any other in a log.
    const lines = log.records.map(plainLine).filter((line) => !/(^| )(null|NULL|None)( |$)/.test(line));
    const plain = join(duckdb.folder, "plain.log");
    writeFileSync(plain, `${[log.fields.join(" "), ...lines].join("\n")}\n`);
    const parquet = join(duckdb.folder, "log.parquet");
    await writeParquet(duckdb, parquet, log.fields, lines, { name: "", missing: random.pick(["-", null, "None"]) });
    for (let round = 0; round < 12; round++) {
      const question = randomQuery(log.records, log.fields, random);
      if (question === null) continue;
      await compare(question.query, plain, parquet, `seed ${seed}`);
      const { filter, window } = question.query;
      if (round % 4 === 0)
        await compare({ command: "summary", filter, window, limit: 3 }, plain, parquet, `seed ${seed}`);
    }
  }
}

async function compare(query: Query | SummaryQuery, plain: string, parquet: string, where: string): Promise<void> {
  const want = await withNotes((events) => answer(query, sourcesOf(plain), events));
  const before = byDuckdb;
  const got = await withNotes((events) => answer(query, sourcesOf(parquet), events));
  expectEqual(got, want, () => `${where}: ${JSON.stringify(query)}`);
  asked[query.command].questions++;
  asked[query.command].byDuckdb += byDuckdb - before;
}

/** An answer whose rows are all made. */
async function answer(query: Query | SummaryQuery, sources: Sources, events: RunEvents): Promise<unknown> {
  switch (query.command) {
    case "top-talkers":
      return await rankTalkers(query, sources, events);
    case "aggregate": {
      const aggregate = await aggregateFlows(query, sources, events);
      return { ...aggregate, rows: [...aggregate.rows] };
    }
    case "timeline": {
      const timeline = await timelineOf(query, sources, events);
      return { ...timeline, rows: [...timeline.rows] };
    }
    case "summary":
      return await summarize(query, sources, events);
  }
}

/** DuckDB is asked only where nothing is out of the usual, which in random logs little is. */
function isUsual({ status, values }: ReferenceRecord): boolean {
  const times = [values.get("start"), values.get("end")];
  const isTold = times.some((time) => typeof time === "bigint" && time > 253_402_300_799n);
  const isAction = ["ACCEPT", "REJECT", null, undefined].includes(values.get("action") as string | null | undefined);
  return status !== "other" && isAction && !isTold;
}

async function withNotes<Answer>(ask: (events: RunEvents) => Promise<Answer>) {
  const notes: string[] = [];
  const answer = await ask(eventsInto(notes)).catch((error: Error) => error.message);
  return { answer, notes: notes.sort() };
}

function eventsInto(notes: string[]): RunEvents {
  return { onProblem() {}, onMalformedBytes() {}, onNote: (note) => notes.push(note), onFailure() {} };
}

function sourcesOf(path: string): Sources {
  return { inputs: [path], stdin: Readable.from([]), formats: [], jobs: 1, memory: 1e9 };
}
