import type { InputReport } from "../engine/answer.js";
import { escapeControls } from "../errors.js";
import type { Batch } from "../parse/batch.js";
import type { Selection } from "../parse/sort.js";
import { findAwsField, findField } from "../record/fields.js";
import { fieldIndex, formatHeader, type Layout } from "../record/layout.js";
import { fieldValue } from "../record/value.js";
import { FastRows } from "./fast-rows.js";
import { defaultColumns, type RecordColumn, type RecordFormatter, recordFormatter } from "./records.js";
import type { Look, OutputFormat } from "./sheet.js";

/** Turns selected rows into text, a batch at a time. */
export interface RecordWriter {
  /** True when the limit is reached: no more rows are wanted. */
  readonly isDone: boolean;
  write(batch: Batch, selection: Selection): string | Uint8Array;
  /** @param layouts all that were met, the first one first */
  finish(input: InputReport, layouts: readonly Layout[]): string;
}

/**
 * The lines as they stood, with a header in front wherever the layout changes: made to be fed on. Only for a terminal are
 * control characters escaped.
 */
export function logWriter(look: Look, limit: number): RecordWriter {
  const asShown = look.width === null ? (line: Uint8Array) => line : escapeLine;
  const headerOf = (layout: Layout) => asShown(Buffer.from(`${formatHeader(layout)}\n`));
  let layout: Layout | null = null;
  let left = limit === 0 ? Number.POSITIVE_INFINITY : limit;
  return {
    get isDone() {
      return left === 0;
    },
    write(batch, selection) {
      const lines: Uint8Array[] = [];
      if (layout?.key !== batch.layout.key) lines.push(headerOf(batch.layout));
      layout = batch.layout;
      const rows = rowsOf(batch, selection, left);
      for (const row of rows) lines.push(asShown(batch.line(row)), lineFeed);
      left -= rows.length;
      return Buffer.concat(lines);
    },
    finish: (_input, [first]) => (layout === null && first !== undefined ? headerOf(first).toString() : ""),
  };
}

const lineFeed = Buffer.from("\n");

/** Tabs and line ends do a terminal no harm. */
function escapeLine(line: Uint8Array): Buffer {
  const text = Buffer.from(line).toString();
  return Buffer.from(text.replaceAll(/[^\t\n]+/g, escapeControls));
}

interface SheetWriterOptions {
  format: OutputFormat;
  /** null: the columns of the layout. */
  fields: readonly string[] | null;
  look: Look;
  limit: number;
  note(text: string): void;
}

/** Rows of values in one of the data formats, or as a table. */
export function sheetWriter({ format, fields, look, limit, note }: SheetWriterOptions): RecordWriter {
  // A record of JSON has the fields of its own layout; the other formats have one head for all.
  const perLayout = fields === null && (format === "json" || format === "ndjson");
  let tellsFurther = fields === null && (format === "csv" || format === "tsv");
  let columns: readonly RecordColumn[] | null = fields?.map(namedColumn) ?? null;
  let formatter: RecordFormatter | null = null;
  const fast = FastRows.for(format);
  let left = limit === 0 ? Number.POSITIVE_INFINITY : limit;
  return {
    get isDone() {
      return left === 0;
    },
    write(batch, selection) {
      const { layout } = batch;
      if (columns === null || perLayout) columns = columnsOf(layout, format);
      let text = "";
      if (formatter === null) {
        formatter = recordFormatter(format, columns, look, fields === null);
        text = formatter.head();
      }
      if (perLayout) formatter.setColumns(columns);
      const further = tellsFurther ? furtherFields(columns, layout) : null;
      if (further !== null) {
        tellsFurther = false;
        note(further);
      }
      const sources = columns.map(({ name }) => fieldIndex(layout, name));
      const rows = rowsOf(batch, selection, left);
      const { row: write } = formatter;
      const writeRow = (row: number) =>
        write(sources.map((i) => (i < 0 ? undefined : fieldValue(layout.fields[i]!.kind, batch.fieldText(row, i)))));
      left -= rows.length;
      if (fast === null || columns.length < 2) return text + Array.from(rows, writeRow).join("");
      return Buffer.concat([Buffer.from(text), ...fast.write(batch, selection, rows.length, columns, writeRow)]);
    },
    finish(input, [first]) {
      if (formatter !== null) return formatter.foot(input, left === 0);
      const known = columns ?? (first === undefined ? [] : columnsOf(first, format));
      const empty = recordFormatter(format, known, look, fields === null);
      return empty.head() + empty.foot(input, false);
    },
  };
}

/** The selected rows, no more than are wanted. */
function rowsOf({ columns }: Batch, { rows, count }: Selection, wanted: number): Uint32Array {
  return columns.kernel.words32(rows, Math.min(count, wanted));
}

function namedColumn(name: string): RecordColumn {
  return { name, kind: findField(name)?.kind ?? "text" };
}

function columnsOf({ fields }: Layout, format: OutputFormat): readonly RecordColumn[] {
  return format === "table" || format === "markdown" ? defaultColumns(fields) : fields;
}

/** What a later layout has beyond the columns, and how to keep it; `--fields` takes only fields that flowlog knows. */
function furtherFields(columns: readonly RecordColumn[], layout: Layout): string | null {
  const further = layout.fields.filter(({ name }) => !columns.some((column) => column.name === name));
  if (further.length === 0) return null;
  const isKnown = ({ name }: RecordColumn) => findAwsField(name) !== undefined;
  const names = (fields: readonly RecordColumn[]) => fields.map(({ name }) => name).join(",");
  const all = [...columns, ...further];
  const unknown = names(all.filter((column) => !isKnown(column)));
  const way = further.some(isKnown) ? `--fields ${names(all.filter(isKnown))}` : "-o ndjson";
  const rest = further.some(isKnown) && unknown !== "" ? `; to keep ${unknown} too: -o ndjson` : "";
  return `a later layout has further fields, which are left out; to keep them: ${way}${rest}`;
}
