import { describe, expect, test } from "vitest";
import { readReference } from "./reader.js";
import { compareValues, percent, type ReferenceKey, type ReferenceQuestion, referenceTopTalkers } from "./talkers.js";

function rank(text: string, question: Partial<ReferenceQuestion> & { by: ReferenceKey[] }) {
  const { records } = readReference(Buffer.from(text), { file: "a.log" });
  return referenceTopTalkers(records, { metric: "bytes", limit: 0, ...question });
}

const field = (name: string, v4: number | null = null, v6: number | null = null): ReferenceKey => ({
  fields: [name],
  v4,
  v6,
});
const addr: ReferenceKey = { fields: ["srcaddr", "dstaddr"], v4: null, v6: null };

describe("groups", () => {
  test("sums, ranks, shares, the rest and the total", () => {
    const log = "srcaddr bytes packets\n192.0.2.1 10 1\n192.0.2.2 60 2\n192.0.2.1 20 3\n192.0.2.3 10 4\n";
    expect(rank(log, { by: [field("srcaddr")], limit: 2 })).toEqual({
      rows: [
        { rank: 1, key: ["192.0.2.2"], bytes: 60n, packets: 2n, flows: 1n, percent: 60, cumulative_percent: 60 },
        { rank: 2, key: ["192.0.2.1"], bytes: 30n, packets: 4n, flows: 2n, percent: 30, cumulative_percent: 90 },
      ],
      others: { groups: 1, bytes: 10n, packets: 4n, flows: 1n, percent: 10 },
      total: { groups: 3, bytes: 100n, packets: 10n, flows: 4n },
      matched: 4,
      unanswerable: 0,
    });
  });

  test("sums past 2^53 are exact", () => {
    const log = `srcaddr bytes\n${"192.0.2.1 18446744073709551615\n".repeat(3)}`;
    expect(rank(log, { by: [field("srcaddr")] }).total.bytes).toBe(3n * (2n ** 64n - 1n));
  });

  test.each([
    {
      name: "addresses by value, IPv4 first, null last",
      log: "srcaddr bytes\n- 1\n2001:db8::2 1\n192.0.2.10 1\n192.0.2.9 1\n2001:db8::1 1\n",
      by: [field("srcaddr")],
      want: [["192.0.2.9"], ["192.0.2.10"], ["2001:db8::1"], ["2001:db8::2"], [null]],
    },
    {
      name: "text by UTF-8 bytes",
      log: "interface-id bytes\n\uff5e 1\n🦊 1\nb 1\nB 1\na10 1\na9 1\n",
      by: [field("interface_id")],
      want: [["B"], ["a10"], ["a9"], ["b"], ["\uff5e"], ["🦊"]],
    },
    {
      name: "numbers by value, however written",
      log: "dstport bytes\n0443 1\n443 1\n80 2\n9 2\n",
      by: [field("dstport")],
      want: [[9n], [80n], [443n]],
    },
    {
      name: "an address in two spellings is one group",
      log: "srcaddr bytes\n2001:DB8::1 1\n2001:db8:0::1 1\n::ffff:10.0.0.1 1\n10.0.0.1 1\n",
      by: [field("srcaddr")],
      want: [["2001:db8::1"], ["10.0.0.1"], ["::ffff:10.0.0.1"]],
    },
    {
      name: "prefixes",
      log: "srcaddr bytes\n192.0.2.1 1\n192.0.2.200 1\n2001:db8:1:2:3::1 1\n",
      by: [field("srcaddr", 25, 64)],
      want: [["192.0.2.0/25"], ["192.0.2.128/25"], ["2001:db8:1:2::/64"]],
    },
    {
      name: "a prefix of IPv6 alone",
      log: "srcaddr bytes\n192.0.2.1 1\n2001:db8:1:2ff::1 1\n",
      by: [field("srcaddr", null, 56)],
      want: [["192.0.2.1"], ["2001:db8:1:200::/56"]],
    },
    {
      name: "either side, once where both are the same",
      log: "srcaddr dstaddr bytes\n192.0.2.1 192.0.2.2 5\n192.0.2.1 192.0.2.1 1\n",
      by: [addr],
      want: [["192.0.2.1"], ["192.0.2.2"]],
    },
    {
      name: "no ports without a protocol that has them",
      log: "protocol dstport bytes\n1 0 1\n6 0 1\n- 7 1\n",
      by: [field("dstport")],
      want: [[null], [0n]],
    },
    {
      name: "keys like __proto__ are ordinary",
      log: "interface-id bytes\n__proto__ 1\nconstructor 1\n",
      by: [field("interface_id")],
      want: [["__proto__"], ["constructor"]],
    },
  ])("$name", ({ log, by, want }) => expect(rank(log, { by }).rows.map(({ key }) => key)).toEqual(want));

  test("with addr the total counts each flow once", () => {
    const { rows, total } = rank("srcaddr dstaddr bytes\n192.0.2.1 192.0.2.2 5\n192.0.2.1 192.0.2.1 1\n", {
      by: [addr],
    });
    expect(rows.map(({ bytes }) => bytes)).toEqual([6n, 5n]);
    expect(total).toEqual({ groups: 2, bytes: 6n, packets: null, flows: 2n });
  });

  test("least first, groups without a sum last either way", () => {
    const log = "srcaddr bytes\n192.0.2.1 -\n192.0.2.2 5\n192.0.2.3 1\n";
    const order = (bottom: boolean) => rank(log, { by: [field("srcaddr")], bottom }).rows.map(({ bytes }) => bytes);
    expect(order(false)).toEqual([5n, 1n, null]);
    expect(order(true)).toEqual([1n, 5n, null]);
  });

  test("flows whose layout lacks the key, the metric or the filter's field are unanswerable; NODATA is no flow", () => {
    const log = "srcaddr bytes log-status\n192.0.2.1 5 OK\n- - NODATA\nsrcaddr packets\n192.0.2.1 7\n";
    expect(rank(log, { by: [field("srcaddr")] })).toMatchObject({ matched: 1, unanswerable: 1 });
    expect(rank(log, { by: [field("srcaddr")], metric: "flows", needs: ["packets"] })).toMatchObject({
      matched: 1,
      unanswerable: 1,
    });
  });

  test("a filter leaves the rest out of everything", () => {
    const log = "srcaddr bytes\n192.0.2.1 5\n192.0.2.2 6\n";
    expect(rank(log, { by: [], filter: ({ values }) => values.get("bytes") === 5n }).total.bytes).toBe(5n);
  });
});

test.each([
  { part: 1n, whole: 3n, want: 33.3333 },
  { part: 2n, whole: 3n, want: 66.6667 },
  { part: 1n, whole: 2_000_000n, want: 0.0001 },
  { part: 1n, whole: 2_000_001n, want: 0 },
  { part: 5n, whole: 0n, want: null },
  { part: null, whole: 5n, want: null },
])("$part of $whole is $want %", ({ part, whole, want }) => expect(percent(part, whole)).toBe(want));

test("an IPv4 prefix stands before an IPv6 address, a wider prefix before a narrower", () => {
  const sorted = ["::/0", "10.0.0.0/8", "10.0.0.0/7", "::1"].sort((a, b) => compareValues(a, b, true));
  expect(sorted).toEqual(["10.0.0.0/7", "10.0.0.0/8", "::/0", "::1"]);
});
