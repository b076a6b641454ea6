import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { binOf, exactBinOf } from "../../src/query/bin.js";
import { parseZone, UTC } from "../../src/query/zone.js";

const hour = 3600;
const day = 86_400;

function seconds(iso: string): number {
  return Date.parse(iso) / 1000;
}

function iso(instant: number): string {
  return new Date(instant * 1000).toISOString().replace(":00.000Z", "Z");
}

/** The bins from the first instant up to the last, each as it begins. */
function bins(zone: string, width: number, from: string, until: string): string[] {
  const begins: string[] = [];
  for (let at = seconds(from); at < seconds(until); [, at] = binOf(at, { seconds: width, zone: parseZone(zone) })) {
    begins.push(iso(at));
  }
  return begins;
}

describe("the bin of an instant", () => {
  test.each([
    {
      name: "5 minutes",
      zone: "UTC",
      width: 300,
      at: "2026-01-02T03:04:05Z",
      want: ["2026-01-02T03:00Z", "2026-01-02T03:05Z"],
    },
    {
      name: "its first second",
      zone: "UTC",
      width: 300,
      at: "2026-01-02T03:05:00Z",
      want: ["2026-01-02T03:05Z", "2026-01-02T03:10Z"],
    },
    {
      name: "its last second",
      zone: "UTC",
      width: 300,
      at: "2026-01-02T03:04:59Z",
      want: ["2026-01-02T03:00Z", "2026-01-02T03:05Z"],
    },
    {
      name: "a day of UTC",
      zone: "UTC",
      width: day,
      at: "2026-01-02T03:04:05Z",
      want: ["2026-01-02T00:00Z", "2026-01-03T00:00Z"],
    },
    {
      name: "the first of all",
      zone: "UTC",
      width: day,
      at: "1970-01-01T00:00:00Z",
      want: ["1970-01-01T00:00Z", "1970-01-02T00:00Z"],
    },
    {
      name: "a day east of UTC",
      zone: "+05:30",
      width: day,
      at: "2026-01-02T20:00:00Z",
      want: ["2026-01-02T18:30Z", "2026-01-03T18:30Z"],
    },
    {
      name: "a day west of UTC",
      zone: "-03:00",
      width: day,
      at: "2026-01-02T02:00:00Z",
      want: ["2026-01-01T03:00Z", "2026-01-02T03:00Z"],
    },
    {
      name: "6 hours east of UTC",
      zone: "+05:30",
      width: 6 * hour,
      at: "2026-01-02T01:00:00Z",
      want: ["2026-01-02T00:30Z", "2026-01-02T06:30Z"],
    },
    {
      name: "7 minutes",
      zone: "UTC",
      width: 420,
      at: "2026-01-02T00:20:59Z",
      want: ["2026-01-02T00:14Z", "2026-01-02T00:21Z"],
    },
    {
      name: "7 minutes, the last of a day, which is short",
      zone: "UTC",
      width: 420,
      at: "2026-01-02T23:57:00Z",
      want: ["2026-01-02T23:55Z", "2026-01-03T00:00Z"],
    },
    {
      name: "7 minutes, the last of a day elsewhere",
      zone: "+01:00",
      width: 420,
      at: "2026-01-02T22:59:59Z",
      want: ["2026-01-02T22:55Z", "2026-01-02T23:00Z"],
    },
    {
      name: "a day of 24 hours in Berlin",
      zone: "Europe/Berlin",
      width: day,
      at: "2026-07-01T22:00:00Z",
      want: ["2026-07-01T22:00Z", "2026-07-02T22:00Z"],
    },
    {
      name: "a day of 23 hours",
      zone: "Europe/Berlin",
      width: day,
      at: "2026-03-29T12:00:00Z",
      want: ["2026-03-28T23:00Z", "2026-03-29T22:00Z"],
    },
    {
      name: "a day of 25 hours",
      zone: "Europe/Berlin",
      width: day,
      at: "2026-10-25T22:59:59Z",
      want: ["2026-10-24T22:00Z", "2026-10-25T23:00Z"],
    },
    {
      name: "the second time that clocks show 02:30",
      zone: "Europe/Berlin",
      width: hour,
      at: "2026-10-25T01:30:00Z",
      want: ["2026-10-25T01:00Z", "2026-10-25T02:00Z"],
    },
    {
      name: "a number in milliseconds, later than any date",
      zone: "Europe/Berlin",
      width: hour,
      at: "+275760-09-12T23:30:00Z",
      want: ["+275760-09-12T23:00Z", "+275760-09-13T00:00Z"],
    },
  ])("$name: $at in $zone", ({ zone, width, at, want }) => {
    expect(binOf(seconds(at), { seconds: width, zone: parseZone(zone) }).map(iso)).toEqual(want);
  });
});

