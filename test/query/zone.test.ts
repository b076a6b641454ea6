import { expect, test } from "vitest";
import { parseZone } from "../../src/query/zone.js";

test.each([
  { text: "UTC", want: { offsetMinutes: 0 } },
  { text: "Z", want: { offsetMinutes: 0 } },
  { text: "+02:00", want: { offsetMinutes: 120 } },
  { text: "-0530", want: { offsetMinutes: -330 } },
  { text: "+14", want: { offsetMinutes: 840 } },
  { text: "-00:00", want: { offsetMinutes: 0 } },
  { text: "Europe/Berlin", want: { name: "Europe/Berlin" } },
  { text: "america/new_york", want: { name: "America/New_York" } },
])("$text is a zone", ({ text, want }) => expect(parseZone(text)).toEqual(want));

test.each([
  { text: "Berlin", hint: "Did you mean Europe/Berlin?" },
  { text: "Europe/Berln", hint: "Did you mean Europe/Berlin?" },
  { text: "UTC+2", hint: "Write the offset alone: +02:00." },
  { text: "gmt-05:30", hint: "Write the offset alone: -05:30." },
  { text: "+25:00", hint: undefined },
  { text: "Nowhere/Else+02", hint: undefined },
  { text: "", hint: undefined },
])("$text is no zone", ({ text, hint }) => {
  expect(() => parseZone(text)).toThrow(
    expect.objectContaining({
      value: text,
      expected: "a time zone such as Europe/Berlin or an offset such as +02:00",
      hint,
    }),
  );
});
