import { EVERYTHING, type Filter, filterFields } from "../query/filter.js";
import type { Metric } from "../query/metric.js";
import { type Key, keyFields, type SortTerm, type Which } from "../query/query.js";
import { flowsSql, isAddressKey, keyOrder } from "../query/sql-flows.js";
import { withOtherKeys } from "../query/sql-groups.js";
import { type GroupSql, havingCondition, metricSql, overFlows } from "../query/sql-metric.js";
import { ALWAYS, sqlName, writeWhere, writeWith } from "../query/sql-text.js";
import { type Cell, cellIndex } from "./metric-value.js";
import type { GroupingPlan } from "./plan.js";

/** The table with the groups of the i-th plan. */
export function tableOf(i: number): string {
  return `groups_${i}`;
}

/**
 * Statements that make the table of the groups of the i-th plan, from those flows of `flow_log` that are asked about. Its
 * columns are `key_0`, `key_1` …, `flows`, and `cell_0`, `cell_1` …, whole numbers.
 *
 * @param fields the columns that the log has
 */
export function groupTableSql(i: number, plan: GroupingPlan, which: Which, fields: readonly string[]): string {
  const { keys, cells, skipsNull } = plan;
  const { setup, parts, counted } = flowsOf(plan, which, fields);
  const names = keys.map(({ name }) => sqlName(name));
  const columns = [
    ...names.map((name, key) => `${name} AS key_${key}`),
    `${overFlows.flows} AS flows`,
    ...cells.map((cell, at) => `${sumOf(cell, fields)} AS cell_${at}`),
  ];
  const where = skipsNull ? ` WHERE ${names.map((name) => `${name} IS NOT NULL`).join(" AND ")}` : "";
  // Of no flows there is no group, also where they are not divided.
  const grouping = names.length > 0 ? `GROUP BY ${names.join(", ")}` : "HAVING count(*) > 0";
  return `${setup}CREATE OR REPLACE TEMP TABLE ${tableOf(i)} AS
${writeWith(parts)}SELECT ${columns.join(", ")} FROM ${counted}${where} ${grouping};
`;
}

/** What all flows add up to, each counted once: as a row of `groupTableSql` without its keys. */
export function flowTotalsSql(plan: GroupingPlan, which: Which, fields: readonly string[]): string {
  const { setup, parts } = flowsOf(plan, which, fields);
  const sums = plan.cells.map((cell) => sumOf(cell, fields));
  return `${setup}${writeWith(parts)}SELECT ${[overFlows.flows, ...sums].join(", ")} FROM flows;`;
}

function flowsOf({ keys, cells, where }: GroupingPlan, { filter, window }: Which, fields: readonly string[]) {
  const both: Filter = where === null ? filter : { op: "and", terms: [filter, where] };
  const summed = cells.map(({ field }) => field);
  return flowsSql({ filter: both, window }, keys, summed, fields);
}

function sumOf({ op, field }: Cell, fields: readonly string[]): string {
  return fields.includes(field) ? `CAST(${overFlows.kept(op, field)} AS HUGEINT)` : "NULL::HUGEINT";
}

/** What the groups of the i-th plan add up to: how many they are, flows, cells; and how many groups lack each cell. */
export function groupTotalsSql(i: number, { cells }: GroupingPlan): string {
  const sums = cells.map(({ op }, at) => {
    // The values of two groups may be the same.
    if (op === "distinct") return "NULL::HUGEINT";
    return `CAST(${op === "count" ? "sum" : op}(cell_${at}) AS HUGEINT)`;
  });
  const lacking = cells.map((_, at) => `count(*) FILTER (cell_${at} IS NULL)`);
  const all = ["count(*)", "CAST(coalesce(sum(flows), 0) AS HUGEINT)", ...sums, ...lacking];
  return `SELECT ${all.join(", ")} FROM ${tableOf(i)}`;
}

/** The chosen groups of the i-th plan, in their order. */
export function chosenSql(plans: readonly GroupingPlan[], i: number): string {
  const { keys, cells, choice } = plans[i] as GroupingPlan;
  const table = tableOf(i);
  switch (choice.kind) {
    case "count":
      return `FROM ${table} LIMIT 0`;
    case "all":
      return `FROM ${table}`;
    case "among": {
      const same = keys.slice(1).map((_, key) => `${table}.key_${key + 1} IS NOT DISTINCT FROM chosen.key_${key}`);
      return `FROM ${table} SEMI JOIN (${chosenSql(plans, choice.grouping)}) AS chosen ON ${same.join(" AND ")}`;
    }
    case "first": {
      const { having, sort, limit } = choice;
      const metric = (of: Metric) => `(${metricSql(of, overCells(cells), false)})`;
      const kept = `(FROM ${table}${writeWhere(having === null ? ALWAYS : havingCondition(having, metric), "")})`;
      const order = withOtherKeys(sort, keys).map((term) => orderOf(term, keys, metric));
      const ordered = order.length > 0 ? ` ORDER BY ${order.join(", ")}` : "";
      const [first] = sort;
      if (limit === 0) return `FROM ${kept}${ordered}`;
      if (first?.by !== "metric") return `FROM ${kept}${ordered} LIMIT ${limit}`;
      // Keys take longer to be put in order than metrics, so those of groups that cannot be among the first are not looked at.
      const value = metric(first.metric);
      const last = `SELECT ${value} FROM ${kept} ORDER BY ${order[0]} LIMIT 1 OFFSET ${limit - 1}`;
      const isAmong = `(${value} ${first.descending ? ">=" : "<="} (${last})) IS NOT FALSE`;
      return `FROM ${kept} WHERE ${isAmong}${ordered} LIMIT ${limit}`;
    }
  }
}

function orderOf(term: SortTerm, keys: readonly Key[], metric: (of: Metric) => string): string {
  if (term.by === "metric") return `${metric(term.metric)}${term.descending ? " DESC" : ""} NULLS LAST`;
  const at = keys.findIndex(({ name }) => name === term.name);
  return keyOrder(keys[at] as Key, `key_${at}`, term.descending).join(", ");
}

function overCells(cells: readonly Cell[]): GroupSql {
  return { flows: "flows", kept: (op, field) => `cell_${cellIndex(cells, { op, field })}` };
}

/** The fields whose values a plan looks at. */
export function planFields({ keys, cells, where }: GroupingPlan): string[] {
  return [...keys.flatMap(keyFields), ...cells.map(({ field }) => field), ...filterFields(where ?? EVERYTHING)];
}

/** The keys of a plan that are whole addresses of all flows, and of which fields: a look at its groups is one at every flow's. */
export function wholeAddresses({ keys, where }: GroupingPlan, { filter, window }: Which) {
  const isOfAll = where === null && isEverything(filter) && window.since === null && window.until === null;
  return keys.flatMap((key, i) => {
    const isWhole = isOfAll && isAddressKey(key) && key.v4 === null && key.v6 === null;
    return isWhole ? [{ column: `key_${i}`, fields: keyFields(key) }] : [];
  });
}

function isEverything(filter: Filter): boolean {
  return filter.op === "and" && filter.terms.length === 0;
}
