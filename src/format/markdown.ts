import { markdownTable } from "markdown-table";
import { escapeControls } from "../errors.js";
import { showCell } from "./cell.js";
import { type Cell, type ColumnKind, isRightAligned, type Look, type Sheet } from "./sheet.js";
import { displayWidth } from "./width.js";

/** A sheet as a Markdown table (GFM), padded so that its source reads well too; bars are left out. */
export function writeMarkdown(sheet: Sheet, look: Look): string {
  const shown = sheet.columns.flatMap((column, index) => (column.kind === "bar" ? [] : [{ ...column, index }]));
  const lines = [...sheet.rows, ...sheet.foot].map((row) =>
    shown.map(({ kind, index }) => markdownCell(row[index] ?? null, kind, look.exact)),
  );
  const table = markdownTable([shown.map((column) => escapeMarkdown(column.title)), ...lines], {
    align: shown.map((column) => (isRightAligned(column.kind) ? "right" : "left")),
    stringLength: displayWidth,
  });
  return `${table}\n`;
}

/** The two lines that open a table whose rows come as they come. */
export function markdownHead(columns: readonly { name: string; kind: ColumnKind }[]): string {
  const rules = columns.map((column) => (isRightAligned(column.kind) ? "--:" : ":--"));
  return `${markdownLine(columns.map((column) => escapeMarkdown(escapeControls(column.name))))}${markdownLine(rules)}`;
}

export function markdownLine(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |\n`;
}

/** A cell as Markdown that shows it as it is. A field that the record lacks is left empty. */
export function markdownCell(cell: Cell | undefined, kind: ColumnKind, exact: boolean): string {
  if (cell === undefined) return "";
  return typeof cell === "string" ? escapeMarkdown(showCell(cell, kind, exact)) : showCell(cell, kind, exact);
}

/** `_` within a word is plain in GFM, and names of fields are better read without backslashes. */
function escapeMarkdown(text: string): string {
  return text.replaceAll(/[\\`*<[\]|~&]|(?<![0-9A-Za-z])_|_(?![0-9A-Za-z])/g, "\\$&");
}
