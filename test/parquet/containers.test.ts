import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { officeLog } from "../generate/office.js";
import { type ParquetStyle, writeParquet } from "../generate/parquet.js";
import { run } from "../program.js";
import { Duckdb } from "../query/duckdb.js";
import { DEFAULT_NAMES } from "../reference/fields.js";
import { folder } from "../source/folder.js";

let duckdb: Duckdb;
beforeAll(async () => {
  duckdb = await Duckdb.open();
});
afterAll(() => duckdb.close());

/** NODATA among them. */
const records = officeLog().split("\n").slice(1, 801);

async function write(style?: ParquetStyle, lines: readonly string[] = records, name = "log.parquet"): Promise<string> {
  const path = join(folder(), name);
  mkdirSync(dirname(path), { recursive: true });
  await writeParquet(duckdb, path, DEFAULT_NAMES, lines, style);
  return path;
}

const questions: readonly string[][] = [
  ["top-talkers", "-o", "json", "-n", "0"],
  ["top-talkers", "--by", "dstport,protocol", "--action", "reject", "--metric", "flows", "-o", "json"],
  ["summary", "-o", "json"],
  ["aggregate", "-o", "csv", "--by", "srcaddr/24,protocol,action", "--metrics", "flows,bytes,packets,first,last"],
  ["timeline", "--bin", "1h", "-o", "csv"],
  ["timeline", "--bin", "1h", "--by", "addr", "-n", "3", "-o", "csv"],
  ["timeline", "--bin", "1h", "--spread", "-o", "csv"],
  ["parse", "-o", "ndjson"],
  ["parse", "-o", "log", "--dport", "443", "-n", "7"],
];

async function answers(args: readonly string[]) {
  const all = [];
  for (const [command = "", ...options] of questions) {
    const { stdout, stderr, status } = await run([command, ...args, ...options, "-q"]);
    all.push({ command, stdout, stderr, status });
  }
  return all;
}

describe("the same records give the same answers from", () => {
  const styles: ParquetStyle[] = [
    { name: "AWS's columns" },
    { name: "gzip pages", codec: "gzip" },
    { name: "zstd pages, NULL for all that is missing", codec: "zstd", missing: null },
    { name: "numbers as text, None for what is missing", numbers: "text", missing: "None" },
    { name: "numbers as text, empty for what is missing", numbers: "text", missing: "" },
    { name: "numbers as doubles", numbers: "double" },
    { name: "times as timestamps", timestamps: true },
    { name: "names with hyphens", nameOf: (field) => field.replaceAll("_", "-") },
    { name: "names in camelCase", nameOf: (field) => field.replace(/_(.)/g, (_, letter) => letter.toUpperCase()) },
  ];
  test.each(styles)("$name", async (style) => {
    const plain = join(folder(), "plain.log");
    const header = DEFAULT_NAMES.map((name) => name.replaceAll("_", "-")).join(" ");
    writeFileSync(plain, [header, ...records].map((line) => `${line}\n`).join(""));
    const want = await answers([plain]);
    expect(want.every(({ stdout, stderr, status }) => stdout.length > 100 && stderr === "" && status === 0)).toBe(true);
    expect(await answers([await write(style)])).toEqual(want);
  });

  test("many files of which each has some, beside a plain one", async () => {
    const parts = [records.slice(0, 300), records.slice(300, 600)];
    const files = await Promise.all(parts.map((part) => write(undefined, part)));
    const plain = join(folder(), "plain.log");
    writeFileSync(plain, [DEFAULT_NAMES.join(" "), ...records.slice(600)].map((line) => `${line}\n`).join(""));
    const { stdout } = await run(["top-talkers", ...files, plain, "-o", "csv", "-n", "0"]);
    const whole = await run(["top-talkers", await write(), "-o", "csv", "-n", "0"]);
    expect(stdout).toBe(whole.stdout);
    const onlyParquet = await run(["top-talkers", ...files, "-o", "json"]);
    expect(JSON.parse(onlyParquet.stdout).input).toMatchObject({ sources: 2, lines: 602, headers: 2, records: 600 });
  });

  test("many row groups, which DuckDB reads with several threads, in their order", async () => {
    const lines = Array.from(
      { length: 60_000 },
      (_, i) => `2 1 eni-${i % 7} 10.0.0.1 10.0.0.2 1 2 6 1 ${i} 5 6 ACCEPT OK`,
    );
    const path = await write({ name: "row groups", rowGroup: 2048 }, lines);
    const { stdout } = await run(["parse", path, "--fields", "bytes", "-o", "csv", "--no-header"]);
    expect(
      stdout
        .split("\n")
        .slice(0, -1)
        .every((line, i) => line === String(i)),
    ).toBe(true);
    expect(stdout.split("\n")).toHaveLength(60_001);
  });

  test("a pipe, and within gzip", async () => {
    const path = await write();
    const want = await run(["parse", path, "-o", "ndjson"]);
    const program = [process.execPath, "bin/flowlog.js", "parse", "-o", "ndjson"];
    const [node = "", ...args] = program;
    expect(execFileSync(node, args, { input: readFileSync(path) }).toString()).toBe(want.stdout);
    const packed = join(folder(), "log.parquet.gz");
    writeFileSync(packed, gzipSync(readFileSync(path)));
    expect(await run(["parse", packed, "-o", "ndjson"])).toEqual(want);
  });

  test("a process with one thread for the work that DuckDB waits for", async () => {
    const args = ["bin/flowlog.js", "parse", "--count", await write()];
    const env = { ...process.env, UV_THREADPOOL_SIZE: "1" };
    expect(execFileSync(process.execPath, args, { env, timeout: 30_000 }).toString()).toBe("800\n");
  });

  test("a name with the marks of a pattern and quotes", async () => {
    const path = await write(undefined, records, "it's [a] *log?.parquet");
    const { stdout, status } = await run(["top-talkers", path, "-o", "csv"]);
    expect({ lines: stdout.split("\n").length, status }).toEqual({ lines: 12, status: 0 });
  });
});

