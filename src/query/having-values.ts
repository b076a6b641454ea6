import { findField } from "../record/fields.js";
import { MORE_DECIMALS, parseDecimal } from "./amount.js";
import { durationHint, secondsOfDuration } from "./duration.js";
import type { Clock } from "./filter-values.js";
import type { Metric } from "./metric.js";
import { formatTime, LAST_DATED_SECOND, parseMoment, secondsOf, timeExpectation } from "./time.js";
import { ValueError } from "./value-error.js";

/** What a metric is compared with must be, to stand after "expected". */
export function thresholdExpectation(metric: Metric): string {
  if (isTime(metric)) return timeExpectation;
  if (metric.kind === "duration") return "a duration such as 90s, 5m or 1.5h, or seconds";
  return "a number such as 1000, 10k, 1.5M or 4Ki";
}

/**
 * What a metric is compared with, as digits of at most 4 decimals: a number; of `duration` also `90s 5m 1.5h 1d`; of `first` and
 * `last`, as of the least and greatest `start` and `end`, a time. A time before 1970 is negative.
 *
 * @throws ValueError
 */
export function parseThreshold(metric: Metric, text: string, clock: Clock): string {
  if (isTime(metric)) return String(secondsOf(parseMoment(text), clock));
  const expected = thresholdExpectation(metric);
  return metric.kind === "duration" ? parseSeconds(text, expected) : parseDecimal(text, expected);
}

/** A number as `parseThreshold` reads it back. */
export function formatThreshold(metric: Metric, value: string): string {
  if (metric.kind === "duration") return `${value}s`;
  return isTime(metric) && Number(value) <= LAST_DATED_SECOND ? formatTime(Number(value)) : value;
}

function isTime(metric: Metric): boolean {
  if (metric.kind === "first" || metric.kind === "last") return true;
  return (metric.kind === "min" || metric.kind === "max") && findField(metric.field)?.kind === "seconds";
}

function parseSeconds(text: string, expected: string): string {
  const seconds = secondsOfDuration(text);
  if (seconds === null) {
    try {
      return parseDecimal(text, expected);
    } catch (error) {
      const hint = durationHint(text);
      throw hint === undefined ? error : new ValueError(text, expected, hint);
    }
  }
  if (/\.\d{5}/.test(seconds)) throw new ValueError(text, expected, MORE_DECIMALS);
  return seconds;
}
