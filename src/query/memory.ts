import { quote, UserError } from "../errors.js";

const units: Readonly<Record<string, number>> = {
  "": 1,
  k: 1e3,
  m: 1e6,
  g: 1e9,
  t: 1e12,
  ki: 2 ** 10,
  mi: 2 ** 20,
  gi: 2 ** 30,
  ti: 2 ** 40,
};
/** Less would be spent on finding the groups again. */
const leastBytes = 1e6;

/**
 * A size of memory: `256M`, `1.5G`, `512Mi`, a number of bytes; a `B` behind is taken.
 * @returns bytes
 * @throws UserError for anything else, and for less than a megabyte
 */
export function parseMemory(text: string): number {
  const [, number, unit = ""] = /^(\d{1,15}(?:\.\d+)?) ?([kmgt]i?|)b?$/i.exec(text.trim()) ?? [];
  const bytes = Math.floor(Number(number) * (units[unit.toLowerCase()] ?? Number.NaN));
  if (Number.isNaN(bytes)) throw new UserError(`${quote(text)} is no size of memory, expected one such as 256M or 2G`);
  if (bytes < leastBytes) throw new UserError(`${quote(text)} of memory is too little, expected 1M or more`);
  return bytes;
}
