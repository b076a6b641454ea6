import type { InputReport } from "../engine/answer.js";
import { findAwsField } from "../record/fields.js";
import { formatHeader, type Layout } from "../record/layout.js";
import { escapeLines } from "./escape-lines.js";
import { type RecordColumn, recordFormatter } from "./records.js";
import { columnsOf, hasColumnsOfLayout, namedColumns, type RowStyle } from "./row-writer.js";
import type { Look, OutputFormat } from "./sheet.js";

/** What stands around the rows of an answer: all that depends on the rows before. */
export interface RecordFrame {
  /** What stands in front of the next rows, which are of this layout. */
  before(layout: Layout): string;
  /** The next rows as they are to stand behind those before. */
  rows(text: Uint8Array): Uint8Array;
  /**
   * @param layouts   all that were met, the first one first
   * @param stoppedAt the limit, where it has ended the reading, so that nothing is known of the rest; else null
   */
  finish(input: InputReport, layouts: readonly Layout[], stoppedAt: number | null): string;
}

/** @param note is told what a later layout has beyond the columns */
export function recordFrame({ format, fields }: RowStyle, look: Look, note: (text: string) => void): RecordFrame {
  if (format === "count") return countFrame;
  return format === "log" ? logFrame(look) : sheetFrame(format, fields, look, note);
}

/** Nothing but the number of records that would be shown. */
const countFrame: RecordFrame = {
  before: () => "",
  rows: (text) => text,
  finish: ({ matched }, _layouts, stoppedAt) => `${stoppedAt ?? matched}\n`,
};

/** Lines as they stood, with a header in front wherever the layout changes: made to be fed on. */
function logFrame(look: Look): RecordFrame {
  const headerOf = (layout: Layout) => {
    const header = `${formatHeader(layout)}\n`;
    return look.width === null ? header : escapeLines(Buffer.from(header)).toString();
  };
  let last: Layout | null = null;
  return {
    before(layout) {
      const isNew = last?.key !== layout.key;
      last = layout;
      return isNew ? headerOf(layout) : "";
    },
    rows: (text) => text,
    finish: (_input, [first]) => (last === null && first !== undefined ? headerOf(first) : ""),
  };
}

/** Rows of values in one of the data formats, or as a table. */
function sheetFrame(
  format: OutputFormat,
  fields: readonly string[] | null,
  look: Look,
  note: (text: string) => void,
): RecordFrame {
  const formatterOf = (columns: readonly RecordColumn[]) => recordFormatter(format, columns, look, fields === null);
  const hasOneHead = !hasColumnsOfLayout(format, fields);
  let columns = namedColumns(fields);
  let tellsFurther = fields === null && (format === "csv" || format === "tsv");
  let formatter = columns === null ? null : formatterOf(columns);
  let begun = false;
  let hasRows = false;
  let last: Layout | null = null;
  return {
    before(layout) {
      columns ??= columnsOf(layout, format);
      formatter ??= formatterOf(columns);
      const head = begun ? "" : formatter.head();
      begun = true;
      if (tellsFurther && hasOneHead && layout.key !== last?.key) {
        const further = furtherFields(columns, layout);
        tellsFurther = further === null;
        if (further !== null) note(further);
      }
      last = layout;
      return head;
    },
    rows(text) {
      if (hasRows || text.length === 0) return text;
      hasRows = true;
      return text.subarray(formatter?.between.length);
    },
    finish(input, [first], stoppedAt) {
      if (begun && formatter !== null) return formatter.foot(input, stoppedAt);
      const known = columns ?? (first === undefined ? [] : columnsOf(first, format));
      const empty = formatterOf(known);
      return empty.head() + empty.foot(input, stoppedAt);
    },
  };
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
