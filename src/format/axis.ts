import { LAST_DATED_SECOND } from "../query/time.js";
import { formatInstant } from "./instant.js";

/** An axis of values from 0 up. */
export interface ValueAxis {
  /** Lines of text from 0 to the top, without that of 0. */
  height: number;
  top: bigint;
  ticks: { at: number; value: bigint }[];
}

/** How an axis may be divided: 3 of 4 lines each, and so on. */
const divisions = [
  { parts: 3, height: 12 },
  { parts: 4, height: 12 },
  { parts: 5, height: 10 },
  { parts: 6, height: 12 },
];

/** The axis that reaches just above the greatest value with round figures at its ticks. */
export function valueAxis(greatest: bigint): ValueAxis {
  let best: ValueAxis | undefined;
  for (const { parts, height } of divisions) {
    const step = stepTo(greatest, BigInt(parts));
    const top = step * BigInt(parts);
    if (best !== undefined && top >= best.top) continue;
    const ticks = Array.from({ length: parts + 1 }, (_, i) => ({ at: (i * height) / parts, value: BigInt(i) * step }));
    best = { height, top, ticks };
  }
  return best!;
}

/**
 * The least of 1, 2, 5, 10, 20, 25, 50 … of which so many reach the value. Of 25 four at most: five of 250 k are 1.25 M, which
 * is scaled to 1.3 M.
 */
function stepTo(value: bigint, parts: bigint): bigint {
  for (let power = 1n; ; power *= 10n) {
    const digits = power > 1n && parts <= 4n ? [10n, 20n, 25n, 50n] : [10n, 20n, 50n];
    const step = digits.map((digit) => (digit * power) / 10n).find((step) => step * parts >= value);
    if (step !== undefined) return step;
  }
}

/** The line that a value of an axis is drawn on, 0 the lowest. In whole numbers: sums may pass 2^53. */
export function lineOf(value: bigint, { top, height }: ValueAxis): number {
  return Number((value * BigInt(height) * 2n + top) / (2n * top));
}

export interface TimeTick {
  /** Which of the times. */
  index: number;
  label: string;
}

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;
const intervals = [
  ...[1, 2, 5, 10, 15, 30],
  ...[1, 2, 5, 10, 15, 30].map((count) => count * minute),
  ...[1, 2, 3, 6, 12].map((count) => count * hour),
  ...[1, 2, 7, 14].map((count) => count * day),
];
const monthIntervals = [1, 2, 3, 6, 12, 24, 60, 120, 240, 600];

/**
 * Labels for an axis of times: the finest choice of round instants with room for each. A label is the time that it stands
 * at, to the second, where that is no round one.
 *
 * @param fits whether so many labels may stand there
 */
export function timeTicks(times: readonly bigint[], fits: (ticks: readonly TimeTick[]) => boolean): TimeTick[] {
  const [first, last] = [times[0]!, times.at(-1)!];
  const alone = [{ index: 0, label: formatInstant(first) }];
  if (first < 0n || last > LAST_DATED_SECOND) return alone;
  const seconds = times.map(Number);
  const months = times.map(monthOf);
  const choices = [
    ...intervals.map((interval) => ({ indices: firstsOf(seconds, interval), areDays: interval >= day })),
    ...monthIntervals.map((interval) => ({ indices: firstsOf(months, interval), areDays: true })),
  ];
  for (const { indices, areDays } of choices) {
    const ticks = label(indices.length > 0 ? indices : [0], seconds, areDays);
    if (fits(ticks)) return ticks;
  }
  return alone;
}

/** Where a new interval begins. The first value counts where it is the beginning of one. */
function firstsOf(values: readonly number[], interval: number): number[] {
  return values.flatMap((value, i) => {
    const before = i === 0 ? value - 1 : values[i - 1]!;
    return Math.floor(value / interval) > Math.floor(before / interval) ? [i] : [];
  });
}

/** `14:05`, and at midnight the day; days alone as `01-02`, in another zone than UTC's as `01-01 23:00`. */
function label(indices: readonly number[], seconds: readonly number[], areDays: boolean): TimeTick[] {
  const texts = indices.map((index) => formatInstant(seconds[index]!));
  const timeEnd = texts.every((text) => text.endsWith(":00Z")) ? 16 : 19;
  const areMidnights = texts.every(isMidnight);
  const showDays = areDays || areDayApart(indices.map((index) => seconds[index]!));
  const dateStart = seconds.at(-1)! - seconds[0]! > 366 * day ? 0 : 5;
  return indices.map((index, i) => {
    const text = texts[i]!;
    const date = text.slice(dateStart, 10);
    const time = text.slice(11, timeEnd);
    if (showDays && !areMidnights) return { index, label: `${date} ${time}` };
    return { index, label: isMidnight(text) ? date : time };
  });
}

/** Bins of a day may be chosen by a finer interval; where clocks are set forward, a day has 23 hours. */
function areDayApart(seconds: readonly number[]): boolean {
  return seconds.length > 1 && seconds.every((time, i) => i === 0 || time - seconds[i - 1]! >= 23 * hour);
}

function isMidnight(instant: string): boolean {
  return instant.endsWith("T00:00:00Z");
}

function monthOf(time: bigint): number {
  const date = new Date(Number(time) * 1000);
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}
