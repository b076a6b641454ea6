import { type Query, queryFields, type SummaryQuery } from "../query/query.js";
import { fieldIndex } from "../record/layout.js";
import { isParquet } from "../source/is-parquet.js";
import type { Met } from "./coverage.js";
import type { GroupingTotals, GroupRows } from "./grouping.js";
import { GroupingPart } from "./grouping-part.js";
import { carries, type GroupingPlan, metricOf, planOf, type RankedQuery } from "./plan.js";
import type { Question } from "./reading.js";
import { Run, type RunEvents, type RunResult, type Sources } from "./run.js";
import { weigh } from "./weigh.js";

/** The flows of a query, grouped by its plan, and what was met in the inputs. */
export interface Grouped {
  groupings: Groupings;
  result: RunResult;
}

/** The groupings of a plan, by their places in it. */
export interface Groupings {
  grouping(i: number): GroupedFlows;
  /** The chosen groups, in their order. */
  rows(i: number): GroupRows;
}

/** Flows as groups, by one plan. */
export interface GroupedFlows {
  readonly plan: GroupingPlan;
  readonly totals: GroupingTotals;
  /** How many groups there are, */
  readonly size: number;
  /** and how many of them have no value for a cell. */
  lacking(cell: number): number;
}

/**
 * Read the sources and group their flows as a query asks. Memory grows with distinct groups, up to what the sources allow.
 *
 * @param wanted fields that are read where a log has them
 * @throws UserError where no input carries a field that the query needs
 */
export async function groupFlows(
  query: Query | SummaryQuery,
  wanted: readonly string[],
  sources: Sources,
  events: RunEvents,
): Promise<Grouped> {
  const question: Question = {
    filter: query.filter,
    window: query.window,
    required: queryFields(query),
    wanted: [...wanted, ...helpfulFields(query)],
    of: "flows",
  };
  const weighed = await weigh(sources, false);
  if (isParquet(weighed.found.inputs[0])) {
    const { groupParquet } = await import("./parquet-groups.js");
    const grouped = await groupParquet(query, question, weighed.sources, weighed.found, events);
    if (grouped !== null) return grouped;
  }
  if (weighed.isForThreads) {
    // Not loaded for a small log, which is answered in less time than that would take.
    const { groupInParallel } = await import("./parallel-groupings.js");
    return groupInParallel(query, question, weighed.sources, weighed.found, events);
  }
  const run = new Run(weighed.sources, question, events, weighed.found);
  const part = new GroupingPart(query, run.columns, sources.memory);
  try {
    for await (const selected of run.batches()) part.add(selected);
    await part.settle();
  } finally {
    part.close();
  }
  return { groupings: part, result: run.result() };
}

/** `protocol` tells whether a port is one; `tcp_flags` who the server is. */
function helpfulFields(query: Query | SummaryQuery): string[] {
  const namesServices = planOf(query).some(({ keys }) => keys.some(({ kind }) => kind === "service"));
  return namesServices ? ["protocol", "tcp_flags"] : ["protocol"];
}

/** What flows were ranked by, where logs may differ in what they carry, and which of them could be. */
export interface RankedBy {
  metric: ReturnType<typeof metricOf>;
  /** The layouts that were answered. */
  met: readonly Met[];
  unranked: number;
  /** Whether the answered logs carry a field: the sum of none of its values is then 0, else null. */
  hasField(field: string): boolean;
}

/** Settle what flows are ranked by, and tell what that leaves out. */
export function settleMetric(query: RankedQuery, { layouts, answered }: RunResult, events: RunEvents): RankedBy {
  const metric = metricOf(query, layouts);
  const met = answered.filter(({ layout }) => metricOf(query, [layout]) === metric);
  const unranked = flowsOf(answered) - flowsOf(met);
  if (query.metric === null && metric !== "bytes") events.onNote(`this log has no \`bytes\`: ranked by ${metric}`);
  if (unranked > 0) events.onNote(`${countFlows(unranked)} no \`${metric}\` and could not be ranked`);
  tellPartialSums(["bytes", "packets"], met, events);
  const asked = met.length > 0 ? met.map(({ layout }) => layout) : layouts;
  return { metric, met, unranked, hasField: (field) => asked.length === 0 || carries(asked, field) };
}

/** A sum over flows of which some carry no such field leaves those out; nobody should have to guess that. */
export function tellPartialSums(fields: readonly string[], met: readonly Met[], events: RunEvents): void {
  for (const field of fields) {
    const flows = flowsOf(met.filter(({ layout }) => fieldIndex(layout, field) < 0));
    if (flows > 0 && flows < flowsOf(met)) {
      events.onNote(`${countFlows(flows)} no \`${field}\`: sums of ${field} leave ${flows === 1 ? "it" : "them"} out`);
    }
  }
}

/** Flows without a key are in no group by it. Fields that the same flows lack are told together. */
export function tellPartialGroups(keys: readonly string[], met: readonly Met[], events: RunEvents): void {
  const byLack = new Map<string, { flows: number; fields: string[] }>();
  for (const field of new Set(keys)) {
    const lacking = met.filter(({ layout }) => fieldIndex(layout, field) < 0);
    const flows = flowsOf(lacking);
    if (flows === 0 || flows === flowsOf(met)) continue;
    const which = lacking.map(({ layout }) => layout.key).join();
    const { fields } = byLack.get(which) ?? { fields: [] };
    byLack.set(which, { flows, fields: [...fields, `\`${field}\``] });
  }
  for (const { flows, fields } of byLack.values()) {
    const needed = fields.length === 1 ? "it is" : "they are";
    events.onNote(`${countFlows(flows)} no ${fields.join(", ")}: left out where ${needed} needed`);
  }
}

function flowsOf(met: readonly Met[]): number {
  return met.reduce((sum, { count }) => sum + count, 0);
}

function countFlows(count: number): string {
  return count === 1 ? "1 flow has" : `${count} flows have`;
}
