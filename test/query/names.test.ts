import { expect, test } from "vitest";
import { parseFields } from "../../src/query/names.js";

test("fields in all their spellings", () => {
  expect(parseFields("start, SRC,${dst-port},flowDirection")).toEqual([
    "start",
    "srcaddr",
    "dstport",
    "flow_direction",
  ]);
});

test.each([
  { name: "a slip of the pen", text: "start,dstprot", want: { value: "dstprot", hint: "Did you mean dstport?" } },
  { name: "no word like it", text: "quux", want: { value: "quux", hint: "`flowlog fields` lists them." } },
  { name: "a field twice", text: "src,srcaddr", want: { message: "the field srcaddr comes twice" } },
  { name: "no field", text: "", want: { message: "expected at least one field" } },
  { name: "nothing after the comma", text: "src,", want: { message: 'a field is empty in "src,"' } },
])("refused: $name", ({ text, want }) => expect(() => parseFields(text)).toThrow(expect.objectContaining(want)));
