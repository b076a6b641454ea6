import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { parse as parseJson } from "lossless-json";
import { describe, expect, test } from "vitest";
import type { Ranking } from "../../src/engine/answer.js";
import { formatRanking } from "../../src/format/ranking.js";
import { makeGroup, makeRanking, makeReport, pipe } from "./sample.js";

// Contract §6, with its own numbers.
const example = makeRanking({
  input: makeReport({ lines: 12, records: 10, malformed: 1, nodata: 1, skipdata: 1, interfaces: 2 }),
});
const empty: Ranking = {
  ...example,
  rows: [],
  others: { groups: 0, bytes: 0n, packets: 0n, flows: 0n, percent: null },
  total: { groups: 0, bytes: 0n, packets: 0n, flows: 0n },
  input: makeReport({ matched: 0 }),
};

test("JSON is the contract's, keys in its order", () => {
  expect(formatRanking(example, "json", pipe)).toBe(`{
  "command": "top-talkers",
  "by": ["srcaddr"],
  "metric": "bytes",
  "rows": [
    {"rank": 1, "srcaddr": "192.0.2.7", "bytes": 9000, "packets": 12, "flows": 3, "percent": 60, "cumulative_percent": 60}
  ],
  "others": {"groups": 4, "bytes": 6000, "packets": 9, "flows": 5, "percent": 40},
  "total": {"groups": 5, "bytes": 15000, "packets": 21, "flows": 8},
  "input": {"sources": 1, "failed": 0, "skipped": 0, "complete": true, "lines": 12, "headers": 1, "blank": 0, "comments": 0, \
"records": 10, "malformed": 1, "nodata": 1, "skipdata": 1, "other_status": 0, "flows": 8, "matched": 8, "unanswerable": 0, \
"interfaces": 2, "first": "2026-01-01T00:00:00Z", "last": "2026-01-01T00:10:00Z"}
}
`);
});

test("JSON without a match is whole too", () => {
  expect(JSON.parse(formatRanking(empty, "json", pipe))).toMatchObject({
    rows: [],
    others: { groups: 0, percent: null },
  });
});

test("a time past the year 9999 is a number", () => {
  const late = makeRanking({ input: makeReport({ last: 1767226200000n }) });
  expect(formatRanking(late, "json", pipe)).toContain('"last": 1767226200000}');
});

test("NDJSON, CSV and TSV hold rows only", () => {
  expect(formatRanking(example, "ndjson", pipe)).toBe(
    '{"rank":1,"srcaddr":"192.0.2.7","bytes":9000,"packets":12,"flows":3,"percent":60,"cumulative_percent":60}\n',
  );
  expect(formatRanking(example, "csv", pipe)).toBe(
    "rank,srcaddr,bytes,packets,flows,percent,cumulative_percent\n1,192.0.2.7,9000,12,3,60,60\n",
  );
  expect(formatRanking(example, "tsv", { ...pipe, header: false })).toBe("1\t192.0.2.7\t9000\t12\t3\t60\t60\n");
  expect(formatRanking(empty, "ndjson", pipe)).toBe("");
});

test("a table, for people", () => {
  expect(formatRanking(example, "table", pipe)).toBe(`\
#  srcaddr       bytes  packets  flows      %  cum %
─  ──────────  ───────  ───────  ─────  ─────  ─────  ────────────────────
1  192.0.2.7    9.0 kB       12      3  60.00  60.00  ████████████
─  ──────────  ───────  ───────  ─────  ─────  ─────  ────────────────────
   Others (4)   6.0 kB        9      5  40.00         ████████
   Total       15.0 kB       21      8

1 of 5 groups, by bytes; 8 flows; log from 2026-01-01T00:00:00Z to 2026-01-01T00:10:00Z
totals are a lower bound: AWS lost records in 1 capture window (SKIPDATA)
counted per interface: traffic between two of the 2 interfaces is counted at both
1 malformed line skipped, 1 NODATA, 1 SKIPDATA
`);
});

test("Markdown, for people", () => {
  expect(formatRanking(example, "markdown", pipe)).toBe(`\
|  # | srcaddr    |   bytes | packets | flows |     % | cum % |
| -: | :--------- | ------: | ------: | ----: | ----: | ----: |
|  1 | 192.0.2.7  |  9.0 kB |      12 |     3 | 60.00 | 60.00 |
|    | Others (4) |  6.0 kB |       9 |     5 | 40.00 |       |
|    | Total      | 15.0 kB |      21 |     8 |       |       |

- 1 of 5 groups, by bytes; 8 flows; log from 2026-01-01T00:00:00Z to 2026-01-01T00:10:00Z
- totals are a lower bound: AWS lost records in 1 capture window (SKIPDATA)
- counted per interface: traffic between two of the 2 interfaces is counted at both
- 1 malformed line skipped, 1 NODATA, 1 SKIPDATA
`);
});

