import { expect, test } from "vitest";
import { EVERYTHING, type Filter, filterFields } from "../../src/query/filter.js";
import { parseKeys } from "../../src/query/keys.js";
import { queryFields, type TalkersQuery } from "../../src/query/query.js";
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
        { op: "number", field: "bytes", ranges: [[1, "18446744073709551615"]] },
        { op: "bits", field: "tcp_flags", mask: 18 },
        { op: "match", field: "interface_id", pattern: "^eni-0", anyCase: false, negated: true },
        { op: "null", field: "end" },
      ],
    },
  ],
};
const query: TalkersQuery = {
  filter,
  command: "top-talkers",
  window: { since: null, until: 253_402_300_800 },
  keys: parseKeys("srcaddr/24,addr,flow_direction"),
  metric: "bytes",
  limit: 10,
  bottom: false,
};

test("a filter's fields, each once", () => {
  const fields = ["srcaddr", "dstaddr", "dstport", "action", "protocol", "bytes", "tcp_flags", "interface_id", "end"];
  expect(filterFields(filter)).toEqual(fields);
  expect(filterFields(EVERYTHING)).toEqual([]);
});

test("a query's fields are its filter's, its window's, its keys' and its columns", () => {
  const fromFilter = filterFields(filter);
  expect(queryFields(query)).toEqual([...fromFilter, "start", "flow_direction"]);
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
  {
    name: "a field by its short name",
    change: { keys: [{ kind: "field", name: "src", field: "src", v4: null, v6: null }] },
  },
  { name: "a range from its end", change: { filter: { op: "number", field: "protocol", ranges: [[6, 5]] } } },
  {
    name: "a number past 2^53 that is not in digits",
    change: { filter: { op: "number", field: "bytes", ranges: [[1, 2 ** 60]] } },
  },
  { name: "no flags", change: { filter: { op: "bits", field: "tcp_flags", mask: 0 } } },
  {
    name: "what is no regular expression",
    change: { filter: { op: "match", field: "region", pattern: "(", anyCase: false } },
  },
  { name: "an unknown operator", change: { filter: { op: "xor", terms: [] } } },
  { name: "a key that it does not have", change: { sort: "bytes" } },
  { name: "an IPv4 cut past 32", change: { keys: [{ kind: "addr", name: "addr_40", v4: 40, v6: 64 }] } },
  { name: "an unknown metric", change: { metric: "octets" } },
  { name: "a limit below 0", change: { limit: -1 } },
])("the schema refuses $name", ({ change }) => {
  expect(querySchema.safeParse({ ...query, ...change }).success).toBe(false);
});
