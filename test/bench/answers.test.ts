import { describe, expect, test } from "vitest";
import { checkEqual, readCount, readText, readUnordered, toLines, WrongAnswer } from "./answers.js";

describe("answers", () => {
  test("are equal line by line", () => checkEqual(["10.0.0.1\t3", "10.0.0.2\t2"], ["10.0.0.1\t3", "10.0.0.2\t2"]));

  test.each([
    { name: "another order", got: ["b", "a"], want: 'answers "b" in line 1, expected "a"' },
    { name: "a line short", got: ["a"], want: 'answers nothing in line 2, expected "b"' },
    { name: "a line more", got: ["a", "b", ""], want: 'answers "" in line 3, expected nothing' },
    { name: "a sum as a float", got: ["a", "2.1e+12"], want: 'answers "2.1e+12" in line 2, expected "b"' },
  ])("$name", ({ got, want }) => expect(() => checkEqual(got, ["a", "b"])).toThrow(new WrongAnswer(want)));
});

test("text is kept though its buffer is used again", () => {
  const reading = readText(toLines);
  const buffer = Buffer.from("a\tb\n");
  reading.take(buffer);
  buffer.write("c\td\n");
  reading.take(buffer);
  expect(reading.answer("")).toEqual(["a\tb", "c\td"]);
});

describe("lines in any order", () => {
  const read = (...chunks: string[]) => {
    const reading = readUnordered();
    for (const chunk of chunks) reading.take(Buffer.from(chunk));
    return reading.answer("");
  };
  const want = read("ab\ncd\nab\n");

  test("neither order nor chunks matter", () => expect(read("cd\na", "b\nab", "\n")).toEqual(want));

  test.each([
    { name: "two lines that changed places within", chunk: "ad\ncb\nab\n" },
    { name: "a line twice for another", chunk: "ab\ncd\ncd\n" },
    { name: "ends in other places", chunk: "abc\nd\nab\n" },
  ])("$name: not the same", ({ chunk }) => expect(read(chunk)).not.toEqual(want));

  test("one without its end is wrong", () => expect(() => read("ab\ncd")).toThrow(WrongAnswer));

  test("a count is the first line of it", () => {
    const count = readCount();
    count.take(Buffer.from("ab\ncd\nab\n"));
    expect(count.answer("")).toEqual(want.slice(0, 1));
  });
});
