import { expect, test } from "vitest";
import type { Summary } from "../../src/engine/answer.js";
import type { OutputFormat } from "../../src/format/sheet.js";
import { writeSummary } from "../../src/format/summary.js";
import { makeReport, makeSummary, pipe } from "./sample.js";

const format = (answer: Summary, to: OutputFormat, look = pipe) => [...writeSummary(answer, to, look)].join("");

test("JSON has each part by its name, null where the log has no such field", () => {
  expect(format(makeSummary(), "json").replace(/"input": .*/, "…")).toBe(`{
  "command": "summary",
  "total": {"bytes": 15000, "packets": 21, "flows": 8, "first": "2026-01-01T00:00:00Z", "last": "2026-01-01T00:10:00Z"},
  "coverage": {"bin_seconds": 600, "bins": 3, "covered": 2, "longest_gap_seconds": 600},
  "lost": null,
  "actions": {"by": ["action"], "groups": 1, "rows": [{"action": "ACCEPT", "bytes": 15000, "packets": 12, "flows": 3, "percent": 100}]},
  "protocols": {"by": ["protocol"], "groups": 2, "rows": [{"protocol": 6, "bytes": 9000, "packets": 12, "flows": 3, "percent": 60}]},
  "talkers": {"by": ["srcaddr"], "groups": 1, "rows": [{"srcaddr": null, "bytes": null, "packets": 12, "flows": 3, "percent": null}]},
  "services": {"by": ["service"], "groups": 1, "rows": [{"service": "https", "bytes": 9000, "packets": 12, "flows": 3, "percent": 0.0001}]},
  "rejected_talkers": {"by": ["srcaddr"], "groups": 0, "rows": []},
  "rejected_services": {"by": ["service"], "groups": 0, "rows": []},
  "interfaces": null,
  "layouts": [{"fields": ["srcaddr", "bytes"], "flows": 8}],
  …
}
`);
});

test("NDJSON, CSV and TSV hold the rows of all parts, null as they write it", () => {
  expect(format(makeSummary(), "csv")).toBe(`\
part,name,bytes,packets,flows,percent
actions,ACCEPT,15000,12,3,100
protocols,6,9000,12,3,60
talkers,,,12,3,
services,https,9000,12,3,0.0001
`);
  expect(format(makeSummary(), "ndjson").split("\n")[2]).toBe(
    '{"part":"talkers","name":null,"bytes":null,"packets":12,"flows":3,"percent":null}',
  );
  expect(format(makeSummary(), "tsv", { ...pipe, header: false }).split("\n")[0]).toBe(
    "actions\tACCEPT\t15000\t12\t3\t100",
  );
});

const head = [
  "2026-01-01T00:00:00Z to 2026-01-01T00:10:00Z; flows in 2 of 3 bins of 10 min, longest gap 10 min",
  "8 flows, 15.0 kB, 21 packets",
  "8 records in 1 input: 8 flows, 0 NODATA, 0 SKIPDATA; 0 malformed lines; 1 interface",
  "2 fields: srcaddr bytes",
];

test("a page, for people, ends with its last figure where nothing is to be remarked on", () => {
  expect(format(makeSummary(), "table")).toBe(`\
${head.join("\n")}

                         bytes  packets  flows       %
─────────────────────  ───────  ───────  ─────  ──────  ────────────────────
action
  ACCEPT               15.0 kB       12      3  100.00  ████████████████████

protocol, 1 more
  tcp                   9.0 kB       12      3   60.00  ████████████

top talkers (srcaddr)
  -                          -       12      3       -

top services, by port
  https                 9.0 kB       12      3   <0.01  ▏
`);
});

test("Markdown, for people", () => {
  const noted = makeSummary({ input: makeReport({ skipdata: 1 }) });
  expect(format(noted, "markdown").split("\n")).toEqual([
    ...head.map((line) => `- ${line.replace("0 SKIPDATA", "1 SKIPDATA")}`),
    "",
    "|                       |   bytes | packets | flows |      % |",
    "| :-------------------- | ------: | ------: | ----: | -----: |",
    "| action                |         |         |       |        |",
    "|   ACCEPT              | 15.0 kB |      12 |     3 | 100.00 |",
    "|                       |         |         |       |        |",
    "| protocol, 1 more      |         |         |       |        |",
    "|   tcp                 |  9.0 kB |      12 |     3 |  60.00 |",
    "|                       |         |         |       |        |",
    "| top talkers (srcaddr) |         |         |       |        |",
    "|   -                   |       - |      12 |     3 |      - |",
    "|                       |         |         |       |        |",
    "| top services, by port |         |         |       |        |",
    "|   https               |  9.0 kB |      12 |     3 |  <0.01 |",
    "",
    "- totals are a lower bound: AWS lost records in 1 capture window (SKIPDATA)",
    "- 1 SKIPDATA",
    "",
  ]);
});

