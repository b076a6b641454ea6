import type { Having } from "./having.js";
import { formatThreshold } from "./having-values.js";
import { formatMetric } from "./metrics.js";

/**
 * A having expression in its normal form: the one that `parseHaving` reads back as the same tree. Numbers have no units, times are
 * instants, and parentheses show what belongs together.
 */
export function formatHaving(having: Having): string {
  switch (having.op) {
    case "and":
    case "or":
      return having.terms.map(formatTerm).join(` ${having.op} `);
    case "not":
      if (having.term.op === "null") return `${formatMetric(having.term.metric)} != -`;
      return `not ${formatTerm(having.term)}`;
    case "compare":
      return `${formatMetric(having.metric)} ${having.is} ${formatThreshold(having.metric, having.value)}`;
    case "null":
      return `${formatMetric(having.metric)} = -`;
  }
}

function formatTerm(term: Having): string {
  return term.op === "and" || term.op === "or" ? `(${formatHaving(term)})` : formatHaving(term);
}
