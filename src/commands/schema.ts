import { Argument, type Command } from "commander";
import type { SchemaCommand } from "../format/schemas.js";
import type { Io } from "./io.js";
import { withSink } from "./options.js";
import { streamSink } from "./sink.js";

const commands: readonly SchemaCommand[] = ["parse", "top-talkers", "fields"];

/** Adds `flowlog schema`, which prints the JSON Schema of what a command prints with `--json`. */
export function addSchemaCommand(program: Command, io: Io): void {
  program
    .command("schema")
    .description("print the JSON Schema of a command's JSON")
    .addArgument(new Argument("<command>", "the command").choices(commands))
    .action(async (command: SchemaCommand) => {
      // zod takes longer to load than a small log to answer: only here, and only when asked.
      const { jsonSchema } = await import("../format/schemas.js");
      await withSink(streamSink(io.stdout, "standard output"), async (sink) => {
        await sink.write(`${JSON.stringify(jsonSchema(command), null, 2)}\n`);
      });
    });
}
