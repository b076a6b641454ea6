import type { RankedGroup, Ranking } from "../engine/answer.js";
import { keyNames, reportJson, writeForms } from "./answer.js";
import type { JsonValue } from "./json.js";
import { footLines } from "./notes.js";
import { type Cell, keyColumnKind, type Look, type OutputFormat, type Sheet } from "./sheet.js";

/** The whole answer of `top-talkers` as text that ends in a line end; CSV, TSV and NDJSON hold its rows only. */
export function formatRanking(answer: Ranking, format: OutputFormat, look: Look): string {
  return [...writeRanking(answer, format, look)].join("");
}

/** The same in pieces, for all groups of a large log. */
export function writeRanking(answer: Ranking, format: OutputFormat, look: Look): Generator<string> {
  const forms = {
    members: () => members(answer),
    objects: () => rowObjects(answer),
    sheet: rankingSheet(answer),
    hasTable: answer.total.flows > 0n,
    foot: footLines(answer),
  };
  return writeForms(forms, format, look);
}

function* members(answer: Ranking): Generator<readonly [string, JsonValue | IterableIterator<JsonValue>]> {
  const { others, total } = answer;
  yield ["command", answer.command];
  yield ["by", keyNames(answer.by, taken)];
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

const taken = ["rank", "bytes", "packets", "flows", "percent", "cumulative_percent"];

function columnNames(answer: Ranking): string[] {
  return ["rank", ...keyNames(answer.by, taken), ...taken.slice(1)];
}

function rowCells(row: RankedGroup): Cell[] {
  return [row.rank, ...row.key, row.bytes, row.packets, row.flows, row.percent, row.cumulative_percent];
}

function rankingSheet(answer: Ranking): Sheet {
  const { by, others, total } = answer;
  const otherKeys = by.slice(1).map(() => "");
  const rest = [others.bytes, others.packets, others.flows, others.percent, "", others.percent];
  return {
    columns: [
      { name: "rank", title: "#", kind: "number" },
      ...keyNames(by, taken).map((name, index) => ({ name, title: name, kind: keyColumnKind(by[index]!) })),
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
