import { type Command, Option } from "commander";
import type { Question } from "../engine/reading.js";
import { Run } from "../engine/run.js";
import { UserError } from "../errors.js";
import { logWriter, type RecordWriter, sheetWriter } from "../format/record-writer.js";
import { type Look, OUTPUT_FORMATS, type OutputFormat } from "../format/sheet.js";
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
import type { Telling } from "./telling.js";

type ParseFormat = OutputFormat | "log";

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
  return addInputs(addOutput(addFilterOptions(command), [...OUTPUT_FORMATS, "log"]));
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
  await withOutputs(options, io, async (sink, telling) => {
    const writer = writerOf(options, await lookOf(options, io, sink), telling);
    if (options.count || !sink.isRead) telling.showProgress();
    const run = new Run(sources, question, telling);
    for await (const { batch, selection } of run.batches()) {
      const text = writer.write(batch, selection);
      if (text.length > 0) await sink.write(text);
      await telling.settle();
      if (writer.isDone) break;
    }
    telling.endProgress();
    const { input, layouts } = run.result();
    if (!writer.isDone) telling.tellEnd(input, sources);
    await sink.write(writer.finish(input, layouts));
  });
}

function writerOf(options: ParseOptions, look: Look, telling: Telling): RecordWriter {
  if (options.count) return countWriter(options.limit);
  if (options.output === "log") return logWriter(look, options.limit);
  return sheetWriter({
    format: options.output,
    fields: options.fields ?? null,
    look,
    limit: options.limit,
    note: (text) => telling.onNote(text),
  });
}

/** Nothing but the number of records that would be shown. */
function countWriter(limit: number): RecordWriter {
  let count = 0;
  return {
    get isDone() {
      return limit > 0 && count >= limit;
    },
    write(_batch, selection) {
      count += selection.count;
      return "";
    },
    finish: () => `${limit > 0 ? Math.min(count, limit) : count}\n`,
  };
}
