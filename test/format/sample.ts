import type { InputReport, RankedGroup, Ranking } from "../../src/engine/answer.js";
import { plainPaint } from "../../src/format/paint.js";
import type { Look } from "../../src/format/sheet.js";

export const pipe: Look = { width: null, paint: plainPaint, exact: false, header: true };

/** What the run met, as in the contract's example but without anything to remark on; `parts` stand in its place. */
export function makeReport(parts: Partial<InputReport> = {}): InputReport {
  return {
    ...{ sources: 1, failed: 0, skipped: 0, complete: true, lines: 9, headers: 1, blank: 0, comments: 0, records: 8 },
    ...{ malformed: 0, nodata: 0, skipdata: 0, other_status: 0, flows: 8, matched: 8, unanswerable: 0, interfaces: 1 },
    ...{ first: 1767225600n, last: 1767226200n },
    ...parts,
  };
}

export function makeGroup(parts: Partial<RankedGroup>): RankedGroup {
  return {
    ...{ rank: 1, key: ["192.0.2.7"], bytes: 9000n, packets: 12n, flows: 3n, percent: 60, cumulative_percent: 60 },
    ...parts,
  };
}

/** The ranking of the contract's example. */
export function makeRanking(parts: Partial<Ranking> = {}): Ranking {
  return {
    command: "top-talkers",
    by: ["srcaddr"],
    metric: "bytes",
    rows: [makeGroup({})],
    others: { groups: 4, bytes: 6000n, packets: 9n, flows: 5n, percent: 40 },
    total: { groups: 5, bytes: 15000n, packets: 21n, flows: 8n },
    input: makeReport(),
    ...parts,
  };
}
