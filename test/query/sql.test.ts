import type { DuckDBValue } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { binOf } from "../../src/query/bin.js";
import { EVERYTHING, type Filter } from "../../src/query/filter.js";
import { parseKeys } from "../../src/query/keys.js";
import type { Metric } from "../../src/query/metric.js";
import type { AggregateQuery, Bin, Key, Query, TalkersQuery, TimelineQuery } from "../../src/query/query.js";
import { toSql } from "../../src/query/sql.js";
import { randomQuery } from "../generate/queries.js";
import { seeded } from "../generate/random.js";
import { randomLog } from "../generate/random-log.js";
import { referenceAnswer } from "../reference/answer.js";
import { readReference } from "../reference/reader.js";
import type { ReferenceValue } from "../reference/value.js";
import { Duckdb, logsOf, plainLine } from "./duckdb.js";

let duckdb: Duckdb;
beforeAll(async () => {
  duckdb = await Duckdb.open();
});
afterAll(() => duckdb.close());

const utc: Bin["zone"] = { offsetMinutes: 0 };
const log = {
  fields: "srcaddr dstaddr srcport dstport protocol packets bytes start end action log_status".split(" "),
  lines: [
    "10.0.0.1 10.0.0.2 40000 443 6 10 1000 1767225600 1767225660 ACCEPT OK",
    "10.0.0.2 10.0.0.1 443 40000 6 8 4000 1767225610 1767225670 ACCEPT OK",
    "2001:DB8::1 2001:db8::2 53 5353 17 1 100 1767225900 1767226350 REJECT OK",
    "10.0.1.9 10.0.0.1 0 0 1 3 - - 1767226260 ACCEPT OK",
    "- - - - - - - 1767225600 1767225660 - NODATA",
    "10.0.0.1 10.0.0.2 40000 443 6 10 1000 1767225600 1767225660 ACCEPT SKIPDATA",
  ],
};
const all = { filter: EVERYTHING, window: { since: null, until: null } };
const nothing: Filter = { op: "number", field: "protocol", ranges: [[99, 99]] };

function ranking(by: string, more: Partial<TalkersQuery> = {}): Query {
  return { command: "top-talkers", ...all, keys: parseKeys(by), metric: null, limit: 0, bottom: false, ...more };
}

function aggregate(keys: Key[], metrics: Metric[] | null, more: Partial<AggregateQuery> = {}): Query {
  return { command: "aggregate", ...all, keys, metrics, having: null, sort: [], limit: 0, ...more };
}

function timeline(by: string | null, more: Partial<TimelineQuery> = {}): Query {
  const keys = by === null ? [] : parseKeys(by);
  const bin = { seconds: 300, zone: utc };
  return { command: "timeline", ...all, bin, keys, metric: null, spread: false, limit: 0, ...more };
}

function of(kind: "sum" | "min" | "max" | "avg" | "distinct", field: string): Metric {
  return { kind, name: `${kind}_${field}`, field };
}

const [flows, first, last, duration, bps, pps, bpp] = (
  ["flows", "first", "last", "duration", "bps", "pps", "bpp"] as const
).map((kind): Metric => ({ kind, name: kind })) as [Metric, Metric, Metric, Metric, Metric, Metric, Metric];

