import { type Command, Option } from "commander";
import { type Query, queryFields } from "../query/query.js";
import type { PlainLog } from "../query/sql-log.js";
import { isOnlyOf } from "../record/fields.js";
import { DEFAULT_LAYOUT, TGW_LAYOUT } from "../record/layout.js";
import type { Io } from "./io.js";
import { type InputOptions, type OutputOptions, openSink } from "./options.js";
import { withSink } from "./sink.js";

/** Adds `--explain`, which every command that makes a Query has. */
export function addExplain(command: Command): Command {
  return command.addOption(
    new Option("--explain", "print how the question is understood, and its SQL for DuckDB; no log is read").helpGroup(
      "Output:",
    ),
  );
}

/** Print how a query is understood, for inputs of the given format, or of AWS's own. */
export async function explainInstead(
  query: Query,
  inputs: readonly string[],
  options: InputOptions & OutputOptions,
  io: Io,
): Promise<void> {
  // A third of what there is to load, which a question that is answered has no use for.
  const { explain } = await import("../query/explain.js");
  await withSink(await openSink(options, io), async (sink) => {
    await sink.write(explain(query, assumedLog(inputs, queryFields(query), options)));
  });
}

/**
 * What an input is taken for that is not read: of the format that is given, which is for logs without a header, else with one, of
 * AWS's default fields and those that are asked for: a transit gateway's where the question has a field that only its logs have.
 */
export function assumedLog(inputs: readonly string[], asked: readonly string[], { format }: InputOptions): PlainLog {
  const preset = asked.some((field) => isOnlyOf("tgw", field)) ? TGW_LAYOUT : DEFAULT_LAYOUT;
  const [layout = preset] = format ?? [];
  const names = layout.fields.map(({ name }) => name);
  const fields = format === undefined ? [...new Set([...names, ...asked])] : names;
  const paths = inputs.filter((input) => input !== "-");
  return { paths: paths.length > 0 ? paths : ["vpc.log"], fields, header: format === undefined };
}
