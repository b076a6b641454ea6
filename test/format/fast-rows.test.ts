import { expect, test } from "vitest";
import { FastRows } from "../../src/format/fast-rows.js";
import { recordFormatter } from "../../src/format/records.js";
import type { Batch } from "../../src/parse/batch.js";
import { Kernel } from "../../src/parse/kernel.js";
import { Parser } from "../../src/parse/parser.js";
import { parseFormat } from "../../src/record/layout.js";
import { fieldValue } from "../../src/record/value.js";
import { randomLog } from "../generate/random-log.js";
import { pipe } from "./sample.js";

/** Every batch of a text, given while it holds. */
async function forEachBatch(
  bytes: Uint8Array,
  formats: readonly string[],
  take: (batch: Batch) => void,
): Promise<void> {
  const parser = new Parser(new Kernel(), {
    formats: formats.map(parseFormat),
    needed: [],
    onProblem() {},
    onMalformedBytes() {},
    onNote() {},
  });
  let at = 0;
  const read = (into: Uint8Array) => {
    const size = Math.min(into.length, bytes.length - at);
    into.set(bytes.subarray(at, at + size));
    at += size;
    return size;
  };
  try {
    const reader = { read, consumed: 0, close: async () => {} };
    for await (const batch of parser.parse(reader, { name: "test.log", named: true })) take(batch);
  } catch {
    // What was read of a log that breaks is as good as any.
  }
}

/** Rows by way of values, and rows as FastRows writes them with what it leaves to the long way. */
function bothWays(
  batch: Batch,
  format: "json" | "ndjson" | "csv" | "tsv",
): { long: string; fast: string; left: number } {
  const { fields } = batch.layout;
  const selection = batch.records;
  const rows = [...batch.columns.kernel.words32(selection.rows, selection.count)];
  const writer = () => {
    const { row } = recordFormatter(format, fields, pipe);
    return (number: number) => row(fields.map((field, i) => fieldValue(field.kind, batch.fieldText(number, i))));
  };
  let left = 0;
  const write = writer();
  const pieces = FastRows.for(format)!.write(batch, selection, selection.count, fields, (row) => {
    left++;
    return write(row);
  });
  return {
    long: rows.map(writer()).join(""),
    fast: Array.from(pieces, (piece) => Buffer.from(piece).toString()).join(""),
    left,
  };
}

test.each(["json", "ndjson", "csv", "tsv"] as const)("%s rows are the same both ways", async (format) => {
  let fastRows = 0;
  for (let seed = 0; seed < 150; seed++) {
    const { bytes, formats } = randomLog(seed);
    if (bytes.length > 100_000) continue;
    await forEachBatch(bytes, formats ?? [], (batch) => {
      if (batch.layout.fields.length < 2) return;
      const { long, fast, left } = bothWays(batch, format);
      expect(fast, `seed ${seed}`).toBe(long);
      fastRows += batch.records.count - left;
    });
  }
  expect(fastRows).toBeGreaterThan(500);
});

test.each([
  ["2001:DB8:0:0:0:0:0:1", "2001:db8::1"],
  ["2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
  ["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
  ["0:0:0:0:0:0:0:0", "::"],
  ["1:0:0:0:0:0:0:0", "1::"],
  ["::FFFF:192.0.2.128", "::ffff:192.0.2.128"],
  ["0:0:0:0:0:ffff:c000:0280", "::ffff:192.0.2.128"],
  ["::192.0.2.1", "::c000:201"],
  ["fe80::0204:61ff:fe9d:f156", "fe80::204:61ff:fe9d:f156"],
  ["203.0.113.9", "203.0.113.9"],
])("the address %s is written as %s", async (written, canonical) => {
  const line = `srcaddr dstport\n${written} 443\n`;
  await forEachBatch(Buffer.from(line), [], (batch) => {
    const { fast, left } = bothWays(batch, "csv");
    expect({ fast, left }).toEqual({ fast: `${canonical},443\n`, left: 0 });
  });
  expect.assertions(1);
});

test("more rows than fit at once, with one in between that needs the long way", async () => {
  const lines = Array.from(
    { length: 8000 },
    (_, i) => `10.0.0.${i % 256} ${i === 5000 ? "0443" : 443} eni-${"x".repeat(200)}`,
  );
  let rows = 0;
  await forEachBatch(Buffer.from(`srcaddr dstport interface-id\n${lines.join("\n")}\n`), [], (batch) => {
    const { long, fast } = bothWays(batch, "ndjson");
    expect(fast).toBe(long);
    rows += batch.records.count;
  });
  expect(rows).toBe(8000);
});
