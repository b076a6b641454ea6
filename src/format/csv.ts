import { escapeControls } from "../errors.js";
import type { Cell, Look, Sheet } from "./sheet.js";

/** A line of cells, its end included; undefined is a field that the record's layout lacks. */
export type LineWriter = (cells: readonly (Cell | undefined)[]) => string;

/**
 * The writer of CSV lines (RFC 4180's quoting, lines end in LF as everywhere else in a pipe) or TSV lines (tab, line
 * ends and backslash as `\t`, `\n`, `\r`, `\\`). Nothing is altered against spreadsheet formulas.
 *
 * @param onTerminal whether a terminal reads along: then control characters are escaped in CSV too
 */
export function lineWriter(format: "csv" | "tsv", onTerminal: boolean): LineWriter {
  const safe = onTerminal ? escapeControls : (text: string) => text;
  if (format === "tsv") return (cells) => `${cells.map((cell) => safe(tsvCell(cell))).join("\t")}\n`;
  return (cells) => {
    const line = cells.map((cell) => csvCell(cell, safe)).join(",");
    // A line of nothing would be read as no record at all.
    return line === "" ? '""\n' : `${line}\n`;
  };
}

/** The rows of a sheet as CSV or TSV, its foot left out. */
export function* writeDelimited(sheet: Sheet, format: "csv" | "tsv", look: Look): Generator<string> {
  const write = lineWriter(format, look.width !== null);
  // A bar, if there is one, is the last column and only drawn.
  const columns = sheet.columns.filter((column) => column.kind !== "bar");
  if (look.header) yield write(columns.map((column) => column.name));
  for (const row of sheet.rows) yield write(row.slice(0, columns.length));
}

function csvCell(cell: Cell | undefined, safe: (text: string) => string): string {
  if (cell === null || cell === undefined) return "";
  if (typeof cell !== "string") return String(cell);
  const text = safe(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const tsvEscapes: Readonly<Record<string, string>> = { "\t": "\\t", "\n": "\\n", "\r": "\\r", "\\": "\\\\" };

function tsvCell(cell: Cell | undefined): string {
  if (cell === null || cell === undefined) return "";
  if (typeof cell !== "string") return String(cell);
  return /[\t\n\r\\]/.test(cell) ? cell.replaceAll(/[\t\n\r\\]/g, (character) => tsvEscapes[character]!) : cell;
}