describe("folders of Hive's partitions", () => {
  const hive = "aws-account-id=123456789012/aws-region=eu-west-1/year=2026/month=01/hour=07";
  test("give columns of their own, and AWS's fields where they are named so", async () => {
    const path = await write(undefined, records.slice(0, 20), `${hive}/log.parquet`);
    const asked = await run(["aggregate", path, "--by", "region,account_id", "--metrics", "flows", "-o", "csv"]);
    expect(asked.stdout).toBe("region,account_id,flows\neu-west-1,123456789012,14\n");
    const { stdout } = await run(["parse", path, "-o", "csv", "-n", "1"]);
    expect(stdout).toMatch(/,log_status,region,year,month,hour\n.*,NODATA,eu-west-1,2026,01,07\n$/);
  });

  test("of which some differ between files", async () => {
    const root = folder();
    const files = join(root, "**/*.parquet");
    for (const [i, region] of ["eu-west-1", "us-east-1"].entries()) {
      const path = join(root, `aws-region=${region}/pkt-src-aws-service=S3/hour=0${i}/log.parquet`);
      mkdirSync(dirname(path), { recursive: true });
      await writeParquet(duckdb, path, DEFAULT_NAMES, records.slice(20 * i, 20 * i + 20));
    }
    const by = async (keys: string) =>
      (await run(["aggregate", files, "--by", keys, "--metrics", "flows", "-o", "csv"])).stdout;
    const { layouts } = JSON.parse((await run(["summary", files, "-o", "json"])).stdout);
    expect(layouts).toMatchObject([{ flows: 34 }]);
    expect(layouts[0].fields.slice(-3)).toEqual(["region", "pkt_src_aws_service", "hour"]);
    expect(await by("pkt_src_aws_service")).toBe("pkt_src_aws_service,flows\nS3,34\n");
    expect(await by("region")).toBe("region,flows\nus-east-1,20\neu-west-1,14\n");
  });

  test("of which some are numbers, and needed for others", async () => {
    const root = folder();
    const columns = ["srcaddr", "srcport", "dstport", "bytes", "action", "log_status"];
    for (const protocol of [1, 6]) {
      const path = join(root, `protocol=${protocol}/log.parquet`);
      mkdirSync(dirname(path), { recursive: true });
      await writeParquet(duckdb, path, columns, ["10.0.0.1 443 50000 7 ACCEPT OK"]);
    }
    const by = async (keys: string, files: string) =>
      (await run(["aggregate", join(root, files), "--by", keys, "--metrics", "flows", "-o", "ndjson"])).stdout;
    expect(await by("protocol", "protocol=6/*.parquet")).toBe('{"protocol":6,"flows":1}\n');
    // Of ICMP the port fields hold no ports.
    expect(await by("srcport", "**/*.parquet")).toBe('{"srcport":443,"flows":1}\n{"srcport":null,"flows":1}\n');
    const { stdout } = await run(["summary", join(root, "**/*.parquet"), "-o", "json"]);
    expect(JSON.parse(stdout).protocols.rows).toHaveLength(2);
  });

  test("but for those that the file has", async () => {
    const path = await write(undefined, records.slice(0, 3), "version=7/a%20b=c%2Fd/log.parquet");
    const { stdout } = await run(["parse", path, "-o", "ndjson", "--fields", "version"]);
    expect(stdout).toBe('{"version":2}\n'.repeat(3));
  });
});

