import { Readable } from "node:stream";
import { expect, test } from "vitest";
import { rankTalkers } from "../../src/engine/talkers.js";
import { parseKeys } from "../../src/query/keys.js";

test("a counter as key, first asked for when the kernel's memory has been used and given back", async () => {
  const from = 1_700_000_000;
  const lines = Array.from(
    { length: 60_000 },
    (_, i) => `2 123456789012 eni-${i} 192.0.2.1 192.0.2.2 1 2 6 ${1 + (i % 5)} 40 ${from + i} ${from + i} ACCEPT OK\n`,
  );
  const ranking = await rankTalkers(
    {
      filter: { op: "and", terms: [] },
      command: "top-talkers",
      window: { since: from + 20_000, until: null },
      keys: parseKeys("packets"),
      metric: "flows",
      limit: 0,
      bottom: false,
    },
    {
      inputs: [],
      stdin: Readable.from([Buffer.from(lines.join(""))], { objectMode: false }),
      formats: [],
      jobs: 1,
      memory: 1e9,
    },
    { onProblem() {}, onMalformedBytes() {}, onNote() {}, onFailure() {} },
  );
  expect(ranking.rows.map(({ key, flows }) => [...key, flows])).toEqual([1, 2, 3, 4, 5].map((key) => [key, 8000n]));
});
