import { fieldRange } from "../record/fields.js";
import type { Layout, LayoutField } from "../record/layout.js";
import { type Columns, maxBatchRows } from "./columns.js";
import type { Scanned } from "./decode.js";

interface NumberField {
  /** Its place in the layout. */
  at: number;
  max: bigint;
  /** How many digits it may have, so that it need not be read with care. */
  digits: number;
  /** The first digit of the greatest value, as a byte. */
  firstDigit: number;
  /** Whether so many digits can still be too great a number: half of all ports have five. */
  canPass: boolean;
  /** Where its column stands; 0: it is only checked. */
  dest: number;
  nulls: number;
}

const allOnes = 0xffff_ffff;

/** The number fields of a layout: those that stand side by side are checked at once, by `scan`; the rest is done here. */
export class NumberFields {
  readonly #columns: Columns;
  readonly #fields: readonly NumberField[];
  readonly #list: number;
  /** Runs of neighbours, for `scan`, and how many there are. */
  readonly runs: { pointer: number; count: number };

  constructor(columns: Columns, layout: Layout, needed: ReadonlySet<string>) {
    this.#columns = columns;
    this.#fields = layout.fields.flatMap((field, at) => numberField(columns, field, at, needed.has(field.name)));
    this.#list = columns.kernel.call.reserve(4 * maxBatchRows);
    const runs = neighbours(this.#fields);
    this.runs = { pointer: this.#keepRuns(runs), count: runs.length };
  }

  /** Decode the fields that are needed, of every row that is not odd, and read those with care that are rough. */
  read({ rows, index, odd, rough }: Scanned, stride: number): void {
    const { call, u8 } = this.#columns.kernel;
    const list = this.#list;
    const roughRows = call.roughRows.value === 0 ? 0 : call.listRough(rows, odd, rough, list);
    for (const { at, max, digits, firstDigit, canPass, dest, nulls } of this.#fields) {
      const entry = index + 4 * at;
      if (dest !== 0) call.decodeNumbers(entry, stride, rows, odd, rough, dest, max);
      else if (canPass) call.checkRange(entry, stride, rows, odd, rough, digits, firstDigit, max);
      if (nulls !== 0) u8.fill(0, nulls, nulls + rows);
      if (roughRows > 0) call.readNumbers(entry, stride, list, roughRows, odd, dest, nulls, max);
    }
  }

  /** The form that `scan` reads them in. */
  #keepRuns(runs: readonly (readonly NumberField[])[]): number {
    const { kernel } = this.#columns;
    const words = runs.flatMap((run) => {
      const limits = Array.from({ length: Math.ceil(run.length / 4) * 4 }, (_, i) => {
        const field = run[i];
        return field === undefined ? allOnes : field.digits + 1;
      });
      const pointer = kernel.call.reserve(4 * limits.length);
      kernel.words32(pointer, limits.length).set(limits);
      const first = run[0]?.at ?? 0;
      return [4 * first, 4 * (first + run.length), pointer];
    });
    const pointer = kernel.call.reserve(4 * words.length);
    kernel.words32(pointer, words.length).set(words);
    return pointer;
  }
}

function numberField(columns: Columns, { name, kind }: LayoutField, at: number, isNeeded: boolean): NumberField[] {
  const range = fieldRange(kind);
  if (range === null) return [];
  const canPass = kind === "uint16" || (kind === "uint8" && isNeeded);
  return [
    {
      at,
      max: range.max,
      digits: range.max.toString().length - (canPass ? 0 : 1),
      firstDigit: range.max.toString().charCodeAt(0),
      canPass,
      dest: isNeeded ? columns.words(name) : 0,
      nulls: isNeeded && kind === "counter" ? columns.nulls(name) : 0,
    },
  ];
}

function neighbours(fields: readonly NumberField[]): NumberField[][] {
  const runs: NumberField[][] = [];
  for (const field of fields) {
    const last = runs.at(-1);
    if (last?.at(-1)?.at === field.at - 1) last.push(field);
    else runs.push([field]);
  }
  return runs;
}
