import { durationHint, secondsOfDuration } from "./duration.js";
import { ValueError } from "./value-error.js";

const expected = "a width from 1s to 1d, such as 5m, 90s or 1h";
const daySec = 86_400;

/**
 * The text of `--bin`: `90s`, `5m`, `1h`, `1d`.
 *
 * @returns seconds, 1 to 86,400
 * @throws ValueError
 */
export function parseBinWidth(text: string): number {
  const seconds = secondsOfDuration(text);
  if (seconds === null) throw new ValueError(text, expected, hintFor(text));
  const width = Number(seconds);
  if (width > daySec) throw new ValueError(text, expected, "A bin is no longer than a day: 1d.");
  if (width < 1 || !Number.isInteger(width)) {
    throw new ValueError(text, expected, "A flow log counts whole seconds, so a bin is of whole seconds.");
  }
  return width;
}

function hintFor(text: string): string | undefined {
  // An ambiguous number would be taken for minutes by one and for seconds by another.
  if (/^\d+$/.test(text)) return `Write its unit: ${text}s.`;
  if (/^\d+ms$/i.test(text)) return "A flow log counts whole seconds, so a bin is of whole seconds.";
  return durationHint(text);
}
