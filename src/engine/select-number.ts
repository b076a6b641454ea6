import { type Columns, maxBatchRows } from "../parse/columns.js";
import type { Filter, Range } from "../query/filter.js";
import { clipRanges, type ExactRange, fromBounds, mergeRanges } from "../query/number-ranges.js";
import { type FieldKind, fieldRange, findField } from "../record/fields.js";
import { HAS_PORTS } from "../record/protocols.js";
import { LongSet, numberTable, WordSet } from "./ranges.js";
import type { Refine } from "./refine.js";

/** A number column's null, in both halves; it is greater than every number that is not a counter. */
const allOnes = 0xffff_ffff;
/** The high half of an address's word that stands for null. */
const noAddress = 2;

type NumberFilter = Extract<Filter, { op: "number" }>;

/** @param wanted whether the rows are kept where the condition holds, or those where it does not; so below */
export function refineNumber(filter: NumberFilter, wanted: boolean, columns: Columns): Refine {
  const { field } = filter;
  const kind = kindOf(field);
  const ranges = rangesOf(field, filter.ranges);
  if (kind !== "counter" && kind !== "seconds") return refineWord(field, ranges, wanted, columns);
  const [only] = ranges;
  return ranges.length === 1 && only !== undefined
    ? refineRange(field, only, wanted, columns)
    : refineLongs(field, ranges, wanted, columns);
}

/** Numbers below 2^31. Null, all ones, lies in no range of theirs. */
function refineWord(field: string, ranges: readonly ExactRange[], wanted: boolean, columns: Columns): Refine {
  const pairs = ranges.map(([first, last]): [number, number] => [Number(first), Number(last)]);
  const { single } = new WordSet(pairs);
  const [only] = ranges;
  if (single !== null && only !== undefined) return refineRange(field, only, wanted, columns);
  const greatest = ranges.at(-1)?.[1] ?? 0n;
  return greatest < 65536n
    ? refineTable(field, numberTable(pairs), wanted, columns)
    : refineWords(field, new WordSet(pairs), wanted, columns);
}

/** One range of numbers. Null is in none of them, but of a counter, whose nulls are told apart. */
function refineRange(field: string, [first, last]: ExactRange, wanted: boolean, columns: Columns): Refine {
  const nulls = kindOf(field) === "counter" ? columns.nulls(field) : 0;
  const words = columns.words(field);
  const flip = wanted ? 0 : 1;
  const { selectRange } = columns.kernel.call;
  return (_batch, rows, count) => selectRange(words, nulls, first, last, flip, rows, count);
}

/** Numbers below 2^16. */
function refineTable(field: string, numbers: Uint8Array, wanted: boolean, columns: Columns): Refine {
  const table = inKernel(numbers, columns);
  const words = columns.words(field);
  const flip = wanted ? 0 : 1;
  const { selectTable } = columns.kernel.call;
  return (_batch, rows, count) => selectTable(words, table, numbers.length, flip, rows, count);
}

function inKernel(table: Uint8Array, { kernel }: Columns): number {
  const pointer = kernel.call.reserve(table.length);
  kernel.u8.set(table, pointer);
  return pointer;
}

function refineWords(field: string, set: WordSet, wanted: boolean, columns: Columns): Refine {
  const flip = wanted ? 0 : 1;
  return (batch, at, count) => {
    const rows = columns.kernel.words32(at, count);
    const words = columns.kernel.words32(columns.words(field), 2 * batch.rows);
    let left = 0;
    for (let i = 0; i < count; i++) {
      const row = rows[i] as number;
      rows[left] = row;
      left += (set.has(words[2 * row] as number) ? 1 : 0) ^ flip;
    }
    return left;
  };
}

/** Several ranges of 64-bit numbers: `bytes != 40`, lists. */
function refineLongs(field: string, ranges: readonly ExactRange[], wanted: boolean, columns: Columns): Refine {
  const set = new LongSet(ranges);
  const flip = wanted ? 0 : 1;
  return (batch, at, count) => {
    const rows = columns.kernel.words32(at, count);
    const words = columns.kernel.words32(columns.words(field), 2 * batch.rows);
    const nulls = nullsOf(field, batch.rows, columns);
    let left = 0;
    for (let i = 0; i < count; i++) {
      const row = rows[i] as number;
      const isIn = set.has(words[2 * row] as number, words[2 * row + 1] as number);
      rows[left] = row;
      left += (isIn && nulls[row] === 0 ? 1 : 0) ^ flip;
    }
    return left;
  };
}

