import { expect, test } from "vitest";
import { nearest } from "../../src/record/nearest.js";

const names = ["srcaddr", "dstaddr", "srcport", "log_status", "bytes"];

test.each([
  { name: "two letters swapped", word: "scraddr", want: "srcaddr" },
  { name: "swapped letters are one slip", word: "imcp", among: ["igmp", "icmp"], want: "icmp" },
  { name: "as near as one letter changed", word: "tpc", among: ["tcp", "3pc"], want: "tcp" },
  { name: "of equally near ones, the first", word: "idp", among: ["udp", "igp", "idpr"], want: "udp" },
  { name: "two slips in a long word", word: "dstprto", among: ["dstport", "protocol"], want: "dstport" },
  { name: "a letter too few", word: "byts", want: "bytes" },
  { name: "upper case", word: "BYTEZ", want: "bytes" },
  { name: "hyphens for underscores", word: "log-statsu", want: "log_status" },
  { name: "nothing near", word: "protocol", want: null },
  { name: "too short to tell", word: "x", want: null },
  { name: "no word", word: "", want: null },
  { name: "a very long word", word: "srcaddr".repeat(10_000), want: null },
])("$name", ({ word, among = names, want }) => expect(nearest(word, among)).toBe(want));

test("no candidates, no answer", () => expect(nearest("bytes", [])).toBeNull());
