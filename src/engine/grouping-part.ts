import type { Columns } from "../parse/columns.js";
import type { Query, SummaryQuery } from "../query/query.js";
import { Breath } from "./breath.js";
import { type Among, Grouping, type GroupingTotals, type GroupRow, type GroupRows, type Standing } from "./grouping.js";
import type { GroupTable } from "./groups.js";
import { MOST_KERNEL_MEMORY } from "./memory.js";
import { keyText } from "./order.js";
import { type GroupingPlan, planOf } from "./plan.js";
import type { Selected } from "./reading.js";
import { readSegment, type Segment, SPILL_PARTS, SpillFile } from "./spill.js";

/** How many batches are added before their memory is looked at. */
const batchesPerLook = 8;

/** What a thread is to group. */
export interface GroupingTask {
  query: Query | SummaryQuery;
  /** How many bytes its groups may take. */
  memory: number;
}

/** Written groups of a grouping: of each of its tables some. */
export type Pieces = Uint8Array[][];

/** What one thread has of a grouping, but for the groups themselves. */
export interface PartSummary {
  /** Which of the plan. */
  grouping: number;
  totals: GroupingTotals;
  /** How many groups and pairs are in memory, and where those are that were spilled. */
  size: number;
  segments: Segment[];
}

/** What one thread has of the groupings of a query. */
export class GroupingPart {
  readonly plans: readonly GroupingPlan[];
  readonly #columns: Columns;
  /** How many bytes groups and the texts of their keys may take, before they are spilled. */
  readonly #memory: number;
  readonly #groupings: Grouping[];
  readonly #segments: Segment[][];
  /** Groupings for the groups of other threads, and for those that were spilled. */
  readonly #apart: (Grouping | undefined)[] = [];
  readonly #writers = new Map<GroupTable, PartsWriter>();
  #spill: SpillFile | null = null;
  /** After the summaries, which therefore tell of groups in memory. */
  #hasSpilledLate = false;
  #batches = 0;

  constructor(query: Query | SummaryQuery, columns: Columns, memory: number) {
    this.plans = planOf(query);
    this.#columns = columns;
    this.#memory = Math.min(memory, MOST_KERNEL_MEMORY);
    this.#groupings = this.plans.map((plan) => new Grouping(plan, columns));
    this.#segments = this.plans.map(() => []);
  }

