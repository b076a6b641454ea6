import {
  type KeyValue,
  SUMMARY_PARTS,
  type Summary,
  type SummaryPart,
  type SummaryPartName,
  type SummaryRow,
} from "../engine/answer.js";
import { reportJson, writeForms } from "./answer.js";
import { showCell } from "./cell.js";
import { formatInstant, instantValue } from "./instant.js";
import type { JsonValue } from "./json.js";
import { formatDuration, plural, summaryFootLines } from "./notes.js";
import { scaleBytes, scaleCount } from "./scale.js";
import { type Cell, keyColumnKind, type Look, type OutputFormat, type Sheet } from "./sheet.js";

/** What a part is called over its rows, and what its rows are ordered by where that is not bytes. */
const titles: Readonly<Record<SummaryPartName, string>> = {
  actions: "action",
  protocols: "protocol",
  talkers: "top talkers (srcaddr)",
  services: "top services, by port",
  rejected_talkers: "rejected talkers, % of flows",
  rejected_services: "rejected services, % of flows",
  interfaces: "busiest interfaces",
};

/** The answer of `summary` as text, in pieces; CSV, TSV and NDJSON hold the rows of all its parts. */
export function writeSummary(answer: Summary, format: OutputFormat, look: Look): Generator<string> {
  const isForPeople = format === "table" || format === "markdown";
  const forms = {
    members: () => members(answer),
    objects: () => objects(answer),
    sheet: isForPeople ? page(answer) : rowSheet(answer),
    hasTable: answer.total.flows > 0n,
    ...(answer.input.records > 0 && { head: headLines(answer, look) }),
    foot: summaryFootLines(answer),
  };
  return writeForms(forms, format, look);
}

function* members(answer: Summary): Generator<readonly [string, JsonValue]> {
  const { first, last, ...sums } = answer.total;
  yield ["command", answer.command];
  yield ["total", { ...sums, first: instantValue(first), last: instantValue(last) }];
  yield ["coverage", answer.coverage];
  yield ["lost", answer.lost];
  for (const name of SUMMARY_PARTS) yield [name, partJson(answer.parts[name])];
  yield ["layouts", answer.layouts.map(({ fields, flows }) => ({ fields, flows }))];
  yield ["input", reportJson(answer.input)];
}

function partJson(part: SummaryPart | null): JsonValue {
  if (part === null) return null;
  const { by, groups, rows } = part;
  return {
    by,
    groups,
    rows: rows.map(({ key, bytes, packets, flows, percent }) => ({
      ...Object.fromEntries(by.map((name, i) => [name, key[i] as KeyValue])),
      bytes,
      packets,
      flows,
      percent,
    })),
  };
}

/** A row of any part, with the name of its part. Each part has one key, whose values stand in one column: as text. */
function* partRows(answer: Summary): Generator<{ part: string; name: string | null; row: SummaryRow }, undefined> {
  for (const part of SUMMARY_PARTS) {
    for (const row of answer.parts[part]?.rows ?? []) {
      const [value = null] = row.key;
      yield { part, name: value === null ? null : String(value), row };
    }
  }
}

function* objects(answer: Summary): Generator<JsonValue, undefined> {
  for (const { part, name, row } of partRows(answer)) yield { part, name, ...sumsOf(row) };
}

function sumsOf({ bytes, packets, flows, percent }: SummaryRow) {
  return { bytes, packets, flows, percent };
}

const sumColumns: Sheet["columns"] = [
  { name: "bytes", title: "bytes", kind: "bytes" },
  { name: "packets", title: "packets", kind: "count", drop: 2 },
  { name: "flows", title: "flows", kind: "count" },
  { name: "percent", title: "%", kind: "percent" },
];

function rowSheet(answer: Summary): Sheet {
  return {
    columns: [
      { name: "part", title: "part", kind: "text" },
      { name: "name", title: "name", kind: "text" },
      ...sumColumns,
    ],
    rows: {
      *[Symbol.iterator]() {
        for (const { part, name, row } of partRows(answer)) yield [part, name, ...Object.values(sumsOf(row))];
      },
    },
    foot: [],
  };
}