/** Days on which clocks are changed, from their first instant to their last. */
const changes = [
  {
    name: "clocks set forward at 02:00",
    zone: "Europe/Berlin",
    width: 6 * hour,
    from: "2026-03-28T23:00Z",
    until: "2026-03-29T22:00Z",
    want: ["2026-03-28T23:00Z", "2026-03-29T05:00Z", "2026-03-29T11:00Z", "2026-03-29T17:00Z"],
  },
  {
    name: "clocks set back at 03:00: the hour more is a bin of its own",
    zone: "Europe/Berlin",
    width: 6 * hour,
    from: "2026-10-24T22:00Z",
    until: "2026-10-25T23:00Z",
    want: ["2026-10-24T22:00Z", "2026-10-25T04:00Z", "2026-10-25T10:00Z", "2026-10-25T16:00Z", "2026-10-25T22:00Z"],
  },
  {
    name: "the day of 25 hours is one",
    zone: "Europe/Berlin",
    width: day,
    from: "2026-10-23T22:00Z",
    until: "2026-10-26T23:00Z",
    want: ["2026-10-23T22:00Z", "2026-10-24T22:00Z", "2026-10-25T23:00Z"],
  },
  {
    name: "the day of 23 hours is one",
    zone: "Europe/Berlin",
    width: day,
    from: "2026-03-27T23:00Z",
    until: "2026-03-30T22:00Z",
    want: ["2026-03-27T23:00Z", "2026-03-28T23:00Z", "2026-03-29T22:00Z"],
  },
  {
    name: "clocks set forward at midnight: the day begins at 01:00",
    zone: "America/Sao_Paulo",
    width: 6 * hour,
    from: "2018-11-04T03:00Z",
    until: "2018-11-05T02:00Z",
    want: ["2018-11-04T03:00Z", "2018-11-04T09:00Z", "2018-11-04T15:00Z", "2018-11-04T21:00Z"],
  },
  {
    name: "days on both sides of that midnight",
    zone: "America/Sao_Paulo",
    width: day,
    from: "2018-11-03T03:00Z",
    until: "2018-11-06T02:00Z",
    want: ["2018-11-03T03:00Z", "2018-11-04T03:00Z", "2018-11-05T02:00Z"],
  },
  {
    name: "clocks set back at midnight: the hour before it comes twice",
    zone: "Asia/Beirut",
    width: 6 * hour,
    from: "2026-10-23T21:00Z",
    until: "2026-10-24T22:00Z",
    want: ["2026-10-23T21:00Z", "2026-10-24T03:00Z", "2026-10-24T09:00Z", "2026-10-24T15:00Z", "2026-10-24T21:00Z"],
  },
  {
    name: "days on both sides of that midnight",
    zone: "Asia/Beirut",
    width: day,
    from: "2026-10-23T21:00Z",
    until: "2026-10-25T22:00Z",
    want: ["2026-10-23T21:00Z", "2026-10-24T22:00Z"],
  },
  {
    name: "clocks set back over midnight, from 00:01: yesterday's date again is of today",
    zone: "America/St_Johns",
    width: day,
    from: "2010-11-06T02:30Z",
    until: "2010-11-09T03:30Z",
    want: ["2010-11-06T02:30Z", "2010-11-07T02:30Z", "2010-11-08T03:30Z"],
  },
  {
    name: "a day that never was",
    zone: "Pacific/Apia",
    width: day,
    from: "2011-12-29T10:00Z",
    until: "2012-01-01T10:00Z",
    want: ["2011-12-29T10:00Z", "2011-12-30T10:00Z", "2011-12-31T10:00Z"],
  },
];
test.each(changes)("$zone: $name", ({ zone, width, from, until, want }) => {
  expect(bins(zone, width, from, until)).toEqual(want);
});