describe("malformed values are told with the row, and not counted, also where they are not asked for", () => {
  test.each([
    { style: { name: "text", numbers: "text" } as const, field: "srcport", value: "http", says: 'srcport is "http"' },
    { style: { name: "typed" } as const, field: "dstport", value: "70000", says: 'dstport is "70000"' },
    { style: { name: "typed" } as const, field: "srcaddr", value: "10.0.0.256", says: 'srcaddr is "10.0.0.256"' },
    // Its canonical form, made without a look, would be 1:2:3::
    { style: { name: "typed" } as const, field: "srcaddr", value: "1:2:3", says: 'srcaddr is "1:2:3"' },
  ])("$field of $value", async ({ style, field, value, says }) => {
    const cells = (records[2] as string).split(" ");
    cells[DEFAULT_NAMES.indexOf(field)] = value;
    const path = await write(style, records.slice(0, 5).with(2, cells.join(" ")));
    for (const args of [["top-talkers"], ["aggregate", "--by", "srcaddr"], ["summary"], ["parse"]]) {
      const { stderr, stdout } = await run([...args, path, "-o", "json"]);
      expect(stderr).toContain(`flowlog: ${path}:4: ${says}`);
      if (args[0] === "parse") continue;
      expect(JSON.parse(stdout).input).toMatchObject({ records: 4, malformed: 1, lines: 6 });
    }
  });
});

test("--malformed and --strict want every malformed value, also of columns that are not in question", async () => {
  const cells = (records[2] as string).split(" ");
  cells[DEFAULT_NAMES.indexOf("dstaddr")] = "10.0.0.256";
  const path = await write(undefined, records.slice(0, 5).with(2, cells.join(" ")));
  const malformed = join(folder(), "malformed");
  const ask = ["top-talkers", path, "-o", "json"];
  expect(JSON.parse((await run(ask)).stdout).input).toMatchObject({ records: 5, malformed: 0 });
  const told = await run([...ask, "--malformed", malformed]);
  expect(JSON.parse(told.stdout).input).toMatchObject({ records: 4, malformed: 1 });
  expect(readFileSync(malformed, "utf8")).toBe(`${cells.join(" ")}\n`);
  expect(await run([...ask, "--strict"])).toMatchObject({ status: 3, stdout: "" });
});

describe("the answer is that of the same log as text", () => {
  test.each([
    {
      title: "None in a column that is not in question, where no status says what is a flow",
      rows: "('10.0.0.1', 443, 100), ('None', NULL, NULL)",
      columns: "srcaddr, dstport, bytes",
      text: "srcaddr dstport bytes\n10.0.0.1 443 100\n- - -\n",
      by: "dstport",
    },
    {
      title: "a malformed address in a record that is no flow",
      rows: "('10.0.0.1', 1, 100, 'OK'), ('bogus', 1, NULL, 'NODATA')",
      columns: "srcaddr, dstport, bytes, log_status",
      text: "srcaddr dstport bytes log-status\n10.0.0.1 1 100 OK\nbogus 1 - NODATA\n",
      by: "srcaddr",
    },
    {
      title: "a column with a name that could be flowlog's own",
      rows: "('10.0.0.1', 443, 100, 'false'), ('bogus', 443, 50, 'false')",
      columns: "srcaddr, dstport, bytes, is_doubtful",
      text: "srcaddr dstport bytes is_doubtful\n10.0.0.1 443 100 false\nbogus 443 50 false\n",
      by: "srcaddr,dstport",
    },
  ])("$title", async ({ rows, columns, text, by }) => {
    const path = join(folder({ "log.log": text }), "log");
    await duckdb.run(`COPY (SELECT * FROM (VALUES ${rows}) t(${columns})) TO '${path}.parquet' (FORMAT parquet)`);
    const ask = async (file: string) => {
      const { stdout, stderr, status } = await run(["aggregate", file, "--by", by, "-o", "json"]);
      return { stdout, stderr: stderr.replaceAll(file, "FILE"), status };
    };
    expect(await ask(`${path}.parquet`)).toEqual(await ask(`${path}.log`));
  });

  test("folders that differ in when their flows were", async () => {
    const root = folder();
    await duckdb.run(
      `COPY (SELECT * FROM (VALUES ('10.0.0.1', 100, 1600000000), ('10.0.0.2', 50, 1600001000)) t(srcaddr, bytes, start)) TO '${root}/log' (FORMAT parquet, PARTITION_BY (start))`,
    );
    const { stdout } = await run(["top-talkers", `${root}/log`, "-o", "json"]);
    expect(JSON.parse(stdout).input).toMatchObject({ first: "2020-09-13T12:26:40Z", flows: 2 });
  });

  test("a folder whose name has a NUL in it", async () => {
    const root = folder();
    mkdirSync(join(root, "region=%00"));
    await duckdb.run(
      `COPY (SELECT '10.0.0.1' AS srcaddr, 1 AS bytes) TO '${root}/region=%00/a.parquet' (FORMAT parquet)`,
    );
    const { stdout } = await run(["aggregate", root, "--by", "region", "--metrics", "flows", "-o", "csv"]);
    expect(stdout).toBe("region,flows\n%00,1\n");
  });

  test("a record that would look like a comment, and a column of bytes that are no text", async () => {
    const path = join(folder(), "log.parquet");
    await duckdb.run(
      `COPY (SELECT '#a' AS account_id, '10.0.0.1' AS srcaddr, 7 AS bytes, '\\xff'::BLOB AS raw) TO '${path}' (FORMAT parquet)`,
    );
    const parsed = await run(["parse", path, "-o", "csv"]);
    expect(parsed).toMatchObject({ stdout: "account_id,srcaddr,bytes\n%23a,10.0.0.1,7\n", stderr: "", status: 0 });
    expect(JSON.parse((await run(["top-talkers", path, "-o", "json"])).stdout).input).toMatchObject({ flows: 1 });
  });
});

