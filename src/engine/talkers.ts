import type { TalkersQuery } from "../query/query.js";
import { findInputs } from "../source/inputs.js";
import { isParquet } from "../source/is-parquet.js";
import type { Ranking } from "./answer.js";
import { groupFlows, settleMetric } from "./group.js";
import { firstGrouping } from "./plan.js";
import { rankingOf } from "./ranking.js";
import type { RunEvents, Sources } from "./run.js";

/**
 * Rank groups of flows: the answer of `top-talkers`.
 *
 * Without a metric in the query, flows are ranked by the first of bytes, packets and flows that a log carries; flows of
 * logs that carry only a lesser one are then unanswerable. Memory grows with distinct groups.
 *
 * @throws UserError where no input carries a field that the query needs
 */
export async function rankTalkers(query: TalkersQuery, sources: Sources, events: RunEvents): Promise<Ranking> {
  const found = await findInputs(sources.inputs);
  if (isParquet(found.inputs[0])) {
    const { rankParquet } = await import("./rank-parquet.js");
    const answer = await rankParquet(query, found, sources, events);
    if (answer !== null) return answer;
  }
  const { part, result } = await groupFlows(query, ["bytes", "packets"], { ...sources, found }, events);
  const rankedBy = settleMetric(query, result, events);
  const at = firstGrouping(query, rankedBy.metric);
  const grouping = part.grouping(at);
  return rankingOf(query, rankedBy, result.input, {
    size: grouping.size,
    flows: grouping.totals.flows,
    groups: grouping.totals.groups,
    lacking: (metric) => grouping.lacking(metric === "bytes" ? 0 : 1),
    rows: part.rows(at),
  });
}
