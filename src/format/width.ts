import { createRequire } from "node:module";

/** Whether the text is printable ASCII or a bar, which needs no escape and is as wide as it is long. */
export function isPlain(text: string): boolean {
  return /^[\x20-\x7e█▉▊▋▌▍▎▏]*$/.test(text);
}

let stringWidth: ((text: string) => number) | undefined;

/** The columns that a terminal needs for the text, which holds no control characters: 2 for `日`. */
export function displayWidth(text: string): number {
  if (isPlain(text)) return text.length;
  // Loaded where it is needed: few logs have such text in them, and it takes 5 ms.
  stringWidth ??= createRequire(import.meta.url)("string-width") as (text: string) => number;
  return stringWidth(text);
}

/**
 * Blanks before or after the text, up to that width; wider text stays whole.
 *
 * @param painted what to print for it: the same text, perhaps in colour
 */
export function pad(text: string, width: number, right: boolean, painted = text): string {
  const missing = width - displayWidth(text);
  if (missing <= 0) return painted;
  return right ? " ".repeat(missing) + painted : painted + " ".repeat(missing);
}

/**
 * The lines that a sentence takes on a terminal of that width, broken between words, those after the first set in.
 *
 * @param width null: not a terminal, and one line however long it is
 */
export function wrapWords(text: string, width: number | null): string[] {
  if (width === null || displayWidth(text) <= width) return [text];
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && displayWidth(`${line} ${word}`) > width) {
      lines.push(line);
      line = `  ${word}`;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
