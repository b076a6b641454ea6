import { FIELDS, type FieldDefinition, fieldRange, findField } from "../record/fields.js";
import { nearest } from "../record/nearest.js";

/** Metrics that are computed of no field that somebody names. */
export const PLAIN_METRICS = ["flows", "first", "last", "duration", "bps", "pps", "bpp"] as const;

export const METRIC_FUNCTIONS = ["sum", "min", "max", "avg", "distinct"] as const;
type MetricFunction = (typeof METRIC_FUNCTIONS)[number];

/** What a metric must be, to stand after "expected". */
export const metricExpectation = "a metric such as bytes, avg(bytes) or distinct(dstport)";

const known =
  "Metrics are flows packets bytes first last duration bps pps bpp, and sum min max avg distinct of a field: avg(bytes).";

const fieldNames = FIELDS.flatMap(({ name, short }) => (short === null ? [name] : [name, short]));
/** Every metric of one word. */
export const METRIC_WORDS: readonly string[] = [
  ...PLAIN_METRICS,
  ...FIELDS.filter(({ kind }) => kind === "counter").map(({ name }) => name),
];

/** What other tools and languages call the functions. */
const functionsByWord: ReadonlyMap<string, MetricFunction> = new Map([
  ...METRIC_FUNCTIONS.map((name) => [name, name] as const),
  ...["total", "add"].map((word) => [word, "sum"] as const),
  ...["minimum", "least", "lowest"].map((word) => [word, "min"] as const),
  ...["maximum", "greatest", "highest", "peak"].map((word) => [word, "max"] as const),
  ...["average", "mean"].map((word) => [word, "avg"] as const),
  ...["count_distinct", "countdistinct", "distinct_count", "distinctcount", "approx_distinct"].map(
    (word) => [word, "distinct"] as const,
  ),
  ...["approx_count_distinct", "uniq", "unique", "uniques", "nunique", "cardinality", "dc"].map(
    (word) => [word, "distinct"] as const,
  ),
]);

const wordsOfFlows: ReadonlySet<string> = new Set(["count", "counts", "records", "rows", "lines", "hits", "n"]);

/** What other tools call the metrics of one word. */
const habits: ReadonlyMap<string, string> = new Map([
  ...["octets", "octs", "volume", "size"].map((word) => [word, "bytes"] as const),
  ...["pkts", "pkt", "pckts"].map((word) => [word, "packets"] as const),
  ...["bits", "rate", "throughput", "bandwidth", "bitrate"].map((word) => [word, "bps"] as const),
  ...["start", "starttime", "first_seen", "firstseen"].map((word) => [word, "first"] as const),
  ...["end", "endtime", "last_seen", "lastseen"].map((word) => [word, "last"] as const),
]);

const percentile = /^(?:p\d{1,3}|pctl?|perc|median|(?:approx_)?(?:percentiles?|quantiles?)(?:_.*)?)(?:_.*)?$/;

/** `distinct(dstport)` and `distinct_dstport` to the function's name and what stands behind it; null for a text that is neither. */
export function splitCall(text: string): { name: string; argument: string } | null {
  const [, name, argument] = /^(\w+)\s*\((.*)\)$/s.exec(text) ?? /^(sum|min|max|avg|distinct)_(.+)$/is.exec(text) ?? [];
  return name === undefined || argument === undefined ? null : { name, argument: argument.trim() };
}

/** What somebody meant who wrote this for a metric: a whole sentence. */
export function adviceForMetric(text: string): string {
  const word = text.trim();
  const call = functionsByWord.has(word.toLowerCase()) ? null : (splitCall(word) ?? splitOutputName(word));
  if (percentile.test((call?.name ?? word).toLowerCase())) return `There are no percentiles. ${known}`;
  if (call !== null) return adviceForCall(call.name.toLowerCase(), call.argument);
  if (word.includes("(")) return "A metric of a field has one pair of parentheses: sum(bytes), distinct(dstport).";
  return adviceForWord(word);
}

/** `average_bytes`, which is how output would spell it. */
function splitOutputName(text: string): { name: string; argument: string } | null {
  const name = [...functionsByWord.keys()].find((candidate) => text.toLowerCase().startsWith(`${candidate}_`));
  return name === undefined ? null : { name, argument: text.slice(name.length + 1) };
}

function adviceForWord(word: string): string {
  const lower = word.toLowerCase();
  if (wordsOfFlows.has(lower)) return "Did you mean flows?";
  const habit = habits.get(lower);
  if (habit !== undefined) return `Did you mean ${habit}?`;
  const named = functionsByWord.get(lower);
  if (named !== undefined) return `Say of which field: ${exampleOf(named)}.`;
  const field = findField(word);
  if (field !== undefined) return adviceForField(field);
  const near = nearest(word, METRIC_WORDS);
  return near === null ? known : `Did you mean ${near}?`;
}

function adviceForField({ name, kind }: FieldDefinition): string {
  if (fieldRange(kind) === null) return `Say what of it: distinct(${name}) is how many there are.`;
  return `Say what of it: min(${name}), max(${name}), avg(${name}), sum(${name}) or distinct(${name}).`;
}

function adviceForCall(name: string, argument: string): string {
  if (wordsOfFlows.has(name)) return adviceForCount(argument);
  const metric = functionsByWord.get(name) ?? functionsByWord.get(nearest(name, [...functionsByWord.keys()]) ?? "");
  if (metric === undefined) return known;
  if (argument === "" || argument === "*") return `Say of which field: ${exampleOf(metric)}.`;
  const field = findField(argument);
  if (field === undefined) return adviceForArgument(metric, argument);
  if (metric === "distinct" || fieldRange(field.kind) !== null) return `Did you mean ${metric}(${field.name})?`;
  const what = field.kind === "address" ? "an address" : "text";
  return `${field.name} is ${what}, of which there is only distinct(${field.name}).`;
}

/** SQL's `count`, with all that it can count. */
function adviceForCount(argument: string): string {
  const column = argument.replace(/^distinct\b\s*/i, "");
  const field = findField(column);
  if (field === undefined) return "Did you mean flows?";
  if (column !== argument) return `Did you mean distinct(${field.name})?`;
  return `Flows are counted by flows, the values of a field by distinct(${field.name}).`;
}

function adviceForArgument(metric: MetricFunction, argument: string): string {
  const cut = findField(argument.replace(/(?:[/_]\d+)+$/, ""));
  if (cut !== undefined) return `Only whole values are computed with: ${metric}(${cut.name}).`;
  const near = nearest(argument, fieldNames);
  if (near === null) return `It takes one field, such as ${exampleOf(metric)}; \`flowlog fields\` lists them.`;
  const kind = findField(near)?.kind ?? "text";
  return metric === "distinct" || fieldRange(kind) !== null ? `Did you mean ${metric}(${near})?` : known;
}

function exampleOf(metric: MetricFunction): string {
  return metric === "distinct" ? "distinct(dstport)" : `${metric}(bytes)`;
}
