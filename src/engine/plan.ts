import type { Filter } from "../query/filter.js";
import type { Having } from "../query/having.js";
import { type Metric, metricsIn, shownMetrics } from "../query/metric.js";
import {
  type AggregateQuery,
  type Bin,
  fieldKey,
  groupingKeys,
  type Key,
  keyFields,
  type Query,
  RANK_METRICS,
  type RankMetric,
  type SortTerm,
  type SummaryQuery,
  type TalkersQuery,
  type TimelineQuery,
} from "../query/query.js";
import { UTC } from "../query/zone.js";
import { LOST_FIELD_NAMES } from "../record/fields.js";
import { fieldIndex, type Layout } from "../record/layout.js";
import type { SummaryPartName } from "./answer.js";
import { type Cell, metricCells } from "./metric-value.js";

/** Which groups of a grouping are wanted, and in which order. */
export type Choice =
  /** The first ones (of a limit of 0 all) that `having` holds for. Where `sort` leaves it open the keys settle it. */
  | { kind: "first"; having: Having | null; sort: readonly SortTerm[]; limit: number }
  /** In any order. */
  | { kind: "all" }
  /** Those whose keys, but for the first, are those of a chosen group of another grouping of the plan. */
  | { kind: "among"; grouping: number }
  /** None: only how many there are. */
  | { kind: "count" };

/** One way to group the flows of a run, and what is kept of each group: plain data. */
export interface GroupingPlan {
  /** None: all flows are one group. */
  keys: readonly Key[];
  cells: readonly Cell[];
  /** Of the flows that are asked about, those that this holds for. */
  where: Filter | null;
  /** Only of logs whose flows are ranked by this; null: of all. */
  rankedBy: RankMetric | null;
  /** Only of logs that carry these fields. */
  needs: readonly string[];
  /** Flows that have no value for a key are left out. */
  skipsNull: boolean;
  /** Bytes and packets are shared out over the bins of the key `time`. */
  isSpread: boolean;
  choice: Choice;
}

/** A query whose flows are ranked, by what it says or by what the log has. */
export type RankedQuery = TalkersQuery | TimelineQuery;

const sums: readonly Cell[] = [
  { op: "sum", field: "bytes" },
  { op: "sum", field: "packets" },
];

const plainGrouping = { where: null, rankedBy: null, needs: [], skipsNull: false, isSpread: false };

/** How the flows of a query must be grouped to answer it. Each command's answer knows the groupings by their order. */
export function planOf(query: Query | SummaryQuery): GroupingPlan[] {
  switch (query.command) {
    case "top-talkers":
      return rankedPlans(query, (metric) => [talkersPlan(query, metric)]);
    case "aggregate":
      return aggregatePlans(query);
    case "timeline":
      return rankedPlans(query, (metric, first) => timelinePlans(query, metric, first));
    case "summary":
      return Object.values(summaryPlans(query));
  }
}

/** The groupings of each metric that flows may be ranked by: where the query leaves that to the log, logs may differ. */
function rankedPlans(
  { metric }: RankedQuery,
  plansFor: (metric: RankMetric, first: number) => GroupingPlan[],
): GroupingPlan[] {
  if (metric !== null) return plansFor(metric, 0);
  const plans: GroupingPlan[] = [];
  for (const each of RANK_METRICS) {
    plans.push(...plansFor(each, plans.length).map((plan) => ({ ...plan, rankedBy: each })));
  }
  return plans;
}

/** Where in the plan the groupings of a metric begin. */
export function firstGrouping(query: RankedQuery, metric: RankMetric): number {
  const each = query.command === "timeline" && query.keys.length > 0 ? 3 : 1;
  return query.metric === null ? each * RANK_METRICS.indexOf(metric) : 0;
}

function talkersPlan({ keys, limit, bottom }: TalkersQuery, metric: RankMetric): GroupingPlan {
  return { ...plainGrouping, keys, cells: sums, choice: ranked(metric, limit, bottom) };
}

function ranked(metric: RankMetric, limit: number, bottom: boolean): Choice {
  const by: Metric =
    metric === "flows" ? { kind: "flows", name: metric } : { kind: "sum", name: metric, field: metric };
  return { kind: "first", having: null, sort: [{ by: "metric", metric: by, descending: !bottom }], limit };
}

/** The groups themselves, and for each field whose distinct values are counted, these values of all flows. */
function aggregatePlans(query: AggregateQuery): GroupingPlan[] {
  const { keys, having, limit } = query;
  const shown = shownMetrics(query);
  const [first] = shown;
  const byFirst: SortTerm[] = first === undefined ? [] : [{ by: "metric", metric: first, descending: true }];
  const sort = query.sort.length > 0 ? query.sort : byFirst;
  const cells = new Map<string, Cell>();
  for (const metric of [...shown, ...metricsIn(query)]) {
    for (const cell of metricCells(metric)) cells.set(`${cell.op} ${cell.field}`, cell);
  }
  return [
    { ...plainGrouping, keys, cells: [...cells.values()], choice: { kind: "first", having, sort, limit } },
    ...distinctFields(query).map(
      (field): GroupingPlan => ({
        ...plainGrouping,
        keys: [fieldKey(field)],
        cells: [],
        skipsNull: true,
        choice: { kind: "count" },
      }),
    ),
  ];
}

