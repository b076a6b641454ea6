import { type Metric, metricFields, metricsIn, shownMetrics } from "./metric.js";
import {
  type AggregateQuery,
  type Key,
  RANK_METRICS,
  type RankMetric,
  type SortTerm,
  type TalkersQuery,
} from "./query.js";
import { flowsSql, keyOrder } from "./sql-flows.js";
import { havingCondition, isInstant, metricSql, overFlows } from "./sql-metric.js";
import { ALWAYS, type Column, sqlName, writeColumns, writeList, writeWhere, writeWith } from "./sql-text.js";

/** What a statement needs before it, and the statement. */
export interface Statement {
  setup: string;
  statement: string;
}

/** The groups of flows that `top-talkers` or `aggregate` shows, in their order: keys, then metrics. */
export function groupsSql(query: TalkersQuery | AggregateQuery, fields: readonly string[]): Statement {
  const { keys } = query;
  const hasKeys = keys.length > 0;
  const isAggregate = query.command === "aggregate";
  const shown = isAggregate ? shownMetrics(query) : TALKERS_METRICS;
  const metrics = [...shown, ...(isAggregate ? metricsIn(query) : [])];
  const flows = flowsSql(query, keys, metrics.flatMap(metricFields), fields);
  const columnOf = columnNames(keys);

  const groups = new Map(keys.map(({ name }) => [name, sqlName(name)]));
  for (const metric of metrics) {
    const canBeMade = metricFields(metric).every((field) => fields.includes(field));
    groups.set(columnOf(metric), canBeMade ? metricSql(metric, overFlows, !hasKeys) : "NULL::HUGEINT");
  }
  const shownNames = new Set(shown.map(({ name }) => name));
  const columns: Column[] = [
    // As flowlog's own output calls a key that stands beside a metric of its name.
    ...keys.map((key) => ({
      name: shownNames.has(key.name) ? `${key.name}_key` : key.name,
      sql: shownAs(sqlName(key.name), key.kind === "time"),
    })),
    ...shown.map((metric) => ({ name: metric.name, sql: shownAs(sqlName(columnOf(metric)), isInstant(metric)) })),
  ];
  // Shown instants are texts under the same names, and a metric may be shown under a key's name: those of the groups are called theirs.
  const inGroups = (metric: Metric) => `${isInstant(metric) ? "groups." : ""}${sqlName(columnOf(metric))}`;
  const order = termsOf(query, shown, fields).flatMap((term) => {
    if (term.by === "metric") return [`${inGroups(term.metric)}${term.descending ? " DESC" : ""} NULLS LAST`];
    const key = keys.find(({ name }) => name === term.name) as Key;
    const isTaken = key.kind === "time" || shownNames.has(key.name);
    return keyOrder(key, `${isTaken ? "groups." : ""}${sqlName(key.name)}`, term.descending);
  });
  const having = isAggregate && query.having !== null ? havingCondition(query.having, inGroups) : ALWAYS;

  const grouping = `\n  GROUP BY ${writeList([...keys.map(({ name }) => sqlName(name))], "    ")}`;
  const groupsPart = {
    name: "groups",
    sql: `  SELECT
    ${writeColumns(
      Array.from(groups, ([name, sql]) => ({ name, sql })),
      "    ",
    )}
  FROM ${flows.counted}${hasKeys ? grouping : ""}`,
  };
  const ordered = hasKeys ? `\nORDER BY ${writeList(order, "  ")}` : "";
  const limited = query.limit === 0 ? "" : `\nLIMIT ${query.limit}`;
  return {
    setup: flows.setup,
    statement: `${writeWith([...flows.parts, groupsPart])}SELECT
  ${writeColumns(columns, "  ")}
FROM groups${writeWhere(having, "")}${ordered}${limited};
`,
  };
}

/** Of bytes, packets and flows, the first that the log has, where none is named. */
export function rankMetricOf(metric: RankMetric | null, fields: readonly string[]): RankMetric {
  return metric ?? RANK_METRICS.find((name) => fields.includes(name)) ?? "flows";
}

const TALKERS_METRICS: readonly Metric[] = [
  { kind: "sum", name: "bytes", field: "bytes" },
  { kind: "sum", name: "packets", field: "packets" },
  { kind: "flows", name: "flows" },
];

/** How the columns of metrics are called among the groups: a key and a metric can have one name, `bytes`. */
function columnNames(keys: readonly Key[]): (metric: Metric) => string {
  const names = new Set(keys.map(({ name }) => name));
  return ({ name }) => (names.has(name) ? `sum_${name}` : name);
}

function shownAs(column: string, isInstant: boolean): string {
  return isInstant ? `instant(${column})` : column;
}

/** What rows are put in order by: what is asked for or usual, then the keys that it leaves open. */
function termsOf(
  query: TalkersQuery | AggregateQuery,
  shown: readonly Metric[],
  fields: readonly string[],
): SortTerm[] {
  const terms = query.command === "aggregate" && query.sort.length > 0 ? query.sort : [usualTerm(query, shown, fields)];
  return withOtherKeys(terms, query.keys);
}

/** Terms, and behind them the keys that they do not name. */
export function withOtherKeys(terms: readonly SortTerm[], keys: readonly Key[]): SortTerm[] {
  const sorted = new Set(terms.flatMap((term) => (term.by === "key" ? [term.name] : [])));
  const rest = keys.filter(({ name }) => !sorted.has(name));
  return [...terms, ...rest.map(({ name }): SortTerm => ({ by: "key", name, descending: false }))];
}

function usualTerm(
  query: TalkersQuery | AggregateQuery,
  shown: readonly Metric[],
  fields: readonly string[],
): SortTerm {
  if (query.command === "aggregate") return { by: "metric", metric: shown[0] as Metric, descending: true };
  const name = rankMetricOf(query.metric, fields);
  const metric = shown.find((each) => each.name === name) as Metric;
  return { by: "metric", metric, descending: !query.bottom };
}
