import { type Command, Option } from "commander";
import { rankTalkers } from "../engine/talkers.js";
import { writeRanking } from "../format/ranking.js";
import { OUTPUT_FORMATS } from "../format/sheet.js";
import { addFilterOptions, asArgument, type FilterFlags, filterFromFlags, windowFromFlags } from "../query/flags.js";
import { parseKeys } from "../query/keys.js";
import { type Key, RANK_METRICS, type RankMetric, type TalkersQuery } from "../query/query.js";
import { askAndWrite } from "./answering.js";
import { addExplain, explainInstead } from "./explain.js";
import type { Io } from "./io.js";
import { addInputs, addLimit, addOutput, formatOf, type InputOptions, type OutputOptions } from "./options.js";

interface TopTalkersOptions extends InputOptions, OutputOptions, FilterFlags {
  by: Key[];
  metric?: RankMetric;
  bottom?: boolean;
  limit: number;
  explain?: boolean;
}

/** Adds `flowlog top-talkers`, which ranks groups of flows by bytes, packets or flows. */
export function addTopTalkersCommand(program: Command, io: Io): void {
  const command = program
    .command("top-talkers")
    .description("rank addresses, ports or pairs by their traffic")
    .addOption(
      new Option(
        "--by <keys>",
        "what to rank: fields, srcaddr/24, pair, 5tuple, service, addr (either side); several with commas",
      )
        .argParser(asArgument(parseKeys))
        .default(parseKeys("srcaddr"), "srcaddr"),
    )
    .addOption(
      new Option("--metric <metric>", "what to rank by (default: bytes, or what the log has)").choices(RANK_METRICS),
    )
    .option("--bottom", "least first");
  addLimit(command, "how many rows to show; 0 is all", 10);
  addInputs(addOutput(addExplain(addFilterOptions(command)), OUTPUT_FORMATS));
  command.action(async (inputs: string[], options: TopTalkersOptions) => {
    await runTopTalkers(inputs, { ...options, output: formatOf(options, command) }, io);
  });
}

/** All that the command does, free of commander. */
export async function runTopTalkers(inputs: readonly string[], options: TopTalkersOptions, io: Io): Promise<void> {
  const now = io.now();
  const query: TalkersQuery = {
    command: "top-talkers",
    filter: filterFromFlags(options, now),
    window: windowFromFlags(options, now),
    keys: options.by,
    metric: options.metric ?? null,
    limit: options.limit,
    bottom: options.bottom === true,
  };
  if (options.explain) return explainInstead(query, inputs, options, io);
  await askAndWrite(inputs, options, io, (sources, events) => rankTalkers(query, sources, events), writeRanking);
}
