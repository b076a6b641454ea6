import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { rankParquet } from "../../src/engine/rank-parquet.js";
import type { RunEvents, Sources } from "../../src/engine/run.js";
import { rankTalkers } from "../../src/engine/talkers.js";
import { findInputs } from "../../src/source/inputs.js";
import { writeParquet } from "../generate/parquet.js";
import { randomQuery } from "../generate/queries.js";
import { seeded } from "../generate/random.js";
import { randomLog } from "../generate/random-log.js";
import { Duckdb, logsOf, plainLine } from "../query/duckdb.js";
import { type ReferenceRecord, readReference } from "../reference/reader.js";

let duckdb: Duckdb;
beforeAll(async () => {
  duckdb = await Duckdb.open();
});
afterAll(() => duckdb.close());

const asked = { questions: 0, byDuckdb: 0 };

describe("a ranking of a Parquet file is that of the log", () => {
  test.each(Array.from({ length: 6 }, (_, i) => i * 15))("on random logs and questions from seed %i", async (first) => {
    for (let seed = first; seed < first + 15; seed++) await check(seed);
  });

  test("of 100 questions, of which DuckDB answers 40 and more", () => {
    expect(asked.questions).toBeGreaterThan(100);
    expect(asked.byDuckdb).toBeGreaterThan(40);
  });
});

async function check(seed: number): Promise<void> {
  const { bytes, formats } = randomLog(seed);
  if (bytes.length > 65_536) return;
  const { records } = readReference(bytes, { file: "standard input", formats: formats ?? [] });
  const random = seeded(seed * 7919 + 3);
  const tame = random.chance(0.8) ? records.filter(isUsual) : records;
  for (const log of logsOf(tame)) {
    // What stands for a missing value in Parquet is a text like any other in a log.
    const lines = log.records.map(plainLine).filter((line) => !/(^| )(null|NULL|None)( |$)/.test(line));
    const plain = join(duckdb.folder, "plain.log");
    writeFileSync(plain, `${[log.fields.join(" "), ...lines].join("\n")}\n`);
    const parquet = join(duckdb.folder, "log.parquet");
    await writeParquet(duckdb, parquet, log.fields, lines, { name: "", missing: random.pick(["-", null, "None"]) });
    for (let round = 0; round < 24; round++) {
      const question = randomQuery(log.records, log.fields, random);
      if (question?.query.command !== "top-talkers") continue;
      const { query } = question;
      const title = `seed ${seed}: ${JSON.stringify(query)}`;
      const want = await withNotes((events) => rankTalkers(query, sourcesOf(plain), events));
      const got = await withNotes((events) => rankTalkers(query, sourcesOf(parquet), events));
      expect(got, title).toEqual(want);
      asked.questions++;
      const found = await findInputs([parquet]);
      const pushed = await rankParquet(query, found, sourcesOf(parquet), eventsInto([]));
      if (pushed !== null) asked.byDuckdb++;
    }
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
