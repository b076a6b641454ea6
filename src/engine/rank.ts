import type { Batch } from "../parse/batch.js";
import { type Columns, maxBatchRows } from "../parse/columns.js";
import type { Selection } from "../parse/sort.js";
import type { RankMetric, TalkersQuery } from "../query/query.js";
import type { InputReport, RankedGroup, Ranking, Sum } from "./answer.js";
import { type Group, GroupTable, type SumColumn } from "./groups.js";
import { type KeyColumn, keyColumn, type Side } from "./keys.js";
import { percentOf } from "./percent.js";
import { takeFirst } from "./top.js";

/** The sums of a group, in the order of the table's accumulators after `flows`. */
const sums = ["packets", "bytes"] as const;

interface Sums {
  bytes: Sum;
  packets: Sum;
  flows: bigint;
}

/** What a ranker has added up over all its groups, as plain data. */
export interface RankTotals {
  matched: number;
  total: Sums;
  groupTotal: Sums;
}

/**
 * What some of the groups are for a ranking, as plain data: how many they are, and how many of them lack each sum; and those
 * that can be among its first, as a table writes them.
 */
export interface Standing {
  groups: number;
  lacking: number[];
  rows: Uint8Array[];
}

/** Ranks groups of flows by one metric. Memory grows with distinct groups. */
export class Ranker {
  readonly metric: RankMetric;
  /** How many flows were added. */
  matched = 0;
  readonly #query: TalkersQuery;
  readonly #columns: Columns;
  readonly #keys: readonly KeyColumn[];
  readonly #groups: GroupTable;
  /** The rows that count a second time, where the key is `addr`. */
  readonly #second: Selection;
  /** Every matched flow once. */
  readonly #total: Sums = { bytes: null, packets: null, flows: 0n };
  /** All groups together, which with the key `addr` is more. */
  readonly #groupTotal: Sums = { bytes: null, packets: null, flows: 0n };
  /** The groups that are not in the table, and are not among the first. */
  readonly #left = { groups: 0, lacking: sums.map(() => 0) };

  constructor(query: TalkersQuery, metric: RankMetric, columns: Columns) {
    const { kernel } = columns;
    this.metric = metric;
    this.#query = query;
    this.#columns = columns;
    this.#keys = query.keys.map((key) => keyColumn(key, columns));
    this.#groups = this.#newTable();
    this.#second = { rows: kernel.call.reserve(4 * maxBatchRows), count: 0 };
  }

  #newTable(): GroupTable {
    const words = this.#keys.flatMap((key) => key.words);
    return new GroupTable(this.#columns.kernel, words, sums.length, maxBatchRows);
  }

  /** The groups that were added. */
  get groups(): GroupTable {
    return this.#groups;
  }

  get totals(): RankTotals {
    return { matched: this.matched, total: this.#total, groupTotal: this.#groupTotal };
  }

  get #hasTwoSides(): boolean {
    return this.#query.keys.some((key) => key.kind === "addr");
  }

