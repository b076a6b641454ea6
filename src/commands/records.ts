import type { InputReport } from "../engine/answer.js";
import { defaultColumns, type RecordColumn, type RecordFormatter, recordFormatter } from "../format/records.js";
import type { Look, OutputFormat } from "../format/sheet.js";
import type { Batch } from "../parse/batch.js";
import type { Selection } from "../parse/sort.js";
import { findField } from "../record/fields.js";
import { fieldIndex, formatHeader, type Layout } from "../record/layout.js";
import { fieldValue } from "../record/value.js";

/** Turns selected rows into text, a batch at a time. */
export interface RecordWriter {
  /** True when the limit is reached: no more rows are wanted. */
  readonly isDone: boolean;
  write(batch: Batch, selection: Selection): string | Uint8Array;
  /** @param layouts all that were met, the first one first */
  finish(input: InputReport, layouts: readonly Layout[]): string;
}

/** The lines as they stood, with a header in front wherever the layout changes: made to be fed on. */
export function logWriter(limit: number): RecordWriter {
  let layout: Layout | null = null;
  let left = limit === 0 ? Number.POSITIVE_INFINITY : limit;
  return {
    get isDone() {
      return left === 0;
    },
    write(batch, selection) {
      const lines: Uint8Array[] = [];
      if (layout?.key !== batch.layout.key) lines.push(Buffer.from(`${formatHeader(batch.layout)}\n`));
      layout = batch.layout;
      const rows = rowsOf(batch, selection, left);
      for (const row of rows) lines.push(batch.line(row), lineFeed);
      left -= rows.length;
      return Buffer.concat(lines);
    },
    finish: (_input, [first]) => (layout === null && first !== undefined ? `${formatHeader(first)}\n` : ""),
  };
}

const lineFeed = Buffer.from("\n");

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
  // A record of JSON has the fields of its own layout; the other formats have one head line for all.
  const perLayout = fields === null && (format === "json" || format === "ndjson");
  let left = limit === 0 ? Number.POSITIVE_INFINITY : limit;
  let formatter: RecordFormatter | null = null;
  let columns: readonly RecordColumn[] = [];
  let layout: Layout | null = null;
  let furtherTold = false;

  const tellFurtherFields = (next: Layout) => {
    const further = next.fields.filter(({ name }) => !columns.some((column) => column.name === name));
    if (furtherTold || further.length === 0 || format === "table" || format === "markdown") return;
    furtherTold = true;
    const names = [...columns, ...further].map(({ name }) => name).join(",");
    note(`a later layout has further fields, which are left out; to keep them: --fields ${names}`);
  };
  const begin = (first: Layout | null) => {
    columns = columnsFor(first, format, fields);
    formatter = recordFormatter(format, columns, look, fields === null);
    return formatter;
  };
  const turnTo = (next: Layout) => {
    if (formatter !== null && layout?.key !== next.key) {
      if (perLayout) formatter.setColumns(next.fields);
      else if (fields === null) tellFurtherFields(next);
    }
    layout = next;
    return formatter ?? begin(next);
  };
  return {
    get isDone() {
      return left === 0;
    },
    write(batch, selection) {
      let text = formatter === null ? begin(batch.layout).head() : "";
      const { row: write } = turnTo(batch.layout);
      const { fields: all } = batch.layout;
      const sources = (perLayout ? all : columns).map(({ name }) => fieldIndex(batch.layout, name));
      const rows = rowsOf(batch, selection, left);
      left -= rows.length;
      for (const row of rows) {
        text += write(sources.map((i) => (i < 0 ? undefined : fieldValue(all[i]!.kind, batch.fieldText(row, i)))));
      }
      return text;
    },
    finish(input, [first]) {
      const head = formatter === null ? begin(first ?? null).head() : "";
      return head + formatter!.foot(input, left === 0);
    },
  };
}

/** The selected rows, no more than are wanted. */
function rowsOf({ columns }: Batch, { rows, count }: Selection, wanted: number): Uint32Array {
  return columns.kernel.words32(rows, Math.min(count, wanted));
}

function columnsFor(layout: Layout | null, format: OutputFormat, fields: readonly string[] | null): RecordColumn[] {
  if (fields !== null) return fields.map((name) => ({ name, kind: findField(name)?.kind ?? "text" }));
  if (layout === null) return [];
  return format === "table" || format === "markdown" ? defaultColumns(layout.fields) : [...layout.fields];
}
