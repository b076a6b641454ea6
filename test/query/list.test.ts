import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { parseList } from "../../src/query/list.js";
import { canonicalPrefix } from "../../src/query/prefix.js";

const folder = mkdtempSync(join(tmpdir(), "flowlog-list-"));
afterAll(() => rmSync(folder, { recursive: true }));

function listFile(text: string): string {
  const path = join(folder, "list.txt");
  writeFileSync(path, text);
  return path;
}
const asIs = (item: string) => item;

describe("a file of values", () => {
  test.each([
    { name: "one a line", text: "a\nb\n", want: ["a", "b"] },
    { name: "commas", text: "a,b , c", want: ["a", "b", "c"] },
    { name: "a comma at a line's end", text: "a,\nb,\n", want: ["a", "b"] },
    { name: "comments and blank lines", text: "# office\n\na # first\n  \n#b\n", want: ["a"] },
    { name: "CRLF, tabs and a byte order mark", text: "\ufeffa\r\n\tb\r\n", want: ["a", "b"] },
    { name: "an @ within is a value", text: "@b", want: ["@b"] },
  ])("$name", ({ text, want }) => expect(parseList(`@${listFile(text)}`, asIs)).toEqual(want));

  test("a file's name may hold a comma", () => {
    const path = join(folder, "a,b.txt");
    writeFileSync(path, "a\n");
    expect(parseList(`@${path}`, asIs)).toEqual(["a"]);
  });

  test("a bad value is told with its file and line", () => {
    const path = listFile("10.0.0.0/8\n# next\n192.0.2.0/24, 10.0.0/8\n");
    expect(() => parseList(`@${path}`, canonicalPrefix)).toThrow(
      `${path}:3: "10.0.0/8" given, expected CIDR notation, such as 10.0.0.0/8`,
    );
  });

  test.each([
    { name: "an empty file", text: "" },
    { name: "nothing but comments", text: "# none yet\n" },
  ])("refused: $name", ({ text }) => {
    const path = listFile(text);
    expect(() => parseList(`@${path}`, asIs)).toThrow(`${path}: no values in this list`);
  });

  test("200,000 prefixes are read in time that grows with the list", () => {
    const lines = Array.from({ length: 200_000 }, (_, n) => `10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}/32`);
    const path = listFile(lines.join("\n"));
    const start = performance.now();
    expect(parseList(`@${path}`, canonicalPrefix)).toHaveLength(200_000);
    // 0.2 s here; a quadratic step would take minutes.
    expect(performance.now() - start).toBeLessThan(5000);
  });
});

test.each([
  { name: "no such file", text: "@/no/such/list", message: "/no/such/list: no such file" },
  { name: "a directory", text: `@${folder}`, message: `${folder}: is a directory, not a list` },
  { name: "standard input, which is the log's", text: "@-", message: "@- names no file" },
  { name: "no name", text: "@", message: "@ names no file" },
  { name: "a file within a list", text: "a,@b", message: '"@b" is a file within a list' },
  { name: "nothing", text: "", message: "expected at least one value" },
  { name: "nothing between commas", text: "a,,b", message: "expected a value on each side of a comma" },
])("refused: $name", ({ text, message }) =>
  expect(() => parseList(text, asIs)).toThrow(expect.objectContaining({ name: "UserError", message })),
);

test("a list on the command line", () => expect(parseList("a, b,c", asIs)).toEqual(["a", "b", "c"]));
