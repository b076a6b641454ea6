import type { InputReport, Ranking } from "../engine/answer.js";
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
    ...(total[answer.metric] === null ? [`${answer.metric} cannot be summed: not every flow carries them`] : []),
    ...(answer.by.some(isEitherSide)
      ? ["a flow counts for both its addresses: percentages may pass 100 together"]
      : []),
    ...sumLines(input),
    ...inputLines(input),
  ];
}

/**
 * The lines under a table of records.
 *
 * @param shown   how many rows the table has
 * @param stopped whether a limit ended the reading there, so that nothing can be said of the rest
 */
export function recordFootLines(input: InputReport, shown: number, stopped: boolean): string[] {
  if (stopped) return [`first ${plural(shown, "record")}; the rest was not read`];
  if (input.matched === 0) return [emptyLine(input, "record"), ...inputLines(input)];
  return [matchedOf(input, input.records, "record"), ...inputLines(input)];
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
    lines.push(`${input.unanswerable} could not be asked: their layout lacks a field of the question`);
  }
  if (!input.complete) {
    const which = input.failed > 0 ? `${plural(input.failed, "input")} could not be read` : "an input broke off";
    lines.push(`incomplete: ${which}`);
  }
  return lines;
}

function emptyLine(input: InputReport, noun: "flow" | "record"): string {
  const all = noun === "flow" ? input.flows : input.records;
  if (all > 0) return `no ${noun} matched, of ${plural(all, noun)}`;
  return input.records > 0 ? `0 flows in ${plural(input.records, "record")}` : "0 records";
}

function matchedOf(input: InputReport, all: number, noun: string): string {
  return input.matched === all ? plural(all, noun) : `${input.matched} of ${plural(all, noun)} matched`;
}

/** From the first flow to the last one's end, before the filter. */
function spanOf({ first, last }: InputReport): string {
  if (first === null || last === null) return "the log tells no times";
  return `log from ${formatInstant(first)} to ${formatInstant(last)}`;
}

function isEitherSide(key: string): boolean {
  return key === "addr" || key.startsWith("addr_");
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
