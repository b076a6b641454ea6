import { type Command, InvalidArgumentError, Option } from "commander";
import { UserError } from "../errors.js";
import { nearest } from "../record/nearest.js";
import { type Filter, foldCase, type Range } from "./filter.js";
import type { Source } from "./filter-error.js";
import { parseSource, readSource } from "./filter-source.js";
import { type Clock, parseProtocol } from "./filter-values.js";
import { parseList } from "./list.js";
import { fromBounds, mergeRanges, toBounds } from "./number-ranges.js";
import { parsePort } from "./ports.js";
import { canonicalPrefix } from "./prefix.js";
import type { Window } from "./query.js";
import { formatTime, type Moment, parseMoment, secondsOf } from "./time.js";
import { ValueError } from "./value-error.js";
import { parseZone, UTC, type Zone } from "./zone.js";

/** What commander makes of the options that `addFilterOptions` adds: typed values, a flag's repeats joined. */
export interface FilterFlags {
  /** Canonical prefixes, as of `dst` and `addr`. */
  src?: string[];
  dst?: string[];
  addr?: string[];
  sport?: Range[];
  dport?: Range[];
  port?: Range[];
  protocol?: Range[];
  action?: string[];
  interface?: string[];
  account?: string[];
  /** Expressions, which are parsed when it is known in which zone their times are. */
  filter?: Source[];
  since?: Moment;
  until?: Moment;
  tz?: Zone;
}

const heading = "Which records:";

/** Adds the options that choose records (contract §4) and their time (§2); read them with `filterFromFlags` and `windowFromFlags`. */
export function addFilterOptions(command: Command): Command {
  const add = <Value>(flags: string, description: string, parse: (text: string, before: Value | undefined) => Value) =>
    command.addOption(new Option(flags, description).argParser<Value | undefined>(parse).helpGroup(heading));
  add(
    "--src <prefix>",
    "source address or CIDR; a list a,b or @FILE, as for the flags below",
    collect(canonicalPrefix),
  );
  add("--dst <prefix>", "destination address or CIDR", collect(canonicalPrefix));
  add("--addr <prefix>", "address or CIDR of either side", collect(canonicalPrefix));
  add(
    "--sport <port>",
    "source port: a number, a range 1024-2047 or a service such as https",
    collectRanges(parsePort),
  );
  add("--dport <port>", "destination port", collectRanges(parsePort));
  add("--port <port>", "port of either side", collectRanges(parsePort));
  add("--protocol <protocol>", "protocol, by name or number: tcp, 17", collectRanges(parseProtocolRange));
  add("--action <action>", "accept or reject", collect(parseAction));
  add("--interface <id>", "network interface, such as eni-0a1b2c3d", collect(parseText));
  add("--account <id>", "AWS account that owns the interface", collect(parseText));
  add(
    "-f, --filter <expr>",
    'an expression such as "dst port 443 and not src 10.0.0.0/8" (see the README), or @FILE',
    (text: string, before: Source[] = []) => [...before, asArgument(readSource)(text)],
  );
  add(
    "--since <time>",
    "records that start at this time or later: 36h (ago), 2026-01-02, epoch seconds",
    asArgument(parseMoment),
  );
  add("--until <time>", "records that start before this time", asArgument(parseMoment));
  add("--tz <zone>", "time zone of times that name none: Europe/Berlin, +02:00 (default: UTC)", asArgument(parseZone));
  return command;
}

/** The clock that times of the flags, and in expressions, are read by. @param now epoch seconds */
export function clockOf({ tz }: FilterFlags, now: number): Clock {
  return { now, zone: tz ?? UTC };
}

/**
 * The flags as one filter: an `and` of a term for each flag given, in the order of the help.
 *
 * @param now  epoch seconds, for times within expressions
 * @throws FilterError for an expression that cannot be understood
 */
