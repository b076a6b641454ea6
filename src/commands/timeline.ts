import { type Command, Option } from "commander";
import { timelineOf } from "../engine/timeline.js";
import { OUTPUT_FORMATS } from "../format/sheet.js";
import { writeTimeline } from "../format/timeline.js";
import { parseBinWidth } from "../query/bin-width.js";
import { addFilterOptions, asArgument, type FilterFlags, filterFromFlags, windowFromFlags } from "../query/flags.js";
import { parseKeys } from "../query/keys.js";
import { type Key, RANK_METRICS, type RankMetric, type TimelineQuery } from "../query/query.js";
import { UTC } from "../query/zone.js";
import { askAndWrite } from "./answering.js";
import { addExplain, explainInstead } from "./explain.js";
import type { Io } from "./io.js";
import { addInputs, addLimit, addOutput, formatOf, type InputOptions, type OutputOptions } from "./options.js";

interface TimelineOptions extends InputOptions, OutputOptions, FilterFlags {
  bin: number;
  by?: Key[];
  metric?: RankMetric;
  spread?: boolean;
  limit: number;
  explain?: boolean;
}

/** Adds `flowlog timeline`, which shows sums over time. */
export function addTimelineCommand(program: Command, io: Io): void {
  const command = program
    .command("timeline")
    .description("traffic over time, of all flows or a series for each of the greatest groups")
    .addOption(
      new Option("--bin <width>", "how long a bin is, 1s to 1d; a day is one of --tz")
        .argParser(asArgument(parseBinWidth))
        .default(parseBinWidth("5m"), "5m"),
    )
    .addOption(
      new Option("--by <keys>", "a series for each: a field, srcaddr/24, service, addr, …").argParser(
        asArgument(parseKeys),
      ),
    )
    .addOption(
      new Option(
        "--metric <metric>",
        "what is drawn, and series are ranked by (default: bytes, or what the log has)",
      ).choices(RANK_METRICS),
    )
    .option("--spread", "share bytes and packets out over the bins from a flow's start to its end");
  addLimit(command, "how many series to show beside the others; 0 is all", 10);
  addInputs(addOutput(addExplain(addFilterOptions(command)), OUTPUT_FORMATS));
  command.action(async (inputs: string[], options: TimelineOptions) => {
    await runTimeline(inputs, { ...options, output: formatOf(options, command) }, io);
  });
}

/** All that the command does, free of commander. */
export async function runTimeline(inputs: readonly string[], options: TimelineOptions, io: Io): Promise<void> {
  const now = io.now();
  const query: TimelineQuery = {
    command: "timeline",
    filter: filterFromFlags(options, now),
    window: windowFromFlags(options, now),
    bin: { seconds: options.bin, zone: options.tz ?? UTC },
    keys: options.by ?? [],
    metric: options.metric ?? null,
    spread: options.spread === true,
    limit: options.limit,
  };
  if (options.explain) return explainInstead(query, inputs, options, io);
  await askAndWrite(inputs, options, io, (sources, events) => timelineOf(query, sources, events), writeTimeline);
}
