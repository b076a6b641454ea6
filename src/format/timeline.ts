import type { KeyValue, Timeline, TimelineRow } from "../engine/answer.js";
import { keyNames, reportJson, writeForms } from "./answer.js";
import { drawTimeline } from "./chart.js";
import { instantValue } from "./instant.js";
import type { JsonValue } from "./json.js";
import { timelineFootLines } from "./notes.js";
import { type Cell, keyColumnKind, type Look, type OutputFormat, type Sheet } from "./sheet.js";

const sums = ["bytes", "packets", "flows"] as const;
const taken = ["time", ...sums];

/** Under a chart, a longer table would only push it off the screen. */
const mostRowsUnderChart = 60;

/** The answer of `timeline` as text, in pieces; CSV, TSV and NDJSON hold its rows only. Where a terminal reads along, with a chart. */
export function writeTimeline(answer: Timeline, format: OutputFormat, look: Look): Generator<string> {
  const hasFlows = answer.total.flows > 0n;
  const hasChart = format === "table" && look.width !== null && hasFlows;
  const rows = answer.bins * answer.series.length;
  const isLong = hasChart && rows > mostRowsUnderChart;
  const forms = {
    members: () => members(answer),
    objects: () => objects(answer),
    sheet: timelineSheet(answer),
    hasTable: hasFlows && !isLong,
    ...(hasChart && { chart: drawTimeline(answer, look.width as number, look) }),
    foot: [
      ...(isLong ? [`${rows} rows are too many to be shown under the chart: -o csv has them, as has a pipe`] : []),
      ...timelineFootLines(answer),
    ],
  };
  return writeForms(forms, format, look);
}

function* members(answer: Timeline): Generator<readonly [string, JsonValue | IterableIterator<JsonValue>]> {
  const { total } = answer;
  yield ["command", answer.command];
  yield ["by", keyNames(answer.by, taken)];
  yield ["metric", answer.metric];
  yield ["metrics", sums];
  yield ["bin_seconds", answer.bin_seconds];
  yield ["rows", objects(answer)];
  yield ["total", { groups: total.groups, bytes: total.bytes, packets: total.packets, flows: total.flows }];
  yield ["input", reportJson(answer.input)];
}

function* objects(answer: Timeline): Generator<JsonValue, undefined> {
  const names = ["time", ...keyNames(answer.by, taken), ...sums];
  for (const row of answer.rows) {
    const cells = rowCells(answer, row);
    yield new Map(names.map((name, i) => [name, cells[i] as Cell]));
  }
}

function rowCells({ by }: Timeline, { time, key, bytes, packets, flows }: TimelineRow): Cell[] {
  return [instantValue(time), ...seriesCells(by, key), bytes, packets, flows];
}

/** What all other groups are together stands in the place of each key. */
function seriesCells(by: readonly string[], key: readonly KeyValue[] | null): readonly KeyValue[] {
  return key ?? by.map(() => "others");
}

function timelineSheet(answer: Timeline): Sheet {
  const { by, total } = answer;
  return {
    columns: [
      { name: "time", title: "time", kind: "text" },
      ...keyNames(by, taken).map((name, i) => ({ name, title: name, kind: keyColumnKind(by[i] as string) })),
      { name: "bytes", title: "bytes", kind: "bytes" },
      { name: "packets", title: "packets", kind: "count" },
      { name: "flows", title: "flows", kind: "count" },
    ],
    rows: {
      *[Symbol.iterator]() {
        for (const row of answer.rows) yield rowCells(answer, row);
      },
    },
    foot: [["Total", ...by.map(() => ""), total.bytes, total.packets, total.flows]],
  };
}