describe("a question's SQL, and the reference,", () => {
  beforeAll(() => duckdb.load(log.fields, log.lines));

  test.each<{ name: string; query: Query; want: string[] }>([
    {
      name: "ranks by bytes, what has none last",
      query: ranking("srcaddr"),
      want: ["10.0.0.2 4000 8 1", "10.0.0.1 1000 10 1", "2001:db8::1 100 1 1", "10.0.1.9 null 3 1"],
    },
    {
      name: "ranks least first, what has none last too",
      query: ranking("srcaddr", { bottom: true, limit: 4 }),
      want: ["2001:db8::1 100 1 1", "10.0.0.1 1000 10 1", "10.0.0.2 4000 8 1", "10.0.1.9 null 3 1"],
    },
    {
      name: "cuts addresses to networks",
      query: ranking("srcaddr/24", { metric: "packets", limit: 2 }),
      want: ["10.0.0.0/24 5000 18 2", "10.0.1.0/24 null 3 1"],
    },
    {
      name: "counts a flow once for two addresses of one network",
      query: ranking("addr/24", { metric: "flows" }),
      want: ["10.0.0.0/24 5000 21 3", "10.0.1.0/24 null 3 1", "2001:db8::/64 100 1 1"],
    },
    {
      name: "knows ports of protocols with ports only",
      query: ranking("dstport", { metric: "flows" }),
      want: ["443 1000 10 1", "5353 100 1 1", "40000 4000 8 1", "null null 3 1"],
    },
    {
      name: "names services",
      query: { ...ranking("srcaddr"), keys: [{ kind: "service", name: "service" }] },
      want: ["https 5000 18 2", "domain 100 1 1", "icmp null 3 1"],
    },
    {
      name: "shows a key and a sum of one name",
      query: ranking("bytes", { limit: 1 }),
      want: ["4000 4000 8 1"],
    },
    { name: "shows the usual metrics of all", query: aggregate([], null), want: ["4 22 5100"] },
    {
      name: "computes metrics",
      query: aggregate([], [of("avg", "bytes"), bpp, bps, pps, first, last, duration, of("distinct", "dstport")]),
      want: ["1700.0000 231.8182 54.4000 0.0293 2026-01-01T00:00:00Z 2026-01-01T00:12:30Z 750 3"],
    },
    {
      name: "computes metrics of nothing",
      query: aggregate([], [flows, of("sum", "bytes"), of("min", "dstport"), of("avg", "bytes"), bps, last], {
        filter: nothing,
      }),
      want: ["0 0 null null null null"],
    },
    { name: "has no groups of nothing", query: aggregate(parseKeys("srcaddr"), null, { filter: nothing }), want: [] },
    {
      name: "leaves out ports of protocols without ports, in metrics too",
      query: aggregate(parseKeys("protocol"), [of("max", "dstport"), of("distinct", "dstaddr")]),
      want: ["6 40000 2", "17 5353 1", "1 null 1"],
    },
    {
      name: "sorts by keys and metrics, null last either way",
      query: aggregate(parseKeys("action,srcaddr"), [of("sum", "bytes")], {
        sort: [
          { by: "key", name: "action", descending: true },
          { by: "metric", metric: of("sum", "bytes"), descending: true },
        ],
      }),
      want: ["REJECT 2001:db8::1 100", "ACCEPT 10.0.0.2 4000", "ACCEPT 10.0.0.1 1000", "ACCEPT 10.0.1.9 null"],
    },
    {
      name: "sorts addresses descending by value",
      query: aggregate(parseKeys("dstaddr"), [flows], { sort: [{ by: "key", name: "dstaddr", descending: true }] }),
      want: ["2001:db8::2 1", "10.0.0.2 1", "10.0.0.1 2"],
    },
    {
      name: "chooses groups by what they have",
      query: aggregate(parseKeys("srcaddr"), [flows], {
        having: { op: "compare", metric: of("avg", "bytes"), is: ">", value: "99.9999" },
      }),
      want: ["10.0.0.1 1", "10.0.0.2 1", "2001:db8::1 1"],
    },
    {
      name: "chooses groups that are not so, with what is null",
      query: aggregate(parseKeys("srcaddr"), [flows], {
        having: { op: "not", term: { op: "compare", metric: of("sum", "bytes"), is: ">=", value: "100.5" } },
      }),
      want: ["10.0.1.9 1", "2001:db8::1 1"],
    },
    {
      name: "chooses none that is null by a difference",
      query: aggregate(parseKeys("srcaddr"), [flows], {
        having: { op: "compare", metric: bpp, is: "!=", value: "100" },
      }),
      want: ["10.0.0.2 1"],
    },
    {
      name: "groups by time",
      query: aggregate([{ kind: "time", name: "time", bin: { seconds: 300, zone: utc } }], [flows]),
      want: ["2026-01-01T00:00:00Z 2", "2026-01-01T00:05:00Z 1", "null 1"],
    },
    {
      name: "has a bin for flows without a start",
      query: timeline(null),
      want: ["2026-01-01T00:00:00Z 5000 18 2", "2026-01-01T00:05:00Z 100 1 1", "null null 3 1"],
    },
    {
      name: "has every bin of a window",
      query: timeline(null, { window: { since: 1_767_225_601, until: 1_767_226_501 } }),
      want: [
        "2026-01-01T00:00:00Z 4000 8 1",
        "2026-01-01T00:05:00Z 100 1 1",
        "2026-01-01T00:10:00Z 0 0 0",
        "2026-01-01T00:15:00Z 0 0 0",
      ],
    },
    {
      name: "has every bin of a window without flows, but no series",
      query: timeline("srcaddr", { filter: nothing, window: { since: 1_767_225_600, until: 1_767_226_500 } }),
      want: [],
    },
    {
      name: "spreads sums over the bins that a flow covers",
      query: timeline(null, { spread: true }),
      want: [
        "2026-01-01T00:00:00Z 5000 18 2",
        "2026-01-01T00:05:00Z 66 0 1",
        "2026-01-01T00:10:00Z 34 1 0",
        "null null 3 1",
      ],
    },
    {
      name: "runs on to the last share, past the window",
      query: timeline(null, { spread: true, window: { since: 1_767_225_900, until: 1_767_226_000 } }),
      want: ["2026-01-01T00:05:00Z 66 0 1", "2026-01-01T00:10:00Z 34 1 0"],
    },
    {
      name: "has a series for each of the first, and one of the others",
      query: timeline("srcaddr", { limit: 1 }),
      want: [
        "2026-01-01T00:00:00Z 10.0.0.2 4000 8 1",
        "2026-01-01T00:00:00Z others 1000 10 1",
        "2026-01-01T00:05:00Z 10.0.0.2 0 0 0",
        "2026-01-01T00:05:00Z others 100 1 1",
        "null 10.0.0.2 0 0 0",
        "null others null 3 1",
      ],
    },
    {
      name: "has days of a zone, the last bin of each cut short",
      query: timeline(null, {
        bin: { seconds: 50_000, zone: { name: "Europe/Berlin" } },
        window: { since: 1_774_652_400, until: 1_774_828_800 },
      }),
      want: [
        "2026-03-27T23:00:00Z 0 0 0",
        "2026-03-28T12:53:20Z 0 0 0",
        "2026-03-28T23:00:00Z 0 0 0",
        "2026-03-29T12:53:20Z 0 0 0",
        "2026-03-29T22:00:00Z 0 0 0",
      ],
    },
  ])("$name", async ({ query, want }) => {
    const { rows } = await duckdb.run(toSql(query, log.fields));
    expect(rows.map((row) => row.map(String).join(" "))).toEqual(want);

    const { records } = readReference(Buffer.from(log.lines.join("\n")), { file: "", formats: [log.fields.join(",")] });
    const which = { passes: () => query.filter !== nothing, needs: [], fields: log.fields };
    const reference = referenceAnswer(query, records, which);
    const texts = reference.rows.map((row) =>
      row.map((value, at) => String(shown(value, reference.columns[at] ?? ""))),
    );
    expect(texts.map((row) => row.join(" "))).toEqual(want);
  });
});

