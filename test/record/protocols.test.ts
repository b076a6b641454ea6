import { describe, expect, test } from "vitest";
import { HAS_PORTS, PROTOCOL_NAMES, protocolName, protocolNumber } from "../../src/record/protocols.js";

describe("protocolName", () => {
  // Spread over the whole registry: one keyword lost from the list would move all that follow.
  test.each([
    [0, "hopopt"],
    [1, "icmp"],
    [2, "igmp"],
    [4, "ipv4"],
    [6, "tcp"],
    [10, "bbn-rcc-mon"],
    [17, "udp"],
    [20, "hmp"],
    [33, "dccp"],
    [34, "3pc"],
    [39, "tp++"],
    [41, "ipv6"],
    [47, "gre"],
    [50, "esp"],
    [51, "ah"],
    [58, "ipv6-icmp"],
    [60, "ipv6-opts"],
    [61, "61"],
    [62, "cftp"],
    [63, "63"],
    [68, "68"],
    [73, "cphb"],
    [80, "iso-ip"],
    [89, "ospfigp"],
    [94, "ipip"],
    [99, "99"],
    [103, "pim"],
    [108, "ipcomp"],
    [112, "vrrp"],
    [114, "114"],
    [115, "l2tp"],
    [124, "isis"],
    [132, "sctp"],
    [135, "mobility-header"],
    [136, "udplite"],
    [143, "ethernet"],
    [146, "homa"],
    [148, "148"],
    [253, "253"],
    [255, "255"],
  ])("%i is %s", (number, name) => expect(protocolName(number)).toBe(name));
});

describe("protocolNumber", () => {
  test.each([
    ["tcp", 6],
    ["TCP", 6],
    ["17", 17],
    ["0", 0],
    ["255", 255],
    ["256", null],
    ["262", null],
    ["-1", null],
    ["6.0", null],
    ["", null],
    ["icmp6", 58],
    ["icmpv6", 58],
    ["ICMPv6", 58],
    ["ipv6-icmp", 58],
    ["ipencap", 4],
    ["ospf", 89],
    ["udp-lite", 136],
    ["mptcp", null],
    ["_", null],
    ["http", null],
  ])("%s is %s", (text, number) => expect(protocolNumber(text)).toBe(number));

  test("reads back the name of every number", () => {
    for (let number = 0; number <= 255; number++) expect(protocolNumber(protocolName(number))).toBe(number);
  });

  test("takes every name it lists", () => {
    expect(PROTOCOL_NAMES).toContain("icmpv6");
    for (const name of PROTOCOL_NAMES) expect(protocolNumber(name)).not.toBeNull();
  });
});

test("TCP, UDP, DCCP, SCTP and UDP-Lite have ports", () => {
  expect([...HAS_PORTS].map(protocolName)).toEqual(["tcp", "udp", "dccp", "sctp", "udplite"]);
});
