import { quote } from "../errors.js";

/** Why a line is no record. */
export type LineFault =
  | { reason: "fields"; found: number; due: readonly number[] }
  | { reason: "value"; field: string; value: string; expected: string }
  | { reason: "control"; value: string }
  | { reason: "long" }
  /** It may read well, but stands before the line that shows the layout. */
  | { reason: "early" }
  | { reason: "cut" };

/** A line that is no record, and where it stands. Data, never thrown. */
export interface LineProblem {
  /** The input's name as the user knows it. */
  source: string;
  /** Counted from 1. */
  line: number;
  fault: LineFault;
}

/** The one place that puts a problem into words: place, what was seen, what was expected. */
export function formatProblem({ source, line, fault }: LineProblem): string {
  return `${source}:${line}: ${formatFault(fault)}`;
}

export function formatFault(fault: LineFault): string {
  switch (fault.reason) {
    case "fields":
      return `${fault.found} ${fault.found === 1 ? "field" : "fields"}, expected ${fault.due.join(" or ")}`;
    case "value":
      return `${fault.field} is ${quote(fault.value)}, expected ${fault.expected}`;
    case "control":
      return `control character in ${quote(fault.value)}, expected printable text`;
    case "long":
      return "line longer than 1 MiB, expected a record";
    case "early":
      return "stands before the line that shows the log's layout, expected a header first";
    case "cut":
      return "line is cut off where the input ends early, expected a whole record";
  }
}
