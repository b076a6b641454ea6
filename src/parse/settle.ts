import { InputError, UserError } from "../errors.js";
import { DEFAULT_LAYOUT, fieldIndex, isHeader, type Layout, layoutFromHeader } from "../record/layout.js";
import { NotALogError } from "../source/reader.js";
import { findFault, splitFields } from "./line.js";
import { formatFault, type LineFault, type LineProblem } from "./problem.js";

/** How many lines, but for blank ones and comments, are looked at for one that shows the layout. */
const maxLooks = 100;

/** What a line is that the kernel does not take for a record of the layout in force. */
export type LineKind =
  | { kind: "blank" }
  | { kind: "comment" }
  | { kind: "header"; layout: Layout }
  | { kind: "record" }
  /** A record of another of the formats that the user gave. */
  | { kind: "other"; layout: Layout }
  | { kind: "malformed"; fault: LineFault };

/** Look at a line with care. `layouts` are those that lines may have now; `current` is the one in force. */
export function classifyLine(line: string, layouts: readonly Layout[], current: Layout): LineKind {
  const fields = splitFields(line);
  const first = fields[0];
  if (first === undefined) return { kind: "blank" };
  if (first.startsWith("#")) return { kind: "comment" };
  if (isHeader(fields)) return { kind: "header", layout: layoutFromHeader(fields) };
  const fit = layouts.find((layout) => layout.fields.length === fields.length) ?? current;
  const fault = findFault(line, fit);
  if (fault === null) return fit === current ? { kind: "record" } : { kind: "other", layout: fit };
  if (fault.reason === "fields") fault.due = layouts.map((layout) => layout.fields.length);
  return { kind: "malformed", fault };
}

/**
 * Finds the layout of an input from its first lines: a header wins, else the formats given, else AWS's default if one
 * of the first 100 lines reads as such.
 */
export class Settlement {
  readonly #formats: readonly Layout[];
  #looks = 0;
  /** The first line that is neither blank nor a comment: what the error speaks of when nothing fits. */
  first: { line: number; fields: string[] } | null = null;

  constructor(formats: readonly Layout[]) {
    this.#formats = formats;
  }

  /** True when so many lines fitted nothing that the input is no log we know. */
  get hopeless(): boolean {
    return this.#looks >= maxLooks;
  }

  /** Look at the next line, of this number; the layouts that its input may have, once known. */
  look(text: string, line: number): readonly Layout[] | null {
    const fields = splitFields(text);
    if (fields.length === 0 || fields[0]?.startsWith("#")) return null;
    this.#looks++;
    this.first ??= { line, fields };
    if (isHeader(fields)) return [layoutFromHeader(fields)];
    if (this.#formats.length > 0) return this.#formats;
    return this.#looks <= maxLooks && readsAsDefault(text, fields) ? [DEFAULT_LAYOUT] : null;
  }
}

/** Why a line that reads well did not show the layout itself. */
export function earlyFault(line: string, layout: Layout): LineFault {
  if (layout.key !== DEFAULT_LAYOUT.key) return { reason: "early" };
  const value = splitFields(line)[fieldIndex(layout, "log_status")] as string;
  return { reason: "value", field: "log_status", value, expected: "OK, NODATA or SKIPDATA" };
}

/** Fourteen fields of the right kinds prove little (another format may have them): the last must be a log status. */
function readsAsDefault(text: string, fields: readonly string[]): boolean {
  return (
    fields.length === DEFAULT_LAYOUT.fields.length &&
    /^(OK|NODATA|SKIPDATA|-)$/.test(fields[fieldIndex(DEFAULT_LAYOUT, "log_status")] as string) &&
    findFault(text, DEFAULT_LAYOUT) === null
  );
}

/** The error for an input whose first lines show no layout. */
export function noLayout(name: string, { first }: Settlement): NotALogError {
  if (first === null) return new NotALogError(`${name}:1: a line longer than 1 MiB, expected a flow log`);
  const count = `${first.fields.length} ${first.fields.length === 1 ? "field" : "fields"}`;
  const due = DEFAULT_LAYOUT.fields.length;
  const text = first.fields.join(" ");
  const fault = findFault(text, DEFAULT_LAYOUT) ?? earlyFault(text, DEFAULT_LAYOUT);
  const why =
    first.fields.length === due
      ? `not AWS's default format: ${formatFault(fault)}`
      : `AWS's default format has ${due} fields`;
  return new NotALogError(`${name}:${first.line}: ${count} and no header; ${why}`, { hint: formatHint });
}

/**
 * The error for an input with lines of which none is a record. Where it was its own header that said what records look
 * like, it is a log; where it was the user's formats, it may be something else that lies beside the logs.
 */
export function noRecord({ source, line, fault }: LineProblem, formats: readonly Layout[]): InputError {
  const message = `${source}:${line}: no line is a record; the first: ${formatFault(fault)}`;
  if (formats.length === 0) return new InputError(message, { hint: formatHint });
  return new NotALogError(message, {
    hint: "The format given with --format does not fit: check it against the flow log's settings, or leave it out.",
  });
}

/** Put the place in front of what is wrong with a header, such as a field that it names twice. */
export function located<T>(name: string, line: number, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new InputError(`${name}:${line}: ${error.message}`, { hint: error.hint ?? formatHint, cause: error });
  }
}

export const formatHint =
  "If this is a flow log, give its format: --format '${version} ${account-id} …' as in the flow log's settings, or --format tgw.";
