import type { Batch } from "../parse/batch.js";
import type { Columns } from "../parse/columns.js";
import type { Selection } from "../parse/sort.js";
import type { Filter, Range } from "../query/filter.js";
import type { Window } from "../query/query.js";
import { findField } from "../record/fields.js";
import { HAS_PORTS } from "../record/protocols.js";
import { addressNumber, isWithin, joinRanges, prefixRanges } from "./ranges.js";

/**
 * Keeps the selected rows that a condition holds for, in place and in order.
 * @param rows row numbers, of which the first `count` are selected
 * @returns how many are left
 */
type Refine = (batch: Batch, rows: Uint32Array, count: number) => number;

/** The high half of an address's word: 0 for IPv4, 1 for IPv6, 2 for null. */
const ipv6 = 1;
const allOnes = 0xffff_ffff;

/**
 * A filter and a window compiled to one function over a batch, which narrows a selection down. A condition on texts or
 * IPv6 addresses is worked out once for each distinct value (memory grows with these).
 */
export function compileSelection(
  filter: Filter,
  window: Window,
  columns: Columns,
): (batch: Batch, from: Selection) => void {
  const refine = compile(filter, columns);
  const inWindow = compileWindow(window, columns);
  return (batch, selection) => {
    const rows = columns.kernel.words32(selection.rows, selection.count);
    selection.count = refine(batch, rows, inWindow(batch, rows, selection.count));
  };
}

function compileWindow({ since, until }: Window, columns: Columns): Refine {
  if (since === null && until === null) return (_batch, _rows, count) => count;
  return refineNumber("start", [[since ?? 0, (until ?? Number.POSITIVE_INFINITY) - 1]], columns);
}

function compile(filter: Filter, columns: Columns): Refine {
  switch (filter.op) {
    case "and":
      return refineAll(filter.terms.map((term) => compile(term, columns)));
    case "or":
      return refineAny(filter.terms.map((term) => compile(term, columns)));
    case "not":
      return refineNone(compile(filter.term, columns));
    case "address":
      return refineAddress(filter.fields, filter.prefixes, columns);
    case "port":
      return refinePort(filter.fields, filter.ranges, columns);
    case "number":
      return refineNumber(filter.field, filter.ranges, columns);
    case "text":
      return refineText(filter, columns);
  }
}

function refineAll(terms: readonly Refine[]): Refine {
  return (batch, rows, count) => {
    let left = count;
    for (const term of terms) left = term(batch, rows, left);
    return left;
  };
}

function refineAny(terms: readonly Refine[]): Refine {
  return (batch, rows, count) => {
    const passed = new Uint8Array(batch.rows);
    for (const term of terms) mark(passed, batch, term, rows, count);
    return keepMarked(rows, count, passed, 1);
  };
}

function refineNone(term: Refine): Refine {
  return (batch, rows, count) => {
    const passed = new Uint8Array(batch.rows);
    mark(passed, batch, term, rows, count);
    return keepMarked(rows, count, passed, 0);
  };
}

/** Mark the rows that pass a term, and leave the selection as it is. */
function mark(passed: Uint8Array, batch: Batch, term: Refine, rows: Uint32Array, count: number): void {
  const own = rows.slice(0, count);
  const left = term(batch, own, count);
  for (let i = 0; i < left; i++) passed[own[i] as number] = 1;
}

function keepMarked(rows: Uint32Array, count: number, passed: Uint8Array, wanted: number): number {
  let left = 0;
  for (let i = 0; i < count; i++) {
    const row = rows[i] as number;
    if (passed[row] === wanted) rows[left++] = row;
  }
  return left;
}

function refineAddress(fields: readonly string[], prefixes: readonly string[], columns: Columns): Refine {
  const { v4, v6 } = prefixRanges(prefixes);
  const inPrefixes6 = oncePerCode(columns, (code) => {
    const address = columns.kernel.interned(columns.ipv6, code);
    return isWithin(v6, addressNumber(address));
  });
  return refineAnyField(fields, (field) => (batch, rows, count) => {
    const words = columns.kernel.words32(columns.words(field), 2 * batch.rows);
    let left = 0;
    for (let i = 0; i < count; i++) {
      const row = rows[i] as number;
      const word = words[2 * row] as number;
      const family = words[2 * row + 1] as number;
      if (family === 0 ? isWithin(v4, word) : family === ipv6 && inPrefixes6(word)) rows[left++] = row;
    }
    return left;
  });
}

/** One condition on any of several fields; mostly there is one field, and nothing to be marked. */
function refineAnyField(fields: readonly string[], make: (field: string) => Refine): Refine {
  const terms = fields.map(make);
  return terms.length === 1 ? (terms[0] as Refine) : refineAny(terms);
}

function refinePort(fields: readonly string[], ranges: readonly Range[], columns: Columns): Refine {
  const ports = refineAnyField(fields, (field) => refineNumber(field, ranges, columns));
  const hasPorts = refineNumber(
    "protocol",
    Array.from(HAS_PORTS, (protocol): Range => [protocol, protocol]),
    columns,
  );
  // A layout without `protocol` leaves the port to speak for itself.
  return (batch, rows, count) => ports(batch, rows, batch.has("protocol") ? hasPorts(batch, rows, count) : count);
}

function refineNumber(field: string, pairs: readonly Range[], columns: Columns): Refine {
  const ranges = joinRanges(pairs);
  const isCounter = findField(field)?.kind === "counter";
  return (batch, rows, count) => {
    const { kernel } = columns;
    const words = kernel.words32(columns.words(field), 2 * batch.rows);
    const nulls = isCounter ? kernel.u8.subarray(columns.nulls(field)) : null;
    let left = 0;
    for (let i = 0; i < count; i++) {
      const row = rows[i] as number;
      const low = words[2 * row] as number;
      const high = words[2 * row + 1] as number;
      if (nulls === null ? high === allOnes && low === allOnes : nulls[row] === 1) continue;
      if (isWithin(ranges, high === 0 ? low : high * 2 ** 32 + low)) rows[left++] = row;
    }
    return left;
  };
}

function refineText(filter: { field: string; values: string[]; anyCase: boolean }, columns: Columns): Refine {
  const fold = (text: string) => (filter.anyCase ? text.toLowerCase() : text);
  const wanted = new Set(filter.values.map(fold));
  const passes = oncePerCode(columns, (code) => {
    const bytes = columns.kernel.interned(columns.dictionary(filter.field), code);
    return wanted.has(fold(Buffer.from(bytes).toString()));
  });
  return (batch, rows, count) => {
    const words = columns.kernel.words32(columns.words(filter.field), 2 * batch.rows);
    let left = 0;
    for (let i = 0; i < count; i++) {
      const row = rows[i] as number;
      const code = words[2 * row] as number;
      if (code !== 0 && passes(code)) rows[left++] = row;
    }
    return left;
  };
}

/** Remember the answer for each code of a dictionary: a byte a code, 0 unknown, 1 no, 2 yes. */
function oncePerCode(columns: Columns, test: (code: number) => boolean): (code: number) => boolean {
  let answers = new Uint8Array(256);
  let era = columns.era;
  return (code) => {
    if (era !== columns.era) answers.fill(0);
    era = columns.era;
    if (code >= answers.length) {
      const larger = new Uint8Array(2 * code);
      larger.set(answers);
      answers = larger;
    }
    if (answers[code] === 0) answers[code] = test(code) ? 2 : 1;
    return answers[code] === 2;
  };
}
