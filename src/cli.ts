import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { applyConfig, type Config } from "./commands/config.js";
import { findConfig } from "./commands/config-file.js";
import { removeUnfinished } from "./commands/file-sink.js";
import { ClosedPipe, type ExitStatus, type Io } from "./commands/io.js";
import { clearProgress } from "./commands/progress-bar.js";
import { writeWhole } from "./commands/sink.js";
import { tellError } from "./commands/tell-error.js";
import { escapeControls, UserError } from "./errors.js";
import { nearest } from "./record/nearest.js";

/** The commands, in the order of the help. Each is loaded when it is asked for, with what it needs of the other stages. */
const COMMANDS: readonly { name: string; load(): Promise<(program: Command, io: Io) => void> }[] = [
  { name: "summary", load: async () => (await import("./commands/summary.js")).addSummaryCommand },
  { name: "top-talkers", load: async () => (await import("./commands/top-talkers.js")).addTopTalkersCommand },
  { name: "aggregate", load: async () => (await import("./commands/aggregate.js")).addAggregateCommand },
  { name: "timeline", load: async () => (await import("./commands/timeline.js")).addTimelineCommand },
  { name: "parse", load: async () => (await import("./commands/parse.js")).addParseCommand },
  { name: "filter", load: async () => (await import("./commands/filter.js")).addFilterCommand },
  { name: "fields", load: async () => (await import("./commands/fields.js")).addFieldsCommand },
  { name: "report", load: async () => (await import("./commands/report.js")).addReportCommand },
  { name: "schema", load: async () => (await import("./commands/schema.js")).addSchemaCommand },
  {
    name: "completion",
    load: async () => (await import("./commands/completion/completion.js")).addCompletionCommand,
  },
];

const noConfig = "--no-config";

/** Run the program on this process: its streams, its environment, its exit status. */
export async function main(args: readonly string[]): Promise<void> {
  raiseSignalsAgain();
  // A reader of messages that has gone away is no reason to stop.
  process.stderr.on("error", () => {});
  let isStdinUsed = false;
  await runProgram(args, {
    // To open it takes Node some milliseconds, and a run that is given files has no use for it.
    get stdin() {
      isStdinUsed = true;
      return process.stdin;
    },
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    config: findConfig,
    now: () => Math.floor(Date.now() / 1000),
    setExitStatus(status) {
      if (status > Number(process.exitCode ?? 0)) process.exitCode = status;
    },
  });
  // A pipe that nobody reads to its end would keep the process waiting for it.
  if (isStdinUsed) process.stdin.destroy();
}

/** The one place that turns an error into words and a status. A bug keeps its stack. */
export async function runProgram(allArgs: readonly string[], allIo: Io): Promise<void> {
  const { args, io } = settleConfig(allArgs, allIo);
  let help = "";
  const writeHelp = (text: string) => {
    help += text;
  };
  try {
    if (args.length === 0) {
      (await buildProgram([], io, writeHelp)).outputHelp({ error: true });
      io.setExitStatus(2);
      return;
    }
    await runLine(args, io, writeHelp);
  } catch (error) {
    if (!(error instanceof ClosedPipe)) io.setExitStatus(statusOf(error, io));
  }
  if (help === "") return;
  // commander would leave it to the stream whether that arrives; a full disk is told.
  await writeWhole(io.stdout, "standard output", help).catch((error) => io.setExitStatus(statusOf(error, io)));
}

/** The config is looked for once at most, and not at all if that is wished: by `--no-config` anywhere, or once for a script. */
function settleConfig(args: readonly string[], io: Io): { args: readonly string[]; io: Io } {
  const end = args.includes("--") ? args.indexOf("--") : args.length;
  const others = args.filter((arg, at) => arg !== noConfig || at > end);
  const isIgnored = others.length < args.length || (io.env.FLOWLOG_NO_CONFIG ?? "") !== "";
  let config: Promise<Config | null> | undefined;
  const find = async () => (isIgnored ? null : ((await io.config?.()) ?? null));
  return { args: others, io: Object.create(io, { config: { value: () => (config ??= find()) } }) };
}

/** @param writeHelp takes the help or the version that is asked for, piece by piece */
async function runLine(args: readonly string[], io: Io, writeHelp: (text: string) => void): Promise<void> {
  if (args[0] === "report") {
    const { dressReport, expandReport, reportAsked } = await import("./commands/report.js");
    const report = await reportAsked(args, io);
    if (report !== null) {
      const line = expandReport(report, args.slice(2));
      const program = await buildProgram(line, io, writeHelp);
      dressReport(program, report);
      await program.parseAsync(line, { from: "user" });
      return;
    }
  }
  await (await buildProgram(args, io, writeHelp)).parseAsync(args, { from: "user" });
}

function statusOf(error: unknown, io: Io): ExitStatus {
  // commander has said what was wrong already; help and --version come this way too, with status 0.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (!(error instanceof UserError)) throw error;
  tellError(io, error);
  return error.exitStatus;
}

async function buildProgram(args: readonly string[], io: Io, writeHelp: (text: string) => void): Promise<Command> {
  const program = new Command("flowlog")
    .description("The analyzer for AWS VPC Flow Logs.")
    .version(version(), "-V, --version")
    .option(noConfig, "leave .flowlogrc aside, which may set how answers look; FLOWLOG_NO_CONFIG=1 does so too")
    .showSuggestionAfterError()
    .showHelpAfterError(false)
    .exitOverride()
    .configureOutput({
      writeOut: writeHelp,
      writeErr: (text) => io.stderr.write(text),
      // What the user typed may hold anything; the message's own line ends stay.
      outputError: (text, write) => write(text.split("\n").map(escapeControls).join("\n")),
      getOutHelpWidth: () => io.stdout.columns ?? 80,
      getErrHelpWidth: () => 80,
    })
    .addHelpText(
      "after",
      `\nExit status: 0 done, 2 wrong usage, 3 an input could not be read or understood, or an output not written.`,
    );
  program.hook("preAction", async (_, command) => {
    const config = takesConfig(command) ? await io.config?.() : null;
    if (config != null) applyConfig(command, config);
  });
  for (const { load } of commandsFor(args)) (await load())(program, io);
  addHelpCommand(program);
  return program;
}

/** A mistake in the config is none of those commands that it cannot change. */
function takesConfig(command: Command): boolean {
  return command.options.some(({ long }) => long === "--output");
}

/** The one command that is asked for; none for the version; all of them to be listed, completed, or to look for what was meant. */
function commandsFor([first]: readonly string[]) {
  if (first === "--version" || first === "-V") return [];
  const asked = COMMANDS.filter(({ name }) => name === first && name !== "completion");
  return asked.length > 0 ? asked : COMMANDS;
}

/** In place of commander's own, which answers a command that there is not with all the help there is. */
function addHelpCommand(program: Command): void {
  program
    .helpCommand(false)
    .command("help")
    .description("display help for command")
    .argument("[command]")
    .action((name?: string) => {
      if (name === undefined) program.help();
      const command = program.commands.find((known) => known.name() === name);
      if (command !== undefined) command.help();
      const near = nearest(
        name,
        program.commands.map((known) => known.name()),
      );
      const question = near === null ? "" : `\n(Did you mean ${near}?)`;
      program.error(`error: unknown command '${name}'${question}`);
    });
}

function version(): string {
  return (JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as { version: string }).version;
}

/** An interrupted run leaves no half-written file, and ends as the signal would have ended it. */
function raiseSignalsAgain(): void {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(signal, () => {
      clearProgress();
      removeUnfinished();
      process.kill(process.pid, signal);
    });
  }
}
