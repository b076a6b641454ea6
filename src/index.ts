import { PassThrough } from "node:stream";
import type { Ranking } from "./engine/answer.js";
import { defaultMemory } from "./engine/memory.js";
import { Run, type RunEvents, type Sources } from "./engine/run.js";
import { rankTalkers } from "./engine/talkers.js";
import { defaultJobs } from "./engine/weigh.js";
import { checkArguments } from "./library-options.js";
import type { LineProblem } from "./parse/problem.js";
import { EVERYTHING } from "./query/filter.js";
import { parseKeys } from "./query/keys.js";
import type { RankMetric, TalkersQuery } from "./query/query.js";
import { type Layout, parseFormat } from "./record/layout.js";
import type { FlowLogRecord } from "./record/record.js";

export type { InputReport, KeyValue, RankedGroup, Ranking, Sum } from "./engine/answer.js";
export { InputError, UserError } from "./errors.js";
export { parseRecord } from "./parse/line.js";
export { formatProblem, type LineFault, type LineProblem } from "./parse/problem.js";
export type { RankMetric } from "./query/query.js";
export { FIELDS, type FieldDefinition, type FieldKind } from "./record/fields.js";
export { DEFAULT_LAYOUT, type Layout, type LayoutField, parseFormat, TGW_LAYOUT } from "./record/layout.js";
export type { FlowLogRecord } from "./record/record.js";

/** How a log is read, and who hears of what is wrong with it. */
export interface ReadOptions {
  /**
   * Layouts for logs without a header: AWS's format string, a list of names, `default` or `tgw`; of several, each line
   * takes the one with its number of fields. A log's own header wins.
   */
  format?: string | readonly string[];
  /** Called for each line that is no record; the line is skipped. */
  onProblem?(problem: LineProblem): void;
  /** Called with remarks for people, such as a status that AWS does not have. */
  onNote?(text: string): void;
}

export interface TopTalkersOptions extends ReadOptions {
  /** Keys as of `--by`: fields, `srcaddr/24`, `pair`, `5tuple`, `addr`; several with commas. Default: `srcaddr`. */
  by?: string;
  /** Default: bytes, or else the first of packets and flows that the log carries. */
  metric?: RankMetric;
  /** How many groups; 0 is all. Default: 10. */
  limit?: number;
  /** Least first. */
  bottom?: boolean;
}

/**
 * Read the records of flow logs, in their order.
 *
 * @param inputs paths of files of any shape that the README lists, directories or globs
 * @returns every record, NODATA and SKIPDATA too. A key is a field's name (`srcaddr`, `log_status`), absent where the
 *          log's layout lacks it; `-` is null. `bytes` and `packets` are octets and packets as bigint, `start` and `end`
 *          Unix seconds. Memory does not grow with the log.
 * @throws InputError when an input cannot be read or understood: at that input, after the records before it; UserError
 *         for arguments that will not do
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html
 */
export async function* readRecords(
  inputs: string | readonly string[],
  options: ReadOptions = {},
): AsyncGenerator<FlowLogRecord, void> {
  checkArguments("readRecords", inputs, options);
  const question = {
    filter: EVERYTHING,
    window: { since: null, until: null },
    required: [],
    wanted: [],
    of: "records",
  } as const;
  const run = new Run(sourcesOf(inputs, options), question, eventsOf(options));
  for await (const { batch, selection } of run.batches()) {
    const rows = run.columns.kernel.words32(selection.rows, selection.count).slice();
    for (const row of rows) yield batch.record(row);
  }
}

/**
 * Rank groups of flows by their bytes, packets or flows.
 *
 * @param inputs paths of files of any shape that the README lists, directories or globs
 * @returns the ranking with "others", the total and an account of the inputs. Sums are exact (bigint); a sum that cannot
 *          be made is null. Ties are in the order of their keys. Memory grows with the number of distinct groups.
 * @throws InputError when an input cannot be read or understood, UserError for arguments that will not
 *         do, such as an unknown key, and for a field that no input has
 */
export async function topTalkers(
  inputs: string | readonly string[],
  options: TopTalkersOptions = {},
): Promise<Ranking> {
  checkArguments("topTalkers", inputs, options);
  const query: TalkersQuery = {
    command: "top-talkers",
    filter: EVERYTHING,
    window: { since: null, until: null },
    keys: parseKeys(options.by ?? "srcaddr"),
    metric: options.metric ?? null,
    limit: options.limit ?? 10,
    bottom: options.bottom ?? false,
  };
  return rankTalkers(query, sourcesOf(inputs, options), eventsOf(options));
}

function sourcesOf(inputs: string | readonly string[], { format = [] }: ReadOptions): Sources {
  const formats: Layout[] = (typeof format === "string" ? [format] : format).map(parseFormat);
  // A library does not read the standard input of its program.
  return {
    inputs: typeof inputs === "string" ? [inputs] : inputs,
    stdin: new PassThrough().end(),
    formats,
    jobs: defaultJobs(),
    memory: defaultMemory(),
  };
}

function eventsOf(options: ReadOptions): RunEvents {
  return {
    onProblem: (problem) => options.onProblem?.(problem),
    onMalformedBytes() {},
    onNote: (text) => options.onNote?.(text),
    onFailure(error) {
      throw error;
    },
  };
}
