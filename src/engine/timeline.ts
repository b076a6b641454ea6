import { exactBinOf } from "../query/bin.js";
import type { TimelineQuery } from "../query/query.js";
import type { KeyValue, Timeline, TimelineRow } from "./answer.js";
import { groupFlows, settleMetric } from "./group.js";
import type { GroupRow } from "./grouping.js";
import { keyText } from "./order.js";
import { firstGrouping } from "./plan.js";
import type { RunEvents, Sources } from "./run.js";
import { MAX_BINS, tooManyBins } from "./spread.js";
import type { Totals } from "./totals.js";

/** What a bin of a series adds up to. */
interface BinSums {
  bytes: bigint;
  packets: bigint;
  flows: bigint;
  /** How many of the flows, or shares of them, have bytes, and packets; and how many there are, but for flows without `start`. */
  withBytes: bigint;
  withPackets: bigint;
  shares: bigint;
}

const nothing: BinSums = { bytes: 0n, packets: 0n, flows: 0n, withBytes: 0n, withPackets: 0n, shares: 0n };

/** Sums by bin of one series: by the time's digits, "null" for no time. */
type Bins = Map<string, BinSums>;

/**
 * Sums over time: the answer of `timeline`. Memory grows with the groups that are found, and with the bins of the series
 * that are shown.
 *
 * @throws UserError where no input carries a field that the query needs, and for more bins than anybody can look at
 */
export async function timelineOf(query: TimelineQuery, sources: Sources, events: RunEvents): Promise<Timeline> {
  const { since, until } = query.window;
  if (since !== null && until !== null) binsBetween(BigInt(since), BigInt(until - 1), query);
  const { groupings, result } = await groupFlows(query, ["bytes", "packets"], sources, events);
  const { metric, unranked, hasField } = settleMetric(query, result, events);
  const at = firstGrouping(query, metric);
  const all = groupings.grouping(at);
  const allBins: Bins = new Map();
  for (const row of groupings.rows(at)) addTo(allBins, row);
  const times = binTimes(query, allBins);

  const hasKeys = query.keys.length > 0;
  const keys = hasKeys ? Array.from(groupings.rows(at + 1), ({ key }) => key) : [];
  const groups = hasKeys ? groupings.grouping(at + 1).size : 1;
  const named = hasKeys ? keys.map((key) => ({ key, bins: new Map() as Bins })) : [{ key: [], bins: allBins }];
  const others: Bins = new Map();
  const byKey = new Map(named.map(({ key, bins }) => [keyText(key), bins]));
  if (hasKeys) {
    for (const row of groupings.rows(at + 2)) addTo(byKey.get(keyText(row.key.slice(1))) ?? others, row);
    // A flow that counts for two groups is among those that were gone through; else the others are what is left.
    if (!query.keys.some(({ kind }) => kind === "addr")) subtract(allBins, [...byKey.values()], others);
  }
  const series: { key: KeyValue[] | null; bins: Bins }[] =
    groups > named.length ? [...named, { key: null, bins: others }] : named;
  const total = sumsOf(all.totals.flows);
  /** A sum of flows of which none has a value cannot be made; that of no flow is 0, of a field that the log has. */
  const bytesOf = (bin: BinSums) => (hasField("bytes") && (isEmpty(bin) || bin.withBytes > 0n) ? bin.bytes : null);
  const packetsOf = (bin: BinSums) =>
    hasField("packets") && (isEmpty(bin) || bin.withPackets > 0n) ? bin.packets : null;
  return {
    command: "timeline",
    by: query.keys.map((key) => key.name),
    metric,
    bin_seconds: query.bin.seconds,
    bins: times.filter((time) => time !== null).length,
    series: series.map(({ key }) => key),
    rows: {
      *[Symbol.iterator](): Generator<TimelineRow, undefined> {
        for (const time of times) {
          for (const { key, bins } of series) {
            const bin = bins.get(String(time)) ?? nothing;
            yield { time, key, bytes: bytesOf(bin), packets: packetsOf(bin), flows: bin.flows };
          }
        }
      },
    },
    total: { groups, bytes: bytesOf(total), packets: packetsOf(total), flows: total.flows },
    input: { ...result.input, matched: Number(total.flows), unanswerable: result.input.unanswerable + unranked },
  };
}

function isEmpty({ flows, shares }: BinSums): boolean {
  return flows === 0n && shares === 0n;
}

/** The cells are those that the plan of a timeline has, in its order. */
function sumsOf({ flows, cells }: Totals): BinSums {
  const [bytes = 0n, packets = 0n, withBytes = 0n, withPackets = 0n, shares = 0n] = cells.map((sum) => sum ?? 0n);
  return { bytes, packets, flows, withBytes, withPackets, shares };
}

function addTo(bins: Bins, row: GroupRow): void {
  add(bins, String(row.key[0]), sumsOf(row), 1n);
}

function subtract(all: Bins, named: readonly Bins[], to: Bins): void {
  for (const [time, sums] of all) {
    add(to, time, sums, 1n);
    for (const bins of named) add(to, time, bins.get(time) ?? nothing, -1n);
  }
}

function add(bins: Bins, time: string, sums: BinSums, sign: 1n | -1n): void {
  const bin = bins.get(time) ?? { ...nothing };
  for (const name of Object.keys(nothing) as (keyof BinSums)[]) bin[name] += sign * sums[name];
  bins.set(time, bin);
}

/** Every bin from the first to the last, those of the window with them; and null behind, where flows have no time. */
function binTimes(query: TimelineQuery, bins: Bins): (bigint | null)[] {
  const { since, until } = query.window;
  const known = [...bins.keys()].filter((time) => time !== "null").map(BigInt);
  const least = known.reduce<bigint | null>((least, time) => (least === null || time < least ? time : least), null);
  const first = since === null ? least : BigInt(since);
  const last = known.reduce((most, time) => (time > most ? time : most), until === null ? -1n : BigInt(until - 1));
  const times: (bigint | null)[] = first === null ? [] : binsBetween(first, last, query);
  return bins.has("null") ? [...times, null] : times;
}

/** @throws UserError for more than can be looked at */
function binsBetween(first: bigint, last: bigint, { bin }: TimelineQuery): bigint[] {
  const times: bigint[] = [];
  if ((last - first) / BigInt(bin.seconds) > MAX_BINS) throw tooManyBins(bin);
  for (let [from, until] = exactBinOf(first, bin); from <= last; [from, until] = exactBinOf(until, bin)) {
    times.push(from);
    if (times.length > MAX_BINS) throw tooManyBins(bin);
  }
  return times;
}
