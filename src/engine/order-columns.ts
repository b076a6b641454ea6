import type { Columns } from "../parse/columns.js";
import type { Scratch } from "../parse/scratch.js";
import type { Metric } from "../query/metric.js";
import type { Sum } from "./answer.js";
import type { GroupTable } from "./groups.js";
import type { KeyColumn } from "./keys.js";

/** Writes a column of words for the groups of a table, of which the lesser comes first. */
export type OrderColumn = (out: number, table: number) => void;

const ipv6Mark = 1n << 32n;
/** Values of metrics that are computed lie within this, or there is no column of them. */
const mostComputed = 1n << 62n;

/** What all groups of a table can be sorted by in the kernel: a merge sort there takes a twentieth of the time of one here. */
export class OrderColumns {
  readonly #columns: Columns;
  readonly #groups: GroupTable;
  readonly #ranks: Scratch;
  readonly #rankedDictionaries = new Map<number, number>();

  /** @param ranks is released once all is sorted */
  constructor(columns: Columns, groups: GroupTable, ranks: Scratch) {
    this.#columns = columns;
    this.#groups = groups;
    this.#ranks = ranks;
  }

  /** By the flows (a cell of -1) or a cell of each group, null last. */
  ofCell(cell: number, descending: boolean): OrderColumn[] {
    const { call } = this.#columns.kernel;
    const values: OrderColumn = (out, table) => call.orderSums(table, cell, descending ? 1 : 0, out);
    const isLacking = cell >= 0 && this.#groups.lacking(cell) > 0;
    return isLacking ? [(out, table) => call.orderLacking(table, cell, out), values] : [values];
  }

  /** By a metric that is computed of what the table keeps; null where that is more than a word holds. */
  ofMetric(
    metric: Metric,
    metricOf: (metric: Metric, group: number) => Sum,
    descending: boolean,
  ): OrderColumn[] | null {
    const values = new BigUint64Array(this.#groups.size);
    let i = 0;
    for (const group of this.#groups.all()) {
      const value = metricOf(metric, group);
      if (value !== null && (value >= mostComputed || value <= -mostComputed)) return null;
      values[i++] = value === null ? 0xffff_ffff_ffff_ffffn : mostComputed + (descending ? -value : value);
    }
    const { kernel } = this.#columns;
    return [(out) => kernel.u64.set(values, out / 8)];
  }

  /** By the value of a key, whose words begin at a place in a group's. */
  ofKey(key: KeyColumn, at: number, descending: boolean): OrderColumn[] {
    const { call } = this.#columns.kernel;
    const flag = descending ? 1 : 0;
    const { none, words } = key;
    if (words.length === 2) {
      // A counter may be any number, so that another word says whether it is none.
      const isNull: OrderColumn = (out, table) => call.orderWords(table, at + none.word, 0, out);
      return [isNull, (out, table) => call.orderWords(table, at, flag, out)];
    }
    const [word = { kind: "plain", dictionary: 0 }] = words;
    const ranks = word.kind === "plain" ? 0 : this.#ranksOf(word.dictionary);
    const mark = word.kind === "address" ? ipv6Mark : 0n;
    return [(out, table) => call.orderCodes(table, at, none.value, ranks, mark, flag, out)];
  }

  /** The place of each code of a dictionary among all, by the bytes of their texts. */
  #ranksOf(dictionary: number): number {
    // Both addresses of a pair are of one.
    const ranks = this.#rankedDictionaries.get(dictionary) ?? this.#rank(dictionary);
    this.#rankedDictionaries.set(dictionary, ranks);
    return ranks;
  }

  #rank(dictionary: number): number {
    const { call } = this.#columns.kernel;
    const ranks = this.#ranks.reserve(4 * (call.dictionarySize(dictionary) + 1));
    call.rankTexts(dictionary, ranks);
    return ranks;
  }
}
