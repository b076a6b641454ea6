import { createRequire } from "node:module";
import type CliTable from "cli-table3";
import { drawBar } from "./bar.js";
import { showCell } from "./cell.js";
import { type Cell, isRightAligned, type Look, type Sheet, type SheetColumn } from "./sheet.js";
import { displayWidth, pad } from "./width.js";

const gap = "  ";
const barWidth = 20;
const leastBarWidth = 5;
const leastWrapWidth = 30;

// cli-table3 breaks long text into lines as nobody wants to write it anew, and is loaded where there is any: it takes 16 ms
// for the first ten rows, as long as all else that a short log is ranked with. It slows down quadratically (200 rows: 85 ms);
// without it 500,000 rows take 2 s.
const mostCliTableRows = 100;

/** A column as it will stand in the table. `index` is its place in the rows, `wish` the width that its cells would take. */
interface PlacedColumn extends SheetColumn {
  index: number;
  width: number;
  wish: number;
}

/** A cell's text, and the same as it is to be printed. */
interface Shown {
  text: string;
  painted: string;
}

/**
 * A sheet as a table: names, a rule, the rows, and under another rule its foot. In pieces of whole lines, because a table
 * of all groups may be longer than a string can be. For a terminal it is fitted to the width as far as columns may
 * be dropped or wrapped; keys are never cut.
 */
export function* writeTable(sheet: Sheet, look: Look): Generator<string> {
  const { paint } = look;
  const columns = yield* place(sheet, look);
  const rule = paint.rule(columns.map((column) => "─".repeat(column.width)).join(gap));
  const lay = columns.some(({ wrap, width, wish }) => wrap && width < wish) ? layWithCliTable : layPlainly;
  const show = (row: readonly Cell[]) => columns.map((column) => showIn(column, row, look));

  const titles = columns.map(({ title }) => ({ text: title, painted: title === "" ? "" : paint.title(title) }));
  yield `${lay([titles], columns)}${rule}\n`;
  for (const rows of chunksOf(sheet.rows)) yield lay(rows.map(show), columns);
  if (sheet.foot.length > 0) yield `${rule}\n${lay(sheet.foot.map(show), columns)}`;
}

/**
 * Measures every cell, then leaves out and narrows what the terminal has no room for. With many rows, empty pieces come
 * meanwhile, in which whoever writes may let signals in.
 */
function* place(sheet: Sheet, look: Look): Generator<string, PlacedColumn[]> {
  const columns = sheet.columns.map((column, index) => ({
    ...column,
    index,
    width: column.kind === "bar" ? barWidth : displayWidth(column.title),
  }));
  const measured = columns.filter((column) => column.kind !== "bar");
  const measure = (row: readonly Cell[]) => {
    for (const column of measured) {
      const width = displayWidth(showCell(row[column.index] ?? null, column.kind, look.exact));
      if (width > column.width) column.width = width;
    }
  };
  let rowCount = 0;
  for (const row of sheet.rows) {
    measure(row);
    rowCount++;
    if (rowCount % 1000 === 0) yield "";
  }
  sheet.foot.forEach(measure);
  const placed = columns.map((column) => ({ ...column, wish: column.width }));
  return look.width === null ? placed : narrowTo(placed, look.width);
}

/** Drops columns until the rest fits at its narrowest, then shares the room that is left among those that can use it. */
function narrowTo(all: readonly PlacedColumn[], room: number): PlacedColumn[] {
  const narrowest = all.map((column) => ({ ...column, width: leastWidth(column) }));
  const drops = narrowest.flatMap((column) => column.drop ?? []).sort((a, b) => a - b);
  let kept = narrowest;
  for (const drop of drops) {
    if (totalWidth(kept) <= room) break;
    kept = kept.filter((column) => column.drop !== drop);
  }
  let flexible = kept.filter((column) => column.width < column.wish);
  for (let left = room - totalWidth(kept); left > 0 && flexible.length > 0; left--) {
    const column = flexible.reduce((a, b) => (b.width < a.width ? b : a));
    column.width++;
    flexible = flexible.filter((other) => other.width < other.wish);
  }
  return kept;
}

function leastWidth(column: PlacedColumn): number {
  if (column.kind === "bar") return leastBarWidth;
  return column.wrap ? Math.min(leastWrapWidth, column.width) : column.width;
}

function totalWidth(columns: readonly PlacedColumn[]): number {
  return columns.reduce((sum, column) => sum + column.width + gap.length, -gap.length);
}

function showIn(column: PlacedColumn, row: readonly Cell[], look: Look): Shown {
  const cell = row[column.index] ?? null;
  const text = column.kind === "bar" ? showBar(cell, column.width) : showCell(cell, column.kind, look.exact);
  // chalk gives back the empty text with its codes around it.
  return { text, painted: text === "" ? "" : look.paint.cell(text, cell, column.kind) };
}

function showBar(cell: Cell, width: number): string {
  return cell === null ? "" : drawBar(Number(cell), width);
}

function layPlainly(rows: readonly Shown[][], columns: readonly PlacedColumn[]): string {
  return rows
    .map((cells) => {
      const padded = columns.map(({ width, kind }, i) =>
        pad(cells[i]!.text, width, isRightAligned(kind), cells[i]!.painted),
      );
      return `${padded.join(gap).replace(/ +$/, "")}\n`;
    })
    .join("");
}

function layWithCliTable(rows: readonly Shown[][], columns: readonly PlacedColumn[]): string {
  if (rows.length === 0) return "";
  const table = new (loadCliTable())({
    chars: { ...noBorders, middle: gap },
    colWidths: columns.map((column) => column.width),
    colAligns: columns.map((column) => (isRightAligned(column.kind) ? "right" : "left")),
    style: { head: [], border: [], compact: true, "padding-left": 0, "padding-right": 0 },
  });
  for (const cells of rows) {
    table.push(cells.map(({ painted }, i) => ({ content: painted, wordWrap: columns[i]!.wrap === true })));
  }
  return `${table.toString()}\n`.replaceAll(/ +$/gm, "");
}

const borders = (
  "top top-mid top-left top-right mid mid-mid left-mid right-mid " +
  "bottom bottom-mid bottom-left bottom-right left right"
).split(" ");
const noBorders = Object.fromEntries(borders.map((place) => [place, ""]));

function loadCliTable(): typeof CliTable {
  return createRequire(import.meta.url)("cli-table3") as typeof CliTable;
}

/** A block at a time, of which cli-table3 sees one alone, and no table is held twice. */
function* chunksOf(rows: Iterable<readonly Cell[]>): Generator<(readonly Cell[])[]> {
  let chunk: (readonly Cell[])[] = [];
  for (const row of rows) {
    chunk.push(row);
    if (chunk.length === mostCliTableRows) {
      yield chunk;
      chunk = [];
    }
  }
  if (chunk.length > 0) yield chunk;
}