const noneLost = {
  packets_lost_no_route: 0n,
  packets_lost_blackhole: 0n,
  packets_lost_mtu_exceeded: 0n,
  packets_lost_ttl_expired: 0n,
};

test.each<{ name: string; parts: Partial<Summary>; exact?: boolean; want: string[] }>([
  {
    name: "all digits",
    parts: {},
    exact: true,
    want: [head[0]!, "8 flows, 15000 bytes, 21 packets", ...head.slice(2)],
  },
  {
    name: "no time",
    parts: { total: { ...makeSummary().total, first: null, last: null }, coverage: null },
    want: head.slice(1),
  },
  {
    name: "no end",
    parts: { total: { ...makeSummary().total, last: null } },
    want: ["from 2026-01-01T00:00:00Z; flows in 2 of 3 bins of 10 min, longest gap 10 min", ...head.slice(1)],
  },
  {
    name: "no gap",
    parts: { coverage: { bin_seconds: 600, bins: 1, covered: 1, longest_gap_seconds: 0 } },
    want: ["2026-01-01T00:00:00Z to 2026-01-01T00:10:00Z; flows in 1 of 1 bin of 10 min", ...head.slice(1)],
  },
  {
    name: "one flow, and no bytes",
    parts: { total: { ...makeSummary().total, flows: 1n, bytes: null } },
    want: [head[0]!, "1 flow, 21 packets", ...head.slice(2)],
  },
  {
    name: "packets lost, for the reasons that were met",
    parts: { lost: { ...noneLost, packets_lost_no_route: 6n, packets_lost_ttl_expired: 12_345n } },
    want: [...head.slice(0, 2), "packets lost: 6 no route, 12.3 k TTL expired", ...head.slice(2)],
  },
  {
    name: "packets lost, in all digits",
    parts: { lost: { ...noneLost, packets_lost_blackhole: 12_345n, packets_lost_mtu_exceeded: 1n } },
    exact: true,
    want: [
      head[0]!,
      "8 flows, 15000 bytes, 21 packets",
      "packets lost: 12345 black hole, 1 MTU exceeded",
      ...head.slice(2),
    ],
  },
  {
    name: "no packet lost",
    parts: { lost: noneLost },
    want: [...head.slice(0, 2), "packets lost: 0", ...head.slice(2)],
  },
  {
    name: "no flow says whether packets were lost",
    parts: {
      lost: {
        packets_lost_no_route: null,
        packets_lost_blackhole: null,
        packets_lost_mtu_exceeded: null,
        packets_lost_ttl_expired: null,
      },
    },
    want: [...head.slice(0, 2), "packets lost: -", ...head.slice(2)],
  },
  {
    name: "no interface where the log tells none",
    parts: { input: makeReport({ interfaces: 0 }) },
    want: [...head.slice(0, 2), head[2]!.replace("; 1 interface", ""), ...head.slice(3)],
  },
  {
    name: "no interface where the log would tell one",
    parts: { layouts: [{ fields: ["interface_id"], flows: 8 }], input: makeReport({ interfaces: 0 }) },
    want: [...head.slice(0, 2), head[2]!.replace("1 interface", "0 interfaces"), "1 field: interface_id"],
  },
  {
    name: "layouts",
    parts: {
      layouts: [
        { fields: ["srcaddr", "bytes"], flows: 7 },
        { fields: ["srcaddr"], flows: 1 },
      ],
    },
    want: [...head.slice(0, 3), "2 fields (7 flows): srcaddr bytes", "1 field (1 flow): srcaddr"],
  },
])("above it: $name", ({ parts, exact = false, want }) => {
  const page = format(makeSummary(parts), "table", { ...pipe, exact });
  expect(page.split("\n\n")[0]?.split("\n")).toEqual(want);
});

test("without a match there is what the log holds, and no table", () => {
  const total = { bytes: 0n, packets: 0n, flows: 0n, first: null, last: null };
  const none = makeSummary({ total, coverage: null, input: makeReport({ matched: 0 }) });
  expect(format(none, "table")).toBe(
    `0 flows, 0 B, 0 packets\n${head.slice(2).join("\n")}\n\nno flow matched, of 8 flows; log from 2026-01-01T00:00:00Z to 2026-01-01T00:10:00Z\n`,
  );
});

test("without a record there is nothing but that", () => {
  const total = { bytes: 0n, packets: 0n, flows: 0n, first: null, last: null };
  const input = makeReport({ records: 0, flows: 0, matched: 0, first: null, last: null });
  expect(format(makeSummary({ total, coverage: null, layouts: [], input }), "table")).toBe("0 records\n");
});
