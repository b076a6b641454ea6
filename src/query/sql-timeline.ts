import { binOf } from "./bin.js";
import type { Key, TimelineQuery } from "./query.js";
import { flowsSql, keyOrder } from "./sql-flows.js";
import { rankMetricOf, type Statement } from "./sql-groups.js";
import { type Column, type Part, sqlName, writeColumns, writeWith } from "./sql-text.js";
import { binSql } from "./sql-time.js";

const sums = ["bytes", "packets"] as const;

/** The bins of a timeline, each with a row for each series: time, keys, bytes, packets, flows. */
export function timelineSql(query: TimelineQuery, fields: readonly string[]): Statement {
  const { keys, bin, spread, limit } = query;
  const time: Key = { kind: "time", name: "time", bin };
  const carried = sums.filter((field) => fields.includes(field));
  const flows = spread
    ? flowsSql(query, keys, carried, fields, spreadColumns(fields))
    : flowsSql(query, [time, ...keys], carried, fields);
  const bins = binSql(bin, query.window);
  const names = keys.map(({ name }) => sqlName(name));
  const parts: Part[] = [...flows.parts, { name: "span", sql: spanSql(query) }, { name: "bins", sql: bins.bins }];
  if (spread) parts.push({ name: "shares", sql: sharesSql(keys, carried, flows.counted) });
  const counted = spread ? "shares" : flows.counted;
  const others = limit === 0 || keys.length === 0 ? null : limit + 1;
  if (keys.length > 0) {
    const metric = rankMetricOf(query.metric, fields);
    parts.push({ name: "series", sql: seriesSql(keys, metric, flows.counted) });
    parts.push({ name: "shown", sql: shownSql(names, others) });
  }
  parts.push({ name: "sums", sql: sumsSql(names, others, carried, counted, spread) });

  const counts = spread ? "shares" : "flows";
  const columns: Column[] = [
    { name: "time", sql: "instant(slots.time)" },
    ...keys.map(({ name }) => ({ name, sql: `shown.${sqlName(name)}` })),
    ...sums.map((name) => ({
      name,
      sql: carried.includes(name) ? `coalesce(sums.${name}, ${noneFound(counts)})` : "NULL::HUGEINT",
    })),
    { name: "flows", sql: "coalesce(sums.flows, 0)" },
  ];
  const hasSeries = keys.length > 0;
  return {
    setup: spread ? bins.setup + flows.setup : flows.setup,
    statement: `${writeWith([...parts, { name: "slots", sql: slotsSql }])}SELECT
  ${writeColumns(columns, "  ")}
FROM slots${hasSeries ? "\n  CROSS JOIN shown" : ""}
  LEFT JOIN sums ON sums.time IS NOT DISTINCT FROM slots.time${hasSeries ? " AND sums.rank = shown.rank" : ""}
ORDER BY slots.time NULLS LAST${hasSeries ? ", shown.rank" : ""};
`,
  };
}

/** Where no flow is, or no share of one, sums are 0; of flows that carry no value, NULL. */
function noneFound(counts: "flows" | "shares"): string {
  return `CASE WHEN coalesce(sums.${counts}, 0) = 0 THEN 0 END`;
}

function spreadColumns(fields: readonly string[]): Column[] {
  const stop = fields.includes("end") ? 'CASE WHEN "end" > start THEN "end" ELSE start + 1 END' : "start + 1";
  return [
    { name: "start", sql: "start" },
    { name: "stop", sql: stop },
  ];
}

/** An instant of the first bin and one of the last. */
function spanSql({ window: { since, until }, bin, spread }: TimelineQuery): string {
  const last = until === null ? null : String(until - 1);
  const columns: Column[] = [
    { name: "first", sql: since === null ? `min(${spread ? "start" : "time"})` : String(binOf(since, bin)[0]) },
    {
      name: "last",
      sql: spread ? (last === null ? "max(stop) - 1" : `greatest(${last}, max(stop) - 1)`) : (last ?? "max(time)"),
    },
  ];
  const hasAggregate = spread || since === null || until === null;
  return `  SELECT ${writeColumns(columns, "         ")}${hasAggregate ? "\n  FROM flows" : ""}`;
}

/** What a flow that starts at one time and stops at another adds to each of the bins that it touches. */
function sharesSql(keys: readonly Key[], carried: readonly string[], counted: string): string {
  const columns: Column[] = [
    { name: "time", sql: "bins.time" },
    ...keys.map(({ name }) => ({ name, sql: sqlName(name) })),
    ...carried.map((field) => ({ name: `${field}_share`, sql: `share(${field}, start, stop, bins.time, bins.next)` })),
    { name: "starts", sql: "coalesce(start >= bins.time, true)" },
  ];
  return `  SELECT
    ${writeColumns(columns, "    ")}
  FROM ${counted}
    LEFT JOIN bins ON bins.time < stop AND bins.next > start`;
}

function seriesSql(keys: readonly Key[], metric: string, counted: string): string {
  const order = keys.flatMap((key) => keyOrder(key, sqlName(key.name))).join(", ");
  const names = keys.map(({ name }) => sqlName(name));
  const sum = metric === "flows" ? "count(*)" : `sum(${metric})`;
  return `  SELECT
    ${names.join(",\n    ")},
    row_number() OVER (ORDER BY ${sum} DESC NULLS LAST, ${order}) AS rank
  FROM ${counted}
  GROUP BY ${names.join(", ")}`;
}

function shownSql(names: readonly string[], others: number | null): string {
  const series = `  SELECT rank, ${names.map((name) => `${name}::VARCHAR AS ${name}`).join(", ")}\n  FROM series`;
  if (others === null) return series;
  return `${series}
  WHERE rank < ${others}
  UNION ALL
  SELECT ${others}, ${names.map(() => "'others'").join(", ")}
  WHERE (SELECT count(*) FROM series) >= ${others}`;
}

function sumsSql(
  names: readonly string[],
  others: number | null,
  carried: readonly string[],
  counted: string,
  spread: boolean,
): string {
  const rank = others === null ? "rank" : `least(rank, ${others})`;
  const columns: Column[] = [
    { name: "time", sql: `${counted}.time` },
    ...(names.length === 0 ? [] : [{ name: "rank", sql: rank }]),
    ...carried.map((field) => ({ name: field, sql: spread ? `sum(${field}_share)` : `sum(${counted}.${field})` })),
    { name: "flows", sql: spread ? "count(*) FILTER (starts)" : "count(*)" },
    ...(spread ? [{ name: "shares", sql: "count(*)" }] : []),
  ];
  const same = names.map((name) => `series.${name} IS NOT DISTINCT FROM ${counted}.${name}`);
  const join = names.length === 0 ? "" : `\n    JOIN series ON ${same.join("\n      AND ")}`;
  const grouping = names.length === 0 ? "" : `, ${rank}`;
  return `  SELECT
    ${writeColumns(columns, "    ")}
  FROM ${counted}${join}
  GROUP BY ${counted}.time${grouping}`;
}

/** The bins, and one for flows without a start, if there are any. */
const slotsSql = `  SELECT time
  FROM bins
  UNION ALL
  SELECT NULL
  WHERE EXISTS (FROM sums WHERE time IS NULL)`;
