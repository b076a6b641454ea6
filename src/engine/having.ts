import type { Comparison, Having } from "../query/having.js";
import type { Metric } from "../query/metric.js";
import type { Sum } from "./answer.js";
import { isQuotient } from "./metric-value.js";

const decimals = 4;

/**
 * Whether a condition holds for a group.
 * @param metricOf the group's metrics; quotients in ten thousandths
 */
export function holds(having: Having, metricOf: (metric: Metric) => Sum): boolean {
  switch (having.op) {
    case "and":
      return having.terms.every((term) => holds(term, metricOf));
    case "or":
      return having.terms.some((term) => holds(term, metricOf));
    case "not":
      return !holds(having.term, metricOf);
    case "null":
      return metricOf(having.metric) === null;
    case "compare": {
      const value = metricOf(having.metric);
      if (value === null) return false;
      const scaled = isQuotient(having.metric) ? value : value * 10n ** BigInt(decimals);
      return compares(scaled, having.is, tenThousandths(having.value));
    }
  }
}

function compares(a: bigint, is: Comparison, b: bigint): boolean {
  switch (is) {
    case "=":
      return a === b;
    case "!=":
      return a !== b;
    case "<":
      return a < b;
    case "<=":
      return a <= b;
    case ">":
      return a > b;
    case ">=":
      return a >= b;
  }
}

function tenThousandths(text: string): bigint {
  const [whole = "0", part = ""] = text.split(".");
  return BigInt(whole + part.padEnd(decimals, "0"));
}
