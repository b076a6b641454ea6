import { describe, expect, test } from "vitest";
import { findAwsField } from "../../src/record/fields.js";
import { expectEqual } from "../equal.js";
import { seeded } from "../generate/random.js";
import { mutate, randomLog } from "../generate/random-log.js";
import { readReference } from "../reference/reader.js";
import { type Read, type ReadOptions, readText } from "./read.js";

/** What the kernel and the reference reader must agree on. */
function summary(read: Read) {
  return {
    counts: { ...read.counts, first: undefined, last: undefined },
    problems: read.problems.map(({ line, fault }) => ({
      line,
      reason: fault.reason,
      field: fault.reason === "value" ? fault.field : null,
      value: fault.reason === "value" ? fault.value : null,
    })),
    records: read.records.map(({ raw, isFlow, values, columns }) => ({
      raw,
      isFlow,
      values: [...values].map(([name, value]) => [name, typeof value === "number" ? BigInt(value) : value]),
      columns: [...columns].filter(([name]) => findAwsField(name) !== undefined),
    })),
  };
}

function expected(bytes: Uint8Array, options: ReadOptions) {
  const answer = readReference(Buffer.from(bytes), {
    file: "test.log",
    formats: options.formats ?? [],
    damaged: options.damaged ?? false,
  });
  return {
    error: answer.error,
    counts: { ...answer.counts, first: undefined, last: undefined },
    problems: answer.problems,
    records: answer.records.map(({ raw, status, values }) => ({
      raw: raw.toString("latin1"),
      isFlow: status === "flow",
      values: [...values],
      columns: [...values].filter(([name]) => findAwsField(name) !== undefined),
    })),
  };
}

async function check(bytes: Uint8Array, options: ReadOptions, wanted = expected(bytes, options)): Promise<void> {
  const { error, ...want } = wanted;
  const read = await readText(bytes, options);
  if (error?.kind === "layout") {
    expect(read.error?.name).toMatch(options.damaged ? /^(NotALog|DamagedInput)Error$/ : /^NotALogError$/);
    return;
  }
  if (error?.kind === "repeated") {
    expect(read.error?.message).toContain(`test.log:${error.line}: `);
  } else if (error?.kind === "nothing") {
    const name = (options.formats ?? []).length > 0 ? "NotALogError" : "InputError";
    expect(read.error?.name).toBe(options.damaged ? "DamagedInputError" : name);
  } else {
    expect(read.error?.name).toBe(options.damaged ? "DamagedInputError" : undefined);
  }
  expectEqual(summary(read), want);
}

/** Chunk sizes as sources may give them: single bytes, odd sizes, a pipe's, whole. */
function chunksFor(seed: number, size: number): number[] {
  const random = seeded(seed);
  const kinds = [[1], [7, 1, 64], [random.int(1, 200), random.int(1, 5000)], [65536], [Number.POSITIVE_INFINITY]];
  return size > 65536 ? [65536, 4099] : (kinds[seed % kinds.length] as number[]);
}

const logs = 1000;
const perTest = 100;

describe("the kernel and the reference reader agree", () => {
  test.each(Array.from({ length: logs / perTest }, (_, i) => i * perTest))(
    "on random logs from seed %i",
    async (first) => {
      for (let seed = first; seed < first + perTest; seed++) {
        const { bytes, formats, note } = randomLog(seed);
        const options = { formats: formats ?? [], chunks: chunksFor(seed, bytes.length), damaged: seed % 11 === 0 };
        await check(bytes, options).catch((error) => {
          throw new Error(`seed ${seed} (${note})`, { cause: error });
        });
      }
    },
  );

  test.each(Array.from({ length: 5 }, (_, i) => i * perTest))("on mutated logs from seed %i", async (first) => {
    for (let seed = first; seed < first + perTest; seed++) {
      const log = randomLog(seed);
      if (log.bytes.length > 65536) continue;
      const bytes = mutate(log.bytes, seed);
      await check(bytes, { formats: log.formats ?? [], chunks: chunksFor(seed + 1, bytes.length) }).catch((error) => {
        throw new Error(`seed ${seed} (${log.note})`, { cause: error });
      });
    }
  });

  test.each(Array.from({ length: 5 }, (_, i) => i * perTest))("in blocks, from seed %i", async (first) => {
    let tried = 0;
    for (let seed = first; seed < first + perTest; seed++) {
      const { bytes, formats, note } = randomLog(seed);
      // An empty input has no block, and more than one format is read without them; the first block shows the layout.
      const { error, headers, records } = readReference(bytes, { file: "test.log" });
      if (bytes.length === 0 || bytes.length > 65536 || formats !== null || error !== null) continue;
      tried++;
      const settled = Math.min(headers[0]?.line ?? Infinity, records[0]?.line ?? Infinity);
      await check(bytes, { blocks: [Math.max(Number.isFinite(settled) ? settled : 1, 1 + (seed % 7)), 1, 3] }).catch(
        (error) => {
          throw new Error(`seed ${seed} (${note})`, { cause: error });
        },
      );
    }
    expect(tried).toBeGreaterThan(10);
  });

  test("wherever a chunk ends", async () => {
    let tried = 0;
    for (let seed = 0; tried < 12; seed++) {
      const { bytes, formats } = randomLog(seed);
      if (bytes.length > 1200) continue;
      tried++;
      const wanted = expected(bytes, { formats: formats ?? [] });
      for (let cut = 1; cut < bytes.length; cut++) {
        await check(bytes, { formats: formats ?? [], chunks: [cut, Number.POSITIVE_INFINITY] }, wanted);
      }
    }
  });
});
