import { describe, expect, test } from "vitest";
import type { Sum } from "../../src/engine/answer.js";
import { holds } from "../../src/engine/having.js";
import type { Having } from "../../src/query/having.js";
import type { Metric } from "../../src/query/metric.js";

const bytes: Metric = { kind: "sum", name: "bytes", field: "bytes" };
const bps: Metric = { kind: "bps", name: "bps" };

function compare(metric: Metric, is: Extract<Having, { op: "compare" }>["is"], value: string): Having {
  return { op: "compare", metric, is, value };
}

describe("a group's bytes are compared with 1000", () => {
  test.each([
    { is: "=", of999: false, of1000: true, of1001: false },
    { is: "!=", of999: true, of1000: false, of1001: true },
    { is: "<", of999: true, of1000: false, of1001: false },
    { is: "<=", of999: true, of1000: true, of1001: false },
    { is: ">", of999: false, of1000: false, of1001: true },
    { is: ">=", of999: false, of1000: true, of1001: true },
  ] as const)("$is", ({ is, of999, of1000, of1001 }) => {
    const having = compare(bytes, is, "1000");
    const told = [999n, 1000n, 1001n, null].map((value) => holds(having, () => value));
    // Nothing can be said of a group without a value.
    expect(told).toEqual([of999, of1000, of1001, false]);
    expect(holds({ op: "not", term: having }, () => null)).toBe(true);
  });
});

describe("quotients are in ten thousandths, other metrics whole", () => {
  test.each<{ metric: Metric; is: ">=" | "<" | "="; value: string; of: Sum; want: boolean }>([
    { metric: bps, is: "=", value: "0.25", of: 2500n, want: true },
    { metric: bps, is: ">=", value: "0.2501", of: 2500n, want: false },
    { metric: bytes, is: "<", value: "1000.5", of: 1000n, want: true },
    { metric: bytes, is: ">=", value: "1000.5", of: 1000n, want: false },
    { metric: bytes, is: ">=", value: "18446744073709551616", of: 2n ** 64n, want: true },
  ])("$of $is $value", ({ metric, is, value, of, want }) => {
    expect(holds(compare(metric, is, value), () => of)).toBe(want);
  });
});
