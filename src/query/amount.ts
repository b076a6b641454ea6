import { times, unitInAnyCase, unitSize } from "./units.js";
import { ValueError } from "./value-error.js";

/**
 * A number as people write it, exact: `1500`, `10k`, `1.5M` (1000s), `4Ki` (1024s).
 *
 * @param expected what belongs there, for the error
 * @throws ValueError for another unit, and where a part of one would be left over (`1.5`)
 */
export function parseAmount(text: string, expected: string): bigint {
  const amount = parseExact(text, expected);
  if (amount.includes(".")) throw new ValueError(text, expected, "A part of one cannot be compared with.");
  return BigInt(amount);
}

/**
 * A number with parts, as people write it, to its digits: `0.250` is `0.25`, `1.00001k` is `1000.01`.
 *
 * @param expected what belongs there, for the error
 * @throws ValueError for another unit, and for more than 4 decimals
 */
export function parseDecimal(text: string, expected: string): string {
  const amount = parseExact(text, expected);
  if (/\.\d{5}/.test(amount)) throw new ValueError(text, expected, MORE_DECIMALS);
  return amount;
}

export const MORE_DECIMALS = "Metrics are rounded to 4 decimals: more cannot be compared with.";

function parseExact(text: string, expected: string): string {
  const [, number, unit = ""] = /^(\d+(?:\.\d+)?)([a-z]*)$/i.exec(text) ?? [];
  if (number === undefined) throw new ValueError(text, expected, hintFor(text));
  const size = unitSize(unit);
  if (size === undefined) throw new ValueError(text, expected, unitHint(number, unit));
  return times(number, size);
}

function hintFor(text: string): string | undefined {
  if (/^\d+[_,' ]\d/.test(text)) return "Write the digits together, or a unit: 10k, 1.5M, 4Ki.";
  if (/^\d+(\.\d+)?e[+-]?\d+$/i.test(text)) return "Write the digits or a unit: 10k, 1.5M, 4Ki.";
  return undefined;
}

function unitHint(number: string, unit: string): string {
  const meant = unitInAnyCase(unit.toLowerCase().replace(/b(?:ytes?)?$/, ""));
  if (meant !== undefined) return `Write ${number}${meant}.`;
  return "Units are k M G T (1000s) and Ki Mi Gi Ti (1024s).";
}
