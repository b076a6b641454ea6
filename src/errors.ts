/** The longest piece of somebody's data that a message shows. */
const maxShown = 60;

/**
 * A mistake that the caller can mend: bad options, keys, filters. Printed without a stack; exit status 2.
 * The message says where, what was seen and what was expected; the hint says what to do.
 */
export class UserError extends Error {
  override name = "UserError";
  readonly hint: string | undefined;
  readonly exitStatus: 2 | 3 = 2;

  constructor(message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.hint = options.hint;
  }
}

/** An input that could not be read or understood; exit status 3. */
export class InputError extends UserError {
  override name = "InputError";
  override readonly exitStatus = 3;
}

/**
 * An output that could not be written, such as a full disk; exit status 3. Not an InputError: the other inputs cannot
 * make up for it, so it ends the run.
 */
export class OutputError extends UserError {
  override name = "OutputError";
  override readonly exitStatus = 3;
}

/** Text from outside as a message may show it: in quotes, control characters escaped, cut short. */
export function quote(text: string): string {
  const characters = Array.from(text.length > 4 * maxShown ? text.slice(0, 4 * maxShown) : text);
  const cut = characters.length > maxShown || text.length > 4 * maxShown;
  const shown = cut ? characters.slice(0, maxShown).join("") : text;
  return `"${escapeControls(shown.replaceAll(/["\\]/g, "\\$&"))}${cut ? "…" : ""}"`;
}

/**
 * Control characters (C0, DEL, C1), line separators and the marks that turn text round, as `\u001b`;
 * anything else as it stands. A field of a hostile log must never reach a terminal raw.
 */
export function escapeControls(text: string): string {
  return text.replaceAll(
    /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
