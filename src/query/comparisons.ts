import type { Comparison } from "./having.js";

/** How numbers are compared, by how it is written. */
export const COMPARISONS: ReadonlyMap<string, Comparison> = new Map<string, Comparison>([
  ["=", "="],
  ["!=", "!="],
  ["<", "<"],
  ["<=", "<="],
  [">", ">"],
  [">=", ">="],
  ["==", "="],
  ["eq", "="],
  ["ne", "!="],
  ["lt", "<"],
  ["le", "<="],
  ["gt", ">"],
  ["ge", ">="],
]);

/** Comparisons of other languages, and what they are here. */
export function adviceForComparison(text: string): string | undefined {
  switch (text) {
    case "<>":
      return "Unequal is !=.";
    case "=>":
      return "At least is >=.";
    case "=<":
      return "At most is <=.";
    case "&":
      return "And is written and, or &&.";
    default:
      return undefined;
  }
}