export function filterFromFlags(flags: FilterFlags, now: number): Filter {
  const terms: Filter[] = [];
  const address = (fields: string[], prefixes: string[] | undefined) => {
    if (prefixes !== undefined) terms.push({ op: "address", fields, prefixes: [...new Set(prefixes)] });
  };
  const port = (fields: string[], ranges: Range[] | undefined) => {
    if (ranges !== undefined) terms.push({ op: "port", fields, ranges: inOrder(ranges) });
  };
  const text = (field: string, values: string[] | undefined, anyCase: boolean) => {
    if (values === undefined) return;
    const folded = anyCase ? values.map(foldCase) : values;
    terms.push({ op: "text", field, values: [...new Set(folded)], anyCase });
  };
  address(["srcaddr"], flags.src);
  address(["dstaddr"], flags.dst);
  address(["srcaddr", "dstaddr"], flags.addr);
  port(["srcport"], flags.sport);
  port(["dstport"], flags.dport);
  port(["srcport", "dstport"], flags.port);
  if (flags.protocol !== undefined) terms.push({ op: "number", field: "protocol", ranges: inOrder(flags.protocol) });
  text("action", flags.action, true);
  text("interface_id", flags.interface, false);
  text("account_id", flags.account, false);
  const clock = clockOf(flags, now);
  for (const source of flags.filter ?? []) terms.push(parseSource(source, clock));
  return { op: "and", terms: terms.flatMap((term) => (term.op === "and" ? term.terms : [term])) };
}

/**
 * The time window of the flags.
 *
 * @param now  epoch seconds
 * @throws UserError for a window without a second in it
 */
export function windowFromFlags(flags: FilterFlags, now: number): Window {
  const clock = clockOf(flags, now);
  const since = flags.since === undefined ? null : secondsOf(flags.since, clock);
  const until = flags.until === undefined ? null : secondsOf(flags.until, clock);
  if (since !== null && until !== null && since >= until) {
    throw new UserError(`--since ${formatTime(since)} is not before --until ${formatTime(until)}`, {
      hint: "Records are taken from --since on and up to, not with, --until.",
    });
  }
  return { since, until };
}

/**
 * A parser as commander wants it, with the value's own error turned into commander's:
 * `error: option '--src <prefix>' argument '10.0.0/8' is invalid. Expected CIDR notation, such as 10.0.0.0/8.`
 */
export function asArgument<Value>(parse: (text: string) => Value): (text: string) => Value {
  return (text) => {
    try {
      return parse(text);
    } catch (error) {
      throw argumentError(error, text);
    }
  };
}

function argumentError(error: unknown, text: string): unknown {
  if (!(error instanceof UserError)) return error;
  const own = error instanceof ValueError && error.value === text;
  const problem = asSentence(own ? `expected ${error.expected}` : error.message);
  return new InvalidArgumentError(error.hint === undefined ? problem : `${problem}\n  ${error.hint}`);
}

/** What stands after "is invalid." is a sentence of its own. A name or a path in front keeps its spelling. */
function asSentence(message: string): string {
  const said = message.replace(/^(?:a|the|expected) /, (word) => word.slice(0, 1).toUpperCase() + word.slice(1));
  return /[.?!]$/.test(said) ? said : `${said}.`;
}

// commander keeps only the last of an option given twice, unless its parser is handed what came before.
function collect(parse: (item: string) => string): (text: string, before: string[] | undefined) => string[] {
  const parseArgument = asArgument((text) => parseList(text, parse));
  return (text, before = []) => before.concat(parseArgument(text));
}

function collectRanges(parse: (item: string) => Range[]): (text: string, before: Range[] | undefined) => Range[] {
  const parseArgument = asArgument((text) => parseList(text, parse));
  return (text, before = []) => before.concat(parseArgument(text).flat());
}

function parseProtocolRange(text: string): Range[] {
  const number = parseProtocol(text);
  return [[number, number]];
}

function inOrder(ranges: readonly Range[]): Range[] {
  return toBounds(mergeRanges(fromBounds(ranges)));
}

function parseAction(text: string): string {
  const folded = foldCase(text);
  if (actions.includes(folded)) return folded;
  const near = nearest(folded, actions);
  const other = `Of another action ask so: -f 'action = "${text}"'.`;
  throw new ValueError(text, "accept or reject", near === null ? other : `Did you mean ${near}?`);
}

const actions: readonly string[] = ["accept", "reject"];

function parseText(text: string): string {
  if (text !== "-") return text;
  throw new ValueError(text, "a value; - is how a log writes that it has none");
}
