import { describe, expect, test } from "vitest";
import type { Aggregate } from "../../src/engine/answer.js";
import { writeAggregate } from "../../src/format/aggregate.js";
import type { OutputFormat } from "../../src/format/sheet.js";
import { parseMetrics } from "../../src/query/metrics.js";
import { makeAggregate, makeReport, pipe } from "./sample.js";

const format = (answer: Aggregate, to: OutputFormat, look = pipe) => [...writeAggregate(answer, to, look)].join("");

const noFlow = makeAggregate({
  rows: [],
  total: { groups: 0, flows: 0n, metrics: [0n, 0n, null] },
  input: makeReport({ matched: 0 }),
});

test("JSON has what was asked for, in its order", () => {
  const input = makeReport();
  expect(format(makeAggregate(), "json").replace(/"input": .*/, "…")).toBe(`{
  "command": "aggregate",
  "by": ["srcaddr"],
  "metrics": ["flows", "bytes", "bps"],
  "rows": [
    {"srcaddr": "192.0.2.7", "flows": 9, "bytes": 12345, "bps": 123.4567},
    {"srcaddr": null, "flows": 2, "bytes": 600, "bps": null}
  ],
  "total": {"groups": 3, "flows": 12, "bytes": 15000, "bps": 2.5},
  …
}
`);
  expect(JSON.parse(format(makeAggregate(), "json")).input).toMatchObject({ flows: input.flows, matched: 8 });
});

test("NDJSON, CSV and TSV hold rows only", () => {
  expect(format(makeAggregate(), "ndjson")).toBe(
    '{"srcaddr":"192.0.2.7","flows":9,"bytes":12345,"bps":123.4567}\n{"srcaddr":null,"flows":2,"bytes":600,"bps":null}\n',
  );
  expect(format(makeAggregate(), "csv")).toBe("srcaddr,flows,bytes,bps\n192.0.2.7,9,12345,123.4567\n,2,600,\n");
  expect(format(makeAggregate(), "tsv", { ...pipe, header: false })).toBe(
    "192.0.2.7\t9\t12345\t123.4567\n\t2\t600\t\n",
  );
  expect(format(noFlow, "csv")).toBe("srcaddr,flows,bytes,bps\n");
  expect(format(noFlow, "ndjson")).toBe("");
});

test("a table, for people", () => {
  expect(format(makeAggregate(), "table")).toBe(`\
srcaddr    flows    bytes     bps
─────────  ─────  ───────  ──────
192.0.2.7      9  12.3 kB  123.46
-              2    600 B       -
─────────  ─────  ───────  ──────
Total         12  15.0 kB    2.50

2 of 3 groups; 8 flows; log from 2026-01-01T00:00:00Z to 2026-01-01T00:10:00Z
`);
});

test("Markdown, for people", () => {
  expect(format(makeAggregate(), "markdown")).toBe(`\
| srcaddr   | flows |   bytes |    bps |
| :-------- | ----: | ------: | -----: |
| 192.0.2.7 |     9 | 12.3 kB | 123.46 |
| -         |     2 |   600 B |      - |
| Total     |    12 | 15.0 kB |   2.50 |

- 2 of 3 groups; 8 flows; log from 2026-01-01T00:00:00Z to 2026-01-01T00:10:00Z
`);
});

test("without keys there is one row, and no total that would say the same", () => {
  const one = makeAggregate({
    by: [],
    rows: [{ key: [], metrics: [12n, 15_000n, null] }],
    total: { groups: 1, flows: 12n, metrics: [12n, 15_000n, null] },
  });
  expect(format(one, "table")).toBe(`\
flows    bytes  bps
─────  ───────  ───
   12  15.0 kB    -

8 flows; log from 2026-01-01T00:00:00Z to 2026-01-01T00:10:00Z
`);
  expect(format(one, "csv")).toBe("flows,bytes,bps\n12,15000,\n");
});

test("without a match, a table says so instead", () => {
  expect(format(noFlow, "table")).toBe("no flow matched, of 8 flows\n");
  expect(format(noFlow, "markdown")).toBe("- no flow matched, of 8 flows\n");
  expect(JSON.parse(format(noFlow, "json"))).toMatchObject({ rows: [], total: { groups: 0, flows: 0, bps: null } });
});

test("a key that is called as a metric stands beside it", () => {
  const keyed = makeAggregate({ by: ["bytes"], rows: [{ key: [7n], metrics: [1n, 7n, null] }] });
  expect(format(keyed, "ndjson")).toBe('{"bytes_key":7,"flows":1,"bytes":7,"bps":null}\n');
  expect(format(keyed, "json")).toContain('"by": ["bytes_key"]');
});

describe("a metric", () => {
  const late = 1767225600000n;
  test.each([
    { metric: "first", value: 1767225600n, json: '"2026-01-01T00:00:00Z"', table: "2026-01-01T00:00:00Z" },
    { metric: "last", value: late, json: "1767225600000", table: "1767225600000" },
    { metric: "duration", value: -100n, json: "-100", table: "-100" },
    { metric: "bpp", value: 12_345_678n, json: "1234.5678", table: "1.2 kB" },
    { metric: "pps", value: 1n, json: "0.0001", table: "<0.01" },
    { metric: "avg(bytes)", value: 15_000n, json: "1.5", table: "1.50 B" },
    { metric: "sum(packets)", value: 2n ** 80n, json: "1208925819614629174706176", table: "1.2 Y" },
    { metric: "max(dstport)", value: 65_535n, json: "65535", table: "65535" },
    { metric: "min(start)", value: 1767225600n, json: "1767225600", table: "2026-01-01T00:00:00Z" },
    { metric: "distinct(dstport)", value: 12_345n, json: "12345", table: "12.3 k" },
    { metric: "packets_lost_no_route", value: 41_000n, json: "41000", table: "41.0 k" },
    { metric: "bps", value: null, json: "null", table: "-" },
  ])("$metric is $json in data and $table in a table", ({ metric, value, json, table }) => {
    const metrics = parseMetrics(metric);
    const answer = makeAggregate({
      ...{ by: [], metrics, rows: [{ key: [], metrics: [value] }] },
      total: { groups: 1, flows: 8n, metrics: [value] },
    });
    expect(format(answer, "ndjson")).toBe(`{"${metrics[0]?.name}":${json}}\n`);
    expect(format(answer, "table").split("\n")[2]?.trim()).toBe(table);
  });
});
