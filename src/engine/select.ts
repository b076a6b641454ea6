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
  const rest = new Uint32Array(maxBatchRows);
  return (batch, selection) => {
    const rows = columns.kernel.words32(selection.rows, selection.count);
    selection.count = refine(batch, rows, inWindow(batch, rows, selection.count, rest), rest);
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
      const scratch = scratches.enter();
      const terms = filter.terms.map((term) => compile(term, wanted, scratches, columns));
      scratches.leave();
      return refineAny(terms, scratch);
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
  return (batch, rows, count, rest) => {
    let left = count;
    for (const term of terms) {
      const failed = count - left;
      left = term(batch, rows, left, failed === 0 ? rest : rest.subarray(failed));
    }
    return left;
  };
}

/** Each term is asked of the rows that no term before it has kept. */
function refineAny(terms: readonly Refine[], scratch: Scratch): Refine {
  if (terms.length === 1) return terms[0] as Refine;
  return (batch, rows, count, rest) => {
    const { passed } = scratch;
    let { open, other } = scratch;
    passed.fill(0, 0, batch.rows);
    open.set(rows.subarray(0, count));
    let left = count;
    for (const term of terms) {
      const kept = term(batch, open, left, other);
      for (let i = 0; i < kept; i++) passed[open[i] as number] = 1;
      left -= kept;
      [open, other] = [other, open];
    }
    return keepMarked(passed, rows, count, rest);
  };
}

function keepMarked(marks: Uint8Array, rows: Uint32Array, count: number, rest: Uint32Array): number {
  let left = 0;
  for (let i = 0; i < count; i++) {
    const row = rows[i] as number;
    rows[left] = row;
    rest[i - left] = row;
    left += marks[row] as number;
  }
  return left;
}

/** What an `or` needs while it is at work: a mark for each row, and twice the rows that no term has kept yet. */
interface Scratch {
  passed: Uint8Array;
  open: Uint32Array;
  other: Uint32Array;
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
      other: new Uint32Array(maxBatchRows),
    };
    this.#byDepth[this.#depth++] = scratch;
    return scratch;
  }

  leave(): void {
    this.#depth--;
  }
}
