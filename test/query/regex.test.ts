import { expect, test } from "vitest";
import { compilePattern } from "../../src/query/regex.js";

test.each([
  { pattern: "eni-0", text: "x eni-0a", want: true },
  { pattern: "^eni-0", text: "x eni-0a", want: false },
  { pattern: "", text: "", want: true },
  { pattern: "ACCEPT", text: "accept", want: false },
  { pattern: "(?i)ACCEPT", text: "accept", want: true },
  { pattern: "^.$", text: "🦊", want: true },
  { pattern: "\\pL", text: "büro", want: true },
  { pattern: "a{2,3}?b|c", text: "aab", want: true },
])("$pattern in $text: $want", ({ pattern, text, want }) =>
  expect(compilePattern(pattern, false).test(text)).toBe(want),
);

test("in any case, where that is asked for", () => expect(compilePattern("^ACC", true).test("accept")).toBe(true));

test.each([
  { pattern: "a)", part: [0, 2] },
  { pattern: "x(a", part: [0, 3] },
  { pattern: "a**", part: [1, 3] },
  { pattern: "a[z-b]", part: [2, 5] },
  { pattern: "a{1001}", part: [1, 7] },
  { pattern: "((a{100}){100}){100}", part: [15, 20] },
  { pattern: "a(?=b)", part: [1, 4] },
  { pattern: "(a)\\1", part: [3, 5] },
  { pattern: "a\\", part: [0, 2] },
  { pattern: "(".repeat(50_000), part: [0, 50_000] },
])("no regular expression of RE2: $pattern", ({ pattern, part }) => {
  expect(() => compilePattern(pattern, false)).toThrow(expect.objectContaining({ name: "PatternError", part }));
});

test.each([
  { name: "nested repetition", pattern: "(a+)+$", text: `${"a".repeat(100_000)}b` },
  { name: "many ways to match", pattern: "(a|aa|aaa)*(a|b)*c", text: "ab".repeat(50_000) },
  { name: "long repetition", pattern: "(?:a?){500}a{500}", text: "a".repeat(20_000) },
])("a pattern that hangs others takes no time: $name", ({ pattern, text }) => {
  const start = performance.now();
  compilePattern(pattern, false).test(text);
  expect(performance.now() - start).toBeLessThan(5000);
});
