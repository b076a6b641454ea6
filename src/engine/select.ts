import type { Batch } from "../parse/batch.js";
import { type Columns, maxBatchRows } from "../parse/columns.js";
import type { Selection } from "../parse/sort.js";
import type { Filter } from "../query/filter.js";
import type { Window } from "../query/query.js";
import { fieldRange, findField } from "../record/fields.js";
import type { Refine } from "./refine.js";
import { refineAddress, refineAddressMatch } from "./select-address.js";
import { refineBits, refineNull, refineNumber, refinePort } from "./select-number.js";
import { refineText } from "./select-text.js";

/**
 * A filter and a window compiled to one function over a batch, which narrows a selection down. A condition on texts or
 * IPv6 addresses is worked out once for each distinct value (memory grows with these).
 */
export function compileSelection(
  filter: Filter,
  window: Window,
  columns: Columns,
): (batch: Batch, from: Selection) => void {
  const refine = compile(filter, true, new Scratches(), columns);
  const inWindow = compileWindow(window, columns);
  return (batch, selection) => {
    const rows = columns.kernel.words32(selection.rows, selection.count);
    selection.count = refine(batch, rows, inWindow(batch, rows, selection.count));
  };
}

function compileWindow({ since, until }: Window, columns: Columns): Refine {
  if (since === null && until === null) return (_batch, _rows, count) => count;
  const last = until === null ? String(fieldRange("seconds")?.max) : until - 1;
  const term: Filter = { op: "number", field: "start", ranges: [[Math.max(since ?? 0, 0), last]] };
  return compile(term, true, new Scratches(), columns);
}

/**
 * @param wanted whether the rows are kept where the filter holds, or those where it does not: `not` only turns it round,
 *               which is sound since a filter is true or false of every record
 */
function compile(filter: Filter, wanted: boolean, scratches: Scratches, columns: Columns): Refine {
  switch (filter.op) {
    case "and":
    case "or": {
      const isAll = (filter.op === "and") === wanted;
      if (isAll) return refineAll(filter.terms.map((term) => compile(term, wanted, scratches, columns)));
      const own = scratches.enter();
      const terms = filter.terms.map((term) => compile(term, wanted, scratches, columns));
      scratches.leave();
      return refineAny(terms, own);
    }
    case "not":
      return compile(filter.term, !wanted, scratches, columns);
    case "address":
      return refineAddress(filter, wanted, columns);
    case "port":
      return refinePort(filter, wanted, columns);
    case "number":
      return refineNumber(filter, wanted, columns);
    case "bits":
      return refineBits(filter, wanted, columns);
    case "text":
    case "match": {
      const isAddress = filter.op === "match" && findField(filter.field)?.kind === "address";
      return isAddress ? refineAddressMatch(filter, wanted, columns) : refineText(filter, wanted, columns);
    }
    case "null":
      return refineNull(filter, wanted, columns);
  }
}

function refineAll(terms: readonly Refine[]): Refine {
  return (batch, rows, count) => {
    let left = count;
    for (const term of terms) left = term(batch, rows, left);
    return left;
  };
}

/** Each term takes its own copy of the rows that no term before it has kept. */
function refineAny(terms: readonly Refine[], { passed, open, own }: Scratch): Refine {
  if (terms.length === 1) return terms[0] as Refine;
  return (batch, rows, count) => {
    passed.fill(0, 0, batch.rows);
    open.set(rows.subarray(0, count));
    let left = count;
    for (const [i, term] of terms.entries()) {
      own.set(open.subarray(0, left));
      const kept = term(batch, own, left);
      for (let j = 0; j < kept; j++) passed[own[j] as number] = 1;
      if (kept > 0 && i < terms.length - 1) left = keepMarked(passed, 0, open, left);
    }
    return keepMarked(passed, 1, rows, count);
  };
}

function keepMarked(marks: Uint8Array, mark: number, rows: Uint32Array, count: number): number {
  let left = 0;
  for (let i = 0; i < count; i++) {
    const row = rows[i] as number;
    rows[left] = row;
    left += marks[row] === mark ? 1 : 0;
  }
  return left;
}

/** What an `or` needs while it is at work: a mark for each row, the rows that are not kept yet, and a term's own copy. */
interface Scratch {
  passed: Uint8Array;
  open: Uint32Array;
  own: Uint32Array;
}

/** A scratch for each depth of `or` within `or`: those beside each other share it. */
class Scratches {
  readonly #byDepth: Scratch[] = [];
  #depth = 0;

  enter(): Scratch {
    const known = this.#byDepth[this.#depth];
    const scratch = known ?? {
      passed: new Uint8Array(maxBatchRows),
      open: new Uint32Array(maxBatchRows),
      own: new Uint32Array(maxBatchRows),
    };
    this.#byDepth[this.#depth++] = scratch;
    return scratch;
  }

  leave(): void {
    this.#depth--;
  }
}
