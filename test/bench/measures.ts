/** What one run of a tool took: wall clock from its start to its end, and the most memory that it held (null: cannot be had here). */
export interface Measured {
  seconds: number;
  peakBytes: number | null;
}

/** The runs' median, of seconds and of memory apart. Memory is null where one run has none. */
export function medianOf(runs: readonly Measured[]): Measured {
  const peaks = runs.flatMap(({ peakBytes }) => peakBytes ?? []);
  return {
    seconds: median(runs.map(({ seconds }) => seconds)),
    peakBytes: peaks.length === runs.length ? median(peaks) : null,
  };
}

/** The middle number; between two middle ones, halfway. */
export function median(numbers: readonly number[]): number {
  if (numbers.length === 0) throw new Error("no run to take the median of");
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** How many times as fast as the other: 2 where the other took twice as long. */
export function speedRatio(ours: Measured, other: Measured): number {
  return other.seconds / ours.seconds;
}
