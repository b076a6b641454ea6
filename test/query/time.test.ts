import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseTime } from "../../src/query/time.js";

const now = 1_767_323_045; // 2026-01-02T03:04:05Z
const iso = (seconds: number) => new Date(seconds * 1000).toISOString().replace(".000Z", "Z");

describe("in UTC", () => {
  test.each([
    { text: "now", want: "2026-01-02T03:04:05Z" },
    { text: "NOW", want: "2026-01-02T03:04:05Z" },
    { text: "5s", want: "2026-01-02T03:04:00Z" },
    { text: "90m", want: "2026-01-02T01:34:05Z" },
    { text: "36h", want: "2025-12-31T15:04:05Z" },
    { text: "7d", want: "2025-12-26T03:04:05Z" },
    { text: "2w", want: "2025-12-19T03:04:05Z" },
    { text: "0d", want: "2026-01-02T03:04:05Z" },
    { text: "2026", want: "2026-01-01T00:00:00Z" },
    { text: "2026-03", want: "2026-03-01T00:00:00Z" },
    { text: "2026-03-04", want: "2026-03-04T00:00:00Z" },
    { text: "2026-03-04T05", want: "2026-03-04T05:00:00Z" },
    { text: "2026-03-04T05:06", want: "2026-03-04T05:06:00Z" },
    { text: "2026-03-04T05:06:07", want: "2026-03-04T05:06:07Z" },
    { text: "2026-03-04 05:06:07", want: "2026-03-04T05:06:07Z" },
    { text: "2026-03-04t05:06:07z", want: "2026-03-04T05:06:07Z" },
    { text: "2026-03-04T05:06:07Z", want: "2026-03-04T05:06:07Z" },
    { text: "2026-03-04T05:06:07+02:00", want: "2026-03-04T03:06:07Z" },
    { text: "2026-03-04T05-0330", want: "2026-03-04T08:30:00Z" },
    { text: "2026-03-04T05:06+02", want: "2026-03-04T03:06:00Z" },
    { text: "2026-03-04Z", want: "2026-03-04T00:00:00Z" },
    { text: "2024-02-29", want: "2024-02-29T00:00:00Z" },
    { text: "0099-12-31", want: "0099-12-31T00:00:00Z" },
    { text: "9999-12-31T23:59:59", want: "9999-12-31T23:59:59Z" },
    { text: "1767323045", want: "2026-01-02T03:04:05Z" },
    { text: "100000000", want: "1973-03-03T09:46:40Z" },
  ])("$text is $want", ({ text, want }) => expect(iso(parseTime(text, { now }))).toBe(want));
});

test.each([
  { name: "milliseconds are taken as the seconds they would be", text: "1767323045000", want: 1_767_323_045_000 },
  { name: "part of a second rounds up", text: "2026-01-02T03:04:05.001Z", want: now + 1 },
  { name: "a part too small for a double rounds up", text: "2026-01-02T03:04:05.00000000000000001", want: now + 1 },
  { name: "no part is no part", text: "2026-01-02T03:04:05.000", want: now },
  { name: "a comma before the part, as ISO has it", text: "2026-01-02T03:04:05,5", want: now + 1 },
  { name: "a part of an epoch second rounds up", text: "1767323045.25", want: now + 1 },
  { name: "the last part before 1970 is zero, not minus zero", text: "1969-12-31T23:59:59.5", want: 0 },
])("$name", ({ text, want }) => expect(parseTime(text, { now })).toBe(want));

test("now with a part of a second rounds up too", () => {
  expect(parseTime("now", { now: now + 0.2 })).toBe(now + 1);
  expect(parseTime("5s", { now: now + 0.2 })).toBe(now - 4);
});

describe("in the zone of --tz", () => {
  test.each([
    { name: "a date", text: "2026-01-02", tz: "Europe/Berlin", want: "2026-01-01T23:00:00Z" },
    { name: "a date in summer", text: "2026-07-01", tz: "europe/berlin", want: "2026-06-30T22:00:00Z" },
    { name: "a year", text: "2026", tz: "America/New_York", want: "2026-01-01T05:00:00Z" },
    { name: "an offset as the zone", text: "2026-01-02T03:04", tz: "-05:30", want: "2026-01-02T08:34:00Z" },
    { name: "less than an hour west", text: "2026-01-02", tz: "-00:30", want: "2026-01-02T00:30:00Z" },
    { name: "Z in the text wins", text: "2026-01-02T03:04Z", tz: "Europe/Berlin", want: "2026-01-02T03:04:00Z" },
    {
      name: "an offset in the text wins",
      text: "2026-01-02T03+05:00",
      tz: "Europe/Berlin",
      want: "2026-01-01T22:00:00Z",
    },
    { name: "a time ago has no zone", text: "1h", tz: "Asia/Kathmandu", want: "2026-01-02T02:04:05Z" },
    { name: "epoch seconds have no zone", text: "1767323045", tz: "Asia/Kathmandu", want: "2026-01-02T03:04:05Z" },
    { name: "quarters of an hour", text: "2026-01-02T03:04", tz: "Asia/Kathmandu", want: "2026-01-01T21:19:00Z" },
    { name: "before the gap", text: "2026-03-29T01:59:59", tz: "Europe/Berlin", want: "2026-03-29T00:59:59Z" },
    { name: "in the gap: its end", text: "2026-03-29T02:30", tz: "Europe/Berlin", want: "2026-03-29T01:00:00Z" },
    { name: "after the gap", text: "2026-03-29T03:00", tz: "Europe/Berlin", want: "2026-03-29T01:00:00Z" },
    { name: "comes twice: the first", text: "2026-10-25T02:30", tz: "Europe/Berlin", want: "2026-10-25T00:30:00Z" },
    { name: "after what comes twice", text: "2026-10-25T03:00", tz: "Europe/Berlin", want: "2026-10-25T02:00:00Z" },
    { name: "comes twice west of UTC", text: "2026-11-01T01:30", tz: "America/New_York", want: "2026-11-01T05:30:00Z" },
    { name: "a day without midnight", text: "2018-11-04", tz: "America/Sao_Paulo", want: "2018-11-04T03:00:00Z" },
    { name: "a day that Samoa left out", text: "2011-12-30T12", tz: "Pacific/Apia", want: "2011-12-30T10:00:00Z" },
    {
      name: "half an hour of daylight saving",
      text: "2026-10-04T02:15",
      tz: "Australia/Lord_Howe",
      want: "2026-10-03T15:30:00Z",
    },
  ])("$name", ({ text, tz, want }) => expect(iso(parseTime(text, { now, tz }))).toBe(want));
});