test("a text that a converter has made a number of is read as it was", async () => {
  const path = join(folder(), "log.parquet");
  const row = "SELECT '10.0.0.1' AS srcaddr, '10.0.0.2' AS dstaddr, 5 AS bytes, 'OK' AS log_status";
  await duckdb.run(
    `COPY (${row}, 123456789012::DOUBLE AS account_id, 7.50::DECIMAL(9, 3) AS vpc_id, 'NaN'::DOUBLE AS subnet_id) TO '${path}' (FORMAT parquet)`,
  );
  const args = ["--by", "account_id,vpc_id,subnet_id", "--metrics", "flows", "-o", "csv"];
  const { stdout } = await run(["aggregate", path, ...args]);
  expect(stdout).toBe("account_id,vpc_id,subnet_id,flows\n123456789012,7.500,,1\n");
  const records = await run(["parse", path, "--fields", "account_id,vpc_id,subnet_id", "-o", "csv", "--no-header"]);
  expect(records.stdout).toBe("123456789012,7.500,\n");
});

describe("what is no flow log is refused by name", () => {
  test.each([
    {
      sql: "SELECT 1 AS class_uid, {'a': 1} AS src_endpoint, 2 AS time",
      says: "a Parquet file in OCSF, the schema of Security Lake",
    },
    { sql: "SELECT 'x' AS srcaddr, 3 AS \"sum(bytes)\"", says: "a Parquet file of sums, not a flow log" },
    { sql: "SELECT 1 AS id, 'x' AS name", says: "a Parquet file, not a flow log; its columns are id, name" },
  ])("$says", async ({ sql, says }) => {
    const path = join(folder(), "other.parquet");
    await duckdb.run(`COPY (${sql}) TO '${path}' (FORMAT parquet)`);
    for (const command of ["top-talkers", "parse"]) {
      const { stderr, status } = await run([command, path]);
      expect({ says: stderr.split("\n")[0], status }).toEqual({
        says: expect.stringContaining(`flowlog: ${path}: ${says}`),
        status: 3,
      });
    }
  });
});

test("a file that is cut off or damaged is told, and what could be read is answered", async () => {
  const cut = await write();
  truncateSync(cut, 5000);
  const damaged = await write({ name: "many row groups", codec: "uncompressed" });
  const bytes = readFileSync(damaged);
  bytes.fill(0xff, 100, 4000);
  writeFileSync(damaged, bytes);
  const whole = await write(undefined, records.slice(0, 10));
  for (const path of [cut, damaged]) {
    const { stderr, stdout, status } = await run(["top-talkers", path, whole, "-o", "json", "-n", "1"]);
    expect(status).toBe(3);
    expect(stderr).toContain(`flowlog: ${path}: a Parquet file that is cut off or damaged: `);
    expect(JSON.parse(stdout).input).toMatchObject({ failed: 1, complete: false });
  }
});
