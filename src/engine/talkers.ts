import { METRICS, type Metric, type Query, queryFields } from "../query/query.js";
import { fieldIndex, type Layout } from "../record/layout.js";
import type { Ranking } from "./answer.js";
import { Ranker } from "./rank.js";
import { Run, type RunEvents, type Sources } from "./run.js";

/**
 * Rank groups of flows: the answer of `top-talkers`.
 *
 * Without a metric in the query, flows are ranked by the first of bytes, packets and flows that a log carries; flows of
 * logs that carry only a lesser one are then unanswerable. Memory grows with distinct groups.
 *
 * @throws UserError where no input carries a field that the query needs
 */
export async function rankTalkers(query: Query, sources: Sources, events: RunEvents): Promise<Ranking> {
  const chosen = query.metric === null || query.metric === "flows" ? [] : [query.metric];
  const question = {
    filter: query.filter,
    window: query.window,
    required: [...queryFields(query), ...chosen],
    // `protocol` tells whether a port is one.
    wanted: ["bytes", "packets", "protocol"],
    of: "flows",
  } as const;
  const run = new Run(sources, question, events);
  const metricOf = (layouts: readonly Layout[]) => query.metric ?? bestMetric(layouts);
  const rankers = new Map<Metric, Ranker>();
  const rankerOf = (metric: Metric) => {
    const ranker = rankers.get(metric) ?? new Ranker(query, metric, run.columns);
    rankers.set(metric, ranker);
    return ranker;
  };
  for await (const { batch, selection } of run.batches()) rankerOf(metricOf([batch.layout])).add(batch, selection);

  const metric = metricOf(run.layouts);
  const ranked = run.answered.filter(({ layout }) => metricOf([layout]) === metric);
  const unranked = flowsOf(run.answered) - flowsOf(ranked);
  if (query.metric === null && metric !== "bytes") events.onNote(`this log has no \`bytes\`: ranked by ${metric}`);
  if (unranked > 0) events.onNote(`${unranked} flows have no \`${metric}\` and could not be ranked`);
  tellPartialSums(ranked, events);

  const input = run.report();
  const ranker = rankerOf(metric);
  const layouts = ranked.length > 0 ? ranked.map(({ layout }) => layout) : run.layouts;
  return ranker.answer(
    { ...input, matched: ranker.matched, unanswerable: input.unanswerable + unranked },
    (field) => layouts.length === 0 || has(layouts, field),
  );
}

/** The first of bytes, packets, flows that one of the layouts carries. */
function bestMetric(layouts: readonly Layout[]): Metric {
  if (layouts.length === 0) return "bytes";
  return METRICS.find((metric) => metric === "flows" || has(layouts, metric)) ?? "flows";
}

function has(layouts: readonly Layout[], field: string): boolean {
  return layouts.some((layout) => fieldIndex(layout, field) >= 0);
}

function flowsOf(met: readonly { count: number }[]): number {
  return met.reduce((sum, { count }) => sum + count, 0);
}

/** A sum over flows of which some carry no such field leaves those out; nobody should have to guess that. */
function tellPartialSums(ranked: readonly { layout: Layout; count: number }[], events: RunEvents): void {
  for (const field of ["bytes", "packets"]) {
    const flows = flowsOf(ranked.filter(({ layout }) => fieldIndex(layout, field) < 0));
    if (flows > 0 && flows < flowsOf(ranked)) {
      events.onNote(`${flows} flows have no \`${field}\`: sums of ${field} leave them out`);
    }
  }
}