test.each([
  { zone: "Europe/Berlin", from: "2026-03-28T23:00Z", until: "2026-03-29T22:00Z", hours: 23 },
  { zone: "Europe/Berlin", from: "2026-10-24T22:00Z", until: "2026-10-25T23:00Z", hours: 25 },
  { zone: "America/Sao_Paulo", from: "2018-11-04T03:00Z", until: "2018-11-05T02:00Z", hours: 23 },
  { zone: "America/Sao_Paulo", from: "2018-02-17T02:00Z", until: "2018-02-18T03:00Z", hours: 25 },
])("$zone, hours from $from: $hours", ({ zone, from, until, hours }) => {
  const want = Array.from({ length: hours }, (_, at) => iso(seconds(from) + at * hour));
  expect(bins(zone, hour, from, until)).toEqual(want);
});

describe("laws", () => {
  const zones = fc.oneof(
    fc.constantFrom(...changes.map(({ zone }) => zone), "Africa/Monrovia", "Australia/Lord_Howe"),
    fc.constantFrom(...Intl.supportedValuesOf("timeZone")),
    fc.constantFrom("UTC", "+05:30", "-12:00", "+14:00"),
  );
  const widths = fc.oneof(
    fc.constantFrom(1, 60, 300, 420, hour, 6 * hour, 23 * hour, day - 1, day),
    fc.integer({ min: 1, max: day }),
  );
  const instants = fc.oneof(
    fc.integer({ min: 0, max: 4_102_444_800 }),
    ...changes.map(({ from }) => fc.integer({ min: seconds(from) - 2 * day, max: seconds(from) + 3 * day })),
    fc.integer({ min: 8_640_000_000_000 - day, max: 2 ** 53 - 2 * day }),
  );

  test("bins lie side by side, and each instant is in one", () => {
    fc.assert(
      fc.property(instants, widths, zones, (instant, width, zone) => {
        const bin = { seconds: width, zone: parseZone(zone) };
        const [from, until] = binOf(instant, bin);
        expect(from).toBeLessThanOrEqual(instant);
        expect(instant).toBeLessThan(until);
        expect(binOf(from, bin)).toEqual([from, until]);
        expect(binOf(until - 1, bin)).toEqual([from, until]);
        expect(binOf(until, bin)[0]).toBe(until);
      }),
      { numRuns: 2000 },
    );
  });

  test("no bin is longer than it is asked to be, but a day", () => {
    fc.assert(
      fc.property(instants, widths, zones, (instant, width, zone) => {
        const [from, until] = binOf(instant, { seconds: width, zone: parseZone(zone) });
        expect(until - from).toBeLessThanOrEqual(width === day ? 49 * hour : width);
      }),
      { numRuns: 1000 },
    );
  });

  test("in UTC, bins that divide a day are multiples of their width", () => {
    fc.assert(
      fc.property(instants, fc.constantFrom(1, 60, 300, hour, 6 * hour, day), (instant, width) => {
        const from = instant - (instant % width);
        expect(binOf(instant, { seconds: width, zone: UTC })).toEqual([from, from + width]);
      }),
    );
  });
});

describe("the bin of an instant with all digits", () => {
  test.each([
    { name: "a day of a zone", at: 1_774_742_400n, width: day, want: [1_774_738_800n, 1_774_821_600n] },
    { name: "the greatest number of a log", at: 2n ** 63n - 1n, width: 300, want: [2n ** 63n - 8n, 2n ** 63n + 292n] },
    {
      name: "past 2^53 a day is UTC's",
      at: 2n ** 53n + 1n,
      width: day,
      want: [9_007_199_254_713_600n, 9_007_199_254_800_000n],
    },
    {
      name: "there too, no bin is of two days",
      at: 2n ** 63n - 1n,
      width: 50_000,
      want: [9_223_372_036_854_770_000n, 9_223_372_036_854_806_400n],
    },
  ])("$name", ({ at, width, want }) => {
    expect(exactBinOf(at, { seconds: width, zone: parseZone("Europe/Berlin") })).toEqual(want);
  });
});