  /** @throws SpillError where groups must be spilled and cannot be */
  add({ batch, selection }: Selected): void {
    for (const grouping of this.#groupings) grouping.add(batch, selection);
    if (++this.#batches % batchesPerLook === 0 && this.#bytes > this.#memory) this.#spillAll();
  }

  grouping(i: number): Grouping {
    return this.#groupings[i] as Grouping;
  }

  /** Which groups are chosen, where that depends on another grouping of which all is here by now. */
  among(i: number): Among {
    const { choice } = this.plans[i] as GroupingPlan;
    if (choice.kind !== "among") return null;
    return amongRows(this.rows(choice.grouping));
  }

  /** The chosen groups of a grouping, in their order, once all is settled. */
  rows(i: number): GroupRows {
    return this.grouping(i).rows(this.among(i));
  }

  get #bytes(): number {
    let bytes = this.#columns.textBytes;
    for (const { tables } of this.#groupings) for (const table of tables) bytes += table.bytes;
    return bytes;
  }

  #spillAll(): void {
    const spill = this.#spill ?? new SpillFile();
    this.#spill = spill;
    for (const [i, { tables }] of this.#groupings.entries()) {
      const segments = this.#segments[i] as Segment[];
      for (const [number, table] of tables.entries()) {
        for (const { part, bytes } of table.writeParts(SPILL_PARTS)) segments.push(spill.append(number, part, bytes));
        table.clear();
      }
    }
    // No group knows a text by its code any more.
    this.#columns.forgetTexts();
  }

  /** Once all is added. If any groups were spilled, all are then. */
  summaries(): PartSummary[] {
    if (this.#spill !== null) this.#spillAll();
    return this.#groupings.map(({ totals, tables }, grouping) => ({
      grouping,
      totals,
      size: tables.reduce((sum, table) => sum + table.size, 0),
      segments: this.#segments[grouping] as Segment[],
    }));
  }

  /**
   * Once all is added on one thread: bring back what was spilled, part by part, of which only what can be chosen is kept.
   * @throws SpillError where it cannot be read again
   */
  async settle(): Promise<void> {
    const summaries = this.summaries();
    if (this.#spill === null) {
      for (const grouping of this.#groupings) grouping.settle();
      return;
    }
    const breath = new Breath();
    const standings: Standing[][] = [];
    for (const { grouping, segments } of summaries) {
      const ofGrouping: Standing[] = [];
      const among = this.#amongStandings(grouping, standings);
      for (const ofPart of byPart(segments)) {
        await breath.take();
        ofGrouping.push(this.stand(grouping, [], ofPart, among));
      }
      standings.push(ofGrouping);
    }
    // Their texts are forgotten after each part, so none is brought back before all are seen.
    for (const [grouping, ofGrouping] of standings.entries()) this.addStandings(grouping, ofGrouping);
    this.close();
  }

  /** Like `among`, where the standings of the other grouping are not added yet. */
  #amongStandings(i: number, standings: readonly Standing[][]): Among {
    const { choice } = this.plans[i] as GroupingPlan;
    if (choice.kind !== "among") return null;
    const apart = this.#groupingApart(choice.grouping);
    for (const { rows } of standings[choice.grouping] ?? []) for (const bytes of rows) apart.tables[0]?.absorb(bytes);
    const among = amongRows(apart.rows(null));
    for (const table of apart.tables) table.clear();
    return among;
  }

  #groupingApart(i: number): Grouping {
    const apart = this.#apart[i] ?? new Grouping(this.plans[i] as GroupingPlan, this.#columns);
    this.#apart[i] = apart;
    return apart;
  }

  /** Add groups that no other thread has, for the answer. */
  addStandings(grouping: number, standings: readonly Standing[]): void {
    for (const standing of standings) this.grouping(grouping).addStanding(standing);
  }

  /**
   * The groups of one of some parts, as bytes; parts are asked for in their order. What was spilled before the summaries is
   * not among them.
   */
  pieces(grouping: number, parts: number, part: number): Pieces {
    const { tables } = this.grouping(grouping);
    // Other threads have spilled. The texts of their groups, which come here part by part, can be forgotten again only once
    // no group of this thread knows a text by its code.
    if (parts === SPILL_PARTS && this.#spill === null && this.#isKeeping) {
      this.#spillAll();
      this.#hasSpilledLate = true;
    }
    if (this.#hasSpilledLate) {
      const segments = this.#segments[grouping] as Segment[];
      // Of fewer parts, each is made of whole ones of the many.
      const ofPart = segments.filter((segment) => segment.part % parts === part);
      return tables.map((_, i) => ofPart.filter(({ table }) => table === i).map(readSegment));
    }
    return tables.map((table) => {
      const writer = this.#writers.get(table) ?? new PartsWriter(table, parts);
      this.#writers.set(table, writer);
      return writer.take(part);
    });
  }

  /** What groups are for the answer that no other thread has: written ones, and spilled ones. */
  stand(grouping: number, written: readonly Pieces[], segments: readonly Segment[], among: Among): Standing {
    const apart = this.#groupingApart(grouping);
    const { tables } = apart;
    for (const pieces of written) absorb(tables, pieces);
    for (const segment of segments) (tables[segment.table] as GroupTable).absorb(readSegment(segment));
    const standing = apart.standing(among);
    for (const table of tables) table.clear();
    if (!this.#isKeeping) this.#columns.forgetTexts();
    return standing;
  }

  /** Whether a group of this thread knows a text by its code. */
  get #isKeeping(): boolean {
    return this.#groupings.some(({ tables }) => tables.some((table) => table.size > 0));
  }

  close(): void {
    this.#spill?.close();
    this.#spill = null;
  }
}

function amongRows(rows: Iterable<GroupRow>): Among {
  return new Set(Array.from(rows, ({ key }) => keyText(key)));
}

/** Add groups that were written to the tables of a grouping of the same plan. */
export function absorb(tables: readonly GroupTable[], pieces: Pieces): void {
  for (const [i, table] of tables.entries()) for (const bytes of pieces[i] ?? []) table.absorb(bytes);
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
