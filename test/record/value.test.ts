import { expect, test } from "vitest";
import type { FieldKind } from "../../src/record/fields.js";
import { type FieldValue, fieldValue } from "../../src/record/value.js";

test.each<{ name: string; kind: FieldKind; text: string; want: FieldValue }>([
  { name: "a dash in a number field is null, never 0", kind: "counter", text: "-", want: null },
  { name: "a dash in a text field is null", kind: "text", text: "-", want: null },
  { name: "a port is a number", kind: "uint16", text: "443", want: 443 },
  { name: "a counter is exact past 2^53", kind: "counter", text: "18446744073709551615", want: 18446744073709551615n },
  { name: "a small counter is a bigint too", kind: "counter", text: "0", want: 0n },
  { name: "a time is a number", kind: "seconds", text: "1700000000", want: 1700000000 },
  {
    name: "a time in nanoseconds keeps its digits",
    kind: "seconds",
    text: "1700000000123456789",
    want: 1700000000123456789n,
  },
  { name: "an account keeps its leading zeros", kind: "text", text: "000123456789", want: "000123456789" },
  { name: "an address is canonical", kind: "address", text: "2001:DB8:0:0::1", want: "2001:db8::1" },
  {
    name: "a tag is decoded",
    kind: "tag",
    text: "web%2Dserver%20%C3%A9%E2%82%AC%F0%9F%98%80",
    want: "web-server é€😀",
  },
  { name: "a tag that decodes to a dash is no null", kind: "tag", text: "%2D", want: "-" },
  { name: "a bare dash for a tag is null", kind: "tag", text: "-", want: null },
  { name: "a lone percent sign stays", kind: "tag", text: "50%", want: "50%" },
  { name: "a malformed sequence leaves its neighbours readable", kind: "tag", text: "%41%FF%zz%42", want: "A%FF%zzB" },
  { name: "half a surrogate pair stays encoded", kind: "tag", text: "%ED%A0%80", want: "%ED%A0%80" },
  { name: "an overlong form stays encoded", kind: "tag", text: "%C0%AF", want: "%C0%AF" },
  { name: "text is not decoded", kind: "text", text: "a%20b", want: "a%20b" },
])("$name", ({ kind, text, want }) => expect(fieldValue(kind, text)).toBe(want));
