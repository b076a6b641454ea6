import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseKeys } from "../../src/query/keys.js";

const whole = { v4: null, v6: null };
const field = (name: string, cut: { v4: number | null; v6: number | null } = whole) => ({
  kind: "field",
  name,
  field: name.replace(/(_\d+)+$/, ""),
  ...cut,
});

describe("one key", () => {
  test.each([
    { text: "srcaddr", want: field("srcaddr") },
    { text: "src", want: field("srcaddr") },
    { text: "DPORT", want: field("dstport") },
    { text: "pktSrcAddr", want: field("pkt_srcaddr") },
    { text: "${flow-direction}", want: field("flow_direction") },
    { text: "dir", want: field("flow_direction") },
    { text: "srcaddr/24", want: field("srcaddr_24", { v4: 24, v6: 64 }) },
    { text: "srcaddr_24", want: field("srcaddr_24", { v4: 24, v6: 64 }) },
    { text: "srcaddr/0", want: field("srcaddr_0", { v4: 0, v6: 64 }) },
    { text: "srcaddr/32", want: field("srcaddr_32", { v4: 32, v6: 64 }) },
    { text: "srcaddr/33", want: field("srcaddr_33", { v4: null, v6: 33 }) },
    { text: "dst/56", want: field("dstaddr_56", { v4: null, v6: 56 }) },
    { text: "dst/128", want: field("dstaddr_128", { v4: null, v6: 128 }) },
    { text: "src/24/56", want: field("srcaddr_24_56", { v4: 24, v6: 56 }) },
    { text: "pkt_dstaddr_24_56", want: field("pkt_dstaddr_24_56", { v4: 24, v6: 56 }) },
    { text: "pkt-dstaddr/8/16", want: field("pkt_dstaddr_8_16", { v4: 8, v6: 16 }) },
    { text: "addr", want: { kind: "addr", name: "addr", ...whole } },
    { text: "ADDR/16", want: { kind: "addr", name: "addr_16", v4: 16, v6: 64 } },
    { text: "addr_16", want: { kind: "addr", name: "addr_16", v4: 16, v6: 64 } },
    { text: "service", want: { kind: "service", name: "service" } },
    { text: "Service", want: { kind: "service", name: "service" } },
  ])("$text", ({ text, want }) => expect(parseKeys(text)).toEqual([want]));
});

test.each([
  { text: "srcaddr/24,dstport", want: ["srcaddr_24", "dstport"] },
  { text: " srcaddr , dstport ", want: ["srcaddr", "dstport"] },
  { text: "pair", want: ["srcaddr", "dstaddr"] },
  { text: "5tuple", want: ["srcaddr", "dstaddr", "srcport", "dstport", "protocol"] },
  { text: "Pair,dstport", want: ["srcaddr", "dstaddr", "dstport"] },
  { text: "addr,dstport", want: ["addr", "dstport"] },
  { text: "dstaddr/16, service", want: ["dstaddr_16", "service"] },
  { text: "service,dstport", want: ["service", "dstport"] },
  { text: "srcaddr,srcaddr/24", want: ["srcaddr", "srcaddr_24"] },
])("$text is $want", ({ text, want }) => expect(parseKeys(text).map((key) => key.name)).toEqual(want));

const lengths = "A prefix is one length, /24 for IPv4 or /56 for IPv6, or both: /24/56, at most /32/128.";
test.each([
  { name: "a slip of the pen", text: "dstprot", hint: "Did you mean dstport?" },
  { name: "a slip of the pen before a prefix", text: "sraddr/24", hint: "Did you mean srcaddr/24?" },
  { name: "no word like it", text: "constructor", hint: "`flowlog fields` lists the fields." },
  { name: "a key of every object", text: "__proto__", hint: "`flowlog fields` lists the fields." },
  { name: "a prefix of a port", text: "dstport/24", hint: "Only addresses have prefixes, and dstport is none." },
  {
    name: "a prefix of a port, as output spells it",
    text: "dstport_24",
    hint: "Only addresses have prefixes, and dstport is none.",
  },
  { name: "a prefix of a service", text: "service/24", hint: "Only addresses have prefixes, and service is none." },
  {
    name: "a prefix of a service, as output spells it",
    text: "service_24",
    hint: "Only addresses have prefixes, and service is none.",
  },
  { name: "a slip of the pen in service", text: "servcie", hint: "Did you mean service?" },
  { name: "the time", text: "Time", hint: "For flows over time ask `flowlog timeline --bin 5m`." },
  { name: "bins of time", text: "time/5m", hint: "For flows over time ask `flowlog timeline --bin 5m`." },
  { name: "the hour", text: "hour", hint: "For flows over time ask `flowlog timeline --bin 5m`." },
  { name: "a prefix of pair", text: "pair/24", hint: "Write it out: srcaddr/24,dstaddr/24." },
  { name: "a length past 128", text: "srcaddr/129", hint: lengths },
  { name: "no length", text: "srcaddr/", hint: lengths },
  { name: "a length with a leading zero", text: "srcaddr/024", hint: lengths },
  { name: "an IPv4 length past 32", text: "srcaddr/56/24", hint: lengths },
  { name: "an IPv6 length past 128", text: "srcaddr/24/129", hint: lengths },
  { name: "three lengths", text: "srcaddr/8/16/24", hint: lengths },
])("refused: $name", ({ text, hint }) => {
  expect(() => parseKeys(text)).toThrow(
    expect.objectContaining({ value: text, expected: "a field, srcaddr/24, pair, 5tuple, addr or service", hint }),
  );
});

test.each([
  { name: "no key", text: "", message: "expected at least one key" },
  { name: "nothing between commas", text: "src,,dst", message: 'a key is empty in "src,,dst"' },
  {
    name: "a key twice",
    text: "srcaddr,dstport,srcaddr",
    message: "the key srcaddr comes twice in srcaddr,dstport,srcaddr",
  },
  { name: "a key by both its names", text: "src,srcaddr", message: "the key srcaddr comes twice in src,srcaddr" },
  { name: "a key that pair holds", text: "pair,dst", message: "the key dstaddr comes twice in pair,dst" },
  { name: "service twice", text: "service,SERVICE", message: "the key service comes twice in service,SERVICE" },
  { name: "addr in two cuts", text: "addr,addr/24", message: "addr can be a key only once" },
])("refused: $name", ({ text, message }) =>
  expect(() => parseKeys(text)).toThrow(expect.objectContaining({ name: "UserError", message })),
);

test("law: the output name of a key is a spelling of it", () => {
  const cut = fc.oneof(
    fc.constant(""),
    fc.integer({ min: 0, max: 128 }).map((n) => `/${n}`),
    fc.tuple(fc.integer({ min: 0, max: 32 }), fc.integer({ min: 0, max: 128 })).map(([v4, v6]) => `/${v4}/${v6}`),
  );
  fc.assert(
    fc.property(fc.constantFrom("src", "dstaddr", "pkt-srcaddr", "addr"), cut, (name, suffix) => {
      const [key] = parseKeys(`${name}${suffix}`);
      expect(parseKeys(key!.name)).toEqual([key]);
    }),
  );
});