/** All parts under each other, in one table, so that figures stand in line. */
function page(answer: Summary): Sheet {
  const rows: Cell[][] = [];
  const blank = ["", "", "", "", ""];
  for (const name of SUMMARY_PARTS) {
    const part = answer.parts[name];
    if (part === null || part.rows.length === 0) continue;
    if (rows.length > 0) rows.push(["", ...blank]);
    const more = part.groups - part.rows.length;
    rows.push([`${titles[name]}${more > 0 ? `, ${more} more` : ""}`, ...blank]);
    for (const row of part.rows)
      rows.push([`  ${showKey(part, row.key)}`, ...Object.values(sumsOf(row)), row.percent ?? ""]);
  }
  return {
    columns: [
      { name: "name", title: "", kind: "text" },
      ...sumColumns,
      { name: "bar", title: "", kind: "bar", drop: 1 },
    ],
    rows,
    foot: [],
  };
}

function showKey({ by }: SummaryPart, key: readonly KeyValue[]): string {
  return key.map((value, i) => showCell(value, keyColumnKind(by[i] as string), true)).join("  ");
}

function headLines({ total, coverage, lost, layouts, input }: Summary, { exact }: Look): string[] {
  const { bytes, packets, flows, first, last } = total;
  const lines: string[] = [];
  if (first !== null) {
    const span = last === null ? `from ${formatInstant(first)}` : `${formatInstant(first)} to ${formatInstant(last)}`;
    lines.push(coverage === null ? span : `${span}; ${showCoverage(coverage)}`);
  }
  const sums = [
    `${exact ? flows : scaleCount(flows)} ${flows === 1n ? "flow" : "flows"}`,
    ...(bytes === null ? [] : [exact ? `${bytes} bytes` : scaleBytes(bytes)]),
    ...(packets === null ? [] : [`${exact ? packets : scaleCount(packets)} packets`]),
  ];
  lines.push(sums.join(", "));
  if (lost !== null && flows > 0n) lines.push(showLost(lost, exact));
  // A transit gateway's log has no interfaces, which is not to say that there were none.
  const namesInterfaces = input.interfaces > 0 || layouts.some(({ fields }) => fields.includes("interface_id"));
  lines.push(
    `${plural(input.records, "record")} in ${plural(input.sources, "input")}: ${plural(input.flows, "flow")}, ${input.nodata} NODATA, ${input.skipdata} SKIPDATA${input.other_status > 0 ? `, ${input.other_status} of another log_status` : ""}; ${plural(input.malformed, "malformed line")}${namesInterfaces ? `; ${plural(input.interfaces, "interface")}` : ""}`,
  );
  for (const { fields, flows: ofLayout } of layouts) {
    const which = layouts.length > 1 ? ` (${plural(ofLayout, "flow")})` : "";
    lines.push(`${plural(fields.length, "field")}${which}: ${fields.join(" ")}`);
  }
  return lines;
}

const reasons: Readonly<Record<keyof NonNullable<Summary["lost"]>, string>> = {
  packets_lost_no_route: "no route",
  packets_lost_blackhole: "black hole",
  packets_lost_mtu_exceeded: "MTU exceeded",
  packets_lost_ttl_expired: "TTL expired",
};

/** `packets lost: 6 no route, 4 MTU exceeded`; of reasons that the log tells, those that were met. */
function showLost(lost: NonNullable<Summary["lost"]>, exact: boolean): string {
  const known = Object.entries(lost).filter((entry): entry is [keyof typeof reasons, bigint] => entry[1] !== null);
  const met = known.filter(([, count]) => count > 0n);
  const counts = met.map(([field, count]) => `${exact ? count : scaleCount(count)} ${reasons[field]}`);
  return `packets lost: ${counts.join(", ") || (known.length > 0 ? "0" : "-")}`;
}

function showCoverage({ bins, covered, bin_seconds, longest_gap_seconds }: NonNullable<Summary["coverage"]>): string {
  const share = `flows in ${covered} of ${plural(bins, "bin")} of ${formatDuration(bin_seconds)}`;
  return longest_gap_seconds > 0 ? `${share}, longest gap ${formatDuration(longest_gap_seconds)}` : share;
}
