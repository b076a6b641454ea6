import { quote, UserError } from "../errors.js";
import { unitInAnyCase, unitSize } from "./units.js";

/** Less would be spent on finding the groups again. */
const leastBytes = 1e6;

/**
 * A size of memory: `256M`, `1.5G`, `512Mi`, a number of bytes; a `B` behind is taken.
 * @returns bytes
 * @throws UserError for anything else, and for less than a megabyte
 */
export function parseMemory(text: string): number {
  const [, number, unit = ""] = /^(\d{1,15}(?:\.\d+)?) ?([kmgt]i?|)b?$/i.exec(text.trim()) ?? [];
  const bytes = Math.floor(Number(number) * (unitSize(unitInAnyCase(unit) ?? "") as number));
  if (Number.isNaN(bytes)) throw new UserError(`${quote(text)} is no size of memory, expected one such as 256M or 2G`);
  if (bytes < leastBytes) throw new UserError(`${quote(text)} of memory is too little, expected 1M or more`);
  return bytes;
}
