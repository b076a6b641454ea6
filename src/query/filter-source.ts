import { statSync } from "node:fs";
import type { Filter } from "./filter.js";
import { FilterError, type Source } from "./filter-error.js";
import { parseFilter } from "./filter-parser.js";
import type { Clock } from "./filter-values.js";
import { readText } from "./list.js";

/**
 * An expression as an option gives it, of the filter or of another kind: `@FILE` reads it from there.
 *
 * @param what  what the file holds, for the error
 * @throws UserError for a file that cannot be read
 */
export function readSource(text: string, what = "a filter"): Source {
  if (!text.startsWith("@")) return { text, path: null };
  const path = text.slice(1);
  return { text: readText(path, what), path };
}

/**
 * The tree of an expression.
 *
 * @throws FilterError, which says how a filter is read from a file where the whole expression is the name of one
 */
export function parseSource(source: Source, clock: Clock): Filter {
  try {
    return parseFilter(source, clock);
  } catch (error) {
    if (!(error instanceof FilterError) || source.path !== null || !isFile(source.text)) throw error;
    // nfdump's -f takes a file.
    const advice = `${source.text} is a file. To read the filter from it, write @${source.text} (-f @${source.text}).`;
    throw error.withAdvice(advice);
  }
}

function isFile(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
  } catch {
    // A NUL, or a name longer than any.
    return false;
  }
}
