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

/** Null, all ones, is 65535 in its lower half, which is no protocol. */
const portProtocols = numberTable(Array.from(HAS_PORTS, (protocol) => [protocol, protocol]));

type NumberFilter = Extract<Filter, { op: "number" }>;

/** @param wanted whether the rows are kept where the condition holds, or those where it does not; so below */
export function refineNumber(filter: NumberFilter, wanted: boolean, columns: Columns): Refine {
  const { field } = filter;
  const kind = kindOf(field);
  const ranges = rangesOf(field, filter.ranges);
  if (kind !== "counter" && kind !== "seconds") return refineWord(field, ranges, wanted, columns);
  const [only] = ranges;
  return ranges.length === 1 && only !== undefined
    ? refineLong(field, only, wanted, columns)
    : refineLongs(field, ranges, wanted, columns);
}

/** Numbers below 2^31. Null, all ones, lies in no range of theirs. */
function refineWord(field: string, ranges: readonly ExactRange[], wanted: boolean, columns: Columns): Refine {
  const pairs = ranges.map(([first, last]): [number, number] => [Number(first), Number(last)]);
  const { single } = new WordSet(pairs);
  if (single !== null) return refineWordRange(field, single, wanted, columns);
  const greatest = ranges.at(-1)?.[1] ?? 0n;
  return greatest < 65536n
    ? refineSmallWord(field, numberTable(pairs), wanted, columns)
    : refineWords(field, new WordSet(pairs), wanted, columns);
}

function refineWordRange(
  field: string,
  range: { start: number; span: number },
  wanted: boolean,
  columns: Columns,
): Refine {
  const flip = wanted ? 0 : 1;
  return (batch, rows, count) => {
    const words = columns.kernel.words32(columns.words(field), 2 * batch.rows);
    const start = range.start >>> 0;
    const span = range.span >>> 0;
    let left = 0;
    for (let i = 0; i < count; i++) {
      const row = rows[i] as number;
      rows[left] = row;
      left += (((words[2 * row] as number) - start) >>> 0 <= span ? 1 : 0) ^ flip;
    }
    return left;
  };
}

function refineSmallWord(field: string, table: Uint8Array, wanted: boolean, columns: Columns): Refine {
  const flip = wanted ? 0 : 1;
  return (batch, rows, count) => {
    const words = columns.kernel.words32(columns.words(field), 2 * batch.rows);
    let left = 0;
    for (let i = 0; i < count; i++) {
      const row = rows[i] as number;
      const word = words[2 * row] as number;
      rows[left] = row;
      left += (table[word & 0xffff] === 1 && word < 65536 ? 1 : 0) ^ flip;
    }
    return left;
  };
}

