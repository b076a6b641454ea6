import type { SummaryQuery } from "../query/query.js";
import { LAST_DATED_SECOND } from "../query/time.js";
import { LOST_FIELD_NAMES } from "../record/fields.js";
import {
  SUMMARY_PARTS,
  type Sum,
  type Summary,
  type SummaryLayout,
  type SummaryPart,
  type SummaryPartName,
} from "./answer.js";
import type { Met } from "./coverage.js";
import { groupFlows, tellPartialGroups, tellPartialSums } from "./group.js";
import { percentOf } from "./percent.js";
import { COVERAGE_BIN, carries, type SummaryGrouping, summaryPlans } from "./plan.js";
import type { RunEvents, Sources } from "./run.js";

/** What a log holds, at a glance: the answer of `summary`, in one pass. Memory grows with distinct addresses and the like. */
export async function summarize(query: SummaryQuery, sources: Sources, events: RunEvents): Promise<Summary> {
  const plans = summaryPlans(query);
  const names = Object.keys(plans) as SummaryGrouping[];
  const wanted = new Set(Object.values(plans).flatMap(({ needs }) => needs));
  const { groupings, result } = await groupFlows(
    query,
    ["bytes", "packets", "start", "end", ...LOST_FIELD_NAMES, ...wanted],
    sources,
    events,
  );
  const { input, layouts, answered } = result;
  tellPartialSums(["bytes", "packets"], answered, events);
  tellPartialGroups([...wanted], answered, events);
  const asked = answered.length > 0 ? answered.map(({ layout }) => layout) : layouts;
  const { flows, cells } = groupings.grouping(names.indexOf("all")).totals.flows;
  const [bytes = null, packets = null, first = null, last = null, ...lost] = cells;

  const partOf = (name: SummaryPartName): SummaryPart | null => {
    const { keys, needs } = plans[name];
    if (!needs.every((field) => carries(asked, field))) return null;
    const rows = Array.from(groupings.rows(names.indexOf(name)), (row) => {
      const [rowBytes = null, rowPackets = null] = row.cells;
      const byFlows = bytes === null || name.startsWith("rejected");
      const percent = byFlows ? percentOf(row.flows, flows) : percentOf(rowBytes, bytes);
      return { key: row.key, bytes: rowBytes, packets: rowPackets, flows: row.flows, percent };
    });
    return { by: keys.map((key) => key.name), groups: groupings.grouping(names.indexOf(name)).size, rows };
  };
  return {
    command: "summary",
    total: {
      bytes: bytes ?? zeroOf("bytes", flows, answered),
      packets: packets ?? zeroOf("packets", flows, answered),
      flows,
      first,
      last,
    },
    coverage: coverageOf(
      Array.from(groupings.rows(names.indexOf("bins")), ({ key: [time] }) => time as bigint | number | null),
    ),
    lost: LOST_FIELD_NAMES.some((field) => carries(asked, field))
      ? (Object.fromEntries(
          LOST_FIELD_NAMES.map((field, i) => [field, lost[i] ?? zeroOf(field, flows, answered)]),
        ) as Summary["lost"])
      : null,
    parts: Object.fromEntries(SUMMARY_PARTS.map((name) => [name, partOf(name)])) as Summary["parts"],
    layouts: layoutsOf(answered),
    input,
  };
}

/** Each layout once, for every thread has met it for itself; in an order that does not depend on them. */
function layoutsOf(answered: readonly Met[]): SummaryLayout[] {
  const byKey = new Map<string, SummaryLayout>();
  for (const { layout, count } of answered) {
    const known = byKey.get(layout.key) ?? { fields: layout.fields.map(({ name }) => name), flows: 0 };
    byKey.set(layout.key, { ...known, flows: known.flows + count });
  }
  const inOrder = [...byKey].sort(([a, { flows }], [b, other]) => other.flows - flows || (a < b ? -1 : 1));
  return inOrder.map(([, layout]) => layout);
}

/** The sum of no flows is 0 where the log has the field. */
function zeroOf(field: string, flows: bigint, answered: readonly Met[]): Sum {
  const hasField = carries(
    answered.map(({ layout }) => layout),
    field,
  );
  return flows === 0n && hasField ? 0n : null;
}

/** @param times the bins that have a flow, in any order; a number that is no time of a calendar is not counted */
function coverageOf(times: readonly (bigint | number | null)[]): Summary["coverage"] {
  const known = times
    .filter((time) => time !== null && time <= LAST_DATED_SECOND)
    .map(Number)
    .sort((a, b) => a - b);
  const [first] = known;
  if (first === undefined) return null;
  const { seconds } = COVERAGE_BIN;
  let longest = 0;
  for (let i = 1; i < known.length; i++) {
    longest = Math.max(longest, (known[i] as number) - (known[i - 1] as number) - seconds);
  }
  const bins = ((known.at(-1) as number) - first) / seconds + 1;
  return { bin_seconds: seconds, bins, covered: known.length, longest_gap_seconds: longest };
}
