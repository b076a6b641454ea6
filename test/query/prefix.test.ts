import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalPrefix, formatPrefix, parsePrefix } from "../../src/query/prefix.js";

describe("a prefix has one canonical text", () => {
  test.each([
    { name: "as it is", text: "10.0.0.0/8", want: "10.0.0.0/8" },
    { name: "a bare IPv4 address is /32", text: "192.0.2.7", want: "192.0.2.7/32" },
    { name: "a bare IPv6 address is /128", text: "2001:DB8:0:0::1", want: "2001:db8::1/128" },
    { name: "IPv4 host bits are masked", text: "192.0.2.77/26", want: "192.0.2.64/26" },
    { name: "IPv4 above 2^31", text: "255.255.255.255/1", want: "128.0.0.0/1" },
    { name: "all of IPv4", text: "198.51.100.1/0", want: "0.0.0.0/0" },
    { name: "IPv6 host bits are masked", text: "2001:db8:ffff:ffff::1/36", want: "2001:db8:f000::/36" },
    { name: "all of IPv6", text: "2001:db8::/0", want: "::/0" },
    { name: "an IPv4-mapped address stays IPv6", text: "::ffff:10.0.0.1", want: "::ffff:10.0.0.1/128" },
  ])("$name", ({ text, want }) => expect(canonicalPrefix(text)).toBe(want));
});

test("parts of a prefix", () => {
  expect(parsePrefix("192.0.2.7/31")).toEqual({ family: 4, network: 0xc0000206, length: 31 });
  const network = new Uint8Array(16);
  network.set([0x20, 0x01, 0x0d, 0xb8]);
  expect(parsePrefix("2001:db8::1/32")).toEqual({ family: 6, network, length: 32 });
});

test.each([
  { name: "three octets", text: "10.0.0/8" },
  { name: "a leading zero", text: "010.0.0.0/8" },
  { name: "no length", text: "10.0.0.0/", hint: "An IPv4 prefix has a length of 0 to 32." },
  { name: "a length past 32", text: "10.0.0.0/33", hint: "An IPv4 prefix has a length of 0 to 32." },
  { name: "a length past 128", text: "2001:db8::/129", hint: "An IPv6 prefix has a length of 0 to 128." },
  { name: "a length with a leading zero", text: "10.0.0.0/08", hint: "An IPv4 prefix has a length of 0 to 32." },
  { name: "a signed length", text: "10.0.0.0/-1", hint: "An IPv4 prefix has a length of 0 to 32." },
  {
    name: "a netmask",
    text: "10.0.0.0/255.0.0.0",
    hint: "A netmask is written as a length: 255.255.255.0 is /24.",
  },
  { name: "a second length", text: "10.0.0.0/8/8", hint: "An IPv4 prefix has a length of 0 to 32." },
  { name: "a zone", text: "fe80::1%eth0" },
  { name: "a name", text: "example.com" },
  { name: "nothing", text: "" },
])("refused: $name", ({ text, hint }) => {
  expect(() => parsePrefix(text)).toThrow(
    expect.objectContaining({ value: text, expected: "CIDR notation, such as 10.0.0.0/8", hint }),
  );
});

const anyPrefix = fc.oneof(
  fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 })).map(([address, length]) => `${address}/${length}`),
  fc.tuple(fc.ipV6(), fc.integer({ min: 0, max: 128 })).map(([address, length]) => `${address}/${length}`),
);

test("law: canonical text is its own canonical text, and parses to the same prefix", () => {
  fc.assert(
    fc.property(anyPrefix, (text) => {
      const canonical = canonicalPrefix(text);
      expect(canonicalPrefix(canonical)).toBe(canonical);
      expect(parsePrefix(canonical)).toEqual(parsePrefix(text));
    }),
  );
});

test("law: a shorter cut of a cut is the shorter cut", () => {
  fc.assert(
    fc.property(anyPrefix, fc.nat(), (text, pick) => {
      const prefix = parsePrefix(text);
      const length = pick % (prefix.length + 1);
      const address = text.slice(0, text.indexOf("/"));
      expect(canonicalPrefix(formatPrefix(prefix).replace(/\d+$/, String(length)))).toBe(
        canonicalPrefix(`${address}/${length}`),
      );
    }),
  );
});
