import type { RankMetric } from "../query/query.js";
import type { Pool } from "./pool.js";
import type { Standing } from "./rank.js";
import type { PartSummary, RankingPart } from "./ranking-part.js";
import { SPILL_PARTS } from "./spill.js";

/** So many groups are brought together by one thread before others could be asked to. */
const fewGroups = 100_000;
/** In how many parts more of them are, so that a few parts at a time take little memory. */
const memoryParts = 32;

/**
 * Bring what the workers have added up into one ranking. Few groups are taken as they are. Of many, each worker brings together
 * all of some parts of them, in which no other worker then has a group, and gives only those that can be among the first.
 */
export async function gather(pool: Pool, to: RankingPart): Promise<void> {
  const all = (await pool.askAll({ kind: "summary" })).flatMap(({ summaries }) => summaries);
  for (const metric of new Set(all.map((summary) => summary.metric))) {
    const summaries = all.filter((summary) => summary.metric === metric);
    for (const { totals } of summaries) to.ranker(metric).addTotals(totals);
    await gatherGroups(pool, to, metric, summaries);
  }
}

async function gatherGroups(
  pool: Pool,
  to: RankingPart,
  metric: RankMetric,
  summaries: readonly PartSummary[],
): Promise<void> {
  const ranker = to.ranker(metric);
  const segments = summaries.flatMap((summary) => summary.segments);
  const groups = summaries.reduce((sum, summary) => sum + summary.groups, 0);
  if (segments.length === 0 && groups <= fewGroups) {
    for (const { pieces } of await pool.askAll({ kind: "part", metric, parts: 1, part: 0 })) {
      for (const piece of pieces) ranker.groups.absorb(piece);
    }
    return;
  }
  const parts = segments.length > 0 ? SPILL_PARTS : memoryParts;
  const standings: Standing[] = [];
  // As many parts at a time as there are workers: what is written and not yet brought together takes memory twice.
  for (let first = 0; first < parts; first += pool.size) {
    const some = Array.from({ length: Math.min(pool.size, parts - first) }, (_, i) => first + i);
    const asked = await Promise.all(some.map((part) => pool.askAll({ kind: "part", metric, parts, part })));
    const answers = await Promise.all(
      some.map((part, i) => {
        const pieces = asked[i]?.flatMap((answer) => answer.pieces) ?? [];
        const ofPart = segments.filter((segment) => segment.part === part);
        const transfer = pieces.map((piece) => piece.buffer as ArrayBuffer);
        return pool.ask(i, { kind: "stand", metric, pieces, segments: ofPart }, transfer);
      }),
    );
    standings.push(...answers.map(({ standing }) => standing));
  }
  for (const standing of standings) ranker.addStanding(standing);
}
