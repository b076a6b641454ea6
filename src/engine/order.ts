import type { Columns } from "../parse/columns.js";
import { Scratch } from "../parse/scratch.js";
import type { Having } from "../query/having.js";
import type { Metric } from "../query/metric.js";
import type { SortTerm } from "../query/query.js";
import type { KeyValue, Sum } from "./answer.js";
import type { Among } from "./grouping.js";
import type { Group, GroupTable } from "./groups.js";
import { holds } from "./having.js";
import type { KeyColumn } from "./keys.js";
import { cellIndex, metricCells, metricValue } from "./metric-value.js";
import { type OrderColumn, OrderColumns } from "./order-columns.js";
import type { GroupingPlan } from "./plan.js";
import { takeFirst } from "./top.js";

/** A group that is compared with others: what it is compared by is read once. */
interface Entry {
  group: Group;
  /** The values of the metrics that rows are sorted by. */
  metrics: Sum[];
  /** The words of its key, read when they are first needed. */
  words: bigint[] | null;
}

/** Chooses groups of a table, and puts them in order. */
export class GroupOrder {
  readonly #plan: GroupingPlan;
  readonly #columns: Columns;
  readonly #keys: readonly KeyColumn[];
  /** Where the words of each key begin in a group's. */
  readonly #places: readonly number[];
  readonly #groups: GroupTable;
  readonly #sort: readonly SortTerm[];
  readonly #metrics: readonly Metric[];

