import { expect, test } from "vitest";
import type { Timeline } from "../../src/engine/answer.js";
import type { OutputFormat } from "../../src/format/sheet.js";
import { writeTimeline } from "../../src/format/timeline.js";
import { makeReport, makeTimeline, pipe } from "./sample.js";

const format = (answer: Timeline, to: OutputFormat, look = pipe) => [...writeTimeline(answer, to, look)].join("");

const noFlow = makeTimeline({
  ...{ by: [], series: [[]], bins: 1 },
  rows: [{ time: 1767225600n, key: [], bytes: 0n, packets: 0n, flows: 0n }],
  total: { groups: 1, bytes: 0n, packets: 0n, flows: 0n },
  input: makeReport({ matched: 0 }),
});

test("JSON has a row for each bin of each series", () => {
  expect(format(makeTimeline(), "json").replace(/"input": .*/, "…")).toBe(`{
  "command": "timeline",
  "by": ["srcaddr"],
  "metric": "bytes",
  "metrics": ["bytes", "packets", "flows"],
  "bin_seconds": 300,
  "rows": [
    {"time": "2026-01-01T00:00:00Z", "srcaddr": "192.0.2.7", "bytes": 9000, "packets": 12, "flows": 3},
    {"time": "2026-01-01T00:00:00Z", "srcaddr": "others", "bytes": 0, "packets": 0, "flows": 0},
    {"time": "2026-01-01T00:05:00Z", "srcaddr": "192.0.2.7", "bytes": 0, "packets": 0, "flows": 0},
    {"time": "2026-01-01T00:05:00Z", "srcaddr": "others", "bytes": 6000, "packets": null, "flows": 5}
  ],
  "total": {"groups": 5, "bytes": 15000, "packets": 12, "flows": 8},
  …
}
`);
});

test("NDJSON, CSV and TSV hold rows only", () => {
  const [first] = format(makeTimeline(), "ndjson").split("\n");
  expect(first).toBe('{"time":"2026-01-01T00:00:00Z","srcaddr":"192.0.2.7","bytes":9000,"packets":12,"flows":3}');
  expect(format(makeTimeline(), "csv").split("\n")).toEqual([
    "time,srcaddr,bytes,packets,flows",
    "2026-01-01T00:00:00Z,192.0.2.7,9000,12,3",
    "2026-01-01T00:00:00Z,others,0,0,0",
    "2026-01-01T00:05:00Z,192.0.2.7,0,0,0",
    "2026-01-01T00:05:00Z,others,6000,,5",
    "",
  ]);
  expect(format(noFlow, "tsv", { ...pipe, header: false })).toBe("2026-01-01T00:00:00Z\t0\t0\t0\n");
});

test("a table, for people, has no chart in a pipe", () => {
  expect(format(makeTimeline(), "table")).toBe(`\
time                  srcaddr      bytes  packets  flows
────────────────────  ─────────  ───────  ───────  ─────
2026-01-01T00:00:00Z  192.0.2.7   9.0 kB       12      3
2026-01-01T00:00:00Z  others         0 B        0      0
2026-01-01T00:05:00Z  192.0.2.7      0 B        0      0
2026-01-01T00:05:00Z  others      6.0 kB        -      5
────────────────────  ─────────  ───────  ───────  ─────
Total                            15.0 kB       12      8

2 bins of 5 min, times in UTC; 1 of 5 groups, by bytes; 8 flows; log from 2026-01-01T00:00:00Z to 2026-01-01T00:10:00Z
`);
});

test("in a terminal the chart stands above the table, in data formats and Markdown nowhere", () => {
  const terminal = { ...pipe, width: 80 };
  const table = format(makeTimeline(), "table", terminal);
  expect(table).toMatch(
    /^bytes per 5 min from 2026-01-01 UTC\n[\s\S]*━━ 192\.0\.2\.7 {3}·· others\n\ntime {18}srcaddr/,
  );
  for (const to of ["json", "csv", "markdown"] as const) {
    expect(format(makeTimeline(), to, terminal)).toBe(format(makeTimeline(), to));
  }
});

test("without a match, a table says so instead, and data have the bins of the window", () => {
  expect(format(noFlow, "table", { ...pipe, width: 80 })).toBe("no flow matched, of 8 flows\n");
  expect(format(noFlow, "csv")).toBe("time,bytes,packets,flows\n2026-01-01T00:00:00Z,0,0,0\n");
});

test("a row without a time, or with a number that is none", () => {
  const row = { key: [], bytes: 5n, packets: 1n, flows: 1n };
  const odd = makeTimeline({
    ...{ by: [], series: [[]], bins: 1 },
    rows: [
      { ...row, time: 1767225600000n },
      { ...row, time: null },
    ],
  });
  expect(format(odd, "csv")).toBe("time,bytes,packets,flows\n1767225600000,5,1,1\n,5,1,1\n");
  expect(format(odd, "table").split("\n").slice(2, 4)).toEqual([
    "1767225600000      5 B        1      1",
    "-                  5 B        1      1",
  ]);
});

test("a key that is called as a sum or the time stands beside it", () => {
  const keyed = makeTimeline({ by: ["bytes", "time"], series: [[7n, "x"]], rows: [] });
  expect(format(keyed, "csv")).toBe("time,bytes_key,time_key,bytes,packets,flows\n");
});
