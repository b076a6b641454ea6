import { UserError } from "../errors.js";
import { fieldRange, findField } from "../record/fields.js";
import type { Metric } from "./metric.js";
import { adviceForMetric, METRIC_FUNCTIONS, metricExpectation, PLAIN_METRICS, splitCall } from "./metric-words.js";
import { splitNames } from "./names.js";
import { ValueError } from "./value-error.js";

/**
 * The text of `--metrics`, comma between, to metrics.
 *
 * @throws ValueError for a metric that is not known, with the nearest one; UserError for no metric or one that comes twice
 */
export function parseMetrics(text: string): Metric[] {
  const metrics = splitNames(text, "metric").map(parseMetric);
  const names = new Set<string>();
  for (const { name } of metrics) {
    if (names.has(name)) throw new UserError(`the metric ${name} comes twice in ${text}`);
    names.add(name);
  }
  return metrics;
}

/**
 * One metric: `flows`, `first`, `bps` …; `distinct(FIELD)`, and `sum`, `min`, `max` or `avg` of a number field, in any case; the
 * name of a counter for its sum. The output's spelling, `distinct_dstport`, is taken too.
 *
 * @throws ValueError with the nearest one
 */
export function parseMetric(text: string): Metric {
  const metric = findMetric(text);
  if (metric === null) throw new ValueError(text, metricExpectation, adviceForMetric(text));
  return metric;
}

/** The metric of that text, as `parseMetric` takes it; null if it is none. */
export function findMetric(text: string): Metric | null {
  const word = text.trim();
  const plain = PLAIN_METRICS.find((kind) => kind === word.toLowerCase());
  if (plain !== undefined) return { kind: plain, name: plain };
  const counter = findField(word);
  // Without the function's name in front: `bytes` and `sum(bytes)` are two columns.
  if (counter?.kind === "counter") return { kind: "sum", name: counter.name, field: counter.name };
  const { name = "", argument = "" } = splitCall(word) ?? {};
  const kind = METRIC_FUNCTIONS.find((known) => known === name.toLowerCase());
  const field = findField(argument);
  if (kind === undefined || field === undefined) return null;
  if (kind !== "distinct" && fieldRange(field.kind) === null) return null;
  return { kind, name: `${kind}_${field.name}`, field: field.name };
}

/** A metric as it is written: `bytes`, `distinct(dstport)`. */
export function formatMetric(metric: Metric): string {
  return "field" in metric && metric.name !== metric.field ? `${metric.kind}(${metric.field})` : metric.name;
}
