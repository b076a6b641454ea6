import type { Aggregate, InputReport, Ranking, Summary, Timeline } from "../engine/answer.js";
import { formatInstant } from "./instant.js";

/**
 * The lines under a ranking, for people: one that says what was counted, then only what changes how the
 * figures are to be read.
 */
export function footLines(answer: Ranking): string[] {
  const { input, rows, total } = answer;
  if (total.flows === 0n) return [emptyLine(input, "flow"), ...inputLines(input)];
  const shown =
    rows.length < total.groups ? `${rows.length} of ${plural(total.groups, "group")}` : plural(total.groups, "group");
  return [
    `${shown}, by ${answer.metric}; ${matchedOf(input, input.flows, "flow")}; ${spanOf(input)}`,
    ...(total[answer.metric] === null ? [`${answer.metric} cannot be summed: no flow carries them`] : []),
    ...(answer.by.some(isEitherSide)
      ? ["a flow counts for both its addresses: percentages may pass 100 together"]
      : []),
    ...sumLines(input),
    ...inputLines(input),
  ];
}

/** The lines under an aggregate. */
export function aggregateFootLines({ by, rows, total, input }: Aggregate): string[] {
  if (total.flows === 0n) return [emptyLine(input, "flow"), ...inputLines(input)];
  const shown =
    rows.length < total.groups ? `${rows.length} of ${plural(total.groups, "group")}` : plural(total.groups, "group");
  return [
    `${by.length > 0 ? `${shown}; ` : ""}${matchedOf(input, input.flows, "flow")}; ${spanOf(input)}`,
    ...(by.some(isEitherSide) ? ["a flow counts for both its addresses, and once in the total"] : []),
    ...sumLines(input),
    ...inputLines(input),
  ];
}

/** The lines under a timeline. */
export function timelineFootLines({ by, metric, bins, bin_seconds, series, total, input }: Timeline): string[] {
  if (total.flows === 0n) return [emptyLine(input, "flow"), ...inputLines(input)];
  const named = series.filter((key) => key !== null).length;
  const shown = named < total.groups ? `${named} of ${plural(total.groups, "group")}` : plural(total.groups, "group");
  return [
    `${plural(bins, "bin")} of ${formatDuration(bin_seconds)}, times in UTC; ${by.length > 0 ? `${shown}, by ${metric}; ` : ""}${matchedOf(input, input.flows, "flow")}; ${spanOf(input)}`,
    ...(by.some(isEitherSide) ? ["a flow counts for both its addresses, and once in the total"] : []),
    ...sumLines(input),
    ...inputLines(input),
  ];
}

/** The lines under a summary. */
export function summaryFootLines({ total, input }: Summary): string[] {
  if (total.flows === 0n) return [emptyLine(input, "flow"), ...inputLines(input)];
  return [...sumLines(input), ...inputLines(input)];
}

/**
 * The lines under a table of records.
 *
 * @param stoppedAt after how many rows a limit ended the reading, so that nothing can be said of the rest; null: none did
 */
export function recordFootLines(input: InputReport, stoppedAt: number | null): string[] {
  if (stoppedAt !== null)
    return [`first ${stoppedAt === 1 ? "record" : plural(stoppedAt, "record")}; the rest was not read`];
  if (input.matched === 0) return [emptyLine(input, "record"), ...inputLines(input)];
  return [matchedOf(input, input.records, "record"), ...inputLines(input)];
}

/**
 * How many lines were skipped.
 *
 * @param formatMayHelp whether the lines may be of another layout than they were read by
 */
export function skippedNote({ malformed, lines }: InputReport, formatMayHelp: boolean): string {
  const skipped = `${malformed} of ${plural(lines, "line")} ${malformed === 1 ? "was" : "were"} skipped`;
  return formatMayHelp ? `${skipped}. If the log has a custom format, give it with --format.` : skipped;
}

/**
 * Why there is no record where no line was wrong.
 *
 * @param isPipe whether standard input was all that was read
 */
