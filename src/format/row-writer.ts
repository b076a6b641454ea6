import type { Batch } from "../parse/batch.js";
import type { Selection } from "../parse/sort.js";
import { findField } from "../record/fields.js";
import { fieldIndex, type Layout } from "../record/layout.js";
import { fieldValue } from "../record/value.js";
import { escapeLines } from "./escape-lines.js";
import { FastRows } from "./fast-rows.js";
import { plainPaint } from "./paint.js";
import { defaultColumns, type RecordColumn, recordFormatter } from "./records.js";
import type { Look, OutputFormat } from "./sheet.js";

/** How records are shown: in a data format or a table, as lines of the log, or as their number alone. */
export type RecordFormat = OutputFormat | "log" | "count";

/** What a thread must know to write rows; plain data. */
export interface RowStyle {
  format: RecordFormat;
  /** null: the columns of the layout. */
  fields: readonly string[] | null;
  /** All digits instead of `4.1 MB`. */
  exact: boolean;
}

/**
 * Text of the first `count` selected rows, without what stands before, between and behind them all; see `RecordFrame`.
 * Each part of it holds until the next one is asked for.
 */
export type RowWriter = (batch: Batch, selection: Selection, count: number) => Iterable<Uint8Array>;

/**
 * @param firstLayout the layout that heads the whole answer, given the first one that this writer comes to
 * @param look        left out: as in a pipe
 */
export function rowWriter(
  { format, fields, exact }: RowStyle,
  firstLayout: (mine: Layout) => Layout,
  look: Look = { width: null, paint: plainPaint, exact, header: true },
): RowWriter {
  if (format === "count") return () => [];
  if (format === "log") return look.width === null ? plainLines : escapedLines;
  return sheetRows(format, fields, firstLayout, look);
}

function plainLines(batch: Batch, { rows }: Selection, count: number): Iterable<Uint8Array> {
  return batch.lines(batch.columns.kernel.words32(rows, count));
}

/** Only for a terminal are control characters escaped. */
function* escapedLines(batch: Batch, selection: Selection, count: number): Iterable<Uint8Array> {
  for (const lines of plainLines(batch, selection, count)) yield escapeLines(lines);
}

function sheetRows(
  format: OutputFormat,
  fields: readonly string[] | null,
  firstLayout: (mine: Layout) => Layout,
  look: Look,
): RowWriter {
  const perLayout = hasColumnsOfLayout(format, fields);
  const fast = FastRows.for(format);
  let columns = namedColumns(fields);
  let formatter = columns === null ? null : recordFormatter(format, columns, look, fields === null);
  return (batch, selection, count) => {
    const { layout } = batch;
    if (columns === null || perLayout) columns = columnsOf(perLayout ? layout : firstLayout(layout), format);
    formatter ??= recordFormatter(format, columns, look, fields === null);
    if (perLayout) formatter.setColumns(columns);
    const sources = columns.map(({ name }) => fieldIndex(layout, name));
    const { row: write } = formatter;
    const writeRow = (row: number) =>
      write(sources.map((i) => (i < 0 ? undefined : fieldValue(layout.fields[i]!.kind, batch.fieldText(row, i)))));
    if (fast !== null && columns.length >= 2) return fast.write(batch, selection, count, columns, writeRow);
    const rows = batch.columns.kernel.words32(selection.rows, count);
    return [Buffer.from(Array.from(rows, writeRow).join(""))];
  };
}

/** A record of JSON has the fields of its own layout; the other formats have one head for all. */
export function hasColumnsOfLayout(format: OutputFormat, fields: readonly string[] | null): boolean {
  return fields === null && (format === "json" || format === "ndjson");
}

/** The columns that the user has named; null: none. */
export function namedColumns(fields: readonly string[] | null): readonly RecordColumn[] | null {
  return fields?.map((name) => ({ name, kind: findField(name)?.kind ?? "text" })) ?? null;
}

/** The columns where the user has named none. */
export function columnsOf({ fields }: Layout, format: OutputFormat): readonly RecordColumn[] {
  return format === "table" || format === "markdown" ? defaultColumns(fields) : fields;
}
