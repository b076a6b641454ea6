import type { InputError } from "../errors.js";
import type { Layout } from "../record/layout.js";
import { maxBatchRows } from "./columns.js";
import { maxLineBytes } from "./line.js";
import type { LineProblem } from "./problem.js";
import { Settlement } from "./settle.js";

/** Bytes asked of a source at once: few enough to be in the cache still when they are scanned. */
export const readBytes = 256 << 10;
/** Lines that wait for a layout are kept so far. */
export const maxWaitingBytes = 1 << 20;
/** Room for the lines that wait, the longest line with its end, and one read behind it. */
export const maxTextBytes = maxWaitingBytes + maxLineBytes + 2 + 2 * readBytes;

/** The input as messages name it, and whether the user named it (else it was found by walking). */
export interface InputName {
  name: string;
  named: boolean;
}

/** How far an input is read: [begin, end) of the text is still to be parsed. */
export interface Place extends InputName {
  begin: number;
  end: number;
  /** Lines that were taken from the input so far. */
  lines: number;
  records: number;
  /** The layouts that lines may have, and the one in force; null until the first lines have shown it. */
  layouts: readonly Layout[];
  layout: Layout | null;
  settlement: Settlement;
  /** How many lines the settlement has looked at, and where the next one begins. */
  looked: { lines: number; at: number };
  /** The line that showed the layout: what stands before it is malformed. */
  settledLine: number;
  /** True inside a line that is too long: its bytes pass by until its end. */
  skipping: boolean;
  /** Lines that are too long, of which only a stub is kept. */
  longLines: Set<number>;
  /** How many bytes the last read has brought, at the end of the text. */
  fresh: number;
  /** Most rows of the next batch: few after a change of layout, since another may follow soon. */
  maxRows: number;
  firstProblem: LineProblem | null;
  /** Why reading must end here, once the records before are answered. */
  failure: InputError | null;
}

/** The beginning of an input. `text` is where its text goes in the kernel's memory. */
export function newPlace(input: InputName, text: number, formats: readonly Layout[]): Place {
  return {
    name: input.name,
    named: input.named,
    begin: text,
    end: text,
    lines: 0,
    records: 0,
    layouts: [],
    layout: null,
    settlement: new Settlement(formats),
    looked: { lines: 0, at: text },
    settledLine: 0,
    skipping: false,
    longLines: new Set(),
    fresh: 0,
    maxRows: maxBatchRows,
    firstProblem: null,
    failure: null,
  };
}
