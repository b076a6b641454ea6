import type { Columns } from "../parse/columns.js";
import { RANK_METRICS, type RankMetric, type TalkersQuery } from "../query/query.js";
import { fieldIndex, type Layout } from "../record/layout.js";
import { Breath } from "./breath.js";
import type { GroupTable } from "./groups.js";
import { MOST_KERNEL_MEMORY } from "./memory.js";
import { Ranker, type RankTotals, type Standing } from "./rank.js";
import type { Selected } from "./reading.js";
import { readSegment, type Segment, SPILL_PARTS, SpillFile } from "./spill.js";

/** How many batches are added before their memory is looked at. */
const batchesPerLook = 8;

/** What a thread is to rank. */
export interface RankingTask {
  query: TalkersQuery;
  /** How many bytes its groups may take. */
  memory: number;
}

/** What one thread has of a ranking by one metric, but for the groups themselves. */
export interface PartSummary {
  metric: RankMetric;
  totals: RankTotals;
  /** How many groups are in memory, and where those are that were spilled. */
  groups: number;
  segments: Segment[];
}

/**
 * What one thread has of a ranking: a ranker for each metric that flows are ranked by. There is more than one only
 * where the query leaves the metric to the log, and logs differ in what they carry.
 */
export class RankingPart {
  readonly #query: TalkersQuery;
  readonly #columns: Columns;
  /** How many bytes groups and the texts of their keys may take, before they are spilled. */
  readonly #memory: number;
  readonly #rankers = new Map<RankMetric, Ranker>();
  readonly #segments = new Map<RankMetric, Segment[]>();
  /** Rankers whose tables are for groups of other threads, and for those that were spilled. */
  readonly #apart = new Map<RankMetric, Ranker>();
  readonly #writers = new Map<RankMetric, PartsWriter>();
  #spill: SpillFile | null = null;
  /** After the summaries, which therefore tell of groups in memory. */
  #hasSpilledLate = false;
  #batches = 0;

  constructor(query: TalkersQuery, columns: Columns, memory: number) {
    this.#query = query;
    this.#columns = columns;
    this.#memory = Math.min(memory, MOST_KERNEL_MEMORY);
  }

  /** @throws SpillError where groups must be spilled and cannot be */
  add({ batch, selection }: Selected): void {
    this.ranker(metricOf(this.#query, [batch.layout])).add(batch, selection);
    if (++this.#batches % batchesPerLook === 0 && this.#bytes > this.#memory) this.#spillAll();
  }

  ranker(metric: RankMetric): Ranker {
    const ranker = this.#rankers.get(metric) ?? new Ranker(this.#query, metric, this.#columns);
    this.#rankers.set(metric, ranker);
    return ranker;
  }

  get #bytes(): number {
    let bytes = this.#columns.textBytes;
    for (const { groups } of this.#rankers.values()) bytes += groups.bytes;
    return bytes;
  }

  #spillAll(): void {
    this.#spill ??= new SpillFile();
    for (const [metric, { groups }] of this.#rankers) {
      const segments = this.#segments.get(metric) ?? [];
      for (const { part, bytes } of groups.writeParts(SPILL_PARTS)) segments.push(this.#spill.append(part, bytes));
      groups.clear();
      this.#segments.set(metric, segments);
    }
    // No group knows a text by its code any more.
    this.#columns.forgetTexts();
  }

  /** Once all is added. If any groups were spilled, all are then. */
  summaries(): PartSummary[] {
    if (this.#spill !== null) this.#spillAll();
    return Array.from(this.#rankers.values(), (ranker) => ({
      metric: ranker.metric,
      totals: ranker.totals,
      groups: ranker.groups.size,
      segments: this.#segments.get(ranker.metric) ?? [],
    }));
  }

  /**
   * Bring back what was spilled, part by part, of which only what can be among the first is kept.
   * @throws SpillError where it cannot be read again
   */
  async settle(): Promise<void> {
    const breath = new Breath();
    const settled: [Ranker, Standing][] = [];
    for (const { metric, segments } of this.summaries()) {
      for (const ofPart of byPart(segments)) {
        await breath.take();
        settled.push([this.ranker(metric), this.stand(metric, [], ofPart)]);
      }
    }
    // Their texts are forgotten after each part, so none is brought back before all are seen.
    for (const [ranker, standing] of settled) ranker.addStanding(standing);
    this.close();
  }

  /**
   * The groups of one of some parts, as bytes; parts are asked for in their order. What was spilled before the summaries is
   * not among them.
   */
  pieces(metric: RankMetric, parts: number, part: number): Uint8Array[] {
    const { groups } = this.ranker(metric);
    // Other threads have spilled. The texts of their groups, which come here part by part, can be forgotten again only once
    // no group of this thread knows a text by its code.
    if (parts === SPILL_PARTS && this.#spill === null && groups.size > 0) {
      this.#spillAll();
      this.#hasSpilledLate = true;
    }
    if (this.#hasSpilledLate) {
      const segments = this.#segments.get(metric) ?? [];
      // Of fewer parts, each is made of whole ones of the many.
      return segments.filter((segment) => segment.part % parts === part).map(readSegment);
    }
    const writer = this.#writers.get(metric) ?? new PartsWriter(groups, parts);
    this.#writers.set(metric, writer);
    return writer.take(part);
  }

  /** What groups are for the ranking that no other thread has: written ones, and spilled ones. */
  stand(metric: RankMetric, written: readonly Uint8Array[], segments: readonly Segment[]): Standing {
    const apart = this.#apart.get(metric) ?? new Ranker(this.#query, metric, this.#columns);
    this.#apart.set(metric, apart);
    for (const bytes of written) apart.groups.absorb(bytes);
    for (const segment of segments) apart.groups.absorb(readSegment(segment));
    const standing = apart.standing();
    apart.groups.clear();
    if (Array.from(this.#rankers.values()).every(({ groups }) => groups.size === 0)) this.#columns.forgetTexts();
    return standing;
  }

  close(): void {
    this.#spill?.close();
    this.#spill = null;
  }
}

/** Writes a table's groups part by part, when they are asked for. */
class PartsWriter {
  readonly #written: Iterator<{ part: number; bytes: Uint8Array }, void>;
  #next: { part: number; bytes: Uint8Array } | null = null;

  constructor(groups: GroupTable, parts: number) {
    this.#written = groups.writeParts(parts);
    this.#advance();
  }

  take(part: number): Uint8Array[] {
    const pieces: Uint8Array[] = [];
    for (; this.#next?.part === part; this.#advance()) pieces.push(this.#next.bytes);
    return pieces;
  }

  #advance(): void {
    const { done, value } = this.#written.next();
    this.#next = done ? null : { part: value.part, bytes: value.bytes.slice() };
  }
}

/** Segments of one part each. */
export function byPart(segments: readonly Segment[]): Segment[][] {
  const parts = new Map<number, Segment[]>();
  for (const segment of segments) {
    const part = parts.get(segment.part);
    if (part === undefined) parts.set(segment.part, [segment]);
    else part.push(segment);
  }
  return [...parts.values()];
}

/** What flows of these layouts are ranked by: the query's metric, or else the first of bytes, packets and flows that one carries. */
export function metricOf({ metric }: TalkersQuery, layouts: readonly Layout[]): RankMetric {
  if (metric !== null) return metric;
  if (layouts.length === 0) return "bytes";
  return RANK_METRICS.find((name) => name === "flows" || carries(layouts, name)) ?? "flows";
}

export function carries(layouts: readonly Layout[], field: string): boolean {
  return layouts.some((layout) => fieldIndex(layout, field) >= 0);
}
