import type { InputReport } from "../engine/answer.js";
import { escapeControls } from "../errors.js";
import { type FieldKind, findAwsField } from "../record/fields.js";
import { showCell } from "./cell.js";
import { lineWriter } from "./csv.js";
import { writeString } from "./json.js";
import { markdownCell, markdownHead, markdownLine } from "./markdown.js";
import { recordFootLines } from "./notes.js";
import { plainPaint } from "./paint.js";
import { type Cell, type ColumnKind, fieldColumnKind, isRightAligned, type Look, type OutputFormat } from "./sheet.js";
import { displayWidth, pad, wrapWords } from "./width.js";

/** A column of records: a field of a layout. */
export interface RecordColumn {
  readonly name: string;
  readonly kind: FieldKind;
}

/** One value for each column; undefined is a field that the record's layout lacks. */
export type RecordCells = readonly (Cell | undefined)[];

/**
 * Text of records as they come: `head`, then a `row` for each, the first without `between`, then `foot`. Without columns,
 * where no layout was met, only JSON has a head.
 */
export interface RecordFormatter {
  /** What each row begins with that divides it from the one before. */
  readonly between: string;
  head(): string;
  row(cells: RecordCells): string;
  /** From here on rows have these columns, where each record names its own (JSON); elsewhere the head stands. */
  setColumns(columns: readonly RecordColumn[]): void;
  /** @param stoppedAt the limit, where it has ended the reading, so that nothing is known of the rest; else null */
  foot(input: InputReport, stoppedAt: number | null): string;
}

const defaultTableColumns: readonly string[] = [
  ...["start", "action", "protocol", "srcaddr", "srcport", "dstaddr", "dstport", "packets", "bytes", "interface_id"],
];

/** The columns of a table whose user named none: the ten that matter most, those present; of a log without any, all. */
export function defaultColumns<Column extends RecordColumn>(columns: readonly Column[]): Column[] {
  const present = defaultTableColumns.flatMap((name) => columns.find((column) => column.name === name) ?? []);
  return present.length > 0 ? present : [...columns];
}

/**
 * @param fit whether a narrow terminal may go without the last columns; not where the user named them
 */
export function recordFormatter(
  format: OutputFormat,
  columns: readonly RecordColumn[],
  look: Look,
  fit = true,
): RecordFormatter {
  switch (format) {
    case "json":
      return jsonFormatter(columns);
    case "ndjson":
      return ndjsonFormatter(columns);
    case "csv":
    case "tsv":
      return delimitedFormatter(format, columns, look);
    case "markdown":
      return markdownFormatter(columns, look);
    case "table":
      return tableFormatter(columns, look, fit);
  }
}

function jsonFormatter(columns: readonly RecordColumn[]): RecordFormatter {
  let write = objectWriter(columns);
  return {
    between: ",",
    head: () => "[",
    setColumns(next) {
      write = objectWriter(next);
    },
    row: (cells) => `,\n${write(cells)}`,
    foot: ({ matched }) => (matched === 0 ? "]\n" : "\n]\n"),
  };
}

function ndjsonFormatter(columns: readonly RecordColumn[]): RecordFormatter {
  let write = objectWriter(columns);
  return {
    between: "",
    head: () => "",
    setColumns(next) {
      write = objectWriter(next);
    },
    row: (cells) => `${write(cells)}\n`,
    foot: () => "",
  };
}

/** Names are made JSON once. Going through `writeJson` for each record would take twice as long. */
function objectWriter(columns: readonly RecordColumn[]): (cells: RecordCells) => string {
  const names = columns.map((column) => `${writeString(column.name)}:`);
  return (cells) => {
    let text = "{";
    for (let i = 0; i < names.length; i++) {
      const cell = cells[i];
      if (cell === undefined) continue;
      if (text.length > 1) text += ",";
      text += names[i]! + (typeof cell === "string" ? writeString(cell) : cell);
    }
    return `${text}}`;
  };
}

function delimitedFormatter(format: "csv" | "tsv", columns: readonly RecordColumn[], look: Look): RecordFormatter {
  const write = lineWriter(format, look.width !== null);
  const head = () => (look.header && columns.length > 0 ? write(columns.map((column) => column.name)) : "");
  return { between: "", head, setColumns() {}, row: write, foot: () => "" };
}

function markdownFormatter(columns: readonly RecordColumn[], look: Look): RecordFormatter {
  const kinds = columns.map((column) => fieldColumnKind(column.name, column.kind));
  return {
    between: "",
    setColumns() {},
    head: () => (columns.length === 0 ? "" : markdownHead(columns.map(({ name }, i) => ({ name, kind: kinds[i]! })))),
    row: (cells) => markdownLine(kinds.map((kind, i) => markdownCell(cells[i], kind, look.exact))),
    foot: (input, stoppedAt) => {
      const lines = recordFootLines(input, stoppedAt).map((line) => `- ${line}\n`);
      return `${columns.length === 0 ? "" : "\n"}${lines.join("")}`;
    },
  };
}

interface TableColumn {
  /** Its place in the rows. */
  index: number;
  title: string;
  kind: ColumnKind;
  width: number;
}

