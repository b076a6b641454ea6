import { newCounts } from "../parse/counts.js";
import type { Filter } from "../query/filter.js";
import { queryFields, type TalkersQuery } from "../query/query.js";
import { flowCondition } from "../query/sql-filter.js";
import { groupTableSql } from "../query/sql-groups.js";
import { writeMacros } from "../query/sql-macros.js";
import { sqlName, writeCondition } from "../query/sql-text.js";
import { findField } from "../record/fields.js";
import { type Layout, layoutFromHeader } from "../record/layout.js";
import { type Database, openDatabase, parquetTable } from "../source/duckdb.js";
import type { FoundInputs } from "../source/inputs.js";
import { isParquet } from "../source/is-parquet.js";
import {
  doubtSql,
  haveSameColumns,
  isNoAddress,
  isTextualNumber,
  type ParquetColumn,
  rangeSql,
  readParquetColumns,
  typedSql,
} from "../source/parquet-columns.js";
import type { KeyValue, Ranking, Sum } from "./answer.js";
import { settleMetric } from "./group.js";
import { type RankedGroups, rankingOf } from "./ranking.js";
import type { Account, Question } from "./reading.js";
import { InputTally, makeResult, type RunEvents, type Sources } from "./run.js";
import type { Totals } from "./totals.js";

/**
 * Rank the flows of Parquet files where DuckDB can, which reads only the columns that are asked for. It is not trusted with
 * what is out of the usual: a value that may be malformed, an unknown status, files that differ. Then, and where it fails,
 * the files are read as any other log, which tells what is wrong with them. Numbers are all looked at, as statistics of the
 * file tell their bounds; texts and addresses only of the columns that the question reads.
 *
 * @returns null where the question is to be answered by reading
 */
export async function rankParquet(
  query: TalkersQuery,
  found: FoundInputs,
  sources: Sources,
  events: RunEvents,
): Promise<Ranking | null> {
  const { inputs } = found;
  const isOther = sources.formats.length > 0 || query.keys.some(({ kind }) => kind === "addr");
  if (isOther || !inputs.every(isParquet)) return null;
  let groups: GroupsInParquet | null;
  try {
    const database = await openDatabase(inputs[0]?.name ?? "");
    try {
      await database.run(`SET memory_limit = '${sources.memory}B'`);
      const paths = inputs.map(({ path }) => path as string);
      groups = await groupParquet(query, database, paths);
    } finally {
      database.closeSync();
    }
  } catch {
    return null;
  }
  if (groups === null) return null;
  const tally = new InputTally(events);
  tally.addFound(found);
  for (const input of inputs) tally.add(input, null);
  const { layout, account, ...ranked } = groups;
  const question: Question = {
    filter: query.filter,
    window: query.window,
    required: queryFields(query),
    wanted: [],
    of: "flows",
  };
  const result = makeResult(account, tally, question, events);
  return rankingOf(query, settleMetric(query, result, events), result.input, ranked);
}

interface GroupsInParquet extends RankedGroups {
  layout: Layout;
  account: Account;
}

async function groupParquet(
  query: TalkersQuery,
  database: Database,
  paths: readonly string[],
): Promise<GroupsInParquet | null> {
  const [first = ""] = paths;
  const columns = await readParquetColumns(database, first, first);
  if (!(await haveSameColumns(database, paths))) return null;
  const layout = layoutFromHeader(columns.map(({ awsName }) => awsName));
  const fields = layout.fields.map(({ name }) => name);
  if (!queryFields(query).every((field) => fields.includes(field))) return null;
  if (await hasStrayNumbers(database, columns, paths)) return null;
  const read = new Set([...queryFields(query), "action", "interface_id", "start", "end"]);
  const shownAddresses = addressesShown(query);
  const isChecked = (field: string) => read.has(field) && !shownAddresses.includes(field);
  await database.run(logView(columns, fields, paths, isChecked));
  const account = await accountOf(database, layout, fields, paths.length);
  if (account === null) return null;

  const { setup, statement, order } = groupTableSql(query, fields);
  const macros = writeMacros(setup + statement + order.join());
  await database.run(macros + setup + statement);
  const sums = `flows, ${sumColumn(query, "bytes")}, ${sumColumn(query, "packets")}`;
  const addresses = shownAddresses.map((field) => `coalesce(${isNoAddress(`groups.${sqlName(field)}`)}, false)`);
  const totalled =
    await database.runAndReadAll(`SELECT count(*), CAST(coalesce(sum(flows), 0) AS HUGEINT), sum(bytes_sum), sum(packets_sum),
  count(*) FILTER (bytes_sum IS NULL), count(*) FILTER (packets_sum IS NULL), count(*) FILTER (is_doubtful)
FROM (SELECT ${sums}, ${addresses.join(" OR ") || "false"} AS is_doubtful FROM groups)`);
  const [size, flows, bytes, packets, withoutBytes, withoutPackets, doubtful] = totalled.getRows()[0] as [
    ...[bigint, bigint, Sum, Sum],
    ...[bigint, bigint, bigint],
  ];
  if (doubtful > 0n) return null;
  const keys = query.keys.map(({ name }) => `groups.${sqlName(name)}`);
  // Of those that are shown, the keys are put in order too, which takes longer than the rest.
  const shown = query.limit === 0 ? "" : `QUALIFY rank() OVER (ORDER BY ${order[0]}) <= ${query.limit}`;
  const ranked = await database.runAndReadAll(`SELECT ${[sums, ...keys].join(", ")}
FROM (SELECT * FROM groups ${shown}) AS groups
ORDER BY ${order.join(", ")}${query.limit === 0 ? "" : ` LIMIT ${query.limit}`}`);
  const totals: Totals = { flows, cells: [bytes, packets] };
  return {
    layout,
    account,
    size: Number(size),
    flows: totals,
    groups: totals,
    lacking: (metric) => Number(metric === "bytes" ? withoutBytes : withoutPackets),
    rows: ranked.getRows().map(([rowFlows, rowBytes, rowPackets, ...key]) => ({
      key: key.map(keyValue),
      flows: rowFlows as bigint,
      cells: [rowBytes, rowPackets] as Sum[],
    })),
  };
}

