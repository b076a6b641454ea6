import { type Command, Option } from "commander";
import { UserError } from "../errors.js";
import { formatFields } from "../format/fields.js";
import { OUTPUT_FORMATS } from "../format/sheet.js";
import { parseFields } from "../query/names.js";
import { FIELDS, type FieldDefinition, type LogType, TGW_FIELD_NAMES } from "../record/fields.js";
import type { Io } from "./io.js";
import { addOutput, formatOf, lookOf, type OutputOptions, openSink } from "./options.js";
import { withSink } from "./sink.js";

interface FieldsOptions extends OutputOptions {
  log?: LogType;
}

/** Adds `flowlog fields`, which shows what each field of a flow log means. */
export function addFieldsCommand(program: Command, io: Io): void {
  const command = program
    .command("fields")
    .description("show the fields of flow logs: meaning, values, and the version that brought them")
    .argument("[names...]", "the fields to show, in any spelling; none is all")
    .addOption(new Option("--log <type>", "only the fields of VPC or of transit gateway logs").choices(["vpc", "tgw"]));
  addOutput(command, OUTPUT_FORMATS).action(async (names: string[], options: FieldsOptions) => {
    await runFields(names, { ...options, output: formatOf(options, command) }, io);
  });
}

/** All that the command does, free of commander. */
export async function runFields(names: readonly string[], options: FieldsOptions, io: Io): Promise<void> {
  if (names.length > 0 && options.log !== undefined) {
    throw new UserError("give names of fields or --log, not both");
  }
  const fields = names.length > 0 ? names.flatMap((name) => parseFields(name)).map(fieldNamed) : fieldsOf(options.log);
  await withSink(await openSink(options, io), async (sink) => {
    await sink.write(formatFields(fields, options.output, await lookOf(options, io, sink)));
  });
}

function fieldsOf(log: LogType | undefined): readonly FieldDefinition[] {
  if (log === undefined) return FIELDS;
  return log === "tgw" ? TGW_FIELD_NAMES.map(fieldNamed) : FIELDS.filter(({ logs }) => logs.includes(log));
}

function fieldNamed(name: string): FieldDefinition {
  return FIELDS.find((field) => field.name === name)!;
}
