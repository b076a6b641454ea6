import { queryFields, type TalkersQuery } from "../query/query.js";
import { fieldIndex } from "../record/layout.js";
import type { Ranking } from "./answer.js";
import type { Met } from "./coverage.js";
import { readInParallel } from "./parallel-ranking.js";
import { carries, metricOf, RankingPart } from "./ranking-part.js";
import type { Question } from "./reading.js";
import { Run, type RunEvents, type RunResult, type Sources } from "./run.js";
import { weigh } from "./weigh.js";

/**
 * Rank groups of flows: the answer of `top-talkers`.
 *
 * Without a metric in the query, flows are ranked by the first of bytes, packets and flows that a log carries; flows of
 * logs that carry only a lesser one are then unanswerable. Memory grows with distinct groups.
 *
 * @throws UserError where no input carries a field that the query needs
 */
export async function rankTalkers(query: TalkersQuery, sources: Sources, events: RunEvents): Promise<Ranking> {
  const { part, result } = await readRanking(query, sources, events);
  const { input, layouts, answered } = result;
  const metric = metricOf(query, layouts);
  const ranked = answered.filter(({ layout }) => metricOf(query, [layout]) === metric);
  const unranked = flowsOf(answered) - flowsOf(ranked);
  if (query.metric === null && metric !== "bytes") events.onNote(`this log has no \`bytes\`: ranked by ${metric}`);
  if (unranked > 0) events.onNote(`${countFlows(unranked)} no \`${metric}\` and could not be ranked`);
  tellPartialSums(ranked, events);

  const ranker = part.ranker(metric);
  const asked = ranked.length > 0 ? ranked.map(({ layout }) => layout) : layouts;
  return ranker.answer(
    { ...input, matched: ranker.matched, unanswerable: input.unanswerable + unranked },
    (field) => asked.length === 0 || carries(asked, field),
  );
}

async function readRanking(
  query: TalkersQuery,
  sources: Sources,
  events: RunEvents,
): Promise<{ part: RankingPart; result: RunResult }> {
  const question: Question = {
    filter: query.filter,
    window: query.window,
    required: [...queryFields(query), ...(query.metric === null || query.metric === "flows" ? [] : [query.metric])],
    // `protocol` tells whether a port is one.
    wanted: ["bytes", "packets", "protocol"],
    of: "flows",
  };
  const weighed = await weigh(sources, false);
  if (weighed.isForThreads) return readInParallel(query, question, weighed.sources, weighed.found, events);
  const run = new Run(weighed.sources, question, events, weighed.found);
  const part = new RankingPart(query, run.columns, sources.memory);
  try {
    for await (const selected of run.batches()) part.add(selected);
    await part.settle();
  } finally {
    part.close();
  }
  return { part, result: run.result() };
}

function flowsOf(met: readonly Met[]): number {
  return met.reduce((sum, { count }) => sum + count, 0);
}

function countFlows(count: number): string {
  return count === 1 ? "1 flow has" : `${count} flows have`;
}

/** A sum over flows of which some carry no such field leaves those out; nobody should have to guess that. */
function tellPartialSums(ranked: readonly Met[], events: RunEvents): void {
  for (const field of ["bytes", "packets"]) {
    const flows = flowsOf(ranked.filter(({ layout }) => fieldIndex(layout, field) < 0));
    if (flows > 0 && flows < flowsOf(ranked)) {
      events.onNote(`${countFlows(flows)} no \`${field}\`: sums of ${field} leave ${flows === 1 ? "it" : "them"} out`);
    }
  }
}
