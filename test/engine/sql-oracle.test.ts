import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import type { DuckDBValue } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { aggregateFlows } from "../../src/engine/aggregate.js";
import type { KeyValue, Sum } from "../../src/engine/answer.js";
import { isQuotient } from "../../src/engine/metric-value.js";
import type { RunEvents, Sources } from "../../src/engine/run.js";
import { rankTalkers } from "../../src/engine/talkers.js";
import { timelineOf } from "../../src/engine/timeline.js";
import type { Metric } from "../../src/query/metric.js";
import type { Key, Query } from "../../src/query/query.js";
import { toSql } from "../../src/query/sql.js";
import { expectEqual } from "../equal.js";
import { randomQuery } from "../generate/queries.js";
import { type Random, seeded } from "../generate/random.js";
import { randomLog } from "../generate/random-log.js";
import { Duckdb, logsOf, plainLine } from "../query/duckdb.js";
import { readReference } from "../reference/reader.js";

vi.mock("../../src/query/zone.js", async (original) => (await import("../query/once.js")).zoneOnce(original));
vi.mock("../../src/query/sql-service.js", async (original) =>
  (await import("../query/once.js")).servicesOnce(original),
);

let duckdb: Duckdb;
beforeAll(async () => {
  duckdb = await Duckdb.open();
});
afterAll(() => duckdb.close());

const silent: RunEvents = { onProblem() {}, onMalformedBytes() {}, onNote() {}, onFailure() {} };
const roundsPerLog = 7;
const asked = { queries: 0, rows: 0 };

describe("the answer is DuckDB's for the SQL of the question, row for row", () => {
  test.each(Array.from({ length: 16 }, (_, i) => i * 40))(
    "on random logs and questions from seed %i",
    async (first) => {
      for (let seed = first; seed < first + 40; seed++) await check(seed);
    },
  );

  test("of 2,000 questions and more", () => {
    expect(asked.queries).toBeGreaterThan(2000);
    expect(asked.rows).toBeGreaterThan(10_000);
  });
});

async function check(seed: number): Promise<void> {
  const { bytes, formats } = randomLog(seed);
  if (bytes.length > 65_536) return;
  const { records } = readReference(bytes, { file: "standard input", formats: formats ?? [] });
  const random = seeded(seed * 104_729 + 5);
  for (const log of logsOf(records)) {
    const lines = log.records.map(plainLine);
    await duckdb.load(log.fields, lines);
    const path = join(duckdb.folder, "log");
    writeFileSync(path, `${[log.fields.join(" "), ...lines].join("\n")}\n`);
    for (let round = 0; round < roundsPerLog; round++) {
      const question = randomQuery(log.records, log.fields, random);
      // Without `end` nothing can be shared out, which is refused and not left undone.
      if (question === null || needsEnd(question.query, log.fields)) continue;
      const { query } = question;
      const sql = toSql(query, log.fields);
      const title = () => `seed ${seed}: ${JSON.stringify(query)}\n${sql}`;
      const [{ rows }, got] = await Promise.all([duckdb.run(sql), answer(query, sourcesOf(path, random))]).catch(
        (error) => {
          throw new Error(title(), { cause: error });
        },
      );
      expectEqual(
        got,
        rows.map((row) => row.map(plain)),
        title,
      );
      asked.queries++;
      asked.rows += rows.length;
    }
  }
}

function needsEnd(query: Query, fields: readonly string[]): boolean {
  return query.command === "timeline" && query.spread && !fields.includes("end");
}

/** Now and then with no memory for groups, so that all of them are spilled. */
function sourcesOf(path: string, random: Random): Sources {
  const memory = random.chance(0.2) ? 0 : 1e9;
  return { inputs: [path], stdin: Readable.from([]), formats: [], jobs: 1, memory };
}

/** The rows of flowlog's answer, as SQL shows them. */
async function answer(query: Query, sources: Sources): Promise<unknown[][]> {
  switch (query.command) {
    case "top-talkers": {
      const { rows } = await rankTalkers(query, sources, silent);
      return rows.map(({ key, bytes, packets, flows }) => [...keyCells(query.keys, key), bytes, packets, flows]);
    }
    case "aggregate": {
      const { rows, metrics } = await aggregateFlows(query, sources, silent);
      return Array.from(rows, (row) => [
        ...keyCells(query.keys, row.key),
        ...row.metrics.map((value, i) => metricCell(metrics[i] as Metric, value)),
      ]);
    }
    case "timeline": {
      const { rows } = await timelineOf(query, sources, silent);
      return Array.from(rows, ({ time, key, bytes, packets, flows }) => [
        instant(time),
        ...query.keys.map((_, i) => (key === null ? "others" : textOf(key[i] ?? null))),
        bytes,
        packets,
        flows,
      ]);
    }
  }
}

function keyCells(keys: readonly Key[], values: readonly KeyValue[]): unknown[] {
  return values.map((value, i) => {
    if (keys[i]?.kind === "time") return instant(value as number | null);
    return typeof value === "number" ? BigInt(value) : withoutMark(value);
  });
}

function metricCell(metric: Metric, value: Sum): unknown {
  if (value === null) return null;
  if (metric.kind === "first" || metric.kind === "last") return instant(value);
  return isQuotient(metric) ? `${value / 10_000n}.${String(value % 10_000n).padStart(4, "0")}` : value;
}

/** Keys of series are texts in SQL: one of them is "others". */
function textOf(value: KeyValue): unknown {
  return value === null ? null : withoutMark(String(value));
}

function instant(seconds: number | bigint | null): string | null {
  if (seconds === null) return null;
  if (seconds < 0 || seconds >= 253_402_300_800) return String(seconds);
  return new Date(Number(seconds) * 1000).toISOString().replace(".000Z", "Z");
}

/** A value of DuckDB's, whose package drops a byte order mark that a text begins with. */
function plain(value: DuckDBValue): unknown {
  if (value === null || typeof value === "bigint") return value;
  return typeof value === "number" ? BigInt(value) : withoutMark(String(value));
}

function withoutMark(value: KeyValue): unknown {
  return typeof value === "string" ? value.replace(/^\ufeff/, "") : value;
}
