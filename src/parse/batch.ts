import { fieldIndex, type Layout } from "../record/layout.js";
import type { FlowLogRecord } from "../record/record.js";
import type { Columns } from "./columns.js";
import { indexStride } from "./decode.js";
import { makeRecord } from "./line.js";

// A byte order mark that begins a field is part of its text.
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const lineFeed = 0x0a;
const lineEnd = Uint8Array.of(lineFeed);

/**
 * Some thousand lines of one layout, indexed and checked, with the columns that were asked for decoded.
 * It points into the kernel's memory and holds only until the next batch is made.
 */
export class Batch {
  readonly columns: Columns;
  readonly layout: Layout;
  /** Row numbers (u32) of the records, in the log's order, and how many they are. */
  readonly records: { rows: number; count: number };
  /** The same for the flows among them. */
  readonly flows: { rows: number; count: number };
  /** Where the fields of each row stand in the kernel's memory; see `indexStride`. */
  readonly index: number;
  readonly #starts: number;
  readonly #ends: number;
  /** A byte a row, 1 where the line is no record. */
  readonly odd: number;
  readonly rows: number;

  constructor(parts: {
    columns: Columns;
    layout: Layout;
    rows: number;
    records: { rows: number; count: number };
    flows: { rows: number; count: number };
    index: number;
    starts: number;
    ends: number;
    odd: number;
  }) {
    this.columns = parts.columns;
    this.layout = parts.layout;
    this.rows = parts.rows;
    this.records = parts.records;
    this.flows = parts.flows;
    this.index = parts.index;
    this.#starts = parts.starts;
    this.#ends = parts.ends;
    this.odd = parts.odd;
  }

  has(field: string): boolean {
    return fieldIndex(this.layout, field) >= 0;
  }

  /** The whole line as it stood, without its line end. */
  line(row: number): Uint8Array {
    const { kernel } = this.columns;
    return kernel.u8.subarray(kernel.u32[(this.#starts >>> 2) + row], kernel.u32[(this.#ends >>> 2) + row]);
  }

  /** Lines as they stood, each with a line feed, in pieces: those that stand side by side in the log are one. */
  *lines(rows: Uint32Array): Generator<Uint8Array> {
    const { u8, u32 } = this.columns.kernel;
    for (let i = 0; i < rows.length; ) {
      const start = u32[(this.#starts >>> 2) + rows[i]!] as number;
      let end = u32[(this.#ends >>> 2) + rows[i]!] as number;
      // Behind a CR, or a blank, the line feed is not where the line's content ends.
      for (i++; u8[end] === lineFeed && u32[(this.#starts >>> 2) + rows[i]!] === end + 1; i++) {
        end = u32[(this.#ends >>> 2) + rows[i]!] as number;
      }
      yield u8.subarray(start, end + (u8[end] === lineFeed ? 1 : 0));
      if (u8[end] !== lineFeed) yield lineEnd;
    }
  }

  /** The bytes of the i-th field of the layout. */
  fieldBytes(row: number, i: number): Uint8Array {
    const { kernel } = this.columns;
    const place = (this.index + row * indexStride(this.layout)) / 4 + i;
    return kernel.u8.subarray((kernel.u32[place] as number) + 1, kernel.u32[place + 1]);
  }

  /** The text of the i-th field of the layout; bytes that are no UTF-8 show as U+FFFD. */
  fieldText(row: number, i: number): string {
    const bytes = this.fieldBytes(row, i);
    // Nearly all fields are short and ASCII, where this is three times as fast as TextDecoder.
    if (bytes.length > 40) return decoder.decode(bytes);
    let text = "";
    for (const byte of bytes) {
      if (byte > 0x7f) return decoder.decode(bytes);
      text += String.fromCharCode(byte);
    }
    return text;
  }

  record(row: number): FlowLogRecord {
    return makeRecord(this.layout, (i) => this.fieldText(row, i));
  }
}
