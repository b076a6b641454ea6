import { filterFields } from "../query/filter.js";
import type { Query, SummaryQuery } from "../query/query.js";
import { writeMacros } from "../query/sql-macros.js";
import { isTrafficField } from "../record/fields.js";
import { layoutFromHeader } from "../record/layout.js";
import { type Chunk, type Database, openDatabase } from "../source/duckdb.js";
import type { FoundInputs } from "../source/inputs.js";
import { isParquet } from "../source/is-parquet.js";
import {
  haveSameColumns,
  isNoAddress,
  type ParquetColumn,
  partitionColumns,
  readParquetColumns,
} from "../source/parquet-columns.js";
import type { KeyValue, Sum } from "./answer.js";
import type { Grouped, GroupedFlows, Groupings } from "./group.js";
import type { GroupRow, GroupRows } from "./grouping.js";
import { accountOfParquet, type Check } from "./parquet-account.js";
import { type GroupingPlan, isFor, planOf } from "./plan.js";
import {
  chosenSql,
  flowTotalsSql,
  groupTableSql,
  groupTotalsSql,
  planFields,
  tableOf,
  wholeAddresses,
} from "./plan-sql.js";
import type { Account, Question } from "./reading.js";
import { InputTally, makeResult, type RunEvents, type Sources } from "./run.js";
import { noTotals, type Totals } from "./totals.js";

/**
 * Group the flows of Parquet files where DuckDB can, which reads only the columns that are asked for. It is not trusted with
 * what is out of the usual: a value that may be malformed, an unknown status, files that differ. Then, and where it lacks
 * memory or a file is damaged, the files are read as any other log, which tells what is wrong with them.
 *
 * @returns null where the question is to be answered by reading
 */
export async function groupParquet(
  query: Query | SummaryQuery,
  question: Question,
  sources: Sources,
  found: FoundInputs,
  events: RunEvents,
): Promise<Grouped | null> {
  const { inputs } = found;
  const plans = planOf(query);
  if (sources.formats.length > 0 || plans.some(({ isSpread }) => isSpread) || !inputs.every(isParquet)) return null;
  let grouped: { groupings: Groupings; account: Account } | null;
  try {
    const database = await openDatabase(inputs[0]?.name ?? "");
    try {
      await database.run(`SET memory_limit = '${sources.memory}B'; SET threads = ${sources.jobs};`);
      const paths = inputs.map(({ path }) => path as string);
      grouped = await groupFiles(query, question, plans, database, paths, sources.wholeRecords === true);
    } finally {
      database.closeSync();
    }
  } catch (error) {
    if (isOurs(error)) throw error;
    return null;
  }
  if (grouped === null) return null;
  const tally = new InputTally(events);
  tally.addFound(found);
  for (const input of inputs) tally.add(input, null);
  return { groupings: grouped.groupings, result: makeResult(grouped.account, tally, question, events) };
}

/** Whether DuckDB was asked for what it cannot understand: a bug, that reading would only hide. */
function isOurs(error: unknown): boolean {
  return error instanceof Error && /^(Parser|Binder|Catalog) Error/.test(error.message);
}

async function groupFiles(
  query: Query | SummaryQuery,
  question: Question,
  plans: readonly GroupingPlan[],
  database: Database,
  paths: readonly string[],
  wholeRecords: boolean,
): Promise<{ groupings: Groupings; account: Account } | null> {
  const [first = ""] = paths;
  const ownColumns = await readParquetColumns(database, first, first);
  const folders = foldersOf(paths, ownColumns);
  if (folders === null || !(await haveSameColumns(database, paths))) return null;
  const columns = [...ownColumns, ...folders.columns];
  const layout = layoutFromHeader(columns.map(({ awsName }) => awsName));
  const fields = layout.fields.map(({ name }) => name);
  if (!question.required.every((field) => fields.includes(field))) return null;
  const asked = [...question.required, ...question.wanted, "action", "interface_id", "log_status", "start", "end"];
  if (folders.differing.some((field) => asked.includes(field) || isTrafficField(field))) return null;
  const answered = plans.filter((plan) => isFor(plan, layout));
  const inGroups = answered.flatMap((plan) => wholeAddresses(plan, query)).flatMap((key) => key.fields);
  // Without a status, these tell what is a flow.
  const telling = fields.includes("log_status") ? [] : fields.filter(isTrafficField);
  const inQuestion = wholeRecords
    ? fields
    : [...filterFields(query.filter), ...answered.flatMap(planFields), ...telling];
  const checks = new Map<string, Check>(inQuestion.map((field) => [field, "records"]));
  if (!wholeRecords && telling.length === 0) for (const field of inGroups) checks.set(field, "no flows");
  const account = await accountOfParquet(database, columns, layout, paths, checks);
  if (account === null) return null;

  const all: GroupsInParquet[] = [];
  for (const [i, plan] of plans.entries()) {
    const groups = answered.includes(plan) ? await groupByPlan(query, plans, i, fields, database) : noGroups(plan);
    if (groups === null) return null;
    all.push(groups);
  }
  const whole = plans.findIndex((plan) => answered.includes(plan) && plan.where === null && !plan.skipsNull);
  return {
    groupings: { grouping: (i) => all[i] as GroupsInParquet, rows: (i) => (all[i] as GroupsInParquet).rows },
    account: { ...account, matched: Number(all[whole]?.totals.flows.flows ?? 0) },
  };
}

