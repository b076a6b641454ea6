import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterAll, expect, test } from "vitest";
import { rankTalkers } from "../../src/engine/talkers.js";
import { parseFilter } from "../../src/query/filter-parser.js";
import { parseKeys } from "../../src/query/keys.js";
import { UTC } from "../../src/query/zone.js";
import { officeLog } from "../generate/office.js";

const folder = mkdtempSync(join(tmpdir(), "flowlog-filter-parallel-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("a filter means the same on several threads: its patterns, lists and large numbers arrive there", async () => {
  const file = join(folder, "office.log");
  writeFileSync(file, officeLog().repeat(12));
  const text = `eni ~ "^eni-0[ab]" and not (ip in [203.0.113.0/24, 192.0.2.0/26 2001:db8::/32] and bytes < 18446744073709551615)
    and (action reject or dst port in [http, https, 53] or srcaddr !~ "^10") and src != -`;
  const query = {
    filter: parseFilter({ text, path: null }, { now: 0, zone: UTC }),
    command: "top-talkers",
    window: { since: null, until: null },
    keys: parseKeys("pair"),
    metric: "flows",
    limit: 50,
    bottom: false,
  } as const;
  const rank = (jobs: number) =>
    rankTalkers(
      query,
      { inputs: [file], stdin: new PassThrough().end(), formats: [], jobs, memory: 1e9, minParallelBytes: 0 },
      { onProblem() {}, onMalformedBytes() {}, onNote() {}, onFailure() {} },
    );
  const one = await rank(1);
  expect(one.input.matched).toBeGreaterThan(1000);
  expect(one.input.matched).toBeLessThan(one.input.flows / 2);
  for (const jobs of [2, 3]) expect(await rank(jobs)).toEqual(one);
});