test.each([
  { name: "30 February", text: "2026-02-30", hint: "There is no 2026-02-30." },
  { name: "29 February of a common year", text: "2026-02-29", hint: "There is no 2026-02-29." },
  { name: "29 February 1900", text: "1900-02-29", hint: "There is no 1900-02-29." },
  { name: "month 13", text: "2026-13", hint: "There is no 2026-13-01." },
  { name: "month 0", text: "2026-00", hint: "There is no 2026-00-01." },
  { name: "day 0", text: "2026-01-00", hint: "There is no 2026-01-00." },
  { name: "hour 24", text: "2026-01-01T24:00", hint: "A day has the times 00:00:00 to 23:59:59." },
  { name: "a leap second", text: "2016-12-31T23:59:60Z", hint: "A day has the times 00:00:00 to 23:59:59." },
  { name: "an offset of a day", text: "2026-01-01T00:00+24:00", hint: "There is no offset +24:00." },
  { name: "a date without hyphens", text: "20260102", hint: "A date has hyphens: 2026-01-02." },
  { name: "a month of one digit", text: "2026-1" },
  { name: "an offset on a date", text: "2026-01-02+02:00" },
  { name: "an offset and Z", text: "2026-01-02T03:04+02:00Z" },
  { name: "a T and no hour", text: "2026-01-02T" },
  { name: "seven digits", text: "1234567" },
  { name: "an unknown unit", text: "3y" },
  { name: "no number", text: "h" },
  { name: "a negative time ago", text: "-3h" },
  { name: "words", text: "yesterday" },
  { name: "nothing", text: "" },
  {
    name: "more seconds than a number holds",
    text: "9".repeat(40),
    hint: "That is further away than any time that can be counted in seconds.",
  },
  {
    name: "more weeks than a number holds",
    text: `${"9".repeat(400)}w`,
    hint: "That is further away than any time that can be counted in seconds.",
  },
])("refused: $name", ({ text, hint }) => {
  expect(() => parseTime(text, { now, tz: "Europe/Berlin" })).toThrow(expect.objectContaining({ value: text, hint }));
});

const zones = [
  "UTC",
  "+05:30",
  "Europe/Berlin",
  "America/New_York",
  "Australia/Lord_Howe",
  "Pacific/Apia",
  "Africa/Casablanca",
];
const localSecond = fc
  .date({ min: new Date("2005-01-01T00:00:00Z"), max: new Date("2035-01-01T00:00:00Z"), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 19));

test("law: a later local time is never an earlier instant", () => {
  fc.assert(
    fc.property(fc.constantFrom(...zones), localSecond, fc.nat(200_000), (tz, text, more) => {
      const later = new Date(Date.parse(`${text}Z`) + more * 1000).toISOString().slice(0, 19);
      expect(parseTime(text, { now, tz })).toBeLessThanOrEqual(parseTime(later, { now, tz }));
    }),
  );
});

test("law: an instant is the first whose clock shows its own local time, or it comes twice", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...zones.slice(2)),
      fc.integer({ min: 1_100_000_000, max: 2_000_000_000 }),
      (tz, instant) => {
        const clock = new Intl.DateTimeFormat("sv-SE", { timeZone: tz, dateStyle: "short", timeStyle: "medium" });
        const shown = clock.format(instant * 1000);
        const found = parseTime(shown, { now, tz });
        expect(clock.format(found * 1000)).toBe(shown);
        expect(found).toBeLessThanOrEqual(instant);
      },
    ),
  );
});

test("law: a time that is cut off is the first instant of what it names", () => {
  fc.assert(
    fc.property(localSecond, fc.constantFrom(4, 7, 10, 13, 16), (text, length) => {
      const cut = parseTime(text.slice(0, length), { now });
      expect(iso(cut)).toBe(`${text.slice(0, length)}${"0000-01-01T00:00:00".slice(length)}Z`);
    }),
  );
});
