import { EVERYTHING, type Filter, filterFields } from "../query/filter.js";
import type { Metric } from "../query/metric.js";
import { type Key, keyFields, type Query, type SortTerm } from "../query/query.js";
import { flowsSql, keyOrder } from "../query/sql-flows.js";
import { havingCondition, metricSql, overFlows } from "../query/sql-metric.js";
import { ALWAYS, writeWhere, writeWith } from "../query/sql-text.js";
import { findField } from "../record/fields.js";
import { type Cell, cellIndex } from "./metric-value.js";
import type { GroupingPlan } from "./plan.js";

/** Which flows a query is about. */
export type Which = Pick<Query, "filter" | "window">;

/**
 * Statements that make a table of the groups of a plan, from those flows of `flow_log` that are asked about. Its columns are
 * `key_0`, `key_1` …, `flows`, and `cell_0`, `cell_1` …, whole numbers.
 *
 * @param fields the columns that the log has
 */
export function groupTableSql(table: string, plan: GroupingPlan, which: Which, fields: readonly string[]): string {
  const { keys, cells, skipsNull } = plan;
  const { setup, parts, counted } = flowsOf(plan, which, fields);
  const columns = [
    ...keys.map(({ name }, i) => `"${name}" AS key_${i}`),
    "count(*) AS flows",
    ...cells.map((cell, i) => `${sumOf(cell.op, cell.field, fields)} AS cell_${i}`),
  ];
  const where = skipsNull ? ` WHERE ${keys.map(({ name }) => `"${name}" IS NOT NULL`).join(" AND ")}` : "";
  // Of no flows there is no group, also where they are not divided.
  const grouping =
    keys.length > 0 ? `GROUP BY ${keys.map(({ name }) => `"${name}"`).join(", ")}` : "HAVING count(*) > 0";
  return `${setup}CREATE OR REPLACE TEMP TABLE ${table} AS
${writeWith(parts)}SELECT ${columns.join(", ")} FROM ${counted}${where} ${grouping};
`;
}

/** What all flows add up to, each counted once: as a row of `groupTableSql` without its keys. */
export function flowTotalsSql(plan: GroupingPlan, which: Which, fields: readonly string[]): string {
  const { setup, parts } = flowsOf(plan, which, fields);
  const sums = plan.cells.map(({ op, field }) => sumOf(op, field, fields));
  return `${setup}${writeWith(parts)}SELECT ${["count(*)", ...sums].join(", ")} FROM flows;`;
}

function flowsOf({ keys, cells, where }: GroupingPlan, { filter, window }: Which, fields: readonly string[]) {
  const both: Filter = where === null ? filter : { op: "and", terms: [filter, where] };
  const summed = cells.map(({ field }) => field);
  return flowsSql({ filter: both, window }, keys, summed, fields);
}

function sumOf(op: Cell["op"], field: string, fields: readonly string[]): string {
  return fields.includes(field) ? `CAST(${overFlows(op, field)} AS HUGEINT)` : "NULL::HUGEINT";
}

/** What the groups of a table add up to: how many they are, flows, cells; and how many groups lack each cell. */
export function groupTotalsSql(table: string, { cells }: GroupingPlan): string {
  const sums = cells.map(({ op }, i) => {
    // The values of two groups may be the same.
    if (op === "distinct") return "NULL::HUGEINT";
    return `CAST(${op === "count" ? "sum" : op}(cell_${i}) AS HUGEINT)`;
  });
  const lacking = cells.map((_, i) => `count(*) FILTER (cell_${i} IS NULL)`);
  return `SELECT ${["count(*)", "CAST(coalesce(sum(flows), 0) AS HUGEINT)", ...sums, ...lacking].join(", ")} FROM ${table}`;
}

/** The chosen groups of a plan's table, in their order. */
export function chosenSql(tables: readonly string[], plans: readonly GroupingPlan[], i: number): string {
  const { keys, choice } = plans[i] as GroupingPlan;
  const table = tables[i] as string;
  switch (choice.kind) {
    case "count":
      return `FROM ${table} LIMIT 0`;
    case "all":
      return `FROM ${table}`;
    case "among": {
      const same = keys.slice(1).map((_, key) => `${table}.key_${key + 1} IS NOT DISTINCT FROM chosen.key_${key}`);
      return `FROM ${table} SEMI JOIN (${chosenSql(tables, plans, choice.grouping)}) AS chosen ON ${same.join(" AND ")}`;
    }
    case "first": {
      const { having, sort, limit } = choice;
      const metric = (of: Metric) => `(${metricOf(of, plans[i] as GroupingPlan)})`;
      const where = writeWhere(having === null ? ALWAYS : havingCondition(having, metric), "");
      const kept = `(FROM ${table}${where})`;
      const order = termsOf(sort, keys).map((term) => orderOf(term, keys, metric));
      const [first] = sort;
      if (limit === 0) return `FROM ${kept}${order.length > 0 ? ` ORDER BY ${order.join(", ")}` : ""}`;
      if (first?.by !== "metric") return `FROM ${kept} ORDER BY ${order.join(", ")} LIMIT ${limit}`;
      // Keys take longer to be put in order than metrics, so those of groups that cannot be among the first are not looked at.
      const value = metric(first.metric);
      const last = `SELECT ${value} FROM ${kept} ORDER BY ${order[0]} LIMIT 1 OFFSET ${limit - 1}`;
      const isAmong = `(${value} ${first.descending ? ">=" : "<="} (${last})) IS NOT FALSE`;
      return `FROM ${kept} WHERE ${isAmong} ORDER BY ${order.join(", ")} LIMIT ${limit}`;
    }
  }
}

/** What rows are put in order by: what is asked for, then the keys that it leaves open. */
function termsOf(sort: readonly SortTerm[], keys: readonly Key[]): SortTerm[] {
  const sorted = new Set(sort.flatMap((term) => (term.by === "key" ? [term.name] : [])));
  const rest = keys.filter(({ name }) => !sorted.has(name));
  return [...sort, ...rest.map(({ name }): SortTerm => ({ by: "key", name, descending: false }))];
}

function orderOf(term: SortTerm, keys: readonly Key[], metric: (of: Metric) => string): string {
  if (term.by === "metric") return `${metric(term.metric)}${term.descending ? " DESC" : ""} NULLS LAST`;
  const at = keys.findIndex(({ name }) => name === term.name);
  return keyOrder(keys[at] as Key, `key_${at}`, term.descending).join(", ");
}

function metricOf(metric: Metric, { cells }: GroupingPlan): string {
  return metricSql(metric, false, "flows", (op, field) => `cell_${cellIndex(cells, { op, field })}`);
}

/** The fields whose values a plan looks at. */
export function planFields({ keys, cells, where }: GroupingPlan): string[] {
  return [...keys.flatMap(keyFields), ...cells.map(({ field }) => field), ...filterFields(where ?? EVERYTHING)];
}

/** The keys of a plan that are whole addresses of all flows, and of which fields: a look at its groups is one at all their values. */
export function wholeAddresses({ keys, where }: GroupingPlan, { filter, window }: Which) {
  const isOfAll = where === null && isEverything(filter) && window.since === null && window.until === null;
  return keys.flatMap((key, i) => {
    const isAddress = key.kind === "addr" || (key.kind === "field" && findField(key.field)?.kind === "address");
    const isWhole = isOfAll && isAddress && key.v4 === null && key.v6 === null;
    return isWhole ? [{ column: `key_${i}`, fields: keyFields(key) }] : [];
  });
}

function isEverything(filter: Filter): boolean {
  return filter.op === "and" && filter.terms.length === 0;
}
