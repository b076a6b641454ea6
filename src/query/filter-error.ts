import { createRequire } from "node:module";
import { escapeControls, UserError } from "../errors.js";

/** An expression, and where it comes from: the path of a file, or null for the command line. */
export interface Source {
  text: string;
  path: string | null;
  /** What the expression is, as the place of its mistakes; a filter unless it says otherwise. */
  what?: "filter" | "having";
}

/** How much of a long line is shown before and after where the mistake is. */
const shownBefore = 50;
const shownAfter = 40;

/**
 * A mistake in an expression: in a filter, or in what is written like one. The message says what was seen and what was
 * expected; the hint shows the line with carets under the mistake, and what to write.
 */
export class FilterError extends UserError {
  override name = "FilterError";

  /**
   * @param problem what was seen, and what was expected
   * @param at      where the mistake begins in the source's text, and where it ends
   * @param advice  a whole sentence: the nearest known word, or how it is written
   */
  constructor(
    readonly problem: string,
    readonly source: Source,
    readonly at: readonly [number, number],
    readonly advice?: string,
    cause?: unknown,
  ) {
    const place =
      source.path === null
        ? (source.what ?? "filter")
        : `${source.path}:${source.text.slice(0, at[0]).split("\n").length}`;
    const hint = [showPlace(source.text, at), advice].filter(Boolean).join("\n");
    super(`${place}: ${problem}`, { ...(hint !== "" && { hint }), cause });
  }

  /** The same mistake with other advice. */
  withAdvice(advice: string): FilterError {
    return new FilterError(this.problem, this.source, this.at, advice, this);
  }
}

/** The line of the mistake, and carets under it. */
function showPlace(text: string, [at, end]: readonly [number, number]): string {
  if (text.trim() === "") return "";
  const lineStart = text.lastIndexOf("\n", at - 1) + 1;
  const newline = text.indexOf("\n", at);
  const lineEnd = newline < 0 ? text.length : newline;
  const start = Math.max(lineStart, at - shownBefore);
  const stop = Math.min(lineEnd, Math.max(at + shownAfter, Math.min(end, at + 2 * shownAfter)));
  const before = (start > lineStart ? "…" : "") + shown(text.slice(start, at));
  const mistake = shown(text.slice(at, Math.min(end, stop)));
  const after = shown(text.slice(Math.min(end, stop), stop)) + (stop < lineEnd ? "…" : "");
  return `${before}${mistake}${after}\n${" ".repeat(widthOf(before))}${"^".repeat(Math.max(1, widthOf(mistake)))}`;
}

function shown(text: string): string {
  return escapeControls(text.replaceAll("\t", " "));
}

function widthOf(text: string): number {
  if (/^[\x20-\x7e…]*$/.test(text)) return text.length;
  return (createRequire(import.meta.url)("string-width") as (text: string) => number)(text);
}