test("shares of flows without a value add up to none, and not to 0", async () => {
  const fields = ["srcaddr", "bytes", "packets", "start", "end"];
  const lines = ["10.0.0.1 - 5 1767225600 1767226200", "10.0.0.2 8 - 1767225900 1767226500"];
  await duckdb.load(fields, lines);
  const query = timeline("srcaddr", { spread: true });
  const want = [
    "2026-01-01T00:00:00Z 10.0.0.2 0 0 0",
    "2026-01-01T00:00:00Z 10.0.0.1 null 2 1",
    "2026-01-01T00:05:00Z 10.0.0.2 4 null 1",
    "2026-01-01T00:05:00Z 10.0.0.1 null 3 0",
    "2026-01-01T00:10:00Z 10.0.0.2 4 null 0",
    "2026-01-01T00:10:00Z 10.0.0.1 0 0 0",
  ];
  const { rows } = await duckdb.run(toSql(query, fields));
  expect(rows.map((row) => row.map(String).join(" "))).toEqual(want);
  const { records } = readReference(Buffer.from(lines.join("\n")), { file: "", formats: [fields.join(",")] });
  const reference = referenceAnswer(query, records, { passes: () => true, needs: [], fields });
  expect(
    reference.rows.map((row) => row.map((value, at) => String(shown(value, reference.columns[at] ?? ""))).join(" ")),
  ).toEqual(want);
});

