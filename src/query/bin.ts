import type { Bin } from "./query.js";
import { instantOf, localDay, UTC } from "./zone.js";

const daySec = 86_400;
/** What a Date can hold: later instants are in no zone's calendar. */
export const LAST_DATE_SEC = 8_640_000_000_000 - 2 * daySec;

/**
 * The bin that an instant lies in, as [from, until).
 *
 * @param instant epoch seconds, less than 2^53
 */
export function binOf(instant: number, { seconds, zone }: Bin): [from: number, until: number] {
  const [day, nextDay] = dayOf(instant, instant > LAST_DATE_SEC ? { seconds, zone: UTC } : { seconds, zone });
  // Not 24 hours: where clocks are set back, a day has 25.
  if (seconds === daySec) return [day, nextDay];
  const from = instant - ((instant - day) % seconds);
  return [from, Math.min(from + seconds, nextDay)];
}

/** The same with all digits, also past 2^53: such a number is no time of a calendar, and its days are UTC's. */
export function exactBinOf(instant: bigint, bin: Bin): [from: bigint, until: bigint] {
  if (instant <= LAST_DATE_SEC) {
    const [from, until] = binOf(Number(instant), bin);
    return [BigInt(from), BigInt(until)];
  }
  const inDay = instant % BigInt(daySec);
  const from = instant - (inDay % BigInt(bin.seconds));
  const nextDay = instant - inDay + BigInt(daySec);
  const until = from + BigInt(bin.seconds);
  return [from, until < nextDay ? until : nextDay];
}

/** A day begins with its first instant, which need not be midnight: some clocks are set forward then. */
function dayOf(instant: number, { zone }: Bin): [first: number, next: number] {
  const local = localDay(instant, zone);
  const next = instantOf(local + daySec, zone);
  // Clocks that were set back over midnight show yesterday's date again.
  if (next <= instant) return [next, instantOf(local + 2 * daySec, zone)];
  return [instantOf(local, zone), next];
}