  add(batch: Batch, selection: Selection): void {
    if (selection.count === 0) return;
    this.matched += selection.count;
    const values = sums.map((field): SumColumn | null =>
      batch.has(field) ? { words: this.#columns.words(field), nulls: this.#columns.nulls(field) } : null,
    );
    const first = this.#keyPointers(batch, "srcaddr");
    const added = this.#groups.add(first, selection, values);
    addTo(this.#total, selection.count, added);
    addTo(this.#groupTotal, selection.count, added);
    if (!this.#hasTwoSides) return;
    const second = this.#keyPointers(batch, "dstaddr");
    this.#selectTwoGroups(first, second, selection);
    addTo(this.#groupTotal, this.#second.count, this.#groups.add(second, this.#second, values));
  }

  #keyPointers(batch: Batch, side: Side): number[] {
    return this.#keys.flatMap((key) => key.columnsOf(batch, side));
  }

  /** The rows whose two addresses fall into two groups: only they count again. */
  #selectTwoGroups(first: readonly number[], second: readonly number[], selection: Selection): void {
    const { kernel } = this.#columns;
    const rows = kernel.words32(selection.rows, selection.count);
    const to = kernel.words32(this.#second.rows, maxBatchRows);
    const pairs = first.map((pointer, i) => [
      kernel.words32(pointer, 2 * maxBatchRows),
      kernel.words32(second[i] as number, 2 * maxBatchRows),
    ]) as [Uint32Array, Uint32Array][];
    let count = 0;
    for (const row of rows) {
      if (pairs.some(([a, b]) => a[2 * row] !== b[2 * row] || a[2 * row + 1] !== b[2 * row + 1])) to[count++] = row;
    }
    this.#second.count = count;
  }

  /** Add what another ranker of the same query and metric has added up; its groups come as standings. */
  addTotals({ matched, total, groupTotal }: RankTotals): void {
    this.matched += matched;
    for (const [to, from] of [
      [this.#total, total],
      [this.#groupTotal, groupTotal],
    ] as const) {
      addTo(
        to,
        Number(from.flows),
        sums.map((name) => from[name]),
      );
    }
  }

  /** What the groups of the table are for the ranking, if no other table has any of them. */
  standing(): Standing {
    const table = this.#groups;
    const first = this.#first();
    return {
      groups: table.size,
      lacking: sums.map((_, i) => table.lacking(i)),
      rows: Array.from(table.write(first), (bytes) => bytes.slice()),
    };
  }

  /** Add groups that no other table has. */
  addStanding({ groups, lacking, rows }: Standing): void {
    const before = { groups: this.#groups.size, lacking: sums.map((_, i) => this.#groups.lacking(i)) };
    for (const bytes of rows) this.#groups.absorb(bytes);
    this.#left.groups += groups - (this.#groups.size - before.groups);
    lacking.forEach((count, i) => {
      this.#left.lacking[i]! += count - (this.#groups.lacking(i) - before.lacking[i]!);
    });
  }

  /**
   * The ranking of all that was added.
   * @param hasField whether the answered logs carry a field: the sum of none of its values is then 0, else null
   */
  answer(input: InputReport, hasField: (field: string) => boolean): Ranking {
    const nothing: Sums = { bytes: hasField("bytes") ? 0n : null, packets: hasField("packets") ? 0n : null, flows: 0n };
    const total = this.matched === 0 ? nothing : this.#total;
    const all = this.matched === 0 ? nothing : this.#groupTotal;
    const groups = this.#groups.size + this.#left.groups;
    let cumulative = 0n;
    const rows = this.#first().map((group, i): RankedGroup => {
      const row = this.#groupSums(group);
      cumulative += row[this.metric] ?? 0n;
      return {
        rank: i + 1,
        key: this.#valuesOf(group),
        ...row,
        percent: percentOf(row[this.metric], total[this.metric]),
        // A row without a sum takes no part in the running one.
        cumulative_percent: row[this.metric] === null ? null : percentOf(cumulative, total[this.metric]),
      };
    });
    const others = {
      bytes: this.#rest(all, rows, "bytes"),
      packets: this.#rest(all, rows, "packets"),
      flows: this.#rest(all, rows, "flows") ?? 0n,
    };
    return {
      command: "top-talkers",
      by: this.#query.keys.map((key) => key.name),
      metric: this.metric,
      rows,
      others: {
        groups: groups - rows.length,
        ...others,
        percent: percentOf(others[this.metric], total[this.metric]),
      },
      total: { groups, ...total },
      input,
    };
  }

  #first(): Group[] {
    const { limit, bottom } = this.#query;
    return takeFirst(this.#groups.candidates(this.#sumIndex, limit, bottom), limit, (a, b) => this.#compare(a, b));
  }

  /** Greatest metric first (or least, with `--bottom`), null last; ties in the order of the keys. */
  #compare(a: Group, b: Group): number {
    const left = this.#metricOf(a);
    const right = this.#metricOf(b);
    if (left !== right) {
      if (left === null || right === null) return left === null ? 1 : -1;
      return left < right === this.#query.bottom ? -1 : 1;
    }
    const aKey = this.#groups.key(a);
    const bKey = this.#groups.key(b);
    let at = 0;
    for (const key of this.#keys) {
      const order = key.compare(aKey.slice(at, at + key.words.length), bKey.slice(at, at + key.words.length));
      if (order !== 0) return order;
      at += key.words.length;
    }
    return 0;
  }

  /** Which of the table's sums the metric is; -1 for flows. */
  get #sumIndex(): number {
    return this.metric === "flows" ? -1 : sums.indexOf(this.metric);
  }

  #metricOf(group: Group): Sum {
    return this.metric === "flows" ? this.#groups.flows(group) : this.#groups.sum(group, this.#sumIndex);
  }

  #groupSums(group: Group): Sums {
    return {
      bytes: this.#groups.sum(group, sums.indexOf("bytes")),
      packets: this.#groups.sum(group, sums.indexOf("packets")),
      flows: this.#groups.flows(group),
    };
  }

  /** What the groups that are not shown add up to; null where none of them has a value. */
  #rest(all: Sums, rows: readonly RankedGroup[], metric: RankMetric): Sum {
    const sum = all[metric];
    if (sum === null) return null;
    const left = rows.reduce((rest, row) => rest - (row[metric] ?? 0n), sum);
    const groups = this.#groups.size + this.#left.groups;
    if (left > 0n || metric === "flows" || rows.length === groups) return left;
    // Nothing is left: of zeros, or of no values at all?
    const i = sums.indexOf(metric);
    const lacking = this.#groups.lacking(i) + this.#left.lacking[i]!;
    const shownLacking = rows.filter((row) => row[metric] === null).length;
    return groups - rows.length > lacking - shownLacking ? left : null;
  }

  #valuesOf(group: Group) {
    const words = this.#groups.key(group);
    let at = 0;
    return this.#keys.map((key) => {
      const value = key.valueOf(words.slice(at, at + key.words.length));
      at += key.words.length;
      return value;
    });
  }
}

function addTo(total: Sums, flows: number, added: readonly Sum[]): void {
  total.flows += BigInt(flows);
  sums.forEach((name, i) => {
    const sum = added[i] ?? null;
    if (sum !== null) total[name] = (total[name] ?? 0n) + sum;
  });
}
