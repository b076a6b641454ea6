import { isIPv4, isIPv6 } from "node:net";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalAddress, formatIPv4, formatIPv6, parseIPv4, parseIPv6 } from "../../src/record/address.js";

// Near misses of addresses: random text is hardly ever one.
const pieces = fc.constantFrom(
  "0",
  "1",
  "01",
  "9",
  "10",
  "25",
  "255",
  "256",
  "ffff",
  "FFFF",
  "a",
  "g",
  ".",
  ":",
  "::",
  "1.2.3.4",
  "%",
  " ",
  "-",
  "+",
  "0x1",
);
const likeAnAddress = fc.array(pieces, { maxLength: 17 }).map((parts) => parts.join(""));
const dotted = fc
  .array(fc.constantFrom("0", "7", "00", "10", "099", "255", "256", "1000", ""), { minLength: 3, maxLength: 5 })
  .map((parts) => parts.join("."));
const words = fc.array(fc.oneof(fc.constant(0), fc.constant(0xffff), fc.nat(0xffff)), { minLength: 8, maxLength: 8 });

function bytesOf(groups: readonly number[]): Uint8Array {
  return Uint8Array.from(groups.flatMap((group) => [group >>> 8, group & 255]));
}

describe("IPv4", () => {
  test.each([
    { text: "0.0.0.0", word: 0 },
    { text: "192.0.2.10", word: 0xc000020a },
    { text: "255.255.255.255", word: 0xffffffff },
    { text: "010.0.0.1", word: null },
    { text: "10.0.0.00", word: null },
    { text: "10.0.0.256", word: null },
    { text: "10.0.0", word: null },
    { text: "10.0.0.", word: null },
    { text: ".10.0.0.1", word: null },
    { text: "10..0.1", word: null },
    { text: "10.0.0.1.2", word: null },
    { text: "10.0.0.1 ", word: null },
    { text: "10.0.0.1/8", word: null },
    { text: "1.2.3.٤", word: null },
    { text: "167772161", word: null },
    { text: "", word: null },
  ])('"$text" is $word', ({ text, word }) => expect(parseIPv4(text)).toBe(word));

  test("takes what node:net takes, and nothing else", () => {
    fc.assert(
      fc.property(fc.oneof(dotted, likeAnAddress, fc.ipV4()), (text) => (parseIPv4(text) !== null) === isIPv4(text)),
    );
  });

  test("every word is written so that it reads back", () => {
    fc.assert(fc.property(fc.nat(0xffffffff), (word) => parseIPv4(formatIPv4(word)) === word));
    expect(formatIPv4(-1)).toBe("255.255.255.255");
  });
});

describe("IPv6", () => {
  // RFC 5952, sections 4 and 5.
  test.each([
    { text: "2001:0db8::0001", want: "2001:db8::1" },
    { text: "2001:DB8:0:0:0:0:2:1", want: "2001:db8::2:1" },
    { text: "2001:db8:0:1:1:1:1:1", want: "2001:db8:0:1:1:1:1:1" },
    { text: "2001:0:0:1:0:0:0:1", want: "2001:0:0:1::1" },
    { text: "2001:db8:0:0:1:0:0:1", want: "2001:db8::1:0:0:1" },
    { text: "0:0:0:0:0:0:0:0", want: "::" },
    { text: "0:0:0:0:0:0:0:1", want: "::1" },
    { text: "1:0:0:0:0:0:0:0", want: "1::" },
    { text: "::FFFF:a00:1", want: "::ffff:10.0.0.1" },
    { text: "::ffff:10.0.0.1", want: "::ffff:10.0.0.1" },
    { text: "::10.0.0.1", want: "::a00:1" },
    { text: "64:ff9b::192.0.2.33", want: "64:ff9b::c000:221" },
    { text: "2001:db8:1234:a100:8d6e:3477:df66:f105", want: "2001:db8:1234:a100:8d6e:3477:df66:f105" },
    { text: "fe80::1%eth0", want: null },
    { text: "[::1]", want: null },
    { text: "1::2::3", want: null },
    { text: "1:2:3:4:5:6:7", want: null },
    { text: "1:2:3:4:5:6:7:8:9", want: null },
    { text: "::ffff:010.0.0.1", want: null },
    { text: "::12345", want: null },
    { text: ":1:2:3:4:5:6:7", want: null },
    { text: "::g", want: null },
    { text: "eni-1235b8ca123456789", want: null },
    { text: "-", want: null },
    { text: "", want: null },
  ])('"$text" is $want', ({ text, want }) => expect(canonicalAddress(text)).toBe(want));

  test("takes what node:net takes, but zones", () => {
    fc.assert(
      fc.property(
        fc.oneof(likeAnAddress, fc.ipV6()),
        (text) => (parseIPv6(text) !== null) === (isIPv6(text) && !text.includes("%")),
      ),
    );
  });

  test("reads and writes what Node's URLs do, but mapped addresses", () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV6(), likeAnAddress), (text) => {
        const bytes = parseIPv6(text);
        fc.pre(bytes !== null);
        // URLs write every address in hexadecimal.
        const want = new URL(`http://[${text}]/`).hostname.slice(1, -1);
        expect(parseIPv6(want)).toEqual(bytes);
        if (!want.startsWith("::ffff:")) expect(canonicalAddress(text)).toBe(want);
      }),
    );
  });

  test("writes 16 bytes so that they read back", () => {
    fc.assert(
      fc.property(words, (groups) => {
        const bytes = bytesOf(groups);
        const text = formatIPv6(bytes);
        expect(parseIPv6(text)).toEqual(bytes);
        expect(canonicalAddress(text)).toBe(text);
        const hexadecimal = groups.map((group) => group.toString(16)).join(":");
        expect(canonicalAddress(hexadecimal)).toBe(text);
      }),
    );
  });

  test("formats bytes that lie inside a larger buffer", () => {
    const buffer = new Uint8Array(40);
    buffer.set(bytesOf([0x2001, 0xdb8, 0, 0, 0, 0, 0, 7]), 3);
    expect(formatIPv6(buffer.subarray(3, 19))).toBe("2001:db8::7");
  });
});
