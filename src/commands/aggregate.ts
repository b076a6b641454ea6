import { type Command, Option } from "commander";
import { aggregateFlows } from "../engine/aggregate.js";
import { writeAggregate } from "../format/aggregate.js";
import { OUTPUT_FORMATS } from "../format/sheet.js";
import type { Source } from "../query/filter-error.js";
import { readSource } from "../query/filter-source.js";
import {
  addFilterOptions,
  asArgument,
  clockOf,
  type FilterFlags,
  filterFromFlags,
  windowFromFlags,
} from "../query/flags.js";
import { parseHaving } from "../query/having-parser.js";
import { parseKeys } from "../query/keys.js";
import type { Metric } from "../query/metric.js";
import { parseMetrics } from "../query/metrics.js";
import type { AggregateQuery, Key } from "../query/query.js";
import { parseSort } from "../query/sort.js";
import { askAndWrite } from "./answering.js";
import { addExplain, explainInstead } from "./explain.js";
import type { Io } from "./io.js";
import { addInputs, addLimit, addOutput, formatOf, type InputOptions, type OutputOptions } from "./options.js";

interface AggregateOptions extends InputOptions, OutputOptions, FilterFlags {
  by?: Key[];
  metrics?: Metric[];
  having?: Source;
  sort?: string;
  limit: number;
  explain?: boolean;
}

/** Adds `flowlog aggregate`, which computes metrics of groups of flows. */
export function addAggregateCommand(program: Command, io: Io): void {
  const command = program
    .command("aggregate")
    .description("metrics of groups of flows, or of all together")
    .addOption(
      new Option(
        "--by <keys>",
        "what to group by: fields, srcaddr/24, pair, 5tuple, service, addr (either side); several with commas",
      ).argParser(asArgument(parseKeys)),
    )
    .addOption(
      new Option(
        "--metrics <list>",
        "flows packets bytes, sum|min|max|avg|distinct(FIELD), first last duration bps pps bpp (default: flows,packets,bytes)",
      ).argParser(asArgument(parseMetrics)),
    )
    .addOption(
      new Option("--having <expr>", 'only groups such as "bytes > 1G and flows >= 10", or @FILE').argParser(
        asArgument((text) => readSource(text, "a having expression")),
      ),
    )
    .option("--sort <terms>", "such as bytes:desc,dstport:asc (default: the first metric, greatest first)");
  addLimit(command, "how many rows to show; 0 is all", 0);
  addInputs(addOutput(addExplain(addFilterOptions(command)), OUTPUT_FORMATS));
  command.action(async (inputs: string[], options: AggregateOptions) => {
    await runAggregate(inputs, { ...options, output: formatOf(options, command) }, io);
  });
}

/** All that the command does, free of commander. */
export async function runAggregate(inputs: readonly string[], options: AggregateOptions, io: Io): Promise<void> {
  const now = io.now();
  const keys = options.by ?? [];
  const query: AggregateQuery = {
    command: "aggregate",
    filter: filterFromFlags(options, now),
    window: windowFromFlags(options, now),
    keys,
    metrics: options.metrics ?? null,
    having: options.having === undefined ? null : parseHaving(options.having, clockOf(options, now)),
    sort: options.sort === undefined ? [] : parseSort(options.sort, keys),
    limit: options.limit,
  };
  if (options.explain) return explainInstead(query, inputs, options, io);
  await askAndWrite(inputs, options, io, (sources, events) => aggregateFlows(query, sources, events), writeAggregate);
}
