import type { Having } from "./having.js";
import type { Metric } from "./metric.js";
import { type Condition, join, sqlName } from "./sql-text.js";

/** More than any metric can be, so that greater numbers can be compared with as this one. */
const unreachable = 10n ** 30n;

/**
 * A metric as an expression over the flows of a group.
 *
 * @param ofNothing the group may be one of no flows, whose sums are 0
 */
export function metricSql(metric: Metric, ofNothing: boolean): string {
  switch (metric.kind) {
    case "flows":
      return "count(*)";
    case "first":
      return "min(start)";
    case "last":
      return 'max("end")';
    case "duration":
      return duration;
    case "bps":
      return `ratio(8 * sum(bytes), ${duration})`;
    case "pps":
      return `ratio(sum(packets), ${duration})`;
    case "bpp":
      return "ratio(sum(bytes), sum(packets))";
    case "sum": {
      const sum = `sum(${sqlName(metric.field)})`;
      return ofNothing ? `coalesce(${sum}, CASE WHEN count(*) = 0 THEN 0 END)` : sum;
    }
    case "min":
    case "max":
      return `${metric.kind}(${sqlName(metric.field)})`;
    case "avg":
      return `ratio(sum(${sqlName(metric.field)}), count(${sqlName(metric.field)}))`;
    case "distinct":
      return `count(DISTINCT ${sqlName(metric.field)})`;
  }
}

const duration = 'max("end") - min(start)';

/** Metrics that are shown as times. */
export function isInstant({ kind }: Metric): boolean {
  return kind === "first" || kind === "last";
}

/** @param column the name that a metric has in the table of groups */
export function havingCondition(having: Having, column: (metric: Metric) => string): Condition {
  switch (having.op) {
    case "and":
    case "or":
      return join(
        having.op === "and" ? "AND" : "OR",
        having.terms.map((term) => havingCondition(term, column)),
      );
    case "not":
      return { not: havingCondition(having.term, column) };
    case "null":
      return `${column(having.metric)} IS NULL`;
    case "compare": {
      const { metric, is, value } = having;
      return compare(column(metric), hasDecimals(metric), is === "!=" ? "<>" : is, value);
    }
  }
}

/** A comparison of exact numbers: where SQL must find a type for both sides, it must not be that of doubles. */
function compare(name: string, hasDecimals: boolean, operator: string, value: string): string {
  const whole = BigInt(value.split(".")[0] as string);
  if (whole >= unreachable) return compare(name, hasDecimals, operator, String(unreachable - 1n));
  const isWhole = !/\.0*[1-9]/.test(value);
  if (!isWhole) return `${hasDecimals ? name : `${name}::DECIMAL(38, 4)`} ${operator} ${value}`;
  return `${name} ${operator} ${whole}${hasDecimals && whole >= 2n ** 31n ? ".0" : ""}`;
}

function hasDecimals({ kind }: Metric): boolean {
  return kind === "avg" || kind === "bps" || kind === "pps" || kind === "bpp";
}
