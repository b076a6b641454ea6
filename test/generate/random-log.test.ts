import { expect, test } from "vitest";
import { type ReferenceAnswer, readReference } from "../reference/reader.js";
import { mutate, randomLog } from "./random-log.js";

const seeds = Array.from({ length: 1000 }, (_, at) => at + 1);

function read(seed: number): ReferenceAnswer {
  const { bytes, formats } = randomLog(seed);
  return readReference(bytes, { file: `seed ${seed}`, ...(formats === null ? {} : { formats }) });
}

test("a seed makes the same log every time, and the same harms", () => {
  const { bytes } = randomLog(7);
  expect(randomLog(7)).toEqual(randomLog(7));
  expect(randomLog(8).bytes).not.toEqual(bytes);
  expect(mutate(bytes, 3)).toEqual(mutate(bytes, 3));
  expect(mutate(bytes, 3)).not.toEqual(bytes);
});

test("a thousand logs hold everything that a log can hold, and their counts add up", () => {
  const met = new Map<string, number>();
  const meet = (what: string, times = 1) => met.set(what, (met.get(what) ?? 0) + times);
  for (const seed of seeds) {
    const { records, problems, counts, layoutChanges, error } = read(seed);
    const { lines, headers, comments, blank, malformed, flows, nodata, skipdata, other_status } = counts;
    expect(lines).toBe(headers + comments + blank + counts.records + malformed);
    expect(counts.records).toBe(flows + nodata + skipdata + other_status);
    for (const { reason } of problems) meet(reason);
    for (const { values } of records) for (const name of values.keys()) meet(`field ${name}`);
    for (const [what, times] of Object.entries({ ...counts, layoutChanges })) meet(what, times);
    meet(`error ${error?.kind ?? "none"}`);
  }
  const wanted = [
    ...[
      "fields",
      "value",
      "control",
      "long",
      "flows",
      "nodata",
      "skipdata",
      "other_status",
      "headers",
      "comments",
      "blank",
    ],
    ...["layoutChanges", "error none", "error layout", "error nothing", "error repeated", "field future_field"],
  ];
  for (const what of wanted) expect(met.get(what) ?? 0, what).toBeGreaterThan(0);
  // 72 fields, and 3 that no version has yet.
  expect([...met.keys()].filter((what) => what.startsWith("field ")).length).toBeGreaterThanOrEqual(75);
  expect(met.get("records") ?? 0).toBeGreaterThan(20_000);
});
