import fc from "fast-check";
import { expect, test } from "vitest";
import type { Timeline } from "../../src/engine/answer.js";
import { joinBins } from "../../src/format/steps.js";
import { makeReport } from "./sample.js";

function makeTimeline(bins: number, series: number, binSec: number, start: bigint): Timeline {
  const keys = Array.from({ length: series }, (_, i) => [`192.0.2.${i}`]);
  return {
    ...{ command: "timeline", by: ["srcaddr"], metric: "flows", bin_seconds: binSec, bins, series: keys },
    rows: Array.from({ length: bins * series }, (_, i) => ({
      ...{ time: start + BigInt(Math.floor(i / series) * binSec), key: keys[i % series]! },
      ...{ bytes: null, packets: null, flows: BigInt(i % 97) },
    })),
    total: { groups: series, bytes: null, packets: null, flows: 1n },
    input: makeReport(),
  };
}

test.each([
  { bins: 70, binSec: 300, perStep: 1 },
  { bins: 71, binSec: 300, perStep: 2 },
  { bins: 288, binSec: 300, perStep: 6 },
  { bins: 1440, binSec: 60, perStep: 30 },
  { bins: 365, binSec: 86_400, perStep: 7 },
  { bins: 100, binSec: 7, perStep: 2 },
])("$bins bins of $binSec s on 70 columns: $perStep to a step", ({ bins, binSec, perStep }) => {
  expect(joinBins(makeTimeline(bins, 1, binSec, 0n), 70, 5)?.binsPerStep).toBe(perStep);
});

test("steps begin at round times; those at the ends may be of fewer bins", () => {
  const steps = joinBins(makeTimeline(7, 1, 60, 180n), 4, 5);
  expect(steps).toMatchObject({ times: [180n, 300n], binsPerStep: 5, firstBins: 2, lastBins: 5 });
});

test("nothing is lost, and there are no more steps and lines than asked for", () => {
  const parts = {
    bins: fc.integer({ min: 1, max: 300 }),
    series: fc.integer({ min: 1, max: 8 }),
    binSec: fc.constantFrom(1, 7, 300, 3600, 86_400),
    start: fc.bigInt({ min: 0n, max: 2n ** 33n }),
    most: fc.integer({ min: 3, max: 100 }),
  };
  fc.assert(
    fc.property(fc.record(parts), ({ bins, series, binSec, start, most }) => {
      const answer = makeTimeline(bins, series, binSec, start);
      const { times, lines } = joinBins(answer, most, 3)!;
      expect(times.length).toBeLessThanOrEqual(most);
      expect(lines.length).toBe(Math.min(series, 4));
      const sum = lines.flatMap(({ sums }) => sums).reduce((a, b) => a + b, 0n);
      expect(sum).toBe([...answer.rows].reduce((a, { flows }) => a + flows, 0n));
      for (const { sums } of lines) expect(sums.length).toBe(times.length);
    }),
  );
});

test("a bin whose flows tell no bytes adds none; where no bin has any, there is nothing to draw", () => {
  const answer = { ...makeTimeline(3, 1, 300, 0n), metric: "bytes" as const };
  expect(joinBins(answer, 70, 5)).toBe(null);
  const rows = [...answer.rows].map((row, bin) => ({ ...row, bytes: bin === 1 ? 7n : null }));
  expect(joinBins({ ...answer, rows }, 70, 5)?.lines[0]?.sums).toEqual([0n, 7n, 0n]);
});