/** The fields whose distinct values are counted also of all flows, in the order of their groupings. */
export function distinctFields(query: AggregateQuery): string[] {
  const fields = shownMetrics(query).flatMap((metric) => (metric.kind === "distinct" ? [metric.field] : []));
  return [...new Set(fields)];
}

/** With how many values there are, and how many shares of flows, so that it can be told of a sum whether it is 0 or none. */
const countedSums: readonly Cell[] = [
  ...sums,
  { op: "count", field: "bytes" },
  { op: "count", field: "packets" },
  { op: "count", field: "start" },
];

/** The bins of all flows together, the series, and the bins of those that are shown. */
function timelinePlans(query: TimelineQuery, metric: RankMetric, first: number): GroupingPlan[] {
  const { keys, limit, spread } = query;
  const [time, ...series] = groupingKeys(query) as [Key, ...Key[]];
  const all: GroupingPlan = {
    ...plainGrouping,
    keys: [time],
    cells: countedSums,
    isSpread: spread,
    choice: { kind: "all" },
  };
  if (keys.length === 0) return [all];
  // What is left for the others is the rest of all, but where a flow may count for two groups: then they are all gone through.
  const isTwice = keys.some(({ kind }) => kind === "addr");
  return [
    all,
    { ...plainGrouping, keys: series, cells: sums, choice: ranked(metric, limit, false) },
    {
      ...all,
      keys: [time, ...series],
      choice: isTwice ? { kind: "all" } : { kind: "among", grouping: first + 1 },
    },
  ];
}

/** A capture window of AWS's is at most this long, so that a log of all traffic has a flow in each. */
export const COVERAGE_BIN: Bin = { seconds: 600, zone: UTC };

export type SummaryGrouping = "all" | "bins" | SummaryPartName;

/** The parts of a summary, each by its name. */
export function summaryPlans({ limit }: SummaryQuery): Record<SummaryGrouping, GroupingPlan> {
  const by = (keys: readonly Key[], most: number): GroupingPlan => ({
    ...plainGrouping,
    keys,
    cells: sums,
    needs: keys.flatMap(keyFields),
    choice: { kind: "first", having: null, sort: mostTraffic, limit: most },
  });
  const rejected = (key: Key): GroupingPlan => ({
    ...by([key], limit),
    where: { op: "text", field: "action", values: ["reject"], anyCase: true },
    needs: ["action", ...keyFields(key)],
    choice: { kind: "first", having: null, sort: [flowsFirst], limit },
  });
  return {
    all: {
      ...by([], 0),
      cells: [
        ...sums,
        { op: "min", field: "start" },
        { op: "max", field: "end" },
        ...LOST_FIELD_NAMES.map((field): Cell => ({ op: "sum", field })),
      ],
    },
    bins: {
      ...by([{ kind: "time", name: "time", bin: COVERAGE_BIN }], 0),
      cells: [],
      choice: { kind: "all" },
    },
    actions: by([fieldKey("action")], 0),
    protocols: by([fieldKey("protocol")], limit),
    talkers: by([fieldKey("srcaddr")], limit),
    services: by([{ kind: "service", name: "service" }], limit),
    rejected_talkers: rejected(fieldKey("srcaddr")),
    rejected_services: rejected({ kind: "service", name: "service" }),
    interfaces: by([fieldKey("interface_id")], limit),
  };
}

const flowsFirst: SortTerm = { by: "metric", metric: { kind: "flows", name: "flows" }, descending: true };
/** By bytes; groups of logs without them by their flows. */
const mostTraffic: readonly SortTerm[] = [
  { by: "metric", metric: { kind: "sum", name: "bytes", field: "bytes" }, descending: true },
  flowsFirst,
];

/** Whether flows of a layout are grouped by a plan. */
export function isFor({ rankedBy: metric, needs }: GroupingPlan, layout: Layout): boolean {
  return (metric === null || rankedBy([layout]) === metric) && needs.every((field) => carries([layout], field));
}

/** What flows of these layouts are ranked by: the query's metric, or else the first of bytes, packets and flows that one carries. */
export function metricOf({ metric }: RankedQuery, layouts: readonly Layout[]): RankMetric {
  return metric ?? rankedBy(layouts);
}

/** The first of bytes, packets and flows that one of the layouts carries. */
export function rankedBy(layouts: readonly Layout[]): RankMetric {
  if (layouts.length === 0) return "bytes";
  return RANK_METRICS.find((name) => carries(layouts, name)) ?? "flows";
}

export function carries(layouts: readonly Layout[], field: string): boolean {
  return layouts.some((layout) => fieldIndex(layout, field) >= 0);
}
