import type { Aggregate, AggregateRow, Sum } from "../engine/answer.js";
import { isQuotient } from "../engine/metric-value.js";
import type { Metric } from "../query/metric.js";
import { findField } from "../record/fields.js";
import { keyNames, reportJson, writeForms } from "./answer.js";
import { Decimal } from "./decimal.js";
import { instantValue } from "./instant.js";
import type { JsonValue } from "./json.js";
import { aggregateFootLines } from "./notes.js";
import {
  type Cell,
  type ColumnKind,
  fieldColumnKind,
  keyColumnKind,
  type Look,
  type OutputFormat,
  type Sheet,
} from "./sheet.js";

/** The answer of `aggregate` as text, in pieces; CSV, TSV and NDJSON hold its rows only. */
export function writeAggregate(answer: Aggregate, format: OutputFormat, look: Look): Generator<string> {
  const forms = {
    members: () => members(answer),
    objects: () => objects(answer),
    sheet: aggregateSheet(answer),
    hasTable: answer.rows.length > 0,
    foot: aggregateFootLines(answer),
  };
  return writeForms(forms, format, look);
}

function* members(answer: Aggregate): Generator<readonly [string, JsonValue | IterableIterator<JsonValue>]> {
  const names = answer.metrics.map(({ name }) => name);
  yield ["command", answer.command];
  yield ["by", keyNames(answer.by, names)];
  yield ["metrics", names];
  yield ["rows", objects(answer)];
  const { groups, metrics } = answer.total;
  yield ["total", new Map<string, JsonValue>([["groups", groups], ...named(names, metricCells(answer, metrics))])];
  yield ["input", reportJson(answer.input)];
}

function* objects(answer: Aggregate): Generator<JsonValue, undefined> {
  const metricNames = answer.metrics.map(({ name }) => name);
  const names = [...keyNames(answer.by, metricNames), ...metricNames];
  for (const row of answer.rows) yield new Map(named(names, rowCells(answer, row)));
}

function named(names: readonly string[], cells: readonly Cell[]): [string, JsonValue][] {
  return names.map((name, i) => [name, cells[i] as Cell]);
}

function rowCells(answer: Aggregate, { key, metrics }: AggregateRow): Cell[] {
  return [...key, ...metricCells(answer, metrics)];
}

function metricCells({ metrics }: Aggregate, values: readonly Sum[]): Cell[] {
  return metrics.map((metric, i) => metricCell(metric, values[i] ?? null));
}

function metricCell(metric: Metric, value: Sum): Cell {
  if (value === null) return null;
  if (isQuotient(metric)) return new Decimal(value);
  return metric.kind === "first" || metric.kind === "last" ? instantValue(value) : value;
}

function aggregateSheet(answer: Aggregate): Sheet {
  const { by, metrics, rows, total } = answer;
  const names = metrics.map(({ name }) => name);
  const [, ...otherKeys] = by.map(() => "");
  return {
    columns: [
      ...keyNames(by, names).map((name, i) => ({ name, title: name, kind: keyColumnKind(by[i] as string) })),
      ...metrics.map((metric) => ({ name: metric.name, title: metric.name, kind: metricColumnKind(metric) })),
    ],
    rows: {
      *[Symbol.iterator]() {
        for (const row of rows) yield rowCells(answer, row);
      },
    },
    // Of one group, the total would say the same again.
    foot: by.length > 0 ? [["Total", ...otherKeys, ...metricCells(answer, total.metrics)]] : [],
  };
}

function metricColumnKind(metric: Metric): ColumnKind {
  switch (metric.kind) {
    case "flows":
    case "distinct":
    case "bps":
    case "pps":
      return "count";
    case "first":
    case "last":
      return "text";
    case "duration":
      return "number";
    case "bpp":
      return "bytes";
    case "min":
    case "max":
    case "sum":
    case "avg": {
      const kind = findField(metric.field)?.kind;
      if (kind === "counter") return metric.field === "bytes" ? "bytes" : "count";
      const isTime = kind === "seconds" && (metric.kind === "min" || metric.kind === "max");
      return isTime ? fieldColumnKind(metric.field, "seconds") : "number";
    }
  }
}
