import { escapeControls, quote } from "../errors.js";
import { splitCsvLine } from "./csv-line.js";
import { NotALogError } from "./failure.js";
import { aggregateHint, chooseColumns, findAggregate, isMessageName, toField } from "./named-columns.js";
import type { Output, Rewriting } from "./rewritten.js";

const [quoteMark, comma, lineFeed, carriageReturn, blank, dash] = Buffer.from('",\n\r -');
/** A row of more is no record, whatever it holds. */
const maxRow = 1 << 20;

/**
 * CSV with a head line (RFC 4180): whole records under `message`, as CloudWatch's console and Logs Insights give them, or a
 * field in each column, as Logs Insights, Athena and many tools write them. Each row is a line, the head too, so that the
 * numbers of lines stay as they are; only line ends within quotes are not counted.
 */
export class CsvRows implements Rewriting {
  readonly #name: string;
  /** Where in a line each cell goes, or -1; null: the head line is not read yet. */
  #places: number[] | null = null;
  /** The cell that is the whole record; -1: there is none. */
  #message = -1;
  /** The head line as it stands, and what is written for it: files joined together have it again. */
  #head: Uint8Array = new Uint8Array(0);
  #header: Uint8Array = new Uint8Array(0);
  /** Whether the cells go into a line in their order, none left out. */
  #inOrder = true;

  constructor(name: string) {
    this.#name = name;
  }

  take(text: Uint8Array, ended: boolean, out: Output): number {
    let at = 0;
    while (at < text.length) {
      let end = rowEnd(text, at);
      if (end < 0 && !ended && text.length - at <= maxRow) break;
      const isWhole = end >= 0;
      if (!isWhole) end = text.length;
      this.#row(text, at, end > at && text[end - 1] === carriageReturn ? end - 1 : end, out);
      if (isWhole) out.endLine();
      at = isWhole ? end + 1 : end;
    }
    return at;
  }

  #row(text: Uint8Array, start: number, end: number, out: Output): void {
    if (this.#places === null || this.#isHead(text, start, end)) {
      this.#places ??= this.#readHead(text.slice(start, end));
      out.add(this.#header);
    } else if (this.#inOrder) {
      addFields(text, start, end, out);
    } else {
      this.#addChosen(Buffer.from(text.subarray(start, end)).toString("utf8"), out);
    }
  }

  #isHead(text: Uint8Array, start: number, end: number): boolean {
    if (end - start !== this.#head.length) return false;
    return this.#head.every((byte, i) => text[start + i] === byte);
  }

  #readHead(head: Uint8Array): number[] {
    this.#head = head;
    const names = splitCsvLine(Buffer.from(head).toString("utf8"));
    this.#message = names.findIndex(isMessageName);
    if (this.#message >= 0) {
      this.#inOrder = false;
      return names.map(() => -1);
    }
    const aggregate = findAggregate(names);
    const columns = chooseColumns(names);
    if (aggregate !== null || columns === null) {
      const what = aggregate === null ? "CSV without a column of a flow log" : `CSV with a column ${quote(aggregate)}`;
      throw new NotALogError(`${escapeControls(this.#name)}:1: ${what}, not a flow log`, { hint: aggregateHint });
    }
    this.#header = Buffer.from(columns.names.join(" "));
    this.#inOrder = columns.places.every((place, i) => place === i);
    return columns.places;
  }

  #addChosen(row: string, out: Output): void {
    const cells = splitCsvLine(row);
    if (this.#message >= 0) {
      out.add(Buffer.from((cells[this.#message] ?? row).trim().replaceAll(/[\r\n]+/g, " ")));
      return;
    }
    if (row === "") return;
    const places = this.#places as number[];
    // A row of another length than the head keeps all its cells, so that it is told as malformed.
    const fields = cells.length === places.length ? cells.filter((_, i) => (places[i] as number) >= 0) : cells;
    out.add(Buffer.from(fields.map(toField).join(" ")));
  }
}

/** Where the row ends that begins at `start`: its line feed, or -1 where it is not there. */
function rowEnd(text: Uint8Array, start: number): number {
  let end = text.indexOf(lineFeed as number, start);
  // It is the row's end where an even number of quotes stands before it.
  let isOpen = false;
  for (let at = start; end >= 0; end = text.indexOf(lineFeed as number, end + 1)) {
    for (; at < end; at++) if (text[at] === quoteMark) isOpen = !isOpen;
    if (!isOpen) return end;
  }
  return -1;
}

/** The row's cells with blanks between them: what most rows are, byte by byte, without a string for each. */
function addFields(text: Uint8Array, start: number, end: number, out: Output): void {
  if (start === end) return;
  // Of a cell that is nothing a dash is made, and of a blank %20.
  out.reserve(3 * (end - start) + 1);
  const into = out.bytes;
  let to = out.length;
  let at = start;
  for (;;) {
    const from = to;
    if (text[at] === quoteMark) {
      at++;
      for (; at < end; at++) {
        const byte = text[at] as number;
        if (byte === quoteMark && text[++at] !== quoteMark) break;
        to = addByte(into, to, byte);
      }
      // What follows a closed cell belongs to nothing, but it is not dropped.
      for (; at < end && text[at] !== comma; at++) to = addByte(into, to, text[at] as number);
    } else {
      for (; at < end; at++) {
        const byte = text[at] as number;
        if (byte === comma) break;
        to = addByte(into, to, byte);
      }
    }
    if (to === from || isMissing(into, from, to)) {
      into[from] = dash as number;
      to = from + 1;
    }
    if (at >= end) break;
    into[to++] = blank as number;
    at++;
  }
  out.length = to;
}

function addByte(into: Uint8Array, to: number, byte: number): number {
  if (byte > 0x20) {
    into[to] = byte;
    return to + 1;
  }
  const digits = byte.toString(16).toUpperCase().padStart(2, "0");
  into[to] = 0x25;
  into[to + 1] = digits.charCodeAt(0);
  into[to + 2] = digits.charCodeAt(1);
  return to + 3;
}

function isMissing(into: Uint8Array, from: number, to: number): boolean {
  if (to - from !== 4) return false;
  const first = (into[from] as number) | 0x20;
  if (first !== 0x6e) return false;
  return /^(None|null|NULL)$/.test(String.fromCharCode(...into.subarray(from, to)));
}
