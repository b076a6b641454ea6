import type { serviceSetup } from "../../src/query/sql-service.js";
import type { instantOf } from "../../src/query/zone.js";

// What SQL says of zones and services is much text and the same for each question: made once, thousands of questions take two
// thirds of the time. `vi.mock` puts these in place of the modules; the functions are still those of src/, asked once for each argument.

/** query/zone.ts, whose `instantOf` keeps its answers: SQL lists the days of a named zone for 130 years. */
export async function zoneOnce<Zones extends { instantOf: typeof instantOf }>(original: () => Promise<Zones>) {
  const actual = await original();
  const byZone = new Map<string, Map<number, number>>();
  const once: typeof instantOf = (localSec, zone) => {
    if (!("name" in zone)) return actual.instantOf(localSec, zone);
    const known = byZone.get(zone.name) ?? new Map<number, number>();
    byZone.set(zone.name, known);
    const instant = known.get(localSec) ?? actual.instantOf(localSec, zone);
    known.set(localSec, instant);
    return instant;
  };
  return { ...actual, instantOf: once };
}

/** query/sql-service.ts, whose `serviceSetup` is one text, IANA's list. */
export async function servicesOnce<Services extends { serviceSetup: typeof serviceSetup }>(
  original: () => Promise<Services>,
) {
  const actual = await original();
  const setup = actual.serviceSetup();
  return { ...actual, serviceSetup: () => setup };
}
