import { escapeControls } from "../errors.js";
import { formatFilter } from "./filter-format.js";
import { formatHaving } from "./having-format.js";
import { shownMetrics } from "./metric.js";
import type { Bin, Key, Query, SortTerm, Window } from "./query.js";
import { toSql } from "./sql.js";
import { rankMetricOf } from "./sql-groups.js";
import { type PlainLog, readLogSql } from "./sql-log.js";
import { formatTime } from "./time.js";

/** How a question is understood, as comments of SQL, and the SQL that answers it, from reading the log on. */
export function explain(query: Query, log: PlainLog): string {
  const lines = describe(query, log.fields).map(([name, text]) => `-- ${name.padEnd(8)} ${escapeControls(text)}\n`);
  return `${lines.join("")}\n${readLogSql(log)}\n${toSql(query, log.fields)}`;
}

function describe(query: Query, fields: readonly string[]): [name: string, text: string][] {
  const { filter, window, keys } = query;
  return [
    ["question", query.command],
    ["filter", formatFilter(filter) || "all flows"],
    ["time", describeWindow(window)],
    ...(query.command === "timeline" ? [["bins", describeBin(query.bin)] as [string, string]] : []),
    [query.command === "timeline" ? "series" : "keys", keys.map(describeKey).join(", ") || "none: all flows together"],
    ...describeAnswer(query, fields),
  ];
}

function describeAnswer(query: Query, fields: readonly string[]): [name: string, text: string][] {
  switch (query.command) {
    case "top-talkers": {
      const metric = rankMetricOf(query.metric, fields);
      return [
        ["metric", metric],
        ["order", query.bottom ? "least first" : "most first"],
        ["limit", describeLimit(query.limit)],
      ];
    }
    case "aggregate": {
      const metrics = shownMetrics(query);
      return [
        ["metrics", metrics.map(({ name }) => name).join(", ")],
        ...(query.having === null ? [] : [["having", formatHaving(query.having)] as [string, string]]),
        ["order", query.sort.map(formatTerm).join(", ") || `${metrics[0]?.name} descending`],
        ["limit", describeLimit(query.limit)],
      ];
    }
    case "timeline":
      return [
        ["metric", rankMetricOf(query.metric, fields)],
        [
          "spread",
          query.spread ? "bytes and packets over the bins from start to end" : "none: all in the bin of start",
        ],
        ...(query.keys.length === 0 ? [] : [["limit", describeLimit(query.limit)] as [string, string]]),
      ];
  }
}

function describeWindow({ since, until }: Window): string {
  const parts = [
    ...(since === null ? [] : [`start from ${formatTime(since)}`]),
    ...(until === null ? [] : [`start before ${formatTime(until)}`]),
  ];
  return parts.join(", ") || "all";
}

function describeKey(key: Key): string {
  if (key.kind === "time") return `time (${describeBin(key.bin)})`;
  if (key.kind === "service" || (key.v4 === null && key.v6 === null)) return key.name;
  const cuts = [...(key.v4 === null ? [] : [`IPv4 to /${key.v4}`]), ...(key.v6 === null ? [] : [`IPv6 to /${key.v6}`])];
  return `${key.name} (${cuts.join(", ")})`;
}

function describeBin({ seconds, zone }: Bin): string {
  return `${seconds} s, days of ${"name" in zone ? zone.name : formatOffset(zone.offsetMinutes)}`;
}

function formatOffset(minutes: number): string {
  if (minutes === 0) return "UTC";
  const parts = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  return `UTC${minutes < 0 ? "-" : "+"}${parts.map((part) => String(part).padStart(2, "0")).join(":")}`;
}

function describeLimit(limit: number): string {
  return limit === 0 ? "none" : String(limit);
}

function formatTerm(term: SortTerm): string {
  return `${term.by === "key" ? term.name : term.metric.name}${term.descending ? " descending" : ""}`;
}
