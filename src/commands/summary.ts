import type { Command } from "commander";
import { summarize } from "../engine/summary.js";
import { OUTPUT_FORMATS } from "../format/sheet.js";
import { writeSummary } from "../format/summary.js";
import { addFilterOptions, type FilterFlags, filterFromFlags, windowFromFlags } from "../query/flags.js";
import type { SummaryQuery } from "../query/query.js";
import { askAndWrite } from "./answering.js";
import type { Io } from "./io.js";
import { addInputs, addLimit, addOutput, formatOf, type InputOptions, type OutputOptions } from "./options.js";

interface SummaryOptions extends InputOptions, OutputOptions, FilterFlags {
  limit: number;
}

/** Adds `flowlog summary`, the page to read first of a log. */
export function addSummaryCommand(program: Command, io: Io): void {
  const command = program
    .command("summary")
    .description("one page about a log: its time, what was accepted and rejected, who talked most");
  addLimit(command, "how many rows of each kind; 0 is all", 5);
  addInputs(addOutput(addFilterOptions(command), OUTPUT_FORMATS));
  command.action(async (inputs: string[], options: SummaryOptions) => {
    await runSummary(inputs, { ...options, output: formatOf(options, command) }, io);
  });
}

/** All that the command does, free of commander. */
export async function runSummary(inputs: readonly string[], options: SummaryOptions, io: Io): Promise<void> {
  const now = io.now();
  const query: SummaryQuery = {
    command: "summary",
    filter: filterFromFlags(options, now),
    window: windowFromFlags(options, now),
    limit: options.limit,
  };
  await askAndWrite(inputs, options, io, (sources, events) => summarize(query, sources, events), writeSummary);
}