/**
 * What the folders of all files say of their records.
 * @returns null where they differ in what they say; what they say differently has no value here, and is not to be asked for
 */
function foldersOf(paths: readonly string[], columns: readonly ParquetColumn[]) {
  const [first = [], ...others] = paths.map((path) => partitionColumns(path, columns));
  const isSame = others.every(
    (other) => other.length === first.length && other.every(({ awsName }, i) => awsName === first[i]?.awsName),
  );
  if (!isSame) return null;
  const differs = ({ sql }: ParquetColumn, i: number) => others.some((other) => other[i]?.sql !== sql);
  return {
    columns: first.map((column, i) => (differs(column, i) ? { ...column, sql: "NULL::VARCHAR" } : column)),
    differing: layoutFromHeader(first.filter(differs).map(({ awsName }) => awsName)).fields.map(({ name }) => name),
  };
}

interface GroupsInParquet extends GroupedFlows {
  rows: GroupRows;
}

function noGroups(plan: GroupingPlan): GroupsInParquet {
  const totals = { flows: noTotals(plan.cells), groups: noTotals(plan.cells) };
  return { plan, totals, size: 0, lacking: () => 0, rows: [] };
}

/** @returns null where a key is no address */
async function groupByPlan(
  query: Query | SummaryQuery,
  plans: readonly GroupingPlan[],
  i: number,
  fields: readonly string[],
  database: Database,
): Promise<GroupsInParquet | null> {
  const plan = plans[i] as GroupingPlan;
  const ask = async (sql: string) => database.run(writeMacros(sql) + sql);
  await ask(groupTableSql(i, plan, query, fields));
  const isNone = wholeAddresses(plan, query).map(({ column }) => isNoAddress(column));
  if (isNone.length > 0) {
    const found = await ask(`SELECT count(*) FROM ${tableOf(i)} WHERE ${isNone.join(" OR ")}`);
    if ((await found.getRows())[0]?.[0] !== 0n) return null;
  }
  const [summed] = (await (await ask(groupTotalsSql(i, plan))).getRows()) as [[bigint, bigint, ...Sum[]]];
  const [size, flows, ...sums] = summed;
  const lacking = sums.splice(plan.cells.length);
  const groups: Totals = { flows, cells: sums };
  const rows = await ask(chosenSql(plans, i));
  return {
    plan,
    totals: { flows: plan.keys.some(({ kind }) => kind === "addr") ? await flowTotals() : groups, groups },
    size: Number(size),
    lacking: (cell) => Number(lacking[cell]),
    rows: rowsOf(await rows.fetchAllChunks(), plan.keys.length),
  };

  /** A flow can be in two groups. */
  async function flowTotals(): Promise<Totals> {
    const [row] = (await (await ask(flowTotalsSql(plan, query, fields))).getRows()) as [[bigint, ...Sum[]]];
    const [flows, ...cells] = row;
    return { flows, cells };
  }
}

/** Rows are made of chunks, which are DuckDB's memory, while they are gone through. */
function rowsOf(chunks: readonly Chunk[], keys: number): GroupRows {
  return {
    length: chunks.reduce((sum, { rowCount }) => sum + rowCount, 0),
    *[Symbol.iterator](): Generator<GroupRow, undefined> {
      for (const chunk of chunks) {
        for (const row of chunk.getRows()) {
          const [flows, ...cells] = row.slice(keys) as [bigint, ...Sum[]];
          yield { key: row.slice(0, keys).map(keyValue), flows, cells };
        }
      }
    },
  };
}

function keyValue(value: unknown): KeyValue {
  return typeof value === "bigint" && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : (value as KeyValue);
}
