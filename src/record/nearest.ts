import { closestMatch } from "leven";

/**
 * The candidate that somebody who wrote `word` probably meant, or null if none is near: at most one letter
 * in three may differ. Case does not count, nor does `-` for `_`.
 */
export function nearest(word: string, candidates: readonly string[]): string | null {
  // A word longer than any name by that much is no slip of the pen, and the cost grows with its length.
  if (word.length > 64) return null;
  const byForm = new Map(candidates.map((candidate) => [comparable(candidate), candidate]));
  const form = comparable(word);
  const match = closestMatch(form, [...byForm.keys()], { maxDistance: Math.max(1, Math.floor(form.length / 3)) });
  return match === undefined ? null : (byForm.get(match) ?? null);
}

function comparable(word: string): string {
  return word.toLowerCase().replaceAll("-", "_");
}
