import type { Bound, Range } from "./filter.js";

/** Least and greatest number, both within, at full width. */
export type ExactRange = readonly [bigint, bigint];

/** A comparison of a number field. */
export type Comparison = "=" | "!=" | "<" | "<=" | ">" | ">=";

/** The same numbers in the fewest ranges, ascending. */
export function mergeRanges(ranges: readonly ExactRange[]): ExactRange[] {
  const merged: [bigint, bigint][] = [];
  for (const [first, last] of ranges.toSorted((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0))) {
    const previous = merged.at(-1);
    if (previous === undefined || first > previous[1] + 1n) merged.push([first, last]);
    else if (last > previous[1]) previous[1] = last;
  }
  return merged;
}

/** What of the ranges lies from 0 to `max`. */
export function clipRanges(ranges: readonly ExactRange[], max: bigint): ExactRange[] {
  return ranges.flatMap(([first, last]): ExactRange[] => {
    const clipped: ExactRange = [first < 0n ? 0n : first, last > max ? max : last];
    return clipped[0] <= clipped[1] ? [clipped] : [];
  });
}

/** The numbers from 0 to `max` that lie in none of the merged ranges. */
export function complementRanges(ranges: readonly ExactRange[], max: bigint): ExactRange[] {
  const gaps: ExactRange[] = [];
  let next = 0n;
  for (const [first, last] of ranges) {
    if (first > next) gaps.push([next, first - 1n]);
    next = last + 1n;
  }
  if (next <= max) gaps.push([next, max]);
  return gaps;
}

/** The numbers from 0 to `max` that are less than `number`, and so on. */
export function comparedTo(number: bigint, comparison: Exclude<Comparison, "=" | "!=">, max: bigint): ExactRange[] {
  const [first, last] = {
    "<": [0n, number - 1n],
    "<=": [0n, number],
    ">": [number + 1n, max],
    ">=": [number, max],
  }[comparison] as [bigint, bigint];
  return clipRanges([[first, last]], max);
}

/** Ranges as a filter holds them. */
export function toBounds(ranges: readonly ExactRange[]): Range[] {
  return ranges.map(([first, last]) => [toBound(first), toBound(last)]);
}

export function fromBounds(ranges: readonly Range[]): ExactRange[] {
  return ranges.map(([first, last]) => [BigInt(first), BigInt(last)]);
}

function toBound(number: bigint): Bound {
  return number <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(number) : String(number);
}