export function emptyNote(input: InputReport, isPipe: boolean): string {
  if (input.sources === 0) return "0 records: no input is a flow log";
  if (input.lines > 0) {
    const kinds = [
      ...(input.headers > 0 ? [plural(input.headers, "header")] : []),
      ...(input.comments > 0 ? [plural(input.comments, "comment")] : []),
      ...(input.blank > 0 ? [`${input.blank} blank`] : []),
    ];
    return `0 records in ${plural(input.lines, "line")}: ${kinds.join(", ")}`;
  }
  if (isPipe) return "standard input is empty; check the command before the pipe";
  return input.sources === 1 ? "0 records: the input is empty" : `0 records: all ${input.sources} inputs are empty`;
}

/** What is to be said under every table of sums. */
function sumLines(input: InputReport): string[] {
  const lines: string[] = [];
  if (input.skipdata > 0) {
    lines.push(`totals are a lower bound: AWS lost records in ${plural(input.skipdata, "capture window")} (SKIPDATA)`);
  }
  if (input.interfaces > 1) {
    lines.push(`counted per interface: traffic between two of the ${input.interfaces} interfaces is counted at both`);
  }
  return lines;
}

/** What was left out, and why: under every table. */
function inputLines(input: InputReport): string[] {
  const lines: string[] = [];
  const aside = [
    ...(input.malformed > 0 ? [`${plural(input.malformed, "malformed line")} skipped`] : []),
    ...(input.nodata > 0 ? [`${input.nodata} NODATA`] : []),
    ...(input.skipdata > 0 ? [`${input.skipdata} SKIPDATA`] : []),
    ...(input.other_status > 0 ? [`${input.other_status} of another log_status`] : []),
    ...(input.skipped > 0 ? [`${plural(input.skipped, "file")} skipped as no flow log`] : []),
  ];
  if (aside.length > 0) lines.push(aside.join(", "));
  if (input.unanswerable > 0) {
    const their = input.unanswerable === 1 ? "its" : "their";
    lines.push(`${input.unanswerable} could not be asked: ${their} layout lacks a field of the question`);
  }
  if (!input.complete) {
    const its = input.failed === 1 ? "its end" : "their ends";
    lines.push(`incomplete: ${plural(input.failed, "input")} could not be read, or not to ${its}`);
  }
  return lines;
}

function emptyLine(input: InputReport, noun: "flow" | "record"): string {
  const all = noun === "flow" ? input.flows : input.records;
  if (all > 0) return `no ${noun} matched, of ${plural(all, noun)}; ${spanOf(input)}`;
  return input.records > 0 ? `0 flows in ${plural(input.records, "record")}` : "0 records";
}

function matchedOf(input: InputReport, all: number, noun: string): string {
  return input.matched === all ? plural(all, noun) : `${input.matched} of ${plural(all, noun)} matched`;
}

/** From the first flow to the last one's end, before the filter. */
function spanOf({ first, last }: InputReport): string {
  if (first === null) return last === null ? "the log tells no times" : `log to ${formatInstant(last)}`;
  return `log from ${formatInstant(first)}${last === null ? "" : ` to ${formatInstant(last)}`}`;
}

/** `5 min`, `90 s`, `1 d`; a longer time in its two largest units: `23 h 20 min`. */
export function formatDuration(seconds: number): string {
  if (seconds < 120 && seconds % 60 !== 0) return `${seconds} s`;
  const units: readonly (readonly [number, string])[] = [
    [86_400, "d"],
    [3600, "h"],
    [60, "min"],
    [1, "s"],
  ];
  const first = units.findIndex(([size]) => seconds >= size);
  const parts: string[] = [];
  let left = seconds;
  for (const [size, unit] of units.slice(first, first + 2)) {
    const count = Math.floor(left / size);
    if (count > 0) parts.push(`${count} ${unit}`);
    left -= count * size;
  }
  return parts.join(" ") || "0 s";
}

function isEitherSide(key: string): boolean {
  return key === "addr" || key.startsWith("addr_");
}

export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
