import { type Command, Option } from "commander";
import { explain } from "../query/explain.js";
import { type Query, queryFields } from "../query/query.js";
import { DEFAULT_LAYOUT } from "../record/layout.js";
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

/** Print how a query is understood, for a log of the given format, or of AWS's own. */
export async function explainInstead(query: Query, options: InputOptions & OutputOptions, io: Io): Promise<void> {
  const [layout = DEFAULT_LAYOUT] = options.format ?? [];
  await withSink(await openSink(options, io), async (sink) => {
    const fields = layout.fields.map(({ name }) => name);
    // AWS's own format lacks what later versions brought; nobody asks for that of a log that has it not.
    const asked = options.format === undefined ? queryFields(query) : [];
    await sink.write(explain(query, [...new Set([...fields, ...asked])]));
  });
}
