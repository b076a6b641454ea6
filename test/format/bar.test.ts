import { expect, test } from "vitest";
import { drawBar } from "../../src/format/bar.js";

test.each([
  { percent: 0, want: "" },
  { percent: 0.0001, want: "▏" },
  { percent: 1.25, want: "▏" },
  { percent: 50, want: "█████" },
  { percent: 55, want: "█████▌" },
  { percent: 99.9999, want: "██████████" },
  { percent: 100, want: "██████████" },
  { percent: 130, want: "██████████" },
])("$percent % in ten columns", ({ percent, want }) => expect(drawBar(percent, 10)).toBe(want));
