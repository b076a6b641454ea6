import { expect, test } from "vitest";
import { EVERYTHING, type Filter, filterFields } from "../../src/query/filter.js";
import { parseKeys } from "../../src/query/keys.js";
import { type Query, queryFields } from "../../src/query/query.js";
import { querySchema } from "../../src/query/schema.js";

const filter: Filter = {
  op: "and",
  terms: [
    { op: "address", fields: ["srcaddr", "dstaddr"], prefixes: ["10.0.0.0/8", "2001:db8::/32"] },
    { op: "not", term: { op: "port", fields: ["dstport"], ranges: [[0, 1023]] } },
    {
      op: "or",
      terms: [
        { op: "text", field: "action", values: ["accept"], anyCase: true },
        { op: "number", field: "protocol", ranges: [[6, 6]] },
      ],
    },
  ],
};
const query: Query = {
  filter,
  window: { since: null, until: 253_402_300_800 },
  keys: parseKeys("srcaddr/24,addr,flow_direction"),
  metric: "bytes",
  fields: ["end", "action"],
  limit: 10,
  bottom: false,
};

test("a filter's fields, each once", () => {
  expect(filterFields(filter)).toEqual(["srcaddr", "dstaddr", "dstport", "action", "protocol"]);
  expect(filterFields(EVERYTHING)).toEqual([]);
});

test("a query's fields are its filter's, its window's, its keys' and its columns", () => {
  const fromFilter = ["srcaddr", "dstaddr", "dstport", "action", "protocol"];
  expect(queryFields(query)).toEqual([...fromFilter, "start", "flow_direction", "end"]);
  expect(queryFields({ ...query, window: { since: null, until: null } })).not.toContain("start");
});

test("a query is plain JSON and passes its schema", () => {
  const copy: unknown = JSON.parse(JSON.stringify(query));
  expect(copy).toEqual(query);
  expect(querySchema.parse(copy)).toEqual(query);
});

test.each([
  {
    name: "a prefix with host bits",
    change: { filter: { op: "address", fields: ["srcaddr"], prefixes: ["10.0.0.1/8"] } },
  },
  { name: "text that is no prefix", change: { filter: { op: "address", fields: ["srcaddr"], prefixes: ["ten"] } } },
  {
    name: "an unknown field deep in the tree",
    change: { filter: { op: "not", term: { op: "text", field: "x", values: ["a"], anyCase: true } } },
  },
  { name: "a field by its short name", change: { fields: ["src"] } },
  { name: "a range from its end", change: { filter: { op: "number", field: "protocol", ranges: [[6, 5]] } } },
  { name: "an unknown operator", change: { filter: { op: "xor", terms: [] } } },
  { name: "a key that it does not have", change: { sort: "bytes" } },
  { name: "an IPv4 cut past 32", change: { keys: [{ kind: "addr", name: "addr_40", v4: 40, v6: 64 }] } },
  { name: "an unknown metric", change: { metric: "octets" } },
  { name: "a limit below 0", change: { limit: -1 } },
])("the schema refuses $name", ({ change }) => {
  expect(querySchema.safeParse({ ...query, ...change }).success).toBe(false);
});