/** The addresses that the groups of all flows show as they stand in the files, so that they need be looked at only there. */
function addressesShown({ keys, filter, window }: TalkersQuery): string[] {
  const isOfAll = isEverything(filter) && window.since === null && window.until === null;
  return keys.flatMap((key) => {
    const isWhole = key.kind === "field" && key.v4 === null && key.v6 === null;
    return isOfAll && isWhole && findField(key.field)?.kind === "address" ? [key.field] : [];
  });
}

function isEverything(filter: Filter): boolean {
  return filter.op === "and" && filter.terms.length === 0;
}

async function hasStrayNumbers(
  database: Database,
  columns: readonly ParquetColumn[],
  paths: readonly string[],
): Promise<boolean> {
  const strays = columns.flatMap((column) => rangeSql(column) ?? []).map((stray) => `coalesce(${stray}, false)`);
  if (strays.length === 0) return false;
  const told = await database.runAndReadAll(`SELECT ${strays.join(" OR ")} FROM ${parquetTable(paths)}`);
  return told.getRows()[0]?.[0] === true;
}

/** Where a key has its name, the table has the sum under another. */
function sumColumn({ keys }: TalkersQuery, field: "bytes" | "packets"): string {
  const column = keys.some(({ name }) => name === field) ? `sum_${field}` : field;
  return `CAST(groups.${column} AS HUGEINT) AS ${field}_sum`;
}

function keyValue(value: unknown): KeyValue {
  return typeof value === "bigint" && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : (value as KeyValue);
}

/** The view `flow_log`, with a column `is_doubtful` for what DuckDB is not trusted with. */
function logView(
  columns: readonly ParquetColumn[],
  fields: readonly string[],
  paths: readonly string[],
  isChecked: (field: string) => boolean,
): string {
  const values = columns.map((column, i) => {
    const value = column.kind === "tag" ? `decode_tag(${typedSql(column)})` : typedSql(column);
    return `${value} AS ${sqlName(fields[i] as string)}`;
  });
  const doubts = columns.flatMap((column, i) => {
    const field = fields[i] as string;
    return isChecked(field) || isTextualNumber(column) ? [`coalesce(${doubtSql(column, field)}, false)`] : [];
  });
  const view = `CREATE OR REPLACE TEMP VIEW flow_log AS
SELECT ${values.join(", ")}, ${doubts.join(" OR ") || "false"} AS is_doubtful
FROM ${parquetTable(paths)};
`;
  return writeMacros(view) + view;
}

/** What was met in the files; null where anything in them is doubtful. Each counts as a header and a line a record. */
async function accountOf(
  database: Database,
  layout: Layout,
  fields: readonly string[],
  files: number,
): Promise<Account | null> {
  const isFlow = writeCondition(flowCondition(fields));
  /** Of the flows, where the files have the field. */
  const ofFlows = (field: string, aggregate: string) =>
    fields.includes(field) ? `${aggregate} FILTER (${isFlow})` : "NULL";
  const hasStatus = fields.includes("log_status");
  const counted = await database.runAndReadAll(`SELECT count(*), count(*) FILTER (${isFlow}),
  count(*) FILTER (${hasStatus ? "log_status = 'NODATA'" : `(${isFlow}) IS NOT TRUE`}),
  count(*) FILTER (${hasStatus ? "log_status = 'SKIPDATA'" : "false"}),
  count(*) FILTER (is_doubtful),
  ${ofFlows("start", "min(CAST(start AS BIGINT))")}, ${ofFlows("end", 'max(CAST("end" AS BIGINT))')},
  ${ofFlows("interface_id", "list(DISTINCT interface_id)")}
FROM flow_log`);
  const [row] = counted.getRowsJS();
  if (row === undefined) return null;
  const [records, flows, nodata, skipdata, doubtful, first, last, names] = row as [
    ...[bigint, bigint, bigint, bigint, bigint],
    bigint | null,
    bigint | null,
    (string | null)[] | null,
  ];
  if (doubtful > 0n || flows + nodata + skipdata !== records) return null;
  return {
    counts: {
      ...newCounts(),
      lines: Number(records) + files,
      headers: files,
      records: Number(records),
      flows: Number(flows),
      nodata: Number(nodata),
      skipdata: Number(skipdata),
      first,
      last,
    },
    matched: 0,
    interfaces: (names ?? []).filter((name) => name !== null),
    layouts: [layout],
    met: records > 0n ? [{ layout, count: Number(flows), covered: true }] : [],
  };
}