  constructor(plan: GroupingPlan, keys: readonly KeyColumn[], groups: GroupTable, columns: Columns) {
    this.#plan = plan;
    this.#columns = columns;
    this.#keys = keys;
    this.#groups = groups;
    let words = 0;
    this.#places = keys.map((key) => {
      words += key.words.length;
      return words - key.words.length;
    });
    this.#sort = plan.choice.kind === "first" ? plan.choice.sort : [];
    this.#metrics = this.#sort.flatMap((term) => (term.by === "metric" ? [term.metric] : []));
  }

  /**
   * The chosen groups.
   * @param among     of which the groups of a choice `among` are taken
   * @param isOrdered whether they are needed in their order: of all of them, none need be compared for less
   */
  chosen(among: Among, isOrdered: boolean): ArrayLike<Group> & Iterable<Group> {
    const { choice } = this.#plan;
    switch (choice.kind) {
      case "count":
        return [];
      case "all":
        return [...this.#groups.all()];
      case "among":
        return [...this.#groups.all()].filter((group) => among?.has(keyText(this.keyOf(group).slice(1))) ?? true);
      case "first": {
        if (choice.limit === 0) return this.#all(choice.having, isOrdered);
        const entries = this.#entries(choice.having, choice.limit);
        return takeFirst(entries, choice.limit, (a, b) => this.#compare(a, b)).map(({ group }) => group);
      }
    }
  }

  #all(having: Having | null, isOrdered: boolean): ArrayLike<Group> & Iterable<Group> {
    const all = isOrdered ? this.#allInOrder() : [...this.#groups.all()];
    if (having === null) return all;
    return Array.from(all).filter((group) => holds(having, (metric) => this.#metricOf(metric, group)));
  }

  #allInOrder(): ArrayLike<Group> & Iterable<Group> {
    return this.#sorted() ?? takeFirst(this.#entries(null, 0), 0, this.#compare.bind(this)).map(({ group }) => group);
  }

  /** All groups, sorted in the kernel; null where what they are sorted by is more than a word holds. */
  #sorted(): Uint32Array | null {
    const ranks = new Scratch(this.#columns.kernel);
    try {
      const order = new OrderColumns(this.#columns, this.#groups, ranks);
      const columns: (OrderColumn[] | null)[] = this.#sort.map((term) =>
        term.by === "key"
          ? this.#keyColumns(order, this.#keyNamed(term.name), term.descending)
          : this.#metricColumns(order, term.metric, term.descending),
      );
      const sorted = new Set(this.#sort.map((term) => (term.by === "key" ? this.#keyNamed(term.name) : -1)));
      for (const key of this.#keys.keys()) if (!sorted.has(key)) columns.push(this.#keyColumns(order, key, false));
      return columns.includes(null) ? null : this.#groups.sorted((columns as OrderColumn[][]).flat());
    } finally {
      ranks.release();
    }
  }

  #keyColumns(order: OrderColumns, key: number, descending: boolean): OrderColumn[] {
    return order.ofKey(this.#keys[key] as KeyColumn, this.#places[key] as number, descending);
  }

  #metricColumns(order: OrderColumns, metric: Metric, descending: boolean): OrderColumn[] | null {
    const cell = this.#cellOf(metric);
    if (cell === null) return order.ofMetric(metric, (each, group) => this.#metricOf(each, group), descending);
    return this.#groups.hasWideSums ? null : order.ofCell(cell, descending);
  }

  /** The values of a group's keys. */
  keyOf(group: Group): KeyValue[] {
    const words = this.#groups.key(group);
    return this.#keys.map((key, i) => key.valueOf(words, this.#places[i] as number));
  }

  *#entries(having: Having | null, limit: number): Generator<Entry, void> {
    for (const group of having === null ? this.#candidates(limit) : this.#groups.all()) {
      const metricOf = (metric: Metric) => this.#metricOf(metric, group);
      if (having !== null && !holds(having, metricOf)) continue;
      yield { group, metrics: this.#metrics.map(metricOf), words: null };
    }
  }

  /** Where groups are sorted by what the table keeps, most of millions are left out before an object is made of any. */
  #candidates(limit: number): Iterable<Group> {
    const [first] = this.#sort;
    if (limit === 0 || first?.by !== "metric") return this.#groups.all();
    const cell = this.#cellOf(first.metric);
    return cell === null ? this.#groups.all() : this.#groups.candidates(cell, limit, !first.descending);
  }

  /** Which cell of the table a metric is, if it is one; -1 for the flows. */
  #cellOf(metric: Metric): number | null {
    if (metric.kind === "flows") return -1;
    const [cell, ...more] = metricCells(metric);
    if (cell === undefined || more.length > 0) return null;
    return cellIndex(this.#plan.cells, cell);
  }

  #metricOf(metric: Metric, group: Group): Sum {
    const { cells } = this.#plan;
    return metricValue(metric, this.#groups.flows(group), (cell) => this.#groups.sum(group, cellIndex(cells, cell)));
  }

  /** By the terms, null last; what they leave open by the keys in their order. */
  #compare(a: Entry, b: Entry): number {
    let metric = 0;
    for (const term of this.#sort) {
      const order =
        term.by === "metric"
          ? compareSums(a.metrics[metric] as Sum, b.metrics[metric++] as Sum, term.descending)
          : this.#compareKey(this.#keyNamed(term.name), a, b, term.descending);
      if (order !== 0) return order;
    }
    for (let key = 0; key < this.#keys.length; key++) {
      const order = this.#compareKey(key, a, b, false);
      if (order !== 0) return order;
    }
    return 0;
  }

  #keyNamed(name: string): number {
    return this.#plan.keys.findIndex((key) => key.name === name);
  }

  #compareKey(i: number, a: Entry, b: Entry, descending: boolean): number {
    a.words ??= this.#groups.key(a.group);
    b.words ??= this.#groups.key(b.group);
    const key = this.#keys[i] as KeyColumn;
    const at = this.#places[i] as number;
    const { word, value } = key.none;
    const isNull = a.words[at + word] === value || b.words[at + word] === value;
    const order = key.compare(a.words, b.words, at);
    return descending && !isNull ? -order : order;
  }
}

/** The values of keys as one text, the same for the same values in every thread. */
export function keyText(key: readonly KeyValue[]): string {
  return JSON.stringify(key, (_, value) => (typeof value === "bigint" ? `${value}n` : value));
}

function compareSums(a: Sum, b: Sum, descending: boolean): number {
  if (a === b) return 0;
  if (a === null || b === null) return a === null ? 1 : -1;
  return a < b === descending ? 1 : -1;
}
