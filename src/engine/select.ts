import type { Batch } from "../parse/batch.js";
import { type Columns, maxBatchRows } from "../parse/columns.js";
import type { Selection } from "../parse/sort.js";
import type { Filter } from "../query/filter.js";
import type { Window } from "../query/query.js";
import { fieldRange, findField } from "../record/fields.js";
import { type Literal, partsOf } from "./literals.js";
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
  const refine = compile({ filter, wanted: true }, new Scratches(columns), columns);
  const inWindow = compileWindow(window, columns);
  return (batch, selection) => {
    selection.count = refine(batch, selection.rows, inWindow(batch, selection.rows, selection.count));
  };
}

function compileWindow({ since, until }: Window, columns: Columns): Refine {
  if (since === null && until === null) return (_batch, _rows, count) => count;
  const last = until === null ? String(fieldRange("seconds")?.max) : until - 1;
  const term: Filter = { op: "number", field: "start", ranges: [[Math.max(since ?? 0, 0), last]] };
  return compile({ filter: term, wanted: true }, new Scratches(columns), columns);
}

/**
 * There are but two ways to join conditions: all of them hold, or not all of them. `or` is that not all are false; `not` turns a
 * condition round. Both are sound since a filter is true or false of every record.
 */
function compile(literal: Literal, scratches: Scratches, columns: Columns): Refine {
  const { filter, wanted } = literal;
  switch (filter.op) {
    case "and":
    case "or": {
      const parts = partsOf(filter, filter.op === "and");
      if (wanted === (filter.op === "and")) return refineAll(compileParts(parts, scratches, columns));
      const scratch = scratches.enter();
      const all = refineAll(compileParts(parts, scratches, columns));
      scratches.leave();
      return refineOthers(all, scratch, columns);
    }
    case "not":
      return compile({ filter: filter.term, wanted: !wanted }, scratches, columns);
    case "address":
      return refineAddress(filter, wanted, columns);
    case "port":
      return refinePort(filter, wanted, columns);
    case "number":
      return refineNumber(filter, wanted, columns);
    case "bits":
      return refineBits(filter, wanted, columns);
    case "text":
      return refineText(filter, wanted, columns);
    case "match": {
      const isAddress = findField(filter.field)?.kind === "address";
      return isAddress ? refineAddressMatch(filter, wanted, columns) : refineText(filter, wanted, columns);
    }
    case "null":
      return refineNull(filter, wanted, columns);
  }
}

function compileParts(parts: readonly Literal[], scratches: Scratches, columns: Columns): Refine[] {
  return parts.map((part) => compile(part, scratches, columns));
}

function refineAll(terms: readonly Refine[]): Refine {
  return (batch, rows, count) => {
    let left = count;
    for (const term of terms) left = term(batch, rows, left);
    return left;
  };
}

/** The rows that are not among those that a condition holds for. */
function refineOthers(condition: Refine, scratch: number, { kernel }: Columns): Refine {
  return (batch, at, count) => {
    kernel.words32(scratch, count).set(kernel.words32(at, count));
    const held = condition(batch, scratch, count);
    // Taken only now: the condition may have made the memory grow.
    const rows = kernel.words32(at, count);
    const own = kernel.words32(scratch, count + 1);
    own[held] = noRow;
    let left = 0;
    let next = 0;
    for (let i = 0; i < count; i++) {
      const row = rows[i] as number;
      const isOne = row === own[next] ? 1 : 0;
      rows[left] = row;
      next += isOne;
      left += isOne ^ 1;
    }
    return left;
  };
}

const noRow = 0xffff_ffff;

/** Places for copies of selected rows: one for each depth of `or` within `or`, which those beside each other share. */
class Scratches {
  readonly #columns: Columns;
  readonly #byDepth: number[] = [];
  #depth = 0;

  constructor(columns: Columns) {
    this.#columns = columns;
  }

  enter(): number {
    const scratch = this.#byDepth[this.#depth] ?? this.#columns.kernel.call.reserve(4 * (maxBatchRows + 1));
    this.#byDepth[this.#depth++] = scratch;
    return scratch;
  }

  leave(): void {
    this.#depth--;
  }
}
