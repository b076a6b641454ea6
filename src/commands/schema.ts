import { Argument, type Command, InvalidArgumentError } from "commander";
import type { SchemaCommand } from "../format/schemas.js";
import { nearest } from "../record/nearest.js";
import type { Io } from "./io.js";
import { streamSink, withSink } from "./sink.js";

const commands: readonly SchemaCommand[] = [
  "summary",
  "top-talkers",
  "aggregate",
  "timeline",
  "parse",
  "filter",
  "fields",
  "report",
];

/** Adds `flowlog schema`, which prints the JSON Schema of what a command prints with `--json`. */
export function addSchemaCommand(program: Command, io: Io): void {
  program
    .command("schema")
    .description("print the JSON Schema of a command's JSON")
    .addArgument(new Argument("<command>", "the command").choices(commands).argParser(parseCommand))
    // Told under every mistake here, also where the argument is missing, when no parser is asked.
    .showHelpAfterError(`  Give one of ${commands.join(", ")}.`)
    .action(async (command: SchemaCommand) => {
      // zod takes longer to load than a small log to answer: only here, and only when asked.
      const { jsonSchema } = await import("../format/schemas.js");
      await withSink(streamSink(io.stdout, "standard output", null), async (sink) => {
        await sink.write(`${JSON.stringify(jsonSchema(command), null, 2)}\n`);
      });
    });
}

function parseCommand(text: string): SchemaCommand {
  const command = commands.find((name) => name === text);
  if (command !== undefined) return command;
  const near = nearest(text, commands);
  throw new InvalidArgumentError(near === null ? "Expected a command that prints JSON." : `Did you mean ${near}?`);
}
