import { expect, test } from "vitest";
import { wrapWords } from "../../src/format/width.js";

test.each([
  { name: "a sentence that fits stays as it is", text: "one two", width: 7, want: ["one two"] },
  { name: "one that does not is broken between words", text: "one two three", width: 9, want: ["one two", "  three"] },
  { name: "a word is never broken", text: "a 2001:db8::1 b", width: 5, want: ["a", "  2001:db8::1", "  b"] },
  { name: "into a pipe nothing is broken", text: "one two three", width: null, want: ["one two three"] },
])("$name", ({ text, width, want }) => expect(wrapWords(text, width)).toEqual(want));
