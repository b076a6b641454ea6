import { Readable } from "node:stream";
import { describe, expect, test } from "vitest";
import { Run } from "../../src/engine/run.js";
import { UserError } from "../../src/errors.js";
import { filterFields } from "../../src/query/filter.js";
import { formatFilter } from "../../src/query/filter-format.js";
import { parseFilter } from "../../src/query/filter-parser.js";
import { querySchema } from "../../src/query/schema.js";
import { UTC } from "../../src/query/zone.js";
import { parseFormat } from "../../src/record/layout.js";
import { randomFilter } from "../generate/filters.js";
import { seeded } from "../generate/random.js";
import { beginsLikeAnother, randomLog } from "../generate/random-log.js";
import { neededFields, passes } from "../reference/filter.js";
import { readReference } from "../reference/reader.js";

const query = {
  command: "top-talkers",
  window: { since: null, until: null },
  keys: [],
  metric: null,
  limit: 0,
  bottom: false,
};
const clock = { now: 1_767_323_045, zone: UTC };

/** The records of a random log that random expressions find, against those that the plain reading of the contract does. */
async function check(seed: number): Promise<number> {
  const { bytes, formats } = randomLog(seed);
  const reference = readReference(bytes, { file: "standard input", formats: formats ?? [] });
  if (reference.error !== null || bytes.length > 65_536 || beginsLikeAnother(bytes)) return 0;
  const random = seeded(seed * 7919 + 1);
  let found = 0;
  for (let round = 0; round < 2; round++) {
    const { text, asked } = randomFilter(reference.records, random);
    const filter = parseFilter({ text, path: null }, clock);
    const normalForm = formatFilter(filter);
    expect(parseFilter({ text: normalForm, path: null }, clock), normalForm).toEqual(filter);
    expect(querySchema.parse(JSON.parse(JSON.stringify({ ...query, filter })))).toEqual({ ...query, filter });

    const needed = [...new Set(neededFields(asked))];
    expect(new Set(filterFields(filter)), text).toEqual(new Set(needed));
    const answerable = reference.records.filter(({ values }) => needed.every((field) => values.has(field)));
    const want = answerable.filter((record) => passes(asked, record)).map(({ raw }) => raw.toString("latin1"));
    const got: string[] = [];
    try {
      for await (const { batch, selection } of runOf(bytes, formats, filter).batches()) {
        for (const row of batch.columns.kernel.words32(selection.rows, selection.count)) {
          got.push(Buffer.from(batch.line(row)).toString("latin1"));
        }
      }
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
    }
    expect(got, `${text} — ${normalForm}`).toEqual(want);
    found += want.length;
  }
  return found;
}

function runOf(bytes: Buffer, formats: readonly string[] | null, filter: ReturnType<typeof parseFilter>): Run {
  const stdin = Readable.from([bytes], { objectMode: false });
  return new Run(
    { inputs: [], stdin, formats: (formats ?? []).map(parseFormat), jobs: 1, memory: 1e9 },
    {
      filter,
      window: { since: null, until: null },
      required: filterFields(filter),
      wanted: ["protocol"],
      of: "records",
    },
    { onProblem() {}, onMalformedBytes() {}, onNote() {}, onFailure() {} },
  );
}

describe("filters find the records of the reference", () => {
  test.each([0, 250, 500, 750])("on random logs and expressions from seed %i", async (first) => {
    let found = 0;
    for (let seed = first; seed < first + 250; seed++) {
      found += await check(seed).catch((error) => {
        throw new Error(`seed ${seed}`, { cause: error });
      });
    }
    expect(found).toBeGreaterThan(2500);
  });
});
