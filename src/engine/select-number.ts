import type { Columns } from "../parse/columns.js";
import type { Filter, Range } from "../query/filter.js";
import { clipRanges, type ExactRange, fromBounds } from "../query/number-ranges.js";
import { type FieldKind, fieldRange, findField } from "../record/fields.js";
import { HAS_PORTS } from "../record/protocols.js";
import { LongSet, WordSet } from "./ranges.js";
import type { Refine } from "./refine.js";

/** A number column's null, in both halves; it is greater than every number that is not a counter. */
const allOnes = 0xffff_ffff;
/** The high half of an address's word that stands for null. */
const noAddress = 2;

const portProtocols = Uint8Array.from({ length: 256 }, (_, protocol) => (HAS_PORTS.has(protocol) ? 1 : 0));

export function refineNumber(filter: Extract<Filter, { op: "number" }>, wanted: boolean, columns: Columns): Refine {
  const kind = kindOf(filter.field);
  if (kind === "counter") return refineCounter(filter, wanted, columns);
  return kind === "seconds" ? refineSeconds(filter, wanted, columns) : refineWord(filter, wanted, columns);
}

function refineWord({ field, ranges }: Extract<Filter, { op: "number" }>, wanted: boolean, columns: Columns): Refine {
  const set = new WordSet(rangesOf(field, ranges));
  return (batch, rows, count) => {
    const words = columns.kernel.words32(columns.words(field), 2 * batch.rows);
    let left = 0;
    for (let i = 0; i < count; i++) {
      const row = rows[i] as number;
      rows[left] = row;
      // Null, all ones, lies in no range of such a field.
      left += set.has(words[2 * row] as number) === wanted ? 1 : 0;
    }
    return left;
  };
}

function refineSeconds(
  { field, ranges }: Extract<Filter, { op: "number" }>,
  wanted: boolean,
  columns: Columns,
): Refine {
  const set = new LongSet(rangesOf(field, ranges));
  return (batch, rows, count) => {
    const words = columns.kernel.words32(columns.words(field), 2 * batch.rows);
    let left = 0;
    for (let i = 0; i < count; i++) {
      const row = rows[i] as number;
      rows[left] = row;
      left += set.has(words[2 * row] as number, words[2 * row + 1] as number) === wanted ? 1 : 0;
    }
    return left;
  };
}

function refineCounter(
  { field, ranges }: Extract<Filter, { op: "number" }>,
  wanted: boolean,
  columns: Columns,
): Refine {
  const set = new LongSet(rangesOf(field, ranges));
  return (batch, rows, count) => {
    const { kernel } = columns;
    const words = kernel.words32(columns.words(field), 2 * batch.rows);
    const at = columns.nulls(field);
    const nulls = kernel.u8.subarray(at, at + batch.rows);
    let left = 0;
    for (let i = 0; i < count; i++) {
      const row = rows[i] as number;
      rows[left] = row;
      const holds = nulls[row] === 0 && set.has(words[2 * row] as number, words[2 * row + 1] as number);
      left += holds === wanted ? 1 : 0;
    }
    return left;
  };
}

export function refinePort(
  { fields, ranges }: Extract<Filter, { op: "port" }>,
  wanted: boolean,
  columns: Columns,
): Refine {
  const [field, other = field] = fields as [string, string | undefined];
  const set = new WordSet(rangesOf(field, ranges));
  return (batch, rows, count) => {
    const { kernel } = columns;
    const ports = kernel.words32(columns.words(field), 2 * batch.rows);
    const others = kernel.words32(columns.words(other), 2 * batch.rows);
    // A layout without `protocol` leaves the port to speak for itself.
    const asksProtocol = batch.has("protocol");
    const protocols = asksProtocol ? kernel.words32(columns.words("protocol"), 2 * batch.rows) : ports;
    let left = 0;
    for (let i = 0; i < count; i++) {
      const row = rows[i] as number;
      const protocol = protocols[2 * row] as number;
      const hasPort = !asksProtocol || (protocol < 256 && portProtocols[protocol] === 1);
      const holds = hasPort && (set.has(ports[2 * row] as number) || set.has(others[2 * row] as number));
      rows[left] = row;
      left += holds === wanted ? 1 : 0;
    }
    return left;
  };
}

export function refineBits(
  { field, mask }: Extract<Filter, { op: "bits" }>,
  wanted: boolean,
  columns: Columns,
): Refine {
  return (batch, rows, count) => {
    const words = columns.kernel.words32(columns.words(field), 2 * batch.rows);
    let left = 0;
    for (let i = 0; i < count; i++) {
      const row = rows[i] as number;
      const word = words[2 * row] as number;
      rows[left] = row;
      left += ((word & mask) === mask && word !== allOnes) === wanted ? 1 : 0;
    }
    return left;
  };
}

/** Of every kind of field: what the column has for `-`. */
export function refineNull({ field }: Extract<Filter, { op: "null" }>, wanted: boolean, columns: Columns): Refine {
  const kind = kindOf(field);
  if (kind === "counter") {
    return (_batch, rows, count) => {
      const nulls = columns.kernel.u8.subarray(columns.nulls(field));
      return keepWhere(rows, count, (row) => nulls[row] === 1, wanted);
    };
  }
  // A text's code is in the low half and 0 for null; of all else the high half tells.
  const half = kind === "text" || kind === "tag" ? 0 : 1;
  const none = half === 0 ? 0 : kind === "address" ? noAddress : allOnes;
  return (batch, rows, count) => {
    const words = columns.kernel.words32(columns.words(field), 2 * batch.rows);
    return keepWhere(rows, count, (row) => words[2 * row + half] === none, wanted);
  };
}

function keepWhere(rows: Uint32Array, count: number, holds: (row: number) => boolean, wanted: boolean): number {
  let left = 0;
  for (let i = 0; i < count; i++) {
    const row = rows[i] as number;
    rows[left] = row;
    left += holds(row) === wanted ? 1 : 0;
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