test("a question's SQL reads as it would be written", () => {
  const sql = toSql(ranking("action,dstport", { filter: { op: "null", field: "tcp_flags" }, limit: 10 }), [
    ...["action", "dstport", "protocol", "start", "end", "bytes", "tcp_flags"],
  ]);
  expect(sql).toBe(`WITH flows AS (
  SELECT
    action,
    CASE WHEN protocol IN (6, 17, 33, 132, 136) THEN dstport END AS dstport,
    bytes
  FROM flow_log
  WHERE (
      action IS NOT NULL
      OR dstport IS NOT NULL
      OR protocol IS NOT NULL
      OR bytes IS NOT NULL
      OR tcp_flags IS NOT NULL
    )
    AND tcp_flags IS NULL
),
groups AS (
  SELECT
    action,
    dstport,
    sum(bytes) AS bytes,
    NULL::HUGEINT AS packets,
    count(*) AS flows
  FROM flows
  GROUP BY action, dstport
)
SELECT
  action,
  dstport,
  bytes,
  packets,
  flows
FROM groups
ORDER BY bytes DESC NULLS LAST, action NULLS LAST, dstport NULLS LAST
LIMIT 10;
`);
});

test("instants are in the bins of their zone in every year", async () => {
  const random = seeded(1);
  const starts = Array.from({ length: 1000 }, () => random.int(90_000, 4_102_000_000));
  await duckdb.load(["start"], starts.map(String));
  for (const name of [
    "Europe/Berlin",
    "America/Sao_Paulo",
    "Pacific/Apia",
    "Africa/Casablanca",
    "Australia/Lord_Howe",
  ]) {
    const bin = { seconds: 5400, zone: { name } };
    const sql = toSql(
      aggregate([{ kind: "time", name: "time", bin }], [{ kind: "min", name: "least", field: "start" }]),
      ["start"],
    );
    const { rows } = await duckdb.run(sql);
    const wrong = rows.filter(([time, least]) => time !== isoInstant(binOf(Number(least), bin)[0]));
    expect(wrong, name).toEqual([]);
    expect(rows.length).toBeGreaterThan(950);
  }
});

describe("a question's SQL gives the answer of the reference", () => {
  test.each([0, 25])("on random logs and questions from seed %i", async (first) => {
    let rows = 0;
    for (let seed = first; seed < first + 25; seed++) rows += await check(seed);
    expect(rows).toBeGreaterThan(100);
  });
});

/** @returns how many rows were compared */
async function check(seed: number): Promise<number> {
  const { bytes, formats } = randomLog(seed);
  if (bytes.length > 65_536) return 0;
  const { records } = readReference(bytes, { file: "standard input", formats: formats ?? [] });
  const random = seeded(seed * 7919 + 3);
  let rows = 0;
  for (const log of logsOf(records)) {
    await duckdb.load(log.fields, log.records.map(plainLine));
    for (let round = 0; round < 4; round++) {
      const asked = randomQuery(log.records, log.fields, random);
      if (asked === null) continue;
      const { query, which } = asked;
      const want = referenceAnswer(query, log.records, which);
      const sql = toSql(query, log.fields);
      const got = await duckdb.run(sql);
      const title = `seed ${seed}: ${JSON.stringify(query)}\n${sql}`;
      expect(got.names, title).toEqual(want.columns);
      expect(
        got.rows.map((row) => row.map(plain)),
        title,
      ).toEqual(want.rows.map((row) => row.map((value, at) => shown(value, want.columns[at] as string))));
      rows += want.rows.length;
    }
  }
  return rows;
}

/** A value of DuckDB's as the reference has it, but for times. Its package drops a byte order mark that a text begins with. */
function plain(value: DuckDBValue): ReferenceValue {
  if (value === null || typeof value === "bigint") return value;
  return typeof value === "number" ? BigInt(value) : withoutMark(String(value));
}

/** A value of the reference's as it is shown. */
function shown(value: ReferenceValue, column: string): ReferenceValue {
  if (typeof value === "string") return withoutMark(value);
  if (value === null || !["time", "first", "last"].includes(column)) return value;
  return value >= 0n && value < 253_402_300_800n
    ? new Date(Number(value) * 1000).toISOString().replace(".000Z", "Z")
    : String(value);
}

function withoutMark(text: string): string {
  return text.replace(/^\ufeff/, "");
}

function isoInstant(second: number): string {
  return new Date(second * 1000).toISOString().replace(".000Z", "Z");
}
