import type { InputReport, RankedGroup, Ranking } from "../engine/answer.js";
import { findAwsField } from "../record/fields.js";
import { writeDelimited } from "./csv.js";
import { instantValue } from "./instant.js";
import { type JsonValue, writeDocument, writeJson } from "./json.js";
import { writeMarkdown } from "./markdown.js";
import { footLines } from "./notes.js";
import { type Cell, type ColumnKind, fieldColumnKind, type Look, type OutputFormat, type Sheet } from "./sheet.js";
import { writeTable } from "./table.js";
import { wrapWords } from "./width.js";

/** The whole answer of `top-talkers` as text that ends in a line end; CSV, TSV and NDJSON hold its rows only. */
export function formatRanking(answer: Ranking, format: OutputFormat, look: Look): string {
  return [...writeRanking(answer, format, look)].join("");
}

/** The same in pieces, for all groups of a large log: together they may be longer than a string can be. */
export function* writeRanking(answer: Ranking, format: OutputFormat, look: Look): Generator<string> {
  switch (format) {
    case "json":
      yield* writeDocument(members(answer));
      return;
    case "ndjson":
      for (const row of rowObjects(answer)) yield `${writeJson(row)}\n`;
      return;
    case "csv":
    case "tsv":
      yield* writeDelimited(rankingSheet(answer), format, look);
      return;
    case "markdown":
      if (answer.total.flows > 0n) yield `${writeMarkdown(rankingSheet(answer), look)}\n`;
      // Lines of Markdown run together; items of a list do not.
      for (const line of footLines(answer)) yield `- ${line}\n`;
      return;
    case "table": {
      if (answer.total.flows > 0n) {
        yield* writeTable(rankingSheet(answer), look);
        yield "\n";
      }
      const { paint } = look;
      for (const note of footLines(answer)) {
        for (const line of wrapWords(note, look.width)) yield `${paint.note(line)}\n`;
      }
    }
  }
}

/** What the run met, as JSON shows it: keys in the contract's order, times in ISO 8601. */
export function reportJson(input: InputReport): { [Name in keyof InputReport]: JsonValue } {
  return {
    sources: input.sources,
    failed: input.failed,
    skipped: input.skipped,
    complete: input.complete,
    lines: input.lines,
    headers: input.headers,
    blank: input.blank,
    comments: input.comments,
    records: input.records,
    malformed: input.malformed,
    nodata: input.nodata,
    skipdata: input.skipdata,
    other_status: input.other_status,
    flows: input.flows,
    matched: input.matched,
    unanswerable: input.unanswerable,
    interfaces: input.interfaces,
    first: instantValue(input.first),
    last: instantValue(input.last),
  };
}

function* members(answer: Ranking): Generator<readonly [string, JsonValue | IterableIterator<JsonValue>]> {
  const { others, total } = answer;
  yield ["command", answer.command];
  yield ["by", keyNames(answer.by)];
  yield ["metric", answer.metric];
  yield ["rows", rowObjects(answer)];
  yield ["others", { groups: others.groups, ...sumsOf(others), percent: others.percent }];
  yield ["total", { groups: total.groups, ...sumsOf(total) }];
  yield ["input", reportJson(answer.input)];
}

function* rowObjects(answer: Ranking): Generator<JsonValue, undefined> {
  const names = columnNames(answer);
  for (const row of answer.rows) {
    const cells = rowCells(row);
    yield new Map(names.map((name, index) => [name, cells[index]!]));
  }
}

function sumsOf<Sums extends Pick<RankedGroup, "bytes" | "packets" | "flows">>({ bytes, packets, flows }: Sums) {
  return { bytes, packets, flows };
}

const measures = ["bytes", "packets", "flows", "percent", "cumulative_percent"];

function columnNames(answer: Ranking): string[] {
  return ["rank", ...keyNames(answer.by), ...measures];
}

function rowCells(row: RankedGroup): Cell[] {
  return [row.rank, ...row.key, row.bytes, row.packets, row.flows, row.percent, row.cumulative_percent];
}

/** A key `bytes` stands beside the sum of that name, and an unknown column of a log may be called anything. */
function keyNames(by: readonly string[]): string[] {
  return by.map((name) => (name === "rank" || measures.includes(name) ? `${name}_key` : name));
}

function rankingSheet(answer: Ranking): Sheet {
  const { by, others, total } = answer;
  const otherKeys = by.slice(1).map(() => "");
  const rest = [others.bytes, others.packets, others.flows, others.percent, "", others.percent];
  return {
    columns: [
      { name: "rank", title: "#", kind: "number" },
      ...keyNames(by).map((name, index) => ({ name, title: name, kind: keyColumnKind(by[index]!) })),
      { name: "bytes", title: "bytes", kind: "bytes" },
      { name: "packets", title: "packets", kind: "count", drop: 3 },
      { name: "flows", title: "flows", kind: "count" },
      { name: "percent", title: "%", kind: "percent" },
      { name: "cumulative_percent", title: "cum %", kind: "percent", drop: 2 },
      { name: "bar", title: "", kind: "bar", drop: 1 },
    ],
    rows: { [Symbol.iterator]: () => sheetRows(answer) },
    foot: [
      ...(others.groups > 0 ? [["", `Others (${others.groups})`, ...otherKeys, ...rest]] : []),
      ["", "Total", ...otherKeys, total.bytes, total.packets, total.flows, "", "", null],
    ],
  };
}

function* sheetRows({ rows }: Ranking): Generator<Cell[], undefined> {
  for (const row of rows) yield [...rowCells(row), row.percent];
}

/** As a key, a counter is a plain number: groups are told apart by every digit. */
function keyColumnKind(name: string): ColumnKind {
  const field = findAwsField(name);
  if (field === undefined) return "text";
  return field.kind === "counter" ? "number" : fieldColumnKind(name, field.kind);
}
