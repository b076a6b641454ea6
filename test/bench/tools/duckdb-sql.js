// node duckdb-sql.js SQL THREADS: runs a statement in DuckDB, as a process of its own. Rows of a select go to standard output, as
// lines divided by tabs. JavaScript, so that no compiler's time is counted as DuckDB's.
import { DuckDBInstance } from "@duckdb/node-api";

const [sql = "", threads = ""] = process.argv.slice(2);
const database = await DuckDBInstance.create(":memory:", { threads });
const connection = await database.connect();
const result = await connection.runAndReadAll(sql);
if (/^\s*select/i.test(sql)) {
  process.stdout.write(
    result
      .getRows()
      .map((row) => `${row.join("\t")}\n`)
      .join(""),
  );
}
