import type { Standing } from "./grouping.js";
import { absorb, type GroupingPart, type PartSummary } from "./grouping-part.js";
import type { Pool } from "./pool.js";
import { SPILL_PARTS } from "./spill.js";

/** So many groups are brought together by one thread before others could be asked to. */
const fewGroups = 100_000;
/** In how many parts more of them are, so that a few parts at a time take little memory. */
const memoryParts = 32;

/**
 * Bring what the workers have added up into one part. Few groups are taken as they are. Of many, each worker brings together
 * all of some parts of them, in which no other worker then has a group, and gives only those that can be chosen.
 */
export async function gather(pool: Pool, to: GroupingPart): Promise<void> {
  const all = (await pool.askAll({ kind: "summary" })).flatMap(({ summaries }) => summaries);
  for (const [i] of to.plans.entries()) {
    const summaries = all.filter(({ grouping }) => grouping === i);
    for (const { totals } of summaries) to.grouping(i).addTotals(totals);
    await gatherGroups(pool, to, i, summaries);
  }
}

async function gatherGroups(
  pool: Pool,
  to: GroupingPart,
  grouping: number,
  summaries: readonly PartSummary[],
): Promise<void> {
  const segments = summaries.flatMap((summary) => summary.segments);
  const size = summaries.reduce((sum, summary) => sum + summary.size, 0);
  if (segments.length === 0 && size <= fewGroups) {
    const { tables } = to.grouping(grouping);
    for (const { pieces } of await pool.askAll({ kind: "part", grouping, parts: 1, part: 0 })) absorb(tables, pieces);
    to.grouping(grouping).settle();
    return;
  }
  const among = to.among(grouping);
  const parts = segments.length > 0 ? SPILL_PARTS : memoryParts;
  const standings: Standing[] = [];
  // As many parts at a time as there are workers: what is written and not yet brought together takes memory twice.
  for (let first = 0; first < parts; first += pool.size) {
    const some = Array.from({ length: Math.min(pool.size, parts - first) }, (_, i) => first + i);
    const asked = await Promise.all(some.map((part) => pool.askAll({ kind: "part", grouping, parts, part })));
    const answers = await Promise.all(
      some.map((part, i) => {
        const pieces = asked[i]?.map((answer) => answer.pieces) ?? [];
        const ofPart = segments.filter((segment) => segment.part === part);
        const transfer = pieces.flat(2).map((piece) => piece.buffer as ArrayBuffer);
        return pool.ask(i, { kind: "stand", grouping, pieces, segments: ofPart, among }, transfer);
      }),
    );
    standings.push(...answers.map(({ standing }) => standing));
  }
  to.addStandings(grouping, standings);
}
