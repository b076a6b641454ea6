import type { Input } from "../files.js";
import type { Command } from "../processes.js";
import { type Ranking, rows } from "../ranking.js";
import { firstLineOf, type Peer, threads } from "./tool.js";

/** `clickhouse local`, or the same by the name of its own that some packages give it. */
export function findClickhouse(): Peer | undefined {
  return findAs("clickhouse", ["local"]) ?? findAs("clickhouse-local", []);
}

function findAs(file: string, mode: readonly string[]): Peer | undefined {
  const version = firstLineOf(file, [...mode, "--version"])?.replace(/^ClickHouse.* version (\S+?)\.?$/, "$1");
  if (version === undefined) return undefined;
  const run = (sql: string): Command => ({ file, args: [...mode, "--query", sql] });
  return {
    name: "ClickHouse",
    version,
    rank: (ranking, input) => [run(rankingSql(ranking, input))],
    records: (input) => [run(recordsSql(input))],
  };
}

function rankingSql({ by, metric, onlyRefusedTcp }: Ranking, input: Input): string {
  return `
    SELECT ${by}, sum(bytes) AS sum_bytes, sum(packets), count() AS flows
    FROM ${records(input)}
    WHERE log_status = 'OK' ${onlyRefusedTcp ? "AND action = 'REJECT' AND protocol = 6" : ""}
    GROUP BY ${by}
    ORDER BY ${metric === "bytes" ? "sum_bytes" : "flows"} DESC, ${by}
    LIMIT ${rows}
    FORMAT TSV
    SETTINGS ${settings}`;
}

function recordsSql(input: Input): string {
  return `SELECT * FROM ${records(input)} FORMAT JSONEachRow SETTINGS ${settings}`;
}

function records({ glob }: Input): string {
  return `file('${glob.replaceAll(/['\\]/g, "\\$&")}', 'CustomSeparated', '
      version UInt8, account_id String, interface_id String, srcaddr Nullable(String), dstaddr Nullable(String),
      srcport Nullable(UInt16), dstport Nullable(UInt16), protocol Nullable(UInt8), packets Nullable(UInt64), bytes Nullable(UInt64),
      start UInt64, end UInt64, action Nullable(String), log_status Nullable(String)')`;
}

// A header line does not fit the types, and is skipped as the malformed lines are.
const settings = [
  "format_custom_field_delimiter = ' '",
  "format_custom_escaping_rule = 'CSV'",
  "format_csv_null_representation = '-'",
  "input_format_custom_detect_header = 0",
  "input_format_allow_errors_num = 1000000",
  "input_format_allow_errors_ratio = 1",
  "output_format_json_quote_64bit_integers = 0",
  `max_threads = ${threads}`,
].join(", ");
