import type { RankMetric, TalkersQuery } from "../query/query.js";
import type { InputReport, RankedGroup, Ranking, Sum } from "./answer.js";
import type { RankedBy } from "./group.js";
import type { GroupRow } from "./grouping.js";
import { percentOf } from "./percent.js";
import type { Totals } from "./totals.js";

interface Sums {
  bytes: Sum;
  packets: Sum;
  flows: bigint;
}

/** Groups of flows; the cells of each and of the totals are its bytes and packets. */
export interface RankedGroups {
  /** How many there are. */
  size: number;
  /** Sums over all flows, and over all groups: with the key `addr` a flow can be in two. */
  flows: Totals;
  groups: Totals;
  /** How many groups have no sum. */
  lacking(metric: "bytes" | "packets"): number;
  /** Those that are shown, in their order. */
  rows: Iterable<GroupRow>;
}

/** The answer that ranked groups make. */
export function rankingOf(
  query: TalkersQuery,
  { metric, unranked, hasField }: RankedBy,
  input: InputReport,
  groups: RankedGroups,
): Ranking {
  const total = sumsOf(groups.flows, hasField);
  let cumulative = 0n;
  const rows = Array.from(groups.rows, (group, i): RankedGroup => {
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
  const all = sumsOf(groups.groups, hasField);
  const others = {
    bytes: restOf(all, rows, "bytes", groups),
    packets: restOf(all, rows, "packets", groups),
    flows: restOf(all, rows, "flows", groups) ?? 0n,
  };
  return {
    command: "top-talkers",
    by: query.keys.map((key) => key.name),
    metric,
    rows,
    others: { groups: groups.size - rows.length, ...others, percent: percentOf(others[metric], total[metric]) },
    total: { groups: groups.size, ...total },
    input: { ...input, matched: Number(total.flows), unanswerable: input.unanswerable + unranked },
  };
}

function rowSums({ flows, cells: [bytes = null, packets = null] }: Pick<GroupRow, "flows" | "cells">): Sums {
  return { bytes, packets, flows };
}

/** The sums of no flows at all are 0, of a field that the log has. */
function sumsOf(totals: Totals, hasField: (field: string) => boolean): Sums {
  if (totals.flows > 0n) return rowSums(totals);
  return { bytes: hasField("bytes") ? 0n : null, packets: hasField("packets") ? 0n : null, flows: 0n };
}

/** What the groups that are not shown add up to; null where none of them has a value. */
function restOf(all: Sums, rows: readonly RankedGroup[], metric: RankMetric, groups: RankedGroups): Sum {
  const sum = all[metric];
  if (sum === null) return null;
  const left = rows.reduce((rest, row) => rest - (row[metric] ?? 0n), sum);
  if (left > 0n || metric === "flows" || rows.length === groups.size) return left;
  // Nothing is left: of zeros, or of no values at all?
  const shownLacking = rows.filter((row) => row[metric] === null).length;
  return groups.size - rows.length > groups.lacking(metric) - shownLacking ? left : null;
}
