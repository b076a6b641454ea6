import { type Columns, maxBatchRows } from "../parse/columns.js";
import type { Filter, Range } from "../query/filter.js";
import { clipRanges, type ExactRange, fromBounds } from "../query/number-ranges.js";
import { type FieldKind, fieldRange, findField } from "../record/fields.js";
import { HAS_PORTS } from "../record/protocols.js";
import { BigSet, numberTable, WordSet } from "./ranges.js";
import type { Refine } from "./refine.js";

/** A number column's null, in both halves; it is greater than every number that is not a counter. */
const allOnes = 0xffff_ffff;
/** The high half of an address's word that stands for null. */
const noAddress = 2;

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
  const set = new WordSet(ranges.map(([first, last]) => [Number(first), Number(last)]));
  const { single } = set;
  const flip = wanted ? 0 : 1;
  if (single === null) {
    return (batch, rows, count, rest) => {
      const words = columns.kernel.words32(columns.words(field), 2 * batch.rows);
      let left = 0;
      for (let i = 0; i < count; i++) {
        const row = rows[i] as number;
        rows[left] = row;
        rest[i - left] = row;
        left += +set.has(words[2 * row] as number) ^ flip;
      }
      return left;
    };
  }
  return (batch, rows, count, rest) => {
    const words = columns.kernel.words32(columns.words(field), 2 * batch.rows);
    const start = single.start >>> 0;
    const span = single.span >>> 0;
    let left = 0;
    for (let i = 0; i < count; i++) {
      const row = rows[i] as number;
      rows[left] = row;
      rest[i - left] = row;
      left += +(((words[2 * row] as number) - start) >>> 0 <= span) ^ flip;
    }
    return left;
  };
}

/** One range of 64-bit numbers, compared by their halves. */
function refineLong(field: string, [first, last]: ExactRange, wanted: boolean, columns: Columns): Refine {
  const bounds = [first & 0xffff_ffffn, first >> 32n, last & 0xffff_ffffn, last >> 32n].map(Number);
  const flip = wanted ? 0 : 1;
  return (batch, rows, count, rest) => {
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
      const isFrom = +(high > firstHigh) | (+(high === firstHigh) & +(low >= firstLow));
      const isTo = +(high < lastHigh) | (+(high === lastHigh) & +(low <= lastLow));
      rows[left] = row;
      rest[i - left] = row;
      left += (isFrom & isTo & ((nulls[row] as number) ^ 1)) ^ flip;
    }
    return left;
  };
}

/** Lists of 64-bit numbers, which nobody asks for often. */
function refineLongs(field: string, ranges: readonly ExactRange[], wanted: boolean, columns: Columns): Refine {
  const set = new BigSet(ranges);
  return (batch, rows, count, rest) => {
    const words = columns.kernel.words32(columns.words(field), 2 * batch.rows);
    const nulls = nullsOf(field, batch.rows, columns);
    return keepWhere(rows, count, rest, wanted, (row) => {
      const number = (BigInt(words[2 * row + 1] as number) << 32n) | BigInt(words[2 * row] as number);
      return nulls[row] === 0 && set.has(number);
    });
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
  const flip = wanted ? 0 : 1;
  return (batch, rows, count, rest) => {
    const { kernel } = columns;
    const ports = kernel.words32(columns.words(field), 2 * batch.rows);
    const others = kernel.words32(columns.words(other), 2 * batch.rows);
    // A layout without `protocol` leaves the port to speak for itself.
    const hasProtocol = batch.has("protocol");
    const protocols = hasProtocol ? kernel.words32(columns.words("protocol"), 2 * batch.rows) : ports;
    const anyProtocol = hasProtocol ? 0 : 1;
    let left = 0;
    for (let i = 0; i < count; i++) {
      const row = rows[i] as number;
      const port = ports[2 * row] as number;
      const otherPort = others[2 * row] as number;
      const isPort = (portProtocols[(protocols[2 * row] as number) & 0xffff] as number) | anyProtocol;
      // Null, all ones, is no port, whatever the table has for its lower half.
      const isIn = (isAsked[port & 0xffff] as number) & +(port < 65536);
      const isOtherIn = (isAsked[otherPort & 0xffff] as number) & +(otherPort < 65536);
      rows[left] = row;
      rest[i - left] = row;
      left += (isPort & (isIn | isOtherIn)) ^ flip;
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
  return (batch, rows, count, rest) => {
    const words = columns.kernel.words32(columns.words(field), 2 * batch.rows);
    let left = 0;
    for (let i = 0; i < count; i++) {
      const row = rows[i] as number;
      const word = words[2 * row] as number;
      rows[left] = row;
      rest[i - left] = row;
      left += (+((word & mask) === mask) & +(word !== allOnes)) ^ flip;
    }
    return left;
  };
}

/** Of every kind of field: what the column has for `-`. */
export function refineNull({ field }: Extract<Filter, { op: "null" }>, wanted: boolean, columns: Columns): Refine {
  const kind = kindOf(field);
  if (kind === "counter") {
    return (batch, rows, count, rest) => {
      const nulls = nullsOf(field, batch.rows, columns);
      return keepWhere(rows, count, rest, wanted, (row) => nulls[row] === 1);
    };
  }
  // A text's code is in the low half and 0 for null; of all else the high half tells.
  const half = kind === "text" || kind === "tag" ? 0 : 1;
  const none = half === 0 ? 0 : kind === "address" ? noAddress : allOnes;
  return (batch, rows, count, rest) => {
    const words = columns.kernel.words32(columns.words(field), 2 * batch.rows);
    return keepWhere(rows, count, rest, wanted, (row) => words[2 * row + half] === none);
  };
}

function keepWhere(
  rows: Uint32Array,
  count: number,
  rest: Uint32Array,
  wanted: boolean,
  holds: (row: number) => boolean,
): number {
  let left = 0;
  for (let i = 0; i < count; i++) {
    const row = rows[i] as number;
    rows[left] = row;
    rest[i - left] = row;
    left += +(holds(row) === wanted);
  }
  return left;
}

/** What of the ranges a value of the field can be, so that none of them holds what stands for null. */
function rangesOf(field: string, ranges: readonly Range[]): ExactRange[] {
  return clipRanges(fromBounds(ranges), fieldRange(kindOf(field))?.max ?? 0n);
}

/** An unknown column is text. */
function kindOf(field: string): FieldKind {
  return findField(field)?.kind ?? "text";
}
