import type { Batch } from "../../src/parse/batch.js";
import type { Counts } from "../../src/parse/counts.js";
import { Kernel } from "../../src/parse/kernel.js";
import { type BlockState, Parser } from "../../src/parse/parser.js";
import type { LineProblem } from "../../src/parse/problem.js";
import { formatIPv4, formatIPv6 } from "../../src/record/address.js";
import { FIELDS } from "../../src/record/fields.js";
import { type Layout, type LayoutField, parseFormat } from "../../src/record/layout.js";
import { type FieldValue, fieldValue } from "../../src/record/value.js";
import { type ByteReader, DamagedInputError } from "../../src/source/reader.js";

/** All that the parser made of a text. */
export interface Read {
  records: {
    raw: string;
    isFlow: boolean;
    /** Made of the fields' texts. */
    values: Map<string, FieldValue>;
    /** Made of the kernel's columns, of which those in `needed` are filled. */
    columns: Map<string, FieldValue>;
  }[];
  problems: LineProblem[];
  malformed: Buffer;
  counts: Counts;
  notes: string[];
  error: Error | null;
}

export interface ReadOptions {
  formats?: readonly string[];
  /** Bytes of each read in turn, over and over; without it, all that is asked for. */
  chunks?: readonly number[];
  damaged?: boolean;
  named?: boolean;
  /** Lines of each block in turn, over and over: the text is then parsed block by block, as threads do it. */
  blocks?: readonly number[];
}

/** Run the parser over a text, in chunks of any size. */
export async function readText(text: string | Uint8Array, options: ReadOptions = {}): Promise<Read> {
  const records: Read["records"] = [];
  const problems: LineProblem[] = [];
  const malformed: Uint8Array[] = [];
  const notes: string[] = [];
  const parser = new Parser(sharedKernel(), {
    formats: (options.formats ?? []).map(parseFormat),
    needed: FIELDS.map((field) => field.name),
    onProblem: (problem) => problems.push(problem),
    onMalformedBytes: (bytes) => malformed.push(bytes.slice()),
    onNote: (note) => notes.push(note),
  });
  let error: Error | null = null;
  try {
    if (options.blocks !== undefined) {
      for (const batch of parseBlocks(parser, Buffer.from(text), options.blocks)) records.push(...readBatch(batch));
      return { records, problems, malformed: Buffer.concat(malformed), counts: parser.counts, notes, error };
    }
    const reader = chunkReader(
      Buffer.from(text),
      options.chunks ?? [Number.POSITIVE_INFINITY],
      options.damaged === true,
    );
    for await (const batch of parser.parse(reader, { name: "test.log", named: options.named ?? true })) {
      records.push(...readBatch(batch));
    }
  } catch (thrown) {
    error = thrown as Error;
  }
  return { records, problems, malformed: Buffer.concat(malformed), counts: parser.counts, notes, error };
}

// Each parser reserves its own room in the kernel's memory, which never shrinks: a new kernel now and then.
let kernel: Kernel | null = null;
let uses = 0;
function sharedKernel(): Kernel {
  if (kernel === null || ++uses % 50 === 0) kernel = new Kernel();
  return kernel;
}

function readBatch(batch: Batch): Read["records"] {
  const { kernel } = batch.columns;
  const flows = new Set(kernel.words32(batch.flows.rows, batch.flows.count));
  return Array.from(kernel.words32(batch.records.rows, batch.records.count), (row) => ({
    raw: Buffer.from(batch.line(row)).toString("latin1"),
    isFlow: flows.has(row),
    values: new Map(
      batch.layout.fields.map((field, i) => [field.name, fieldValue(field.kind, batch.fieldText(row, i))]),
    ),
    columns: new Map(batch.layout.fields.map((field) => [field.name, columnValue(batch, field, row)])),
  }));
}

/** A value as the kernel decoded it into its column. */
function columnValue({ columns }: Batch, { name, kind }: LayoutField, row: number): FieldValue {
  const { kernel } = columns;
  const word = kernel.u64[columns.words(name) / 8 + row] as bigint;
  switch (kind) {
    case "text":
    case "tag":
      return word === 0n ? null : Buffer.from(kernel.interned(columns.dictionary(name), Number(word))).toString();
    case "address":
      if (word >> 32n === 0n) return formatIPv4(Number(word));
      return word >> 32n === 1n ? formatIPv6(kernel.interned(columns.ipv6, Number(word & 0xffff_ffffn))) : null;
    case "counter":
      return kernel.u8[columns.nulls(name) + row] === 1 ? null : word;
    default:
      return word === 0xffff_ffff_ffff_ffffn ? null : word;
  }
}

/** Each block guesses the layout of the first one, so that a change in between is always a surprise. */
function* parseBlocks(parser: Parser, text: Buffer, sizes: readonly number[]): Generator<Batch> {
  let state: BlockState | null = { layout: null, lines: 0 };
  let guess: Layout | null = null;
  for (const block of cutBlocks(text, sizes)) {
    parser.room.set(block);
    yield* parser.parseBlock(
      { at: 0, length: block.length, fault: null },
      { name: "test.log", named: true },
      {
        guess,
        enter: () => state,
        leave({ layout, lines, failure }) {
          state = failure === null ? { layout, lines } : null;
          guess ??= layout;
        },
      },
    );
  }
}

function* cutBlocks(text: Buffer, sizes: readonly number[]): Generator<Buffer> {
  const whole = text.at(-1) === 0x0a ? text : Buffer.concat([text, Buffer.from("\n")]);
  let at = 0;
  for (let block = 0; at < whole.length; block++) {
    let end = at;
    for (let line = 0; line < (sizes[block % sizes.length] as number) && end < whole.length; line++) {
      end = whole.indexOf(0x0a, end) + 1;
    }
    yield whole.subarray(at, end);
    at = end;
  }
}

function chunkReader(bytes: Buffer, chunks: readonly number[], damaged: boolean): ByteReader {
  let at = 0;
  let reads = 0;
  return {
    consumed: 0,
    read(into) {
      if (at === bytes.length && damaged) throw new DamagedInputError("test.log: cut");
      const size = Math.min(into.length, chunks[reads++ % chunks.length] as number, bytes.length - at);
      into.set(bytes.subarray(at, at + size));
      at += size;
      return size;
    },
    async close() {},
  };
}
