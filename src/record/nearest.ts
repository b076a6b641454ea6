/**
 * The candidate that somebody who wrote `word` probably meant, or null if none is near: at most one slip in three
 * letters, each a letter more, less, other, or swapped with its neighbour. Of equally near ones, the first. Case does not
 * count, nor does `-` for `_`.
 */
export function nearest(word: string, candidates: readonly string[]): string | null {
  // A word longer than any name by that much is no slip of the pen, and the cost grows with its length.
  if (word.length > 64) return null;
  const form = comparable(word);
  let best: string | null = null;
  let least = Math.max(1, Math.floor(form.length / 3)) + 1;
  for (const candidate of candidates) {
    const other = comparable(candidate);
    if (Math.abs(other.length - form.length) >= least) continue;
    const count = slips(form, other);
    if (count >= least) continue;
    least = count;
    best = candidate;
  }
  return best;
}

function comparable(word: string): string {
  return word.toLowerCase().replaceAll("-", "_");
}

/**
 * How many slips lie between two words (optimal string alignment). The usual packages count swapped letters as two
 * slips, so that `tpc` would be nearer to `3pc` than to `tcp`.
 */
function slips(a: string, b: string): number {
  // Three rows of the table at [letters of a taken][letters of b taken]: two behind, one behind, and the one being filled.
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = above[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swap = isSwap ? before[j - 2]! + 1 : change;
      row.push(Math.min(change, swap, above[j]! + 1, row[j - 1]! + 1));
    }
    before = above;
    above = row;
  }
  return above[b.length]!;
}
