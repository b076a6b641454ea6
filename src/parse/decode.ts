import type { Layout } from "../record/layout.js";
import { decodeTag } from "../record/value.js";
import type { Columns } from "./columns.js";
import { NumberFields } from "./numbers.js";

/** The part of the kernel's memory that `scan` filled for one batch. */
export interface Scanned {
  rows: number;
  index: number;
  /** A byte a row: 1 where the line is no record, or was not looked at with care yet. */
  odd: number;
  /** A byte a row: 1 where the number fields must be read with care. */
  rough: number;
  /** Where the text of the next batch begins. */
  next: number;
}

/** Bytes from one row of the index to the next: the end of each field (u32), and in front the place before the line. */
export function indexStride(layout: Layout): number {
  return 4 * layout.fields.length + 4;
}

/** What is done with a field of every row. */
interface Step {
  name: string;
  /** Where it stands in a row of the index, in bytes, and its column; 0: it is only checked. */
  at: number;
  dest: number;
}

interface TextStep extends Step {
  isTag: boolean;
  dictionary: number;
}

/** Fields that every run decodes, for its report. */
const alwaysDecoded: ReadonlySet<string> = new Set(["interface_id", "start", "end"]);

/**
 * Checks all fields of a batch under one layout and decodes the columns that are needed, a call of the kernel or two for
 * each field. Rows that fail a check are marked odd.
 */
export class Decoder {
  readonly #columns: Columns;
  readonly #stride: number;
  readonly #addresses: readonly Step[];
  readonly #texts: readonly TextStep[];
  readonly #recoded = new Map<string, Uint32Array>();
  #recodedEra = 0;
  readonly numbers: NumberFields;
  /** Whether the layout has a field that can be wrong. */
  readonly checks: boolean;

  constructor(columns: Columns, layout: Layout, needed: Iterable<string>) {
    const all = new Set([...alwaysDecoded, ...needed]);
    this.#columns = columns;
    this.#stride = indexStride(layout);
    this.numbers = new NumberFields(columns, layout, all);
    const steps = layout.fields.map(({ name, kind }, i) => {
      return { name, kind, at: 4 * i, dest: all.has(name) ? columns.words(name) : 0 };
    });
    this.#addresses = steps.filter(({ kind }) => kind === "address");
    this.#texts = steps
      .filter(({ kind, dest }) => (kind === "text" || kind === "tag") && dest !== 0)
      .map((step) => ({
        ...step,
        isTag: step.kind === "tag",
        dictionary: columns.dictionary(step.kind === "tag" ? `${step.name} as logged` : step.name),
      }));
    this.checks = layout.fields.some(({ kind }) => kind !== "text" && kind !== "tag");
  }

  /** Every number and address. Texts can hold anything. */
  check(scanned: Scanned): void {
    const { rows, index, odd } = scanned;
    const { kernel, ipv6 } = this.#columns;
    this.numbers.read(scanned, this.#stride);
    for (const { at, dest } of this.#addresses) {
      kernel.call.addresses(index + at, this.#stride, rows, odd, dest, ipv6);
    }
  }

  /** The texts of the rows that are still not odd: last, so that no dictionary holds a text of no record. */
  decodeTexts({ rows, index, odd }: Scanned): void {
    const { call } = this.#columns.kernel;
    for (const { name, at, dest, dictionary, isTag } of this.#texts) {
      call.texts(index + at, this.#stride, rows, odd, dest, dictionary);
      if (isTag) this.#recodeTags(name, rows, odd);
    }
  }

  /** Two spellings of one tag value (`%2D`, `%2d`) are one value: codes of the log's text to codes of what it says. */
  #recodeTags(name: string, rows: number, odd: number): void {
    const { kernel } = this.#columns;
    const raw = this.#columns.dictionary(`${name} as logged`);
    const dictionary = this.#columns.dictionary(name);
    const known = kernel.call.dictionarySize(raw);
    if (this.#recodedEra !== this.#columns.era) this.#recoded.clear();
    this.#recodedEra = this.#columns.era;
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
