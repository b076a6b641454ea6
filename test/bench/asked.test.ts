import { expect, test } from "vitest";
import { memoryAtMost, memoryShare, speed, timeAtMost } from "./asked.js";

const measured = new Map([
  ["flowlog", { seconds: 1, peakBytes: 200_000_000 }],
  ["DuckDB", { seconds: 2.5, peakBytes: 400_000_000 }],
  ["cat", { seconds: 0.5, peakBytes: null }],
]);

test.each([
  { asked: speed("DuckDB", 2.5), want: "2.5 × the speed: 2.50, met" },
  { asked: speed("DuckDB", 3), want: "3 × the speed: 2.50, missed" },
  { asked: speed("gawk", 3), want: "3 × the speed" },
  { asked: memoryAtMost(200), want: "at most 200 MB: 200.0, met" },
  { asked: memoryAtMost(199), want: "at most 199 MB: 200.0, missed" },
  { asked: memoryShare("DuckDB", 60), want: "at most 60 % of its memory: 50.0 %, met" },
  { asked: memoryShare("DuckDB", 40), want: "at most 40 % of its memory: 50.0 %, missed" },
  { asked: memoryShare("cat", 40), want: "at most 40 % of its memory" },
  { asked: timeAtMost(1.3, ["cat"]), want: "at most 1.3 × cat: 2.00, missed" },
  { asked: timeAtMost(1.3, ["cat", "DuckDB"]), want: "at most 1.3 × the slower: 0.40, met" },
  { asked: timeAtMost(1.3, ["cat", "gawk"]), want: "at most 1.3 × the slower" },
])("$want", ({ asked, want }) => expect(asked.tell(measured)).toBe(want));
