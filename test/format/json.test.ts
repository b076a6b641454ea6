import fc from "fast-check";
import { parse } from "lossless-json";
import { expect, test } from "vitest";
import { type JsonValue, writeDocument, writeJson } from "../../src/format/json.js";

test.each<{ name: string; value: JsonValue; want: string }>([
  { name: "null", value: null, want: "null" },
  { name: "every digit past 2^53", value: 2n ** 64n - 1n, want: "18446744073709551615" },
  { name: "a percentage", value: 33.3333, want: "33.3333" },
  { name: "plain text", value: "192.0.2.7", want: '"192.0.2.7"' },
  { name: "quotes and backslashes", value: '"\\', want: '"\\"\\\\"' },
  { name: "a terminal escape", value: "\u001b[2J", want: '"\\u001b[2J"' },
  { name: "a C1 control, which JSON itself would let through", value: "\u009b2J", want: '"\\u009b2J"' },
  { name: "half a surrogate pair", value: "\ud800", want: '"\\ud800"' },
  { name: "a list", value: ["srcaddr", 1n], want: '["srcaddr",1]' },
  { name: "an object", value: { rank: 1, flows: 3n }, want: '{"rank":1,"flows":3}' },
  { name: "a Map keeps a key called __proto__", value: new Map([["__proto__", "x"]]), want: '{"__proto__":"x"}' },
  {
    name: "a Map keeps its order, also of digits",
    value: new Map([
      ["b", 1],
      ["1", 2],
    ]),
    want: '{"b":1,"1":2}',
  },
])("$name", ({ value, want }) => expect(writeJson(value)).toBe(want));

const cell = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.bigInt({ min: 0n, max: 2n ** 70n }),
  fc.string({ unit: "binary" }),
  fc.string({ unit: fc.constantFrom('"', "\\", "\n", "\u0000", "\u009b", "\u2028", "a", "é", "💥") }),
);

test("another reader reads back what was written, to the last digit", () => {
  fc.assert(
    fc.property(
      fc.dictionary(
        fc.string().filter((key) => key !== "__proto__"),
        fc.array(cell),
      ),
      fc.boolean(),
      (value, wide) => {
        const text = writeJson(value, wide ? " " : "");
        expect(parse(text, null, BigInt)).toEqual({ ...value });
        expect(() => JSON.parse(text)).not.toThrow();
      },
    ),
  );
});

test("a document has a member a line, and a row of a list a line", () => {
  const rows = [{ rank: 1 }, { rank: 2 }][Symbol.iterator]();
  expect(
    [
      ...writeDocument([
        ["command", "x"],
        ["rows", rows],
        ["by", ["a"]],
      ]),
    ].join(""),
  ).toBe('{\n  "command": "x",\n  "rows": [\n    {"rank": 1},\n    {"rank": 2}\n  ],\n  "by": ["a"]\n}\n');
});

test("a document's empty list", () => {
  expect([...writeDocument([["rows", [][Symbol.iterator]()]])].join("")).toBe('{\n  "rows": []\n}\n');
});
