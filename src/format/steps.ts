import type { KeyValue, Timeline } from "../engine/answer.js";

/** A timeline as a chart of few columns can show it: neighbouring bins joined by sum, few lines. */
export interface Steps {
  /** The first second of each step, Unix time. */
  times: bigint[];
  /** What is drawn: the first series, and null for all else. */
  lines: { key: KeyValue[] | null; sums: bigint[] }[];
  /** How many bins a step joins; those at the ends may be of fewer. */
  binsPerStep: number;
  firstBins: number;
  lastBins: number;
}

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;
/** What is easily thought in, in seconds. */
const roundDurations = [
  ...[1, 2, 5, 10, 15, 30],
  ...[1, 2, 5, 10, 15, 30].map((count) => count * minute),
  ...[1, 2, 3, 6, 12].map((count) => count * hour),
  ...[1, 2, 7, 14, 28].map((count) => count * day),
];

/**
 * Joins the bins of a timeline until there are at most so many. Flows without a time are left out.
 *
 * @param mostNamed how many series are told apart; those after them are added to the others
 * @returns null where the metric cannot be summed, of no bin
 */
export function joinBins(
  { series, rows, bins, bin_seconds, metric }: Timeline,
  most: number,
  mostNamed: number,
): Steps | null {
  const binsPerStep = binsPerStepOf(bins, bin_seconds, most);
  const lineKeys = series.length <= mostNamed + 1 ? series : [...series.slice(0, mostNamed), null];
  const steps: Steps = {
    times: [],
    lines: lineKeys.map((key) => ({ key, sums: [] })),
    binsPerStep,
    firstBins: 0,
    lastBins: 0,
  };
  let before = 0;
  let bin = -1;
  let binTime: bigint | null = null;
  let at = 0;
  let hasSum = false;
  for (const row of rows) {
    if (row.time === null) break;
    const sum = row[metric];
    hasSum ||= sum !== null;
    if (row.time !== binTime) {
      if (bin < 0) before = binsBefore(row.time, bin_seconds, binsPerStep);
      bin++;
      binTime = row.time;
      at = 0;
      const step = Math.floor((bin + before) / binsPerStep);
      if (step === steps.times.length) {
        steps.times.push(row.time);
        for (const { sums } of steps.lines) sums.push(0n);
        steps.lastBins = 0;
      }
      steps.lastBins++;
      if (step === 0) steps.firstBins++;
    }
    const { sums } = steps.lines[Math.min(at, steps.lines.length - 1)]!;
    sums[sums.length - 1]! += sum ?? 0n;
    at++;
  }
  return hasSum || steps.times.length === 0 ? steps : null;
}

/** As few as fit, and a round duration together where one is near. The ends may each be a step of fewer. */
function binsPerStepOf(bins: number, binSec: number, most: number): number {
  if (bins <= most) return 1;
  const least = Math.ceil(bins / (most - 1));
  const round = roundDurations.find((duration) => duration >= least * binSec && duration % binSec === 0);
  return round !== undefined && round <= 3 * least * binSec ? round / binSec : least;
}

/** How many bins of the first step lie before the first bin: a step of an hour begins with the hour. Days are taken as they come. */
function binsBefore(first: bigint, binSec: number, binsPerStep: number): number {
  if (binSec >= day) return 0;
  return Math.max(0, Number((first / BigInt(binSec)) % BigInt(binsPerStep)));
}
