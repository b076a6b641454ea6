import { unitInAnyCase, unitSize } from "./units.js";
import { ValueError } from "./value-error.js";

/**
 * A number as people write it, exact: `1500`, `10k`, `1.5M` (1000s), `4Ki` (1024s).
 *
 * @param expected what belongs there, for the error
 * @throws ValueError for another unit, and where a part of one would be left over (`1.5`)
 */
export function parseAmount(text: string, expected: string): bigint {
  const [, whole, fraction = "", unit = ""] = /^(\d+)(?:\.(\d+))?([a-z]*)$/i.exec(text) ?? [];
  if (whole === undefined) throw new ValueError(text, expected, hintFor(text));
  const size = unitSize(unit);
  if (size === undefined) throw new ValueError(text, expected, unitHint(whole, fraction, unit));
  const scale = 10n ** BigInt(fraction.length);
  const scaled = BigInt(whole + fraction) * BigInt(size);
  if (scaled % scale !== 0n) throw new ValueError(text, expected, "A part of one cannot be compared with.");
  return scaled / scale;
}

function hintFor(text: string): string | undefined {
  if (/^\d+[_,' ]\d/.test(text)) return "Write the digits together, or a unit: 10k, 1.5M, 4Ki.";
  if (/^\d+(\.\d+)?e[+-]?\d+$/i.test(text)) return "Write the digits or a unit: 10k, 1.5M, 4Ki.";
  return undefined;
}

function unitHint(whole: string, fraction: string, unit: string): string {
  const number = fraction === "" ? whole : `${whole}.${fraction}`;
  const meant = unitInAnyCase(unit.toLowerCase().replace(/b(?:ytes?)?$/, ""));
  if (meant !== undefined) return `Write ${number}${meant}.`;
  return "Units are k M G T (1000s) and Ki Mi Gi Ti (1024s).";
}
