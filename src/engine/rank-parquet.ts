import type { Filter } from "../query/filter.js";
import { queryFields, type TalkersQuery } from "../query/query.js";
import { groupTableSql } from "../query/sql-groups.js";
import { writeMacros } from "../query/sql-macros.js";
import { sqlName } from "../query/sql-text.js";
import { findField } from "../record/fields.js";
import { type Layout, layoutFromHeader } from "../record/layout.js";
import { type Database, openDatabase } from "../source/duckdb.js";
import type { FoundInputs } from "../source/inputs.js";
import { isParquet } from "../source/is-parquet.js";
import { haveSameColumns, isNoAddress, readParquetColumns } from "../source/parquet-columns.js";
import type { KeyValue, Ranking, Sum } from "./answer.js";
import { settleMetric } from "./group.js";
import { accountOfParquet } from "./parquet-account.js";
import { type RankedGroups, rankingOf } from "./ranking.js";
import type { Account, Question } from "./reading.js";
import { InputTally, makeResult, type RunEvents, type Sources } from "./run.js";
import type { Totals } from "./totals.js";

/**
 * Rank the flows of Parquet files where DuckDB can, which reads only the columns that are asked for. It is not trusted with
 * what is out of the usual: a value that may be malformed, an unknown status, files that differ. Then, and where it fails,
 * the files are read as any other log, which tells what is wrong with them.
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
      await database.run(`SET memory_limit = '${sources.memory}B'; SET threads = ${sources.jobs};`);
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
  const shownAddresses = addressesShown(query);
  const checked = queryFields(query).filter((field) => !shownAddresses.includes(field));
  const account = await accountOfParquet(database, columns, layout, paths, checked);
  if (account === null) return null;

  const { setup, statement, order } = groupTableSql(query, fields);
  const macros = writeMacros(setup + statement + order.join());
  await database.run(macros + setup + statement);
  const sums = `flows, ${sumColumn(query, "bytes")}, ${sumColumn(query, "packets")}`;
  const addresses = shownAddresses.map((field) => isNoAddress(`groups.${sqlName(field)}`));
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

/** Where a key has its name, the table has the sum under another. */
function sumColumn({ keys }: TalkersQuery, field: "bytes" | "packets"): string {
  const column = keys.some(({ name }) => name === field) ? `sum_${field}` : field;
  return `CAST(groups.${column} AS HUGEINT) AS ${field}_sum`;
}

function keyValue(value: unknown): KeyValue {
  return typeof value === "bigint" && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : (value as KeyValue);
}
