import { createRequire } from "node:module";
import { nearest } from "../record/nearest.js";
import { ValueError } from "./value-error.js";

const daySec = 86_400;

/** Where local times are read: a fixed offset, or a name of the IANA time zone database. */
export type Zone = { offsetMinutes: number } | { name: string };

export const UTC: Zone = { offsetMinutes: 0 };

/**
 * A zone for `--tz`: an IANA name in any case (`Europe/Berlin`, `UTC`) or an offset (`+02:00`, `+0200`, `-05`, `Z`).
 *
 * @throws ValueError with the nearest known name
 */
export function parseZone(text: string): Zone {
  const offsetMinutes = /^utc$/i.test(text) ? 0 : parseOffset(text);
  if (offsetMinutes !== null) return { offsetMinutes };
  try {
    return { name: new Intl.DateTimeFormat("en-US", { timeZone: text }).resolvedOptions().timeZone };
  } catch {
    throw new ValueError(text, "a time zone such as Europe/Berlin or an offset such as +02:00", zoneHint(text));
  }
}

/** Minutes east of UTC of `Z`, `+02:00`, `+0200` or `+02`; null for other text. */
export function parseOffset(text: string): number | null {
  if (/^z$/i.test(text)) return 0;
  const parts = /^([+-])([01]\d|2[0-3])(?::?([0-5]\d))?$/.exec(text);
  if (parts === null) return null;
  const minutes = Number(parts[2]) * 60 + Number(parts[3] ?? 0);
  return parts[1] === "-" && minutes > 0 ? -minutes : minutes;
}

/**
 * The first instant at which a clock of the zone shows the local time or a later one, so later local times never give
 * earlier instants. Of a time that comes twice (clocks set back) it is the first; for one that is skipped (clocks set
 * forward) it is the end of the gap, and for a skipped day the start of the next.
 *
 * @param localSec  the local time as if it were UTC, seconds since 1970
 * @returns epoch seconds
 */
export function instantOf(localSec: number, zone: Zone): number {
  if ("offsetMinutes" in zone) return localSec - zone.offsetMinutes * 60;
  const localAt = (instant: number) => instant + offsetSec(zone.name, instant);

  // Offsets stay within a day and their changes are further apart, so only those of a day before and after can apply.
  const offsets = [offsetSec(zone.name, localSec - daySec), offsetSec(zone.name, localSec + daySec)];
  const shown = offsets.map((offset) => localSec - offset).filter((instant) => localAt(instant) === localSec);
  if (shown.length > 0) return Math.min(...shown);

  let before = localSec - daySec;
  let after = localSec + daySec;
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (localAt(middle) < localSec) before = middle;
    else after = middle;
  }
  return after;
}

/** The local midnight, as if it were UTC, of the day that a clock of the zone shows at an instant. */
export function localDay(instant: number, zone: Zone): number {
  const offset = "offsetMinutes" in zone ? zone.offsetMinutes * 60 : offsetSec(zone.name, instant);
  return Math.floor((instant + offset) / daySec) * daySec;
}

// Of the zone libraries the smallest whose data is Node's own: it loads in 2.5 ms (luxon 6.6, Temporal's polyfills
// 14 to 23; `node -e 'require(…)'`), and only a time without an offset in a named zone loads it.
type TzOffset = typeof import("@date-fns/tz/tzOffset")["tzOffset"];
let tzOffset: TzOffset | undefined;

function offsetSec(name: string, instant: number): number {
  tzOffset ??= (createRequire(import.meta.url)("@date-fns/tz/tzOffset") as { tzOffset: TzOffset }).tzOffset;
  return Math.round(tzOffset(name, new Date(instant * 1000)) * 60);
}

function zoneHint(text: string): string | undefined {
  const offset = /^(?:utc|gmt)\s*([+-])(\d{1,2})(?::?(\d\d))?$/i.exec(text);
  if (offset !== null)
    return `Write the offset alone: ${offset[1]}${offset[2]?.padStart(2, "0")}:${offset[3] ?? "00"}.`;
  const names = Intl.supportedValuesOf("timeZone");
  const cities = new Map(names.map((name) => [name.slice(name.lastIndexOf("/") + 1), name]));
  const near = nearest(text, [...names, ...cities.keys()]);
  return near === null ? undefined : `Did you mean ${cities.get(near) ?? near}?`;
}
