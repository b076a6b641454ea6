import { type Command, InvalidArgumentError, Option } from "commander";
import { defaultMemory } from "../engine/memory.js";
import type { Sources } from "../engine/run.js";
import { defaultJobs } from "../engine/weigh.js";
import { UserError } from "../errors.js";
import { loadColors, plainPaint } from "../format/paint.js";
import type { Look, OutputFormat } from "../format/sheet.js";
import { asArgument } from "../query/flags.js";
import { parseMemory } from "../query/memory.js";
import type { Layout } from "../record/layout.js";
import { parseFormat } from "../record/layout.js";
import { openFileSink } from "./file-sink.js";
import { type ColorMode, colorModes, type Io, terminalWidth, wantsColor } from "./io.js";
import { type Sink, streamSink, withSink } from "./sink.js";
import { Telling, type TellingOptions } from "./telling.js";

export interface InputOptions extends TellingOptions {
  format?: Layout[];
  jobs?: number;
  memory?: number;
}

export interface OutputOptions<Format extends string = OutputFormat> {
  output: Format;
  json?: boolean;
  exact?: boolean;
  header: boolean;
  color: ColorMode;
  outputFile?: string;
}

/** The inputs as an argument, and the options that say how they are read. */
export function addInputs(command: Command): Command {
  const group = "Reading:";
  return command
    .argument("[inputs...]", "flow log files, directories or globs; - or none is standard input")
    .addOption(
      new Option(
        "--format <format>",
        "layout of a log without header: AWS's format string, a list of names, default or tgw",
      )
        .argParser<Layout[] | undefined>(collectFormats)
        .helpGroup(group),
    )
    .addOption(
      new Option("-j, --jobs <count>", "how many threads to use (default: the processors, at most 4)")
        .argParser(parseJobs)
        .helpGroup(group),
    )
    .addOption(
      new Option("--memory <size>", "for groups, such as 256M; what is more goes to disk (default: a quarter of all)")
        .argParser(asArgument(parseMemory))
        .helpGroup(group),
    )
    .addOption(new Option("--strict", "stop at the first malformed line, with exit status 3").helpGroup(group))
    .addOption(
      new Option("--malformed <file>", "write malformed lines to a file, as they stood")
        .argParser(parseMalformedFile)
        .helpGroup(group),
    );
}

/** The options that say what an answer looks like. */
export function addOutput(command: Command, formats: readonly string[]): Command {
  const group = "Output:";
  return command
    .addOption(
      new Option("-o, --output <format>", "how the answer is written")
        .choices(formats)
        .default("table")
        .helpGroup(group),
    )
    .addOption(new Option("--json", "the same as -o json").helpGroup(group))
    .addOption(
      new Option(
        "--output-file <file>",
        "write to a file, which appears when it is whole; - is standard output",
      ).helpGroup(group),
    )
    .addOption(new Option("--exact", "all digits in tables, not 4.1 MB").helpGroup(group))
    .addOption(new Option("--no-exact", "where a config says --exact").hideHelp())
    .addOption(new Option("--no-header", "csv and tsv without the line of names").helpGroup(group))
    .addOption(new Option("--header", "where a config says no header").hideHelp())
    .addOption(new Option("--color <when>", "colour in tables").choices(colorModes).default("auto").helpGroup(group))
    .addOption(
      new Option("-q, --quiet", "no progress, notes or warnings on standard error; errors are always told").helpGroup(
        group,
      ),
    )
    .addOption(new Option("--no-quiet", "where a config says --quiet").hideHelp());
}

export function addLimit(command: Command, description: string, limit: number): Command {
  return command.addOption(new Option("-n, --limit <count>", description).argParser(parseCount).default(limit));
}

/** A count from the command line; 0 stands for all. */
export function parseCount(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError("Expected a whole number; 0 is all.");
  return Number(text);
}

function parseJobs(text: string): number {
  if (!/^\d{1,3}$/.test(text) || Number(text) < 1)
    throw new InvalidArgumentError("Expected a number of threads, 1 to 999.");
  return Number(text);
}

function parseMalformedFile(path: string): string {
  if (path === "-") throw new InvalidArgumentError("Expected a file: standard output is for the answer.");
  return path;
}

const parseLayout = asArgument(parseFormat);

/** The layout of a `--format` put to those before it, from which its lines must be told apart. */
export function collectFormats(text: string, before: Layout[] = []): Layout[] {
  const layout = parseLayout(text);
  const twin = before.find((other) => other.fields.length === layout.fields.length);
  if (twin !== undefined && twin.key !== layout.key) {
    throw new InvalidArgumentError(
      `Another --format has ${layout.fields.length === 1 ? "one field" : `${layout.fields.length} fields`} too: lines are told apart by their number of fields.`,
    );
  }
  return twin === undefined ? [...before, layout] : before;
}

/**
 * What a command reads.
 * @throws UserError where nothing is given and nobody pipes anything in
 */
export function sourcesOf(inputs: readonly string[], options: InputOptions, io: Io): Sources {
  if (inputs.length === 0 && io.stdin.isTTY === true) {
    throw new UserError("no input: no file is given, and nothing is piped in", {
      hint: "Give a file or a directory (flowlog top-talkers vpc.log.gz), or pipe a log in (aws s3 cp s3://BUCKET/…/x.log.gz - | flowlog parse).",
    });
  }
  // Malformed lines are wanted: all of them, and, as they come in the order of the lines, by one thread.
  const wantsMalformed = options.strict === true || options.malformed !== undefined;
  return {
    inputs,
    get stdin() {
      return io.stdin;
    },
    formats: options.format ?? [],
    jobs: wantsMalformed ? 1 : (options.jobs ?? defaultJobs()),
    memory: options.memory ?? defaultMemory(),
    wholeRecords: wantsMalformed,
    ownsProcess: true,
  };
}

/** `--json` is `-o json`; the two must not contradict each other. */
export function formatOf<Format extends string>(options: OutputOptions<Format>, command: Command): Format {
  if (!options.json) return options.output;
  if (options.output !== "json" && command.getOptionValueSource("output") === "cli") {
    throw new UserError(`--json and -o ${options.output} contradict each other`, { hint: "Give one of them." });
  }
  return "json" as Format;
}

export async function lookOf(options: OutputOptions<string>, io: Io, { isTerminal }: Sink): Promise<Look> {
  return {
    width: isTerminal ? terminalWidth(io) : null,
    paint: wantsColor(options.color, isTerminal, io.env) ? await loadColors() : plainPaint,
    exact: options.exact === true,
    header: options.header,
  };
}

/** @throws UserError where the output file's path will not do */
export async function openSink({ outputFile }: OutputOptions<string>, io: Io): Promise<Sink> {
  if (outputFile === undefined || outputFile === "-") return streamSink(io.stdout, "standard output", "--output-file");
  return openFileSink(outputFile, "--output-file", io);
}

/**
 * Do the work of a command that reads logs, with what it writes to. All of that is opened before anything is read, and
 * nothing of it is left where the work fails.
 */
export async function withOutputs(
  options: InputOptions & OutputOptions<string>,
  io: Io,
  work: (sink: Sink, telling: Telling) => Promise<void>,
): Promise<void> {
  await withSink(await Telling.open(io, options), async (telling) => {
    await withSink(await openSink(options, io), async (sink) => {
      telling.tellUnknownFields(options.format ?? []);
      await work(sink, telling);
    });
  });
}
