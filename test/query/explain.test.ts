import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { explain } from "../../src/query/explain.js";
import { EVERYTHING, type Filter } from "../../src/query/filter.js";
import { parseKeys } from "../../src/query/keys.js";
import type { Metric } from "../../src/query/metric.js";
import type { Query } from "../../src/query/query.js";
import { Duckdb } from "./duckdb.js";

const fields = ["srcaddr", "dstport", "protocol", "bytes", "start", "end", "action", "instance_tag", "log_status"];
const folder = mkdtempSync(join(tmpdir(), "flowlog-explain-"));
const log = join(folder, "vpc.log");

let duckdb: Duckdb;
beforeAll(async () => {
  duckdb = await Duckdb.open();
  writeFileSync(log, `${fields.join(" ")}\n10.0.0.1 443 6 100 1767225600 1767225660 ACCEPT web%2D1 OK\n`);
});
afterAll(() => {
  duckdb.close();
  rmSync(folder, { recursive: true });
});

const all = { filter: EVERYTHING, window: { since: null, until: null } };
const web: Filter = {
  op: "and",
  terms: [
    { op: "port", fields: ["dstport"], ranges: [[443, 443]] },
    { op: "text", field: "instance_tag", values: ["web-1", "a\n; DROP TABLE x"], anyCase: false },
  ],
};
const avg: Metric = { kind: "avg", name: "avg_bytes", field: "bytes" };

test.each<{ name: string; query: Query; comments: string; rows: string[] }>([
  {
    name: "a ranking",
    query: {
      command: "top-talkers",
      ...all,
      filter: web,
      keys: parseKeys("srcaddr/24"),
      metric: null,
      limit: 10,
      bottom: false,
    },
    comments: `-- question top-talkers
-- filter   dst port 443 and instance_tag in [web-1, "a\\u000a; DROP TABLE x"]
-- time     all
-- keys     srcaddr_24 (IPv4 to /24, IPv6 to /64)
-- metric   bytes
-- order    most first
-- limit    10
`,
    rows: ["10.0.0.0/24 100 null 1"],
  },
  {
    name: "an aggregate",
    query: {
      command: "aggregate",
      filter: EVERYTHING,
      window: { since: 1_767_225_600, until: null },
      keys: [{ kind: "time", name: "time", bin: { seconds: 3600, zone: { name: "Europe/Berlin" } } }],
      metrics: [avg],
      having: {
        op: "and",
        terms: [
          { op: "compare", metric: avg, is: ">=", value: "0.5" },
          { op: "not", term: { op: "null", metric: avg } },
        ],
      },
      sort: [{ by: "key", name: "time", descending: true }],
      limit: 0,
    },
    comments: `-- question aggregate
-- filter   all flows
-- time     start from 2026-01-01T00:00:00Z
-- keys     time (3600 s, days of Europe/Berlin)
-- metrics  avg_bytes
-- having   avg(bytes) >= 0.5 and avg(bytes) != -
-- order    time descending
-- limit    none
`,
    rows: ["2026-01-01T00:00:00Z 100.0000"],
  },
  {
    name: "a timeline",
    query: {
      command: "timeline",
      filter: EVERYTHING,
      window: { since: null, until: 1_767_312_000 },
      bin: { seconds: 86_400, zone: { offsetMinutes: -225 } },
      keys: parseKeys("action"),
      metric: "flows",
      spread: true,
      limit: 3,
    },
    comments: `-- question timeline
-- filter   all flows
-- time     start before 2026-01-02T00:00:00Z
-- bins     86400 s, days of UTC-03:45
-- series   action
-- metric   flows
-- spread   bytes and packets over the bins from start to end
-- limit    3
`,
    rows: ["2025-12-31T03:45:00Z ACCEPT 100 null 1", "2026-01-01T03:45:00Z ACCEPT 0 null 0"],
  },
])("$name is explained by comments and SQL that runs", async ({ query, comments, rows }) => {
  const text = explain(query, { paths: ["vpc.log"], fields, header: true });
  expect(text.slice(0, text.indexOf("\n\n") + 1)).toBe(comments);
  const answer = await duckdb.run(text.replace("'vpc.log'", `'${log}'`));
  expect(answer.rows.map((row) => row.map(String).join(" "))).toEqual(rows);
});
