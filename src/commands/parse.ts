import { type Command, Option } from "commander";
import type { Question } from "../engine/reading.js";
import { UserError } from "../errors.js";
import { recordFrame } from "../format/record-frame.js";
import { openRecordText } from "../format/record-text.js";
import type { RowStyle } from "../format/row-writer.js";
import { OUTPUT_FORMATS, type OutputFormat } from "../format/sheet.js";
import { filterFields } from "../query/filter.js";
import { addFilterOptions, asArgument, type FilterFlags, filterFromFlags, windowFromFlags } from "../query/flags.js";
import { parseFields } from "../query/names.js";
import { windowFields } from "../query/query.js";
import type { Io } from "./io.js";
import {
  addInputs,
  addLimit,
  addOutput,
  formatOf,
  type InputOptions,
  lookOf,
  type OutputOptions,
  sourcesOf,
  withOutputs,
} from "./options.js";
import type { Sink } from "./sink.js";
import type { Telling } from "./telling.js";

type ParseFormat = OutputFormat | "log" | "parquet";

export interface ParseOptions extends InputOptions, OutputOptions<ParseFormat>, FilterFlags {
  fields?: string[];
  count?: boolean;
  limit: number;
}

/** Adds `flowlog parse`, which shows every record that passes, NODATA and SKIPDATA too. */
export function addParseCommand(program: Command, io: Io): void {
  const command = program.command("parse").description("show records, filtered, in a format of your choice");
  addParseOptions(command).action(async (inputs: string[], options: ParseOptions) => {
    await runParse(inputs, { ...options, output: formatOf(options, command) }, io);
  });
}

/** The inputs and options of a command that shows records. */
export function addParseOptions(command: Command): Command {
  command
    .addOption(new Option("--fields <names>", "which fields, in which order").argParser(asArgument(parseFields)))
    .option("--count", "only the number of records that it would show, so at most that of -n");
  addLimit(command, "how many records to show; 0 is all", 0);
  return addInputs(addOutput(addFilterOptions(command), [...OUTPUT_FORMATS, "log", "parquet"]));
}

/** All that the command does, free of commander. */
export async function runParse(inputs: readonly string[], options: ParseOptions, io: Io): Promise<void> {
  if (options.output === "log" && options.fields !== undefined) {
    throw new UserError("--fields cannot be used with -o log, which writes lines as they stood", {
      hint: "Leave --fields out, or choose another format: -o csv --fields …",
    });
  }
  const now = io.now();
  const filter = filterFromFlags(options, now);
  const window = windowFromFlags(options, now);
  const sources = sourcesOf(inputs, options, io);
  const question: Question = {
    filter,
    window,
    required: [...filterFields(filter), ...windowFields(window), ...(options.fields ?? [])],
    wanted: ["protocol"],
    of: "records",
  };
  const style: RowStyle = {
    format: options.count ? "count" : options.output === "parquet" ? "csv" : options.output,
    fields: options.fields ?? null,
    exact: options.exact === true,
  };
  await withOutputs(options, io, async (sink, telling) => {
    const parquet = options.output === "parquet" && !options.count ? await openParquetFile(sink) : null;
    try {
      await writeRecords(parquet ?? sink, sink, telling);
      if (parquet !== null) for await (const bytes of parquet.bytes()) await sink.write(bytes);
    } finally {
      parquet?.close();
    }
  });

  /** @param sink what the rest is told by */
  async function writeRecords(into: Pick<Sink, "write">, sink: Sink, telling: Telling): Promise<void> {
    const look = await lookOf(into === sink ? options : { ...options, header: true }, io, sink);
    const frame = recordFrame(style, look, (text) => telling.onNote(text));
    if (options.count || !sink.isRead) telling.showProgress();
    const records = await openRecordText(style, look, options.limit, question, sources, telling);
    for await (const { layout, text } of records.pieces()) {
      await into.write(frame.before(layout));
      const rows = frame.rows(text);
      if (rows.length > 0) await into.write(rows);
      await telling.settle();
    }
    telling.endProgress();
    const { input, layouts } = records.result();
    const stoppedAt = options.limit > 0 && input.matched >= options.limit ? options.limit : null;
    if (stoppedAt === null) telling.tellEnd(input, sources);
    await into.write(frame.finish(input, layouts, stoppedAt));
  }
}

/** With modules, and a package, that nobody else needs. */
async function openParquetFile(sink: Sink) {
  if (sink.isTerminal) {
    throw new UserError("-o parquet writes a file, which a terminal cannot show", {
      hint: "Name it: --output-file flows.parquet",
    });
  }
  const { ParquetFile } = await import("../format/parquet.js");
  return new ParquetFile();
}
