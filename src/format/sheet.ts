import { type FieldKind, findAwsField } from "../record/fields.js";
import type { Decimal } from "./decimal.js";

export type OutputFormat = "table" | "json" | "ndjson" | "csv" | "tsv" | "markdown";

export const OUTPUT_FORMATS: readonly OutputFormat[] = ["table", "json", "ndjson", "csv", "tsv", "markdown"];

/** The colours of tables, or none. Each leaves the text's width as it is. */
export interface Paint {
  title(text: string): string;
  rule(text: string): string;
  note(text: string): string;
  cell(text: string, cell: Cell | undefined, kind: ColumnKind): string;
  /** What tells the lines of a chart apart; none where there are no colours. */
  lines: readonly ((text: string) => string)[];
}

/** How the reader's end wants a result to look. */
export interface Look {
  /** Columns of the terminal that reads along; null is a pipe or a file, where nothing is cut. */
  width: number | null;
  paint: Paint;
  /** All digits instead of `4.1 MB`. */
  exact: boolean;
  /** Whether CSV and TSV open with a line of names. */
  header: boolean;
}

/** One value of a row; null is a field logged as `-`, or a sum that cannot be made. */
export type Cell = string | number | bigint | Decimal | null;

/**
 * What a column's numbers stand for, which tables show and data formats do not: `number` is shown with all its digits,
 * `count` and `bytes` are scaled, `time` is Unix seconds, `bar` is a share in percent drawn as a bar.
 */
export type ColumnKind = "text" | "number" | "count" | "bytes" | "percent" | "time" | "protocol" | "action" | "bar";

export interface SheetColumn {
  /** In data formats. */
  name: string;
  /** Over the column in a table. */
  title: string;
  kind: ColumnKind;
  /** Which columns a narrow terminal goes without: 1 goes first, absent never. */
  drop?: number;
  /** Text that a narrow terminal shows on several lines. */
  wrap?: boolean;
}

/** A result as rows of cells: what tables, CSV and Markdown are made of. */
export interface Sheet {
  columns: readonly SheetColumn[];
  /** Gone through twice by a table, to measure and to print. */
  rows: Iterable<readonly Cell[]>;
  /** Rows that only people want: what is left, and the total. */
  foot: readonly (readonly Cell[])[];
}

/** Whether the column holds figures, which stand at its right. */
export function isRightAligned(kind: ColumnKind): boolean {
  return kind === "number" || kind === "count" || kind === "bytes" || kind === "percent";
}

/** How a field's values are shown. Counters are measures of a record; as the key of a group they are plain numbers. */
export function fieldColumnKind(name: string, kind: FieldKind): ColumnKind {
  if (name === "action") return "action";
  if (kind === "uint8") return "protocol";
  if (kind === "seconds") return "time";
  if (kind === "counter") return name === "bytes" ? "bytes" : "count";
  return kind === "uint16" || kind === "int32" ? "number" : "text";
}

/** As a key, a counter is a plain number: groups are told apart by every digit. */
export function keyColumnKind(name: string): ColumnKind {
  const field = findAwsField(name);
  if (field === undefined) return "text";
  return field.kind === "counter" ? "number" : fieldColumnKind(name, field.kind);
}
