import { createRequire } from "node:module";
import { ValueError } from "./value-error.js";

// RE2JS keeps RE2's promise, time linear in the text, in plain JavaScript: no pattern can hang a run. Loading it takes
// 9 ms, which only a filter with a pattern pays.
type RE2JS = typeof import("re2js");

const expected = "a regular expression (RE2's)";

/** A compiled pattern; it is looked for anywhere in a text. */
export interface Pattern {
  test(text: string): boolean;
}

/**
 * A regular expression of RE2's syntax, which has no back references and no look-around.
 *
 * @throws PatternError with the part that is wrong
 */
export function compilePattern(pattern: string, anyCase: boolean): Pattern {
  const { RE2JS, RE2JSSyntaxException } = createRequire(import.meta.url)("re2js") as RE2JS;
  try {
    return RE2JS.compile(pattern, anyCase ? RE2JS.CASE_INSENSITIVE : 0);
  } catch (error) {
    if (error instanceof RE2JSSyntaxException) {
      const { error: reason, input } = error as unknown as { error: string; input: string | null };
      throw new PatternError(pattern, reason, input);
    }
    // Thousands of nested groups.
    if (error instanceof RangeError) throw new PatternError(pattern, "nested too deeply", null);
    throw error;
  }
}

/** A pattern that is no regular expression. */
export class PatternError extends ValueError {
  override name = "PatternError";
  /** Where in the pattern the wrong part begins and ends; all of it where that cannot be told. */
  readonly part: readonly [number, number];

  constructor(pattern: string, reason: string, input: string | null) {
    const sentence = `${reason.slice(0, 1).toUpperCase()}${reason.slice(1)}.`;
    super(pattern, expected, sentence + advice(input));
    const at = input === null ? -1 : pattern.lastIndexOf(input);
    this.part = at < 0 || input === null ? [0, pattern.length] : [at, at + input.length];
  }
}

function advice(input: string | null): string {
  if (input === null) return "";
  if (/^\(\?(?:=|!|<=|<!)/.test(input)) return " RE2 has no look-around; join two conditions with and, not.";
  if (/^\\[1-9]/.test(input)) return " RE2 has no back references.";
  return "";
}
