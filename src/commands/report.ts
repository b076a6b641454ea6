import type { Command } from "commander";
import { quote, UserError } from "../errors.js";
import { formatReports } from "../format/reports.js";
import { OUTPUT_FORMATS } from "../format/sheet.js";
import { nearest } from "../record/nearest.js";
import type { Io } from "./io.js";
import { addOutput, formatOf, lookOf, type OutputOptions, openSink } from "./options.js";
import { type Report, reportsOf } from "./reports.js";
import { withSink } from "./sink.js";

/**
 * Adds `flowlog report`, which lists the named questions. With a name it is another command's line, which is put in its
 * place before the program is built (`reportAsked`): there is one way to run a command.
 */
export function addReportCommand(program: Command, io: Io): void {
  const command = program
    .command("report")
    .description("run a question by its name; without a name, list them")
    .usage("[name] [inputs...] [options]")
    .argument("[name]", "which question; none lists them")
    .argument("[inputs...]", "and options: those of the command that the question stands for")
    .showHelpAfterError("  The name comes first: flowlog report NAME [inputs…] [options]");
  addOutput(command, OUTPUT_FORMATS).action(async (name: string | undefined, _: string[], options: OutputOptions) => {
    if (name !== undefined) command.error(`error: options before the name ${quote(name)}`);
    await runReportList({ ...options, output: formatOf(options, command) }, io);
  });
}

/** All that the listing does, free of commander. */
export async function runReportList(options: OutputOptions, io: Io): Promise<void> {
  const reports = reportsOf(await io.config?.()).map((report) => ({ ...report, command: commandLine(report) }));
  await withSink(await openSink(options, io), async (sink) => {
    await sink.write(formatReports(reports, options.output, await lookOf(options, io, sink)));
  });
}

/**
 * The question that `report NAME …` asks for; null for a line that names none.
 *
 * @throws UserError for a name that is not known
 */
export async function reportAsked([command, name]: readonly string[], io: Io): Promise<Report | null> {
  if (command !== "report" || name === undefined || name.startsWith("-")) return null;
  const reports = reportsOf(await io.config?.());
  const report = reports.find((known) => known.name === name);
  if (report !== undefined) return report;
  const names = reports.map((known) => known.name);
  const near = nearest(name, names) ?? names.find((known) => known.includes(name)) ?? null;
  throw new UserError(`there is no report ${quote(name)}`, {
    hint: near === null ? "`flowlog report` lists them." : `Did you mean ${near}? \`flowlog report\` lists them.`,
  });
}

const choosesOutput = /^(--json$|--output(=|$)|-o)/;

/** The line that a report stands for, with what the user adds behind it, whose choice of output wins. */
export function expandReport({ run }: Report, added: readonly string[]): string[] {
  // `-o csv` followed by `--json` would be told to contradict itself.
  const saved = added.some((word) => choosesOutput.test(word))
    ? run.filter((word, at) => !choosesOutput.test(word) && !/^(-o|--output)$/.test(run[at - 1] ?? ""))
    : run;
  return [...saved, ...added];
}

/** What a report lacks has to be given; help and mistakes say what it stands for. */
export function dressReport(program: Command, report: Report): void {
  const { name, about, needs } = report;
  const line = `flowlog ${commandLine(report)}`;
  for (const command of [program, ...program.commands]) command.showHelpAfterError(`  report ${name} is: ${line}`);
  for (const command of program.commands) {
    command
      .description(about === "" ? line : `${about}: ${line}`)
      .configureHelp({ commandUsage: () => `flowlog report ${name} [inputs...] [options]` });
    if (needs !== undefined) command.options.find(({ long }) => long === needs)?.makeOptionMandatory();
  }
}

/** The command line in sh's writing, with a place for what the user has to give. */
function commandLine({ run, needs }: Report): string {
  return [...run.map(quoteForShell), ...(needs === undefined ? [] : [needs, "ADDRESS"])].join(" ");
}

function quoteForShell(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
