import { markdownTable } from "markdown-table";
import { type Asked, ours } from "./asked.js";
import { type Measured, speedRatio } from "./measures.js";

/** What became of one tool in a work: its figures, or why it has none, such as "wrong answer". */
export type Outcome = Measured | string;

/** A work done by all tools, the tool under test first. */
export interface WorkResult {
  title: string;
  outcomes: ReadonlyMap<string, Outcome>;
  asked: readonly Asked[];
}

/** Results as a Markdown table: a line for each tool in each work. */
export function resultTable(results: readonly WorkResult[]): string {
  const head = ["work", "tool", "seconds", "peak MB", "flowlog's speed", "asked"];
  const align = ["left", "left", "right", "right", "right", "left"];
  // A bar would end the cell, in code too.
  const lines = results.flatMap(workLines).map((cells) => cells.map((cell) => cell.replaceAll("|", "\\|")));
  return markdownTable([head, ...lines], { align, stringLength: (text) => text.length });
}

function workLines({ title, outcomes, asked }: WorkResult): string[][] {
  const measured = new Map([...outcomes].flatMap(([name, outcome]) => (isMeasured(outcome) ? [[name, outcome]] : [])));
  return [...outcomes].map(([name, outcome], line) => [
    line === 0 ? title : "",
    name,
    ...figures(name, outcome, measured.get(ours)),
    asked.flatMap((each) => (each.beside === name ? each.tell(measured) : [])).join("; "),
  ]);
}

function figures(name: string, outcome: Outcome, mine: Measured | undefined): string[] {
  if (!isMeasured(outcome)) return [outcome, "", ""];
  return [
    outcome.seconds.toFixed(outcome.seconds < 1 ? 3 : 2),
    outcome.peakBytes === null ? "–" : (outcome.peakBytes / 1e6).toFixed(0),
    mine && name !== ours ? `${speedRatio(mine, outcome).toFixed(2)} ×` : "",
  ];
}

function isMeasured(outcome: Outcome): outcome is Measured {
  return typeof outcome !== "string";
}
