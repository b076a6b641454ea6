import type { Argument, Command, Option } from "commander";
import { FIELDS } from "../../record/fields.js";
import type { Report } from "../reports.js";

/** What may stand for an option or an argument. A list is words with commas between them. */
export type Values = { kind: "words" | "list"; words: readonly string[] } | { kind: "files" } | { kind: "free" };

export interface CompletedOption {
  /** `-o` and `--output`. */
  flags: readonly string[];
  about: string;
  /** What follows it; null for one that stands alone. */
  values: Values | null;
}

export interface CompletedCommand {
  name: string;
  about: string;
  options: readonly CompletedOption[];
  /** Of its arguments, in their order. */
  args: readonly Values[];
  /** Of all arguments after those; null where no more may come. */
  rest: Values | null;
}

/** All that the scripts of the shells are made from. */
export interface CompletionTree {
  options: readonly CompletedOption[];
  commands: readonly CompletedCommand[];
  /** Named questions, each with the command that answers it. */
  reports: readonly { name: string; about: string; command: string }[];
}

/** Walks a program whose commands are all there. */
export function completionTree(program: Command, reports: readonly Report[]): CompletionTree {
  const commands = program.commands.map((command) => describeCommand(command, program));
  return {
    options: describeOptions(program),
    commands,
    // A name goes into a script that a shell runs: of a saved query's command only one that there is.
    reports: reports.flatMap(({ name, about, run }) =>
      commands.some((command) => command.name === run[0]) ? [{ name, about, command: run[0]! }] : [],
    ),
  };
}

function describeCommand(command: Command, program: Command): CompletedCommand {
  const args = command.registeredArguments;
  const last = args.at(-1);
  return {
    name: command.name(),
    about: command.description(),
    options: describeOptions(command),
    args: args.filter(({ variadic }) => !variadic).map((argument) => argumentValues(argument, program)),
    rest: last?.variadic ? argumentValues(last, program) : null,
  };
}

function describeOptions(command: Command): CompletedOption[] {
  return command
    .createHelp()
    .visibleOptions(command)
    .map((option) => ({
      flags: [option.short, option.long].filter((flag) => flag != null),
      about: option.description,
      values: option.required || option.optional ? optionValues(option) : null,
    }));
}

function argumentValues(argument: Argument, program: Command): Values {
  if (argument.argChoices !== undefined) return { kind: "words", words: argument.argChoices };
  switch (argument.name()) {
    case "inputs":
      return { kind: "files" };
    case "names":
      return { kind: "words", words: fieldNames };
    case "command":
      return { kind: "words", words: program.commands.map((command) => command.name()) };
    default:
      return { kind: "free" };
  }
}

function optionValues(option: Option): Values {
  if (option.argChoices !== undefined) return { kind: "words", words: option.argChoices };
  const values = known[option.long ?? ""];
  if (values === undefined || !("words" in values)) return values ?? { kind: "free" };
  return { ...values, words: values.words.filter((word) => isTaken(option, word)) };
}

/** Whether the option's own parser knows the word: not every command that ranks by keys takes all of them. */
function isTaken({ parseArg }: Option, word: string): boolean {
  try {
    parseArg?.(word, undefined);
    return true;
  } catch {
    return false;
  }
}

const fieldNames = FIELDS.map(({ name }) => name);
const keyNames = ["addr", "pair", "5tuple", "service", ...fieldNames];
const metricNames = ["flows", "packets", "bytes", "first", "last", "duration", "bps", "pps", "bpp"];

/** What options of no fixed choice are mostly given. */
const known: Readonly<Record<string, Values>> = {
  "--fields": { kind: "list", words: fieldNames },
  "--by": { kind: "list", words: keyNames },
  "--metrics": { kind: "list", words: metricNames },
  "--sort": { kind: "list", words: [...metricNames, ...keyNames] },
  "--protocol": { kind: "list", words: ["tcp", "udp", "icmp", "ipv6-icmp", "gre", "esp", "sctp"] },
  "--action": { kind: "list", words: ["accept", "reject"] },
  "--format": { kind: "words", words: ["default", "tgw"] },
  "--output-file": { kind: "files" },
  "--malformed": { kind: "files" },
};
