import { UNIT_SECONDS } from "./units.js";
import { ValueError } from "./value-error.js";
import { instantOf, parseOffset, parseZone, type Zone } from "./zone.js";

/** A time as somebody wrote it, checked, before it is known when now is and in which zone they read their clock. */
export type Moment =
  | { kind: "ago"; seconds: number }
  | { kind: "instant"; seconds: number }
  | { kind: "local" /** as if the clock showed UTC */; seconds: number };

/** What a time must be, to stand after "expected". */
export const timeExpectation = "a time such as now, 36h (ago), 2026-01-02, 2026-01-02T03:04:05Z or epoch seconds";

/**
 * The epoch second of a time, see `parseMoment` for what can be written. A part of a second rounds up, for both ends of
 * a window: `start` is whole, so it is at or after 03:04:05.5 exactly when it is at or after 03:04:06.
 *
 * @param clock  `now` in epoch seconds; `tz`, for times that name no zone, as `parseZone` takes it, UTC if absent
 * @throws ValueError
 */
export function parseTime(text: string, clock: { now: number; tz?: string }): number {
  return secondsOf(parseMoment(text), { now: clock.now, zone: parseZone(clock.tz ?? "UTC") });
}

/**
 * Text of `--since` or `--until`, the part of the work that needs no clock: `now`; a time ago (`90m 36h 7d 2w`, also
 * `s`); ISO 8601 that completes itself to its first instant (`2026`, `2026-01`, `2026-01-02`, `2026-01-02T03`, `…:04`, `…:05`,
 * `….5`), a blank for the `T` if you like, with `Z` at its end or `+02:00` behind a time of day; nine digits or more
 * are epoch seconds.
 *
 * @throws ValueError also for dates and times that do not exist (2026-02-30, 24:00, 23:59:60)
 */
export function parseMoment(text: string): Moment {
  if (/^now$/i.test(text)) return { kind: "ago", seconds: 0 };
  const ago = /^(\d+)([smhdw])$/.exec(text);
  if (ago !== null) {
    return { kind: "ago", seconds: checkSafe(Number(ago[1]) * (UNIT_SECONDS.get(ago[2] as string) as number), text) };
  }
  const epoch = /^(\d{9,})(?:\.(\d+))?$/.exec(text);
  if (epoch !== null) return { kind: "instant", seconds: checkSafe(Number(epoch[1]) + partOfSecond(epoch[2]), text) };
  return parseCalendar(text);
}

/**
 * The epoch second of a moment.
 *
 * @param clock  `now` in epoch seconds, and the zone for times that name none
 */
export function secondsOf(moment: Moment, clock: { now: number; zone: Zone }): number {
  switch (moment.kind) {
    case "ago":
      return Math.ceil(clock.now) - moment.seconds;
    case "instant":
      return moment.seconds;
    case "local":
      return instantOf(moment.seconds, clock.zone);
  }
}

/** 9999-12-31T23:59:59Z: later times have no date of four digits. */
export const LAST_DATED_SECOND = 253_402_300_799;

/** Epoch seconds as a filter and an option take them: `2026-01-01T00:00:00Z`; past the year 9999 the number itself. */
export function formatTime(seconds: number | bigint): string {
  if (seconds > LAST_DATED_SECOND) return String(seconds);
  return new Date(Number(seconds) * 1000).toISOString().replace(".000Z", "Z");
}

const calendar =
  /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[Tt ](\d\d)(?::(\d\d)(?::(\d\d)(?:[.,](\d+))?)?)?([+-]\d\d(?::?\d\d)?)?)?)?)?([Zz])?$/;

function parseCalendar(text: string): Moment {
  const [matched, year, month = "01", day = "01", hour = "00", minute = "00", second = "00", fraction, offset, z] =
    calendar.exec(text) ?? [];
  if (matched === undefined || year === undefined || (offset !== undefined && z !== undefined)) {
    throw new ValueError(
      text,
      timeExpectation,
      /^\d{8}$/.test(text) ? `A date has hyphens: ${hyphenated(text)}.` : undefined,
    );
  }
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  // A day that the month lacks runs over into the next one, so it does not come back as it was written.
  if (date.toISOString().slice(0, 10) !== `${year}-${month}-${day}`) {
    throw new ValueError(text, timeExpectation, `There is no ${year}-${month}-${day}.`);
  }
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) {
    throw new ValueError(text, timeExpectation, "A day has the times 00:00:00 to 23:59:59.");
  }
  const seconds =
    date.getTime() / 1000 + Number(hour) * 3600 + Number(minute) * 60 + Number(second) + partOfSecond(fraction);
  if (offset === undefined) return { kind: z === undefined ? "local" : "instant", seconds };
  const offsetMinutes = parseOffset(offset);
  if (offsetMinutes === null) throw new ValueError(text, timeExpectation, `There is no offset ${offset}.`);
  return { kind: "instant", seconds: instantOf(seconds, { offsetMinutes }) };
}

/** 1 for a fraction of a second, however small, and 0 for none: parts round up. */
function partOfSecond(digits: string | undefined): 0 | 1 {
  return digits !== undefined && /[1-9]/.test(digits) ? 1 : 0;
}

function checkSafe(seconds: number, text: string): number {
  // 2^52 leaves room for the clock to be subtracted.
  if (seconds <= 2 ** 52) return seconds;
  throw new ValueError(text, timeExpectation, "That is further away than any time that can be counted in seconds.");
}

function hyphenated(digits: string): string {
  return `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6)}`;
}
