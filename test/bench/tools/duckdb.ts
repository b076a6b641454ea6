import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Input } from "../files.js";
import type { Command, Pipeline } from "../processes.js";
import { type Ranking, rows } from "../ranking.js";
import { firstLineOf, type Peer, threads } from "./tool.js";

const runner = fileURLToPath(new URL("duckdb-sql.js", import.meta.url));

export interface Duckdb extends Required<Peer> {
  /** As `records`, which keeps the log's order as flowlog does, but in any order: that is faster and takes far less memory. */
  recordsInAnyOrder(input: Input): Pipeline;
  /** Writes a log as Parquet, without its malformed lines. */
  writeParquet(input: Input, path: string): void;
}

/** DuckDB as its npm package has it, a devDependency. */
export function findDuckdb(): Duckdb {
  const { file, args } = run("select version()");
  const version = firstLineOf(file, args) ?? "";
  if (!/^v\d/.test(version)) throw new Error(`DuckDB does not start: ${version}. It comes with npm ci`);
  return {
    name: "DuckDB",
    version,
    rank: (ranking, input) => [run(rankingSql(ranking, input))],
    records: (input) => [run(recordsSql(input))],
    writeParquet(input, path) {
      const { file, args } = run(`copy (select * from ${records(input)}) to ${quoted(path)} (format parquet)`);
      execFileSync(file, args);
    },
    recordsInAnyOrder: (input) => [run(`set preserve_insertion_order = false; ${recordsSql(input)}`)],
  };
}

function run(sql: string): Command {
  return { file: process.execPath, args: [runner, sql, `${threads}`] };
}

/**
 * DuckDB checks only the columns that a query reads, and would count lines that are malformed elsewhere. dstport, the one that is
 * malformed in this data, is asked for: the least that makes its answer right.
 */
function rankingSql({ by, metric, onlyRefusedTcp }: Ranking, input: Input): string {
  return `
    select ${by}, sum(bytes) as sum_bytes, sum(packets), count(*) as flows
    from ${records(input)}
    where log_status = 'OK' and dstport is not null ${onlyRefusedTcp ? "and action = 'REJECT' and protocol = 6" : ""}
    group by ${by}
    order by ${metric === "bytes" ? "sum_bytes" : "flows"} desc, ${by}
    limit ${rows}`;
}

function recordsSql(input: Input): string {
  return `copy (select * from ${records(input)}) to '/dev/stdout' (format json)`;
}

/** All columns typed: what does not fit its type is malformed, and its line skipped. */
function records({ glob }: Input): string {
  if (glob.endsWith(".parquet")) return `read_parquet(${quoted(glob)})`;
  return `read_csv(${quoted(glob)},
      auto_detect = false, header = true, delim = ' ', quote = '', escape = '', nullstr = '-', ignore_errors = true,
      columns = {
        'version': 'INTEGER', 'account_id': 'VARCHAR', 'interface_id': 'VARCHAR', 'srcaddr': 'VARCHAR', 'dstaddr': 'VARCHAR',
        'srcport': 'INTEGER', 'dstport': 'INTEGER', 'protocol': 'INTEGER', 'packets': 'BIGINT', 'bytes': 'BIGINT',
        'start': 'BIGINT', 'end': 'BIGINT', 'action': 'VARCHAR', 'log_status': 'VARCHAR'
      })`;
}

function quoted(path: string): string {
  return `'${path.replaceAll("'", "''")}'`;
}
