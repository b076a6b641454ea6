import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import type { Sources } from "../../src/engine/run.js";
import { recordFrame } from "../../src/format/record-frame.js";
import { openRecordText } from "../../src/format/record-text.js";
import type { RecordFormat, RowStyle } from "../../src/format/row-writer.js";
import { EVERYTHING, type Filter, filterFields } from "../../src/query/filter.js";
import { joinedLogs } from "../generate/joined-logs.js";
import { pipe } from "./sample.js";

const folder = mkdtempSync(join(tmpdir(), "flowlog-records-"));
afterAll(() => rmSync(folder, { recursive: true }));

const formats: readonly RecordFormat[] = ["ndjson", "json", "csv", "tsv", "table", "markdown", "log", "count"];

interface Shown {
  text: string;
  problems: string[];
  notes: string[];
  failures: string[];
}

/** All that a run writes and tells. */
async function show(
  inputs: readonly string[],
  format: RecordFormat,
  jobs: number,
  more: Partial<Sources> & { fields?: string[]; filter?: Filter } = {},
): Promise<Shown> {
  const { fields = null, filter = EVERYTHING, ...options } = more;
  const shown: Shown = { text: "", problems: [], notes: [], failures: [] };
  const style: RowStyle = { format, fields, exact: false };
  const frame = recordFrame(style, pipe, (note) => shown.notes.push(note));
  const question = {
    filter,
    window: { since: null, until: null },
    required: [...filterFields(filter), ...(fields ?? [])],
    wanted: ["protocol"],
    of: "records" as const,
  };
  const stdin = Readable.from([]);
  const sources = { inputs, stdin, formats: [], jobs, memory: 1e9, minParallelBytes: 0, ...options };
  const records = await openRecordText(style, pipe, 0, question, sources, {
    onProblem: ({ source, line, fault }) => shown.problems.push(`${source}:${line}: ${fault.reason}`),
    onMalformedBytes() {},
    onNote: (note) => shown.notes.push(note),
    onFailure: (error) => shown.failures.push(error.message),
  });
  const parts: Buffer[] = [];
  for await (const { layout, text } of records.pieces()) {
    parts.push(Buffer.from(frame.before(layout)), Buffer.from(frame.rows(text)));
  }
  const { input, layouts } = records.result();
  parts.push(Buffer.from(frame.finish(input, layouts, null)));
  shown.text = Buffer.concat(parts).toString("latin1");
  shown.problems.splice(5);
  // Where among problems a note stands depends on how many lines are looked at together.
  shown.notes.sort();
  return shown;
}

function fileOf(name: string, content: Uint8Array | string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const text = joinedLogs(200);
const large = fileOf(
  "large.log",
  Buffer.concat(Array.from({ length: Math.ceil((3 << 20) / text.length) }, () => text)),
);
const packed = fileOf("large.log.gz", gzipSync(Buffer.concat([text, text, text])));
const small = fileOf("small.log", joinedLogs(8).subarray(0, 6000));
const headers = fileOf("headers.log", `srcaddr dstaddr\n${"# nothing yet\n".repeat(200)}dstport bytes srcaddr\n`);

const many = Array.from({ length: 8 }, (_, i) => {
  const content = joinedLogs(10, 100 * i);
  return fileOf(`part-${i}.log`, i % 2 === 0 ? content : gzipSync(content));
});
many.splice(3, 0, fileOf("broken.log.gz", gzipSync(text).subarray(0, 20_000)), large);
many.splice(6, 0, join(folder, "missing.log"), fileOf("empty.log", ""));
many.splice(7, 0, fileOf("other.log", "no such thing as a log\n"));
many.splice(9, 0, fileOf("breaks.log", Buffer.concat([text, Buffer.from("srcaddr src-addr bytes\n"), text])));

const walked = join(folder, "walked");
mkdirSync(walked);
fileOf("walked/a.log", text);
fileOf("walked/b.json", "x".repeat(3 << 20));
fileOf("walked/c.log", text);

describe.each(formats)("%s is the same for every number of threads", (format) => {
  test("a large file that changes its layout", async () => {
    const one = await show([large], format, 1);
    expect(one.text.length).toBeGreaterThan(0);
    for (const jobs of [2, 3, 8]) expect(await show([large], format, jobs)).toEqual(one);
  });

  test("a pipe", async () => {
    const stdin = () => Readable.from([text, text, text], { objectMode: false });
    const one = await show([], format, 1, { stdin: stdin() });
    expect(await show([], format, 3, { stdin: stdin() })).toEqual(one);
  });

  test("gzip", async () => {
    const one = await show([packed], format, 1);
    expect(await show([packed], format, 2)).toEqual(one);
  });

  test("blocks of any size", async () => {
    const one = await show([small], format, 1);
    for (const bytes of [1, 7, 1000]) {
      expect(await show([small], format, 3, { cut: { firstBytes: 3000, bytes } }), `${bytes}`).toEqual(one);
    }
  });

  test("many files: packed, broken, missing, empty, no log; large ones among them", async () => {
    const one = await show(many, format, 1);
    expect(one.failures).toHaveLength(4);
    for (const jobs of [2, 5]) expect(await show(many, format, jobs)).toEqual(one);
  });

  test("a folder with a large file that is no log", async () => {
    const one = await show([walked], format, 1);
    expect(await show([walked], format, 2)).toEqual(one);
  });

  test.each([443, 65_001])("a filter that few records pass: port %i", async (port) => {
    const filter: Filter = { op: "number", field: "dstport", ranges: [[port, port]] };
    const one = await show([large], format, 1, { filter });
    expect(await show([large], format, 3, { filter })).toEqual(one);
  });

  // Lines as they stood have no fields to name.
  if (format !== "log") {
    test("named fields", async () => {
      const fields = ["dstport", "srcaddr"];
      const one = await show([large], format, 1, { fields });
      expect(await show([large], format, 2, { fields })).toEqual(one);
    });
  }

  test("headers and nothing else", async () => {
    const one = await show([headers], format, 1);
    expect(await show([headers], format, 3, { cut: { firstBytes: 50, bytes: 20 } })).toEqual(one);
  });
});