const noNulls = new Uint8Array(maxBatchRows);

/** A byte a row, 1 for null. Of a column that has all ones for it, there are none to be looked at. */
function nullsOf(field: string, rows: number, columns: Columns): Uint8Array {
  if (kindOf(field) !== "counter") return noNulls;
  const at = columns.nulls(field);
  return columns.kernel.u8.subarray(at, at + rows);
}

export function refinePort(
  { fields, ranges }: Extract<Filter, { op: "port" }>,
  wanted: boolean,
  columns: Columns,
): Refine {
  const [field, other = field] = fields as [string, string | undefined];
  const isAsked = numberTable(rangesOf(field, ranges).map(([first, last]) => [Number(first), Number(last)]));
  const asked = inKernel(isAsked, columns);
  const withPorts = inKernel(numberTable(Array.from(HAS_PORTS, (each) => [each, each])).subarray(0, 256), columns);
  const flip = wanted ? 0 : 1;
  const { selectPorts } = columns.kernel.call;
  return (batch, rows, count) => {
    if (batch.has("protocol")) {
      const [ports, others, protocols] = [columns.words(field), columns.words(other), columns.words("protocol")];
      return selectPorts(ports, others, protocols, asked, withPorts, flip, rows, count);
    }
    // A layout without `protocol` leaves the port to speak for itself.
    const ports = fields.map((name) => columns.kernel.words32(columns.words(name), 2 * batch.rows));
    const holds = (row: number) => ports.some((words) => isAsked[words[2 * row] as number] === 1);
    return keepWhere(columns.kernel.words32(rows, count), wanted, holds);
  };
}

export function refineBits(
  { field, mask }: Extract<Filter, { op: "bits" }>,
  wanted: boolean,
  columns: Columns,
): Refine {
  const flip = wanted ? 0 : 1;
  return (batch, at, count) => {
    const rows = columns.kernel.words32(at, count);
    const words = columns.kernel.words32(columns.words(field), 2 * batch.rows);
    let left = 0;
    for (let i = 0; i < count; i++) {
      const row = rows[i] as number;
      const word = words[2 * row] as number;
      rows[left] = row;
      left += ((word & mask) === mask && word !== allOnes ? 1 : 0) ^ flip;
    }
    return left;
  };
}

/** Of every kind of field: what the column has for `-`. */
export function refineNull({ field }: Extract<Filter, { op: "null" }>, wanted: boolean, columns: Columns): Refine {
  const kind = kindOf(field);
  if (kind === "counter") {
    return (batch, rows, count) => {
      const nulls = nullsOf(field, batch.rows, columns);
      return keepWhere(columns.kernel.words32(rows, count), wanted, (row) => nulls[row] === 1);
    };
  }
  // A text's code is in the low half and 0 for null; of all else the high half tells.
  const half = kind === "text" || kind === "tag" ? 0 : 1;
  const none = half === 0 ? 0 : kind === "address" ? noAddress : allOnes;
  return (batch, rows, count) => {
    const words = columns.kernel.words32(columns.words(field), 2 * batch.rows);
    return keepWhere(columns.kernel.words32(rows, count), wanted, (row) => words[2 * row + half] === none);
  };
}

function keepWhere(rows: Uint32Array, wanted: boolean, holds: (row: number) => boolean): number {
  let left = 0;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] as number;
    rows[left] = row;
    left += holds(row) === wanted ? 1 : 0;
  }
  return left;
}

/** What of the ranges a value of the field can be, in order; so none of them holds what stands for null. */
function rangesOf(field: string, ranges: readonly Range[]): ExactRange[] {
  return mergeRanges(clipRanges(fromBounds(ranges), fieldRange(kindOf(field))?.max ?? 0n));
}

/** An unknown column is text. */
function kindOf(field: string): FieldKind {
  return findField(field)?.kind ?? "text";
}
