import type { Bin } from "../../src/query/query.js";

const daySec = 86_400n;
/** What JavaScript's dates can hold; later instants are binned in UTC. */
const lastDateSec = 8_640_000_000_000n - 2n * daySec;

/** The bin of an instant as [from, until): bins are counted from the first instant of the day on. */
export function referenceBin(instant: bigint, { seconds, zone }: Bin): [bigint, bigint] {
  const [first, next] = dayOf(instant, instant > lastDateSec ? { offsetMinutes: 0 } : zone);
  let from = first + ((instant - first) / BigInt(seconds)) * BigInt(seconds);
  if (from > instant) from -= BigInt(seconds);
  const until = from + BigInt(seconds);
  return [from, until < next ? until : next];
}

function dayOf(instant: bigint, zone: Bin["zone"]): [bigint, bigint] {
  if ("offsetMinutes" in zone) {
    const moved = instant + BigInt(zone.offsetMinutes) * 60n;
    const inDay = ((moved % daySec) + daySec) % daySec;
    return [instant - inDay, instant - inDay + daySec];
  }
  const starts = dayStarts(Number(instant), zone.name);
  const at = starts.findLastIndex((start) => start <= instant);
  return [starts[at] as bigint, starts[at + 1] as bigint];
}

const formats = new Map<string, Intl.DateTimeFormat>();
const known = new Map<string, bigint[]>();

/** When clocks of the zone first showed each of the dates about an instant, found by looking every quarter of an hour. */
function dayStarts(instant: number, zone: string): bigint[] {
  const utcDay = Math.floor(instant / 86_400);
  const name = `${zone} ${utcDay}`;
  const cached = known.get(name);
  if (cached !== undefined) return cached;
  const format = formats.get(zone) ?? new Intl.DateTimeFormat("en-CA", { timeZone: zone });
  formats.set(zone, format);
  const starts: bigint[] = [];
  let latest = "";
  for (let second = (utcDay - 4) * 86_400; second < (utcDay + 4) * 86_400; second += 900) {
    const date = format.format(second * 1000);
    if (date <= latest) continue;
    if (latest !== "") starts.push(BigInt(second));
    latest = date;
  }
  known.set(name, starts);
  return starts;
}
