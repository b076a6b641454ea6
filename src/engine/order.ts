import type { Having } from "../query/having.js";
import type { Metric } from "../query/metric.js";
import type { SortTerm } from "../query/query.js";
import type { KeyValue, Sum } from "./answer.js";
import type { Among } from "./grouping.js";
import type { Group, GroupTable } from "./groups.js";
import { holds } from "./having.js";
import type { KeyColumn } from "./keys.js";
import { type Cell, metricValue } from "./metric-value.js";
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
  readonly #keys: readonly KeyColumn[];
  /** Where the words of each key begin in a group's. */
  readonly #places: readonly number[];
  readonly #groups: GroupTable;
  readonly #sort: readonly SortTerm[];
  readonly #metrics: readonly Metric[];

  constructor(plan: GroupingPlan, keys: readonly KeyColumn[], groups: GroupTable) {
    this.#plan = plan;
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

  /** @param among of which the groups of a choice `among` are taken */
  chosen(among: Among): Group[] {
    const { choice } = this.#plan;
    switch (choice.kind) {
      case "count":
        return [];
      case "all":
        return [...this.#groups.all()];
      case "among":
        return [...this.#groups.all()].filter((group) => among?.has(keyText(this.keyOf(group).slice(1))) ?? true);
      case "first": {
        const entries = this.#entries(choice.having, choice.limit);
        return takeFirst(entries, choice.limit, (a, b) => this.#compare(a, b)).map(({ group }) => group);
      }
    }
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
    const { metric, descending } = first;
    if (metric.kind === "flows") return this.#groups.candidates(-1, limit, !descending);
    const op = metric.kind === "first" ? "min" : metric.kind === "last" ? "max" : metric.kind;
    const field =
      metric.kind === "first" ? "start" : metric.kind === "last" ? "end" : "field" in metric && metric.field;
    const cell = this.#plan.cells.findIndex((other) => other.op === op && other.field === field);
    return cell < 0 ? this.#groups.all() : this.#groups.candidates(cell, limit, !descending);
  }

  #metricOf(metric: Metric, group: Group): Sum {
    return metricValue(metric, this.#groups.flows(group), ({ op, field }: Cell) => {
      const cell = this.#plan.cells.findIndex((other) => other.op === op && other.field === field);
      return this.#groups.sum(group, cell);
    });
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
