import { LAST_DATE_SEC } from "./bin.js";
import type { Bin, Window } from "./query.js";
import { writeList } from "./sql-text.js";
import { instantOf, localDay, type Zone } from "./zone.js";

const daySec = 86_400;
/** No zone has changed its clocks and changed them back within one. */
const weekSec = 7 * daySec;
/** 2107-01-01, past what 32 bits hold: a named zone's days are listed until then. */
const lastDaySec = 4_323_283_200;

/** How a statement finds the bin of an instant, and what it must have before it and beside `flow_log` for that. */
export interface BinSql {
  /** Tables and macros, each with a blank line behind it. */
  setup: string;
  /** What `flow_log` is joined with, from its line end on. */
  join: string;
  /** The first second of the bin that `start` lies in. */
  time: string;
  /**
   * A query for the bins from that of `first` to that of `last` in the table `span`: `time`, and `next`, when the next begins.
   * Indented by two blanks.
   */
  bins: string;
}

/** @param window when flows can start, so that days before are not listed */
export function binSql({ seconds, zone }: Bin, window: Window): BinSql {
  return "name" in zone ? namedZone(seconds, zone, window) : fixedOffset(seconds, zone.offsetMinutes);
}

function fixedOffset(seconds: number, offsetMinutes: number): BinSql {
  const dividesDay = daySec % seconds === 0;
  const offset = modulo(offsetMinutes * 60, dividesDay ? seconds : daySec);
  const inBin = (t: string, moved: number) =>
    `${moved === 0 ? t : `(${t} + ${moved})`} %${dividesDay ? "" : ` ${daySec} %`} ${seconds}`;
  const firstDay = `first - ${offset === 0 ? "first" : `(first + ${offset})`} % ${daySec}`;
  return {
    setup:
      offset === 0
        ? ""
        : `${pastDates}
CREATE OR REPLACE TEMP MACRO bin_of(t) AS
  CASE WHEN t > ${LAST_DATE_SEC} THEN t - ${inBin("t", 0)} ELSE t - ${inBin("t", offset)} END;

`,
    join: "",
    time: offset === 0 ? `start - ${inBin("start", 0)}` : "bin_of(start)",
    bins: dividesDay
      ? `  SELECT unnest(range(first - ${inBin("first", offset)}, last + 1, ${seconds})) AS time, time + ${seconds} AS next
  FROM span`
      : binsOfDays(
          seconds,
          `(
      SELECT unnest(range(${firstDay}, last + 1, ${daySec})) AS day, day + ${daySec} AS next_day, first, last
      FROM span
    )`,
        ),
  };
}

function namedZone(seconds: number, zone: { name: string }, window: Window): BinSql {
  const runs = dayRuns(zone, window).map(([first, last]) => `(${first}, ${last})`);
  return {
    setup: `-- The days of ${zone.name}: when each begins and when the next does, from runs of days of 24 hours.
CREATE OR REPLACE TEMP TABLE zone_days AS
SELECT day, lead(day) OVER (ORDER BY day) AS next_day
FROM (
  SELECT unnest(range(first, last + 1, ${daySec})) AS day
  FROM (VALUES
    ${writeList(runs, "    ")}
  ) AS runs(first, last)
);

${pastDates}
CREATE OR REPLACE TEMP MACRO bin_of(t, day) AS
  CASE WHEN t > ${LAST_DATE_SEC} THEN t - t % ${daySec} % ${seconds} ELSE t - (t - day) % ${seconds} END;

`,
    join: "\n    ASOF LEFT JOIN zone_days ON start >= day",
    time: "bin_of(start, day)",
    bins: binsOfDays(seconds, "zone_days\n      CROSS JOIN span"),
  };
}

const pastDates = "-- Past what dates can say, days are those of UTC.";

/** @param days a table of `day`, `next_day`, and `first` and `last` of `span` */
function binsOfDays(seconds: number, days: string): string {
  return `  SELECT time, least(time + ${seconds}, next_day) AS next
  FROM (
    SELECT unnest(range(day, next_day, ${seconds})) AS time, next_day, first, last
    FROM ${days}
    WHERE next_day > first AND day <= last
  )
  WHERE next > first AND time <= last`;
}

function modulo(number: number, divisor: number): number {
  return ((number % divisor) + divisor) % divisor;
}

/**
 * The days of a zone, as runs of days that follow each other by 24 hours: the first instants of the first and the last day of each.
 * Clocks that change make a day longer or shorter, and so begin a run.
 */
function dayRuns(zone: Zone, { since, until }: Window): [first: number, last: number][] {
  const firstDay = localDay(Math.max(since ?? 0, 0), zone);
  // Flows that are shared out run on past `until`.
  const end = Math.max(lastDaySec, (until ?? 0) + 2 * daySec);
  let first = instantOf(firstDay, zone);
  let run: [number, number] = [first, first];
  const runs = [run];
  for (let local = firstDay; local < end; local += weekSec) {
    const next = instantOf(local + weekSec, zone);
    for (let days = next === first + weekSec ? 7 : 1; days <= 7; days++) {
      const day = days === 7 ? next : instantOf(local + days * daySec, zone);
      if (day - run[1] === daySec || next === first + weekSec) run[1] = day;
      else if (day > run[1]) {
        run = [day, day];
        runs.push(run);
      }
    }
    first = next;
  }
  return runs;
}
