import { type FieldKind, fieldRange } from "../record/fields.js";
import type { Layout } from "../record/layout.js";
import { decodeTag } from "../record/value.js";
import type { Columns } from "./columns.js";

/** The part of the kernel's memory that `scan` filled for one batch. */
export interface Scanned {
  rows: number;
  index: number;
  /** A byte a row: 1 where the line is no record, or was not looked at with care yet. */
  odd: number;
  /** Where the text of the next batch begins. */
  next: number;
}

/** Fields that every run decodes: they tell what a record is, and the report counts them. */
const alwaysDecoded: ReadonlySet<string> = new Set(["log_status", "action", "interface_id", "start", "end"]);

/**
 * Checks all fields of a batch under one layout and decodes the columns that are needed, one call of the kernel a
 * field. Rows that fail a check are marked odd.
 */
export class Decoder {
  readonly #columns: Columns;
  readonly #layout: Layout;
  readonly #needed: ReadonlySet<string>;
  readonly #recoded = new Map<string, Uint32Array>();
  /** Whether the layout has a field that can be wrong. */
  readonly checks: boolean;

  constructor(columns: Columns, layout: Layout, needed: Iterable<string>) {
    this.#columns = columns;
    this.#layout = layout;
    this.#needed = new Set([...alwaysDecoded, ...needed]);
    this.checks = layout.fields.some(({ kind }) => kind !== "text" && kind !== "tag");
  }

  /** Every number and address. Texts can hold anything. */
  check({ rows, index, odd }: Scanned): void {
    const { call } = this.#columns.kernel;
    const stride = 8 * this.#layout.fields.length;
    this.#layout.fields.forEach(({ name, kind }, i) => {
      const entry = index + 8 * i;
      const needed = this.#needed.has(name);
      if (kind === "address") {
        call.addresses(entry, stride, rows, odd, needed ? this.#columns.words(name) : 0, this.#columns.ipv6);
        return;
      }
      const range = numberRanges[kind];
      if (range === undefined) return;
      const dest = needed ? this.#columns.words(name) : 0;
      const nulls = needed && kind === "counter" ? this.#columns.nulls(name) : 0;
      call.numbers(entry, stride, rows, odd, dest, nulls, range.safeDigits, range.max);
    });
  }

  /** The texts of the rows that are still not odd: last, so that no dictionary holds a text of no record. */
  decodeTexts({ rows, index, odd }: Scanned): void {
    const { call } = this.#columns.kernel;
    const stride = 8 * this.#layout.fields.length;
    this.#layout.fields.forEach(({ name, kind }, i) => {
      if (!this.#needed.has(name) || (kind !== "text" && kind !== "tag")) return;
      const dest = this.#columns.words(name);
      call.texts(
        index + 8 * i,
        stride,
        rows,
        odd,
        dest,
        this.#columns.dictionary(kind === "tag" ? `${name} as logged` : name),
      );
      if (kind === "tag") this.#recodeTags(name, rows, odd);
    });
  }

  /** Two spellings of one tag value (`%2D`, `%2d`) are one value: codes of the log's text to codes of what it says. */
  #recodeTags(name: string, rows: number, odd: number): void {
    const { kernel } = this.#columns;
    const raw = this.#columns.dictionary(`${name} as logged`);
    const dictionary = this.#columns.dictionary(name);
    const known = kernel.call.dictionarySize(raw);
    let recoded = this.#recoded.get(name) ?? new Uint32Array(64);
    if (recoded.length <= known) {
      const larger = new Uint32Array(2 * known + 2);
      larger.set(recoded);
      recoded = larger;
      this.#recoded.set(name, recoded);
    }
    const column = this.#columns.words(name) >>> 2;
    for (let row = 0; row < rows; row++) {
      if (kernel.u8[odd + row] !== 0) continue;
      const code = kernel.u32[column + 2 * row] as number;
      if (code !== 0 && recoded[code] === 0) {
        const text = decodeTag(Buffer.from(kernel.interned(raw, code)).toString());
        recoded[code] = kernel.intern(dictionary, Buffer.from(text));
      }
      kernel.u32[column + 2 * row] = recoded[code] as number;
    }
  }
}

/** For each kind of number: how many digits are always in range, and its greatest value. */
const numberRanges: Partial<Record<FieldKind, { safeDigits: number; max: bigint }>> = Object.fromEntries(
  (["uint8", "uint16", "int32", "seconds", "counter"] as const).map((kind) => {
    const max = fieldRange(kind)?.max ?? 0n;
    return [kind, { safeDigits: max.toString().length - 1, max }];
  }),
);
