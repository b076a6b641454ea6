import type { RankMetric, TalkersQuery } from "../query/query.js";
import type { RankedGroup, Ranking, Sum } from "./answer.js";
import { type GroupedFlows, groupFlows, settleMetric } from "./group.js";
import type { GroupRow } from "./grouping.js";
import { percentOf } from "./percent.js";
import { firstGrouping } from "./plan.js";
import type { RunEvents, Sources } from "./run.js";
import type { Totals } from "./totals.js";

interface Sums {
  bytes: Sum;
  packets: Sum;
  flows: bigint;
}

/**
 * Rank groups of flows: the answer of `top-talkers`.
 *
 * Without a metric in the query, flows are ranked by the first of bytes, packets and flows that a log carries; flows of
 * logs that carry only a lesser one are then unanswerable. Memory grows with distinct groups.
 *
 * @throws UserError where no input carries a field that the query needs
 */
export async function rankTalkers(query: TalkersQuery, sources: Sources, events: RunEvents): Promise<Ranking> {
  const { groupings, result } = await groupFlows(query, ["bytes", "packets"], sources, events);
  const { metric, unranked, hasField } = settleMetric(query, result, events);
  const at = firstGrouping(query, metric);
  const grouping = groupings.grouping(at);
  const total = sumsOf(grouping.totals.flows, hasField);
  let cumulative = 0n;
  const rows = Array.from(groupings.rows(at), (group, i): RankedGroup => {
    const sums = rowSums(group);
    cumulative += sums[metric] ?? 0n;
    return {
      rank: i + 1,
      key: group.key,
      ...sums,
      percent: percentOf(sums[metric], total[metric]),
      // A row without a sum takes no part in the running one.
      cumulative_percent: sums[metric] === null ? null : percentOf(cumulative, total[metric]),
    };
  });
  const all = sumsOf(grouping.totals.groups, hasField);
  const others = {
    bytes: restOf(all, rows, "bytes", grouping),
    packets: restOf(all, rows, "packets", grouping),
    flows: restOf(all, rows, "flows", grouping) ?? 0n,
  };
  return {
    command: "top-talkers",
    by: query.keys.map((key) => key.name),
    metric,
    rows,
    others: { groups: grouping.size - rows.length, ...others, percent: percentOf(others[metric], total[metric]) },
    total: { groups: grouping.size, ...total },
    input: { ...result.input, matched: Number(total.flows), unanswerable: result.input.unanswerable + unranked },
  };
}

/** Bytes and packets are the cells of the grouping, in this order. */
const cells = ["bytes", "packets"] as const;

function rowSums({ flows, cells: [bytes = null, packets = null] }: Pick<GroupRow, "flows" | "cells">): Sums {
  return { bytes, packets, flows };
}

/** The sums of no flows at all are 0, of a field that the log has. */
function sumsOf(totals: Totals, hasField: (field: string) => boolean): Sums {
  if (totals.flows > 0n) return rowSums(totals);
  return { bytes: hasField("bytes") ? 0n : null, packets: hasField("packets") ? 0n : null, flows: 0n };
}

/** What the groups that are not shown add up to; null where none of them has a value. */
function restOf(all: Sums, rows: readonly RankedGroup[], metric: RankMetric, grouping: GroupedFlows): Sum {
  const sum = all[metric];
  if (sum === null) return null;
  const left = rows.reduce((rest, row) => rest - (row[metric] ?? 0n), sum);
  if (left > 0n || metric === "flows" || rows.length === grouping.size) return left;
  // Nothing is left: of zeros, or of no values at all?
  const shownLacking = rows.filter((row) => row[metric] === null).length;
  return grouping.size - rows.length > grouping.lacking(cells.indexOf(metric)) - shownLacking ? left : null;
}
