import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { run } from "../program.js";
import { Duckdb } from "../query/duckdb.js";
import { runShell } from "../shell.js";
import { folder } from "../source/folder.js";

let duckdb: Duckdb;
beforeAll(async () => {
  duckdb = await Duckdb.open();
});
afterAll(() => duckdb.close());

test.each(["office.log", "tgw.log", "v11-tags.log", "ipv6.log", "no-data.log"])(
  "the records of %s, written and read again, are the same",
  async (name) => {
    const path = join(folder(), "it's.parquet");
    const input = `fixtures/${name}`;
    expect(await run(["parse", input, "-o", "parquet", "--output-file", path, "-q"])).toMatchObject({
      stderr: "",
      status: 0,
    });
    const want = await run(["parse", input, "-o", "csv", "-q"]);
    expect((await run(["parse", path, "-o", "csv", "-q"])).stdout).toBe(want.stdout);
  },
);

test("columns are AWS's, in its types, and those that are asked for", async () => {
  const path = join(folder(), "a.parquet");
  await run([
    "parse",
    "fixtures/office.log",
    "-o",
    "parquet",
    "--output-file",
    path,
    "--fields",
    "end,bytes,dport,srcaddr,action",
    "--dport",
    "443",
    "-n",
    "9",
    "--no-header",
  ]);
  const { rows } = await duckdb.run(`DESCRIBE FROM '${path}'`);
  expect(rows.map((row) => row.slice(0, 2).join(" "))).toEqual([
    ...["end BIGINT", "bytes BIGINT", "dstport INTEGER", "srcaddr VARCHAR", "action VARCHAR"],
  ]);
  expect((await duckdb.run(`SELECT count(*), min(dstport), max(dstport) FROM '${path}'`)).rows).toEqual([
    [9n, 443, 443],
  ]);
  expect((await duckdb.run(`SELECT DISTINCT compression FROM parquet_metadata('${path}')`)).rows).toEqual([["GZIP"]]);
});

test("of no record there is a file with columns too", async () => {
  const path = join(folder(), "a.parquet");
  await run(["parse", "fixtures/office.log", "-o", "parquet", "--output-file", path, "--src", "192.0.2.1"]);
  expect(await run(["top-talkers", path, "-o", "csv", "--no-header"])).toMatchObject({ stdout: "", status: 0 });
});

test("into a pipe, and back out of it", async () => {
  const { stdout, stderr } = await runShell("flowlog parse -o parquet fixtures/office.log | flowlog parse --count");
  expect({ stdout: stdout.toString(), stderr: stderr.toString() }).toEqual({ stdout: "2943\n", stderr: "" });
});

test.each([
  {
    what: "a terminal",
    args: ["fixtures/office.log"],
    world: { width: 80 },
    says: "flowlog: -o parquet writes a file, which a terminal cannot show\n",
    status: 2,
  },
  {
    what: "a number that AWS's column cannot hold",
    args: ["-"],
    world: { stdin: "srcaddr dstaddr bytes\n10.0.0.1 10.0.0.2 18446744073709551615\n" },
    says: "flowlog: -o parquet: the file cannot be made: ",
    status: 3,
  },
])("$what is an error, and no file is left", async ({ args, world, says, status }) => {
  const { stdout, stderr, ...rest } = await run(["parse", "-o", "parquet", ...args], world);
  expect({ stdout, ...rest }).toEqual({ stdout: "", status });
  expect(stderr).toContain(says);
});