test.each(["table", "markdown"] as const)("without a match, %s says so instead", (format) => {
  expect(formatRanking(empty, format, pipe)).toBe(
    `${format === "table" ? "" : "- "}no flow matched, of 8 flows; log from 2026-01-01T00:00:00Z to 2026-01-01T00:10:00Z\n`,
  );
});

describe("keys", () => {
  const keyed = (by: string[], key: Ranking["rows"][number]["key"]) =>
    makeRanking({
      by,
      rows: [makeGroup({ key })],
      others: { groups: 0, bytes: 0n, packets: 0n, flows: 0n, percent: 0 },
    });

  test.each([
    { name: "a prefix", by: "srcaddr_24", key: "192.0.2.0/24", table: "192.0.2.0/24", json: '"192.0.2.0/24"' },
    { name: "a missing key", by: "srcaddr", key: null, table: "-", json: "null" },
    { name: "a protocol", by: "protocol", key: 17, table: "udp", json: "17" },
    { name: "a port", by: "dstport", key: 443, table: "443", json: "443" },
    { name: "a time", by: "start", key: 1767225600n, table: "2026-01-01T00:00:00Z", json: "1767225600" },
    {
      name: "a counter, which is never scaled",
      by: "packets_lost_no_route",
      key: 41_000n,
      table: "41000",
      json: "41000",
    },
    { name: "a hostile text", by: "instance_tag", key: "\u001b[2J", table: "\\u001b[2J", json: '"\\u001b[2J"' },
  ])("$name", ({ by, key, table, json }) => {
    expect(formatRanking(keyed([by], [key]), "table", pipe).split("\n")[2]).toMatch(
      new RegExp(`^1 +${literal(table)} `),
    );
    expect(formatRanking(keyed([by], [key]), "ndjson", pipe)).toContain(`"${by}":${json},`);
  });

  test("without others there is no such row", () => {
    expect(formatRanking(keyed(["srcaddr"], ["192.0.2.7"]), "table", pipe)).not.toContain("Others");
  });

  test("called bytes, it stands beside the sum", () => {
    const text = formatRanking(keyed(["bytes"], [41_000n]), "json", pipe);
    expect(text).toContain('"by": ["bytes_key"]');
    expect(text).toContain('{"rank": 1, "bytes_key": 41000, "bytes": 9000,');
  });

  test("called __proto__, as an unknown column of a log may be, it is an ordinary key", () => {
    expect(formatRanking(keyed(["__proto__"], ["__proto__"]), "ndjson", pipe)).toContain(
      '{"rank":1,"__proto__":"__proto__","bytes"',
    );
  });
});

test("table, CSV and JSON show the same numbers, to the last digit", () => {
  const sum = fc.oneof(fc.constant(null), fc.bigInt({ min: 0n, max: 2n ** 80n }));
  const percent = fc.integer({ min: 0, max: 1_000_000 }).map((parts) => parts / 10_000);
  const group = fc.record({
    key: fc.tuple(fc.ipV4(), fc.nat(65535)),
    bytes: sum,
    packets: sum,
    flows: fc.bigInt({ min: 0n, max: 2n ** 53n }),
    percent,
    cumulative_percent: percent,
  });
  fc.assert(
    fc.property(fc.array(group, { minLength: 1, maxLength: 5 }), (groups) => {
      const rows = groups.map((parts, index) => ({ ...parts, rank: index + 1 }));
      const answer = makeRanking({ by: ["srcaddr", "dstport"], rows });
      const exact = { ...pipe, exact: true };
      const json = parseJson(formatRanking(answer, "json", exact), null, String) as {
        rows: Record<string, string | null>[];
      };
      const fromJson = json.rows.map((row) => Object.values(row));
      expect(fromJson).toEqual(
        rows.map((row) =>
          [row.rank, ...row.key, row.bytes, row.packets, row.flows, row.percent, row.cumulative_percent].map((value) =>
            value === null ? null : String(value),
          ),
        ),
      );
      const csv = parse(formatRanking(answer, "csv", exact), { from_line: 2 });
      expect(csv).toEqual(fromJson.map((row) => row.map((value) => value ?? "")));
      const table = formatRanking(answer, "table", exact)
        .split("\n")
        .slice(2, 2 + rows.length);
      expect(table.map((line) => line.split(/ +/).slice(0, 8))).toEqual(
        fromJson.map((row) => row.map((value, index) => (index < 6 ? (value ?? "-") : Number(value).toFixed(4)))),
      );
    }),
  );
});

function literal(text: string): string {
  return text.replaceAll(/[\\[\]./]/g, "\\$&");
}