/** Rows are shown as they come, so widths are fixed: a longer value is never cut, it pushes the rest of its line. */
function tableFormatter(all: readonly RecordColumn[], look: Look, fit: boolean): RecordFormatter {
  const { columns, gap, dropped } = fitColumns(all, look, fit);
  const { paint } = look;
  const titles = columns.map(({ title }) => title);
  return {
    between: "",
    setColumns() {},
    head: () => {
      if (columns.length === 0) return "";
      const rule = columns.map((column) => "─".repeat(column.width)).join(gap);
      return `${layLine(
        columns,
        gap,
        titles,
        titles.map((title) => paint.title(title)),
      )}${paint.rule(rule)}\n`;
    },
    row: (cells) => {
      const texts = columns.map(({ index, kind }) => showField(cells[index], kind, look.exact));
      if (paint === plainPaint) return layLine(columns, gap, texts, texts);
      const painted = columns.map(({ index, kind }, i) =>
        texts[i] === "" ? "" : paint.cell(texts[i]!, cells[index], kind),
      );
      return layLine(columns, gap, texts, painted);
    },
    foot: (input, stoppedAt) => {
      const lines = recordFootLines(input, stoppedAt);
      if (dropped.length > 0) lines.push(`no room for ${dropped.join(", ")}`);
      return `${columns.length === 0 ? "" : "\n"}${lines
        .flatMap((note) => wrapWords(note, look.width))
        .map((line) => `${paint.note(line)}\n`)
        .join("")}`;
    },
  };
}

function showField(cell: Cell | undefined, kind: ColumnKind, exact: boolean): string {
  return cell === undefined ? "" : showCell(cell, kind, exact);
}

/** The texts of a line in their columns; what is printed for each is `painted`. No blanks stand at its end. */
function layLine(
  columns: readonly TableColumn[],
  gap: string,
  texts: readonly string[],
  painted: readonly string[],
): string {
  let line = "";
  const last = columns.length - 1;
  for (let i = 0; i <= last; i++) {
    const { kind, width } = columns[i]!;
    const right = isRightAligned(kind);
    line += i < last || right ? pad(texts[i]!, width, right, painted[i]!) : painted[i]!;
    if (i < last) line += gap;
  }
  return line.endsWith(" ") ? `${line.replace(/ +$/, "")}\n` : `${line}\n`;
}

/**
 * What fits on the terminal: first with the fields' full names, then with their short ones, then with a single blank
 * between columns, and then without the last column. The default columns stand in the order of their worth, so that
 * 80 columns keep time, action and both ends of a flow.
 */
function fitColumns(
  all: readonly RecordColumn[],
  look: Look,
  fit: boolean,
): { columns: TableColumn[]; gap: string; dropped: string[] } {
  const make = (short: boolean) => all.map((column, index) => tableColumn(column, index, short, look.exact));
  const widthOf = (columns: readonly TableColumn[], gap: string) =>
    columns.reduce((sum, column) => sum + column.width + gap.length, -gap.length);
  if (look.width !== null) {
    for (let count = all.length; count > (fit ? 0 : all.length - 1); count--) {
      for (const { columns, gap } of [
        { columns: make(false), gap: "  " },
        { columns: make(true), gap: "  " },
        { columns: make(true), gap: " " },
      ]) {
        const kept = columns.slice(0, count);
        if (widthOf(kept, gap) <= look.width || (fit && count === 1 && gap === " ")) {
          return { columns: kept, gap, dropped: all.slice(count).map((column) => column.name) };
        }
      }
    }
  }
  return { columns: make(false), gap: "  ", dropped: [] };
}

function tableColumn(column: RecordColumn, index: number, short: boolean, exact: boolean): TableColumn {
  const title = (short ? findAwsField(column.name)?.short : null) ?? escapeControls(column.name);
  const kind = fieldColumnKind(column.name, column.kind);
  return { index, title, kind, width: Math.max(displayWidth(title), usualWidth(column, kind, exact)) };
}

// IPv6 addresses would take 39, and two such columns leave no room for anything else in the many logs without them.
const addressWidth = 15;

/** Ids in the form that AWS has given out since 2016: 17 digits after the prefix. */
const idWidths: readonly (readonly [suffix: string, width: number])[] = [
  ["interface_id", 21],
  ["eni", 21],
  ["vpc_id", 21],
  ["subnet_id", 24],
  ["instance_id", 19],
  ["attachment_id", 30],
  ["tgw_id", 21],
  ["account_id", 12],
  ["az_id", 8],
  ["region", 14],
];

function usualWidth({ name, kind }: RecordColumn, columnKind: ColumnKind, exact: boolean): number {
  if (kind === "address") return addressWidth;
  switch (columnKind) {
    case "time":
      return 20;
    case "action":
      return 6;
    case "protocol":
      return 4;
    case "number":
      return 5;
    case "bytes":
      return exact ? 12 : 7;
    case "count":
      return exact ? 9 : 6;
    default:
      return idWidths.find(([suffix]) => name.endsWith(suffix))?.[1] ?? 12;
  }
}
