import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DuckDBConnection, DuckDBInstance, type DuckDBValue } from "@duckdb/node-api";
import { readLogSql } from "../../src/query/sql-log.js";
import type { ReferenceRecord } from "../reference/reader.js";

/** A database of its own, with a log as `flow_log`. */
export class Duckdb {
  readonly #connection: DuckDBConnection;
  readonly folder = mkdtempSync(join(tmpdir(), "flowlog-duckdb-"));
  #logs = 0;
  /** How each macro and each table that is no log's was made last. */
  readonly #made = new Map<string, string>();

  private constructor(connection: DuckDBConnection) {
    this.#connection = connection;
  }

  static async open(): Promise<Duckdb> {
    const instance = await DuckDBInstance.create(":memory:", { threads: "2" });
    return new Duckdb(await instance.connect());
  }

  close(): void {
    this.#connection.closeSync();
    rmSync(this.folder, { recursive: true });
  }

  /** @param lines records, one blank between fields */
  async load(fields: readonly string[], lines: readonly string[]): Promise<void> {
    const path = join(this.folder, `it's ${this.#logs++}.log`);
    writeFileSync(path, [fields.join(" "), ...lines].map((line) => `${line}\n`).join(""));
    await this.run(readLogSql({ paths: [path], fields, header: true }));
  }

  /**
   * The rows of the last statement. Those before it that would only make again what is there are left out: a statement of `toSql`
   * brings all its macros and tables, and they take about a fifth of the time that DuckDB needs for it.
   */
  async run(sql: string): Promise<{ names: string[]; rows: DuckDBValue[][] }> {
    const statements = sql.split(/(?<=;\n\n)/).filter((statement) => this.#isNew(statement));
    const result = await this.#connection.runAndReadAll(statements.join("")).catch((error) => {
      throw new Error(sql, { cause: error });
    });
    return { names: result.columnNames(), rows: result.getRows() };
  }

  #isNew(statement: string): boolean {
    const [, name] = /^CREATE OR REPLACE TEMP (?:MACRO|TABLE) (\w+)/m.exec(statement) ?? [];
    if (name === undefined || /\bflow_log\b/.test(statement)) return true;
    const isNew = this.#made.get(name) !== statement;
    this.#made.set(name, statement);
    return isNew;
  }
}

/** The records of each layout, as logs that DuckDB can read: UTF-8 only. */
export function logsOf(records: readonly ReferenceRecord[]): { fields: string[]; records: ReferenceRecord[] }[] {
  const logs = new Map<string, ReferenceRecord[]>();
  for (const record of records.filter(({ raw }) => Buffer.from(raw.toString()).equals(raw))) {
    const layout = [...record.values.keys()].join(" ");
    logs.set(layout, [...(logs.get(layout) ?? []), record]);
  }
  return Array.from(logs, ([layout, ofLayout]) => ({ fields: layout.split(" "), records: ofLayout }));
}

/** The record as AWS would write it. */
export function plainLine({ raw }: ReferenceRecord): string {
  const text = raw.toString().replace(/^\ufeff/, "");
  return (text.match(/[^ \t]+/g) ?? []).join(" ");
}