function refineWords(field: string, set: WordSet, wanted: boolean, columns: Columns): Refine {
  const flip = wanted ? 0 : 1;
  return (batch, rows, count) => {
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

/** One range of 64-bit numbers, compared by their halves. */
function refineLong(field: string, [first, last]: ExactRange, wanted: boolean, columns: Columns): Refine {
  const bounds = [first & 0xffff_ffffn, first >> 32n, last & 0xffff_ffffn, last >> 32n].map(Number);
  const flip = wanted ? 0 : 1;
  return (batch, rows, count) => {
    const words = columns.kernel.words32(columns.words(field), 2 * batch.rows);
    const nulls = nullsOf(field, batch.rows, columns);
    const firstLow = (bounds[0] as number) >>> 0;
    const firstHigh = (bounds[1] as number) >>> 0;
    const lastLow = (bounds[2] as number) >>> 0;
    const lastHigh = (bounds[3] as number) >>> 0;
    let left = 0;
    for (let i = 0; i < count; i++) {
      const row = rows[i] as number;
      const low = words[2 * row] as number;
      const high = words[2 * row + 1] as number;
      const isFrom = high > firstHigh || (high === firstHigh && low >= firstLow);
      const isTo = high < lastHigh || (high === lastHigh && low <= lastLow);
      rows[left] = row;
      left += (isFrom && isTo && nulls[row] === 0 ? 1 : 0) ^ flip;
    }
    return left;
  };
}

/** Several ranges of 64-bit numbers: `bytes != 40`, lists. */
function refineLongs(field: string, ranges: readonly ExactRange[], wanted: boolean, columns: Columns): Refine {
  const set = new LongSet(ranges);
  const flip = wanted ? 0 : 1;
  return (batch, rows, count) => {
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
  const [field, other] = fields as [string, string | undefined];
  const isAsked = numberTable(rangesOf(field, ranges).map(([first, last]) => [Number(first), Number(last)]));
  const refine =
    other === undefined
      ? refineOnePort(field, isAsked, wanted, columns)
      : refineEitherPort([field, other], isAsked, wanted, columns);
  return (batch, rows, count) => {
    if (batch.has("protocol")) return refine(batch, rows, count);
    // A layout without `protocol` leaves the port to speak for itself.
    const ports = fields.map((name) => columns.kernel.words32(columns.words(name), 2 * batch.rows));
    const holds = (row: number) => ports.some((words) => isAsked[words[2 * row] as number] === 1);
    return keepWhere(rows, count, wanted, holds);
  };
}

function refineOnePort(field: string, isAsked: Uint8Array, wanted: boolean, columns: Columns): Refine {
  const flip = wanted ? 0 : 1;
  return (batch, rows, count) => {
    const ports = columns.kernel.words32(columns.words(field), 2 * batch.rows);
    const protocols = columns.kernel.words32(columns.words("protocol"), 2 * batch.rows);
    let left = 0;
    for (let i = 0; i < count; i++) {
      const row = rows[i] as number;
      const port = ports[2 * row] as number;
      const protocol = protocols[2 * row] as number;
      rows[left] = row;
      left += (isAsked[port & 0xffff] === 1 && port < 65536 && portProtocols[protocol & 0xffff] === 1 ? 1 : 0) ^ flip;
    }
    return left;
  };
}

function refineEitherPort(
  [field, other]: readonly [string, string],
  isAsked: Uint8Array,
  wanted: boolean,
  columns: Columns,
): Refine {
  const flip = wanted ? 0 : 1;
  return (batch, rows, count) => {
    const ports = columns.kernel.words32(columns.words(field), 2 * batch.rows);
    const others = columns.kernel.words32(columns.words(other), 2 * batch.rows);
    const protocols = columns.kernel.words32(columns.words("protocol"), 2 * batch.rows);
    let left = 0;
    for (let i = 0; i < count; i++) {
      const row = rows[i] as number;
      const port = ports[2 * row] as number;
      const otherPort = others[2 * row] as number;
      const protocol = protocols[2 * row] as number;
      rows[left] = row;
      left +=
        (((isAsked[port & 0xffff] === 1 && port < 65536) || (isAsked[otherPort & 0xffff] === 1 && otherPort < 65536)) &&
        portProtocols[protocol & 0xffff] === 1
          ? 1
          : 0) ^ flip;
    }
    return left;
  };
}

export function refineBits(
  { field, mask }: Extract<Filter, { op: "bits" }>,
  wanted: boolean,
  columns: Columns,
): Refine {
  const flip = wanted ? 0 : 1;
  return (batch, rows, count) => {
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
      return keepWhere(rows, count, wanted, (row) => nulls[row] === 1);
    };
  }
  // A text's code is in the low half and 0 for null; of all else the high half tells.
  const half = kind === "text" || kind === "tag" ? 0 : 1;
  const none = half === 0 ? 0 : kind === "address" ? noAddress : allOnes;
  return (batch, rows, count) => {
    const words = columns.kernel.words32(columns.words(field), 2 * batch.rows);
    return keepWhere(rows, count, wanted, (row) => words[2 * row + half] === none);
  };
}

function keepWhere(rows: Uint32Array, count: number, wanted: boolean, holds: (row: number) => boolean): number {
  let left = 0;
  for (let i = 0; i < count; i++) {
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
