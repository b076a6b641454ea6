import { expect, test } from "vitest";
import { partsOf } from "../../src/engine/literals.js";
import type { Filter } from "../../src/query/filter.js";
import { parseFilter } from "../../src/query/filter-parser.js";
import { UTC } from "../../src/query/zone.js";

function parts(text: string) {
  const filter = parseFilter({ text, path: null }, { now: 0, zone: UTC });
  if (filter.op !== "and" && filter.op !== "or") throw new Error(`${filter.op} joins nothing`);
  return partsOf(filter, filter.op === "and");
}

function port(...numbers: number[]): Filter {
  return { op: "port", fields: ["dstport"], ranges: numbers.map((number) => [number, number]) };
}

test.each([
  {
    name: "either of two ports is one condition",
    text: "dport 22 or dport 23 or dport 22",
    want: [{ filter: port(22, 23, 22), wanted: false }],
  },
  {
    name: "neither of two ports too",
    text: "not dport 22 and not dport 23",
    want: [{ filter: port(22, 23), wanted: false }],
  },
  {
    name: "both of two are two",
    text: "dport 22 and dport 23",
    want: [
      { filter: port(22), wanted: true },
      { filter: port(23), wanted: true },
    ],
  },
  {
    name: "what differs in more than its values is apart",
    text: "dport 22 or not dport 23 or bytes = - or packets > 5 or packets < 3",
    want: [
      { filter: port(22), wanted: false },
      { filter: port(23), wanted: true },
      { filter: { op: "null", field: "bytes" }, wanted: false },
      { filter: { op: "number", field: "packets", ranges: [[6, "18446744073709551615"]] }, wanted: false },
      { filter: { op: "number", field: "packets", ranges: [[0, 2]] }, wanted: false },
    ],
  },
  {
    name: "networks, words and protocols",
    text: "src 10.0.0.0/8 or eni a or proto tcp or src ::1 or eni b or proto udp or src != ::2",
    want: [
      { filter: { op: "address", fields: ["srcaddr"], prefixes: ["10.0.0.0/8", "::1/128"] }, wanted: false },
      { filter: { op: "text", field: "interface_id", values: ["a", "b"], anyCase: false }, wanted: false },
      {
        filter: {
          op: "number",
          field: "protocol",
          ranges: [
            [6, 6],
            [17, 17],
          ],
        },
        wanted: false,
      },
      { filter: { op: "address", fields: ["srcaddr"], prefixes: ["::2/128"], negated: true }, wanted: false },
    ],
  },
])("$name", ({ text, want }) => expect(parts(text)).toEqual(want));
