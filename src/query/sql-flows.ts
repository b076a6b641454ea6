import { findField } from "../record/fields.js";
import type { Key, Which } from "./query.js";
import { filterCondition, flowCondition, hasPorts, windowFilter } from "./sql-filter.js";
import { serviceJoin, serviceSetup, serviceValue } from "./sql-service.js";
import { type Column, join, type Part, sqlName, writeColumns, writeWhere } from "./sql-text.js";
import { binSql } from "./sql-time.js";

/** The flows that a question is about, as tables of a statement. */
export interface FlowsSql {
  /** Statements before it, each with a blank line behind it. */
  setup: string;
  parts: Part[];
  /** The table that has a row for each time a flow counts: with `addr` both its sides. */
  counted: "flows" | "sides";
}

/**
 * A table `flows` with a column for each key and for each field that is added up, under their names.
 *
 * @param keys    those that rows are made of, the time of a timeline too
 * @param summed  fields of metrics
 * @param fields  the columns that the log has
 * @param further columns besides
 */
export function flowsSql(
  { filter, window }: Which,
  keys: readonly Key[],
  summed: readonly string[],
  fields: readonly string[],
  further: readonly Column[] = [],
): FlowsSql {
  const bins = keys.flatMap((key) => (key.kind === "time" ? [binSql(key.bin, window)] : []));
  const hasFlags = fields.includes("tcp_flags");
  const hasService = keys.some((key) => key.kind === "service");
  const addr = keys.find((key) => key.kind === "addr");
  const columns = new Map<string, string>();
  for (const key of keys) columns.set(key.name, keySql(key));
  if (addr !== undefined) columns.set(otherSide, cutSql("dstaddr", addr));
  for (const field of summed) if (fields.includes(field)) columns.set(field, fieldSql(field, fields));
  for (const { name, sql } of further) columns.set(name, sql);
  if (columns.size === 0) columns.set("flow", "1");

  const condition = join("AND", [
    flowCondition(fields),
    filterCondition(filter, fields),
    filterCondition(windowFilter(window), fields),
  ]);
  const joins = [...bins.map((bin) => bin.join), ...(hasService ? [serviceJoin(hasFlags)] : [])];
  const flows = `  SELECT
    ${writeColumns(
      Array.from(columns, ([name, sql]) => ({ name, sql })),
      "    ",
    )}
  FROM flow_log${joins.join("")}${writeWhere(condition, "  ")}`;
  return {
    setup: [...bins.map((bin) => bin.setup), ...(hasService ? [serviceSetup()] : [])].join(""),
    parts: [
      { name: "flows", sql: flows },
      ...(addr === undefined ? [] : [{ name: "sides", sql: sidesSql(sqlName(addr.name)) }]),
    ],
    counted: addr === undefined ? "flows" : "sides",
  };

  function keySql(key: Key): string {
    switch (key.kind) {
      case "field":
        return key.v4 === null && key.v6 === null ? fieldSql(key.field, fields) : cutSql(key.field, key);
      case "addr":
        return cutSql("srcaddr", key);
      case "service":
        return serviceValue(hasFlags);
      case "time":
        return bins[0]?.time ?? "NULL";
    }
  }
}

/** What rows are put in order by to be in the order of a key. */
export function keyOrder(key: Key, column: string, descending = false): string[] {
  const direction = descending ? " DESC NULLS LAST" : " NULLS LAST";
  if (!isAddressKey(key)) return [column + direction];
  const isCut = key.v4 !== null || key.v6 !== null;
  const address = isCut ? `split_part(${column}, '/', 1)` : column;
  const order = [`ipv4(${address})${direction}`, `ipv6(${address})${direction}`];
  return descending ? order.reverse() : order;
}

/** Whether the values of a key are addresses, or networks. */
export function isAddressKey(key: Key): key is Extract<Key, { kind: "field" | "addr" }> {
  return key.kind === "addr" || (key.kind === "field" && findField(key.field)?.kind === "address");
}

const otherSide = "other_side";

function sidesSql(addr: string): string {
  return `  SELECT * EXCLUDE (${otherSide})
  FROM flows
  UNION ALL
  SELECT * EXCLUDE (${otherSide}) REPLACE (${otherSide} AS ${addr})
  FROM flows
  WHERE ${addr} IS DISTINCT FROM ${otherSide}`;
}

/** The value of a field; a port of a protocol without ports is none. */
function fieldSql(field: string, fields: readonly string[]): string {
  const name = sqlName(field);
  const kind = findField(field)?.kind;
  if (kind === "address") return `canonical(${name})`;
  if (kind === "uint16" && fields.includes("protocol")) return `CASE WHEN ${hasPorts} THEN ${name} END`;
  return name;
}

function cutSql(field: string, { v4, v6 }: { v4: number | null; v6: number | null }): string {
  if (v4 === null && v6 === null) return `canonical(${field})`;
  return `network(${sqlName(field)}, ${v4 ?? "NULL"}, ${v6 ?? "NULL"})`;
}
