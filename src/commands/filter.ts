import { type Command, Option } from "commander";
import { UserError } from "../errors.js";
import { type Filter, filterFields, joinFilters } from "../query/filter.js";
import { FilterError, type Source } from "../query/filter-error.js";
import { formatFilter } from "../query/filter-format.js";
import { readSource } from "../query/filter-source.js";
import { asArgument, filterFromFlags, windowFromFlags } from "../query/flags.js";
import { assumedLog } from "./explain.js";
import type { Io } from "./io.js";
import { formatOf, openSink } from "./options.js";
import { addParseOptions, type ParseOptions, runParse } from "./parse.js";
import { withSink } from "./sink.js";

interface FilterOptions extends ParseOptions {
  check?: boolean;
  sql?: (typeof SQL_DIALECTS)[number];
}

const SQL_DIALECTS = ["duckdb"] as const;

/** Adds `flowlog filter`, which is `parse --filter` with the expression in front. */
export function addFilterCommand(program: Command, io: Io): void {
  const command = program
    .command("filter")
    .description("show the records of a filter expression: parse --filter EXPR")
    .argument("<expr>", 'such as "dst port 443 and not src 10.0.0.0/8", or @FILE', asArgument(readSource))
    .addOption(new Option("--check", "only print how the filter is understood, in its normal form; no log is read"))
    .addOption(new Option("--sql <dialect>", "with --check: the same as SQL that can be run").choices(SQL_DIALECTS));
  addParseOptions(command).action(async (expression: Source, inputs: string[], options: FilterOptions) => {
    const { filter = [] } = options;
    await runFilter(inputs, { ...options, filter: [expression, ...filter], output: formatOf(options, command) }, io);
  });
}

/** All that the command does, free of commander. */
export async function runFilter(inputs: readonly string[], options: FilterOptions, io: Io): Promise<void> {
  if (options.sql !== undefined && !options.check) {
    throw new UserError("--sql prints SQL instead of records", { hint: "Give --check with it, which reads no log." });
  }
  try {
    if (!options.check) return await runParse(inputs, options, io);
    const filter = filterFromFlags(options, io.now());
    const shown =
      options.sql === undefined ? `${formatFilter(filter)}\n` : await sqlOf(filter, inputs, options, io.now());
    await withSink(await openSink(options, io), async (sink) => {
      await sink.write(shown);
    });
  } catch (error) {
    throw error instanceof FilterError && inputs.length > 0 ? adviseQuotes(error) : error;
  }
}

async function sqlOf(filter: Filter, inputs: readonly string[], options: FilterOptions, now: number): Promise<string> {
  // Not loaded where records are asked for.
  const { filterSql, readLogSql, windowFilter } = await import("../query/sql.js");
  const asked = joinFilters("and", [filter, windowFilter(windowFromFlags(options, now))]);
  const log = assumedLog(inputs, filterFields(asked), options);
  return `${readLogSql(log)}\n${filterSql(asked, log.fields)}`;
}

/** A shell takes an expression apart at its blanks unless it is quoted: its first word alone is cut off somewhere. */
function adviseQuotes(error: FilterError): FilterError {
  const { text, path } = error.source;
  const isFirstWord =
    path === null && text.trim() !== "" && !/\s/.test(text.trim()) && error.at[0] >= text.trimEnd().length;
  if (!isFirstWord) return error;
  return error.withAdvice(`Put the whole expression in quotes: flowlog filter '${text} …' FILE`);
}
