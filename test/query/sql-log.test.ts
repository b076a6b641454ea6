import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readLogSql } from "../../src/query/sql-log.js";
import { Duckdb } from "./duckdb.js";

let duckdb: Duckdb;
beforeAll(async () => {
  duckdb = await Duckdb.open();
});
afterAll(() => duckdb.close());

test.each([
  {
    header: true,
    lines: ["srcaddr bytes end instance_tag", '10.0.0.1 18446744073709551615 - "a"', "- 007 9223372036854775807 %zz"],
  },
  { header: false, lines: ['10.0.0.1 18446744073709551615 - "a"', "- 007 9223372036854775807 %zz"] },
])("a log is read, with a header: $header", async ({ header, lines }) => {
  const path = join(duckdb.folder, `header ${header}.log`);
  writeFileSync(path, lines.map((line) => `${line}\n`).join(""));
  await duckdb.run(readLogSql({ paths: [path], fields: ["srcaddr", "bytes", "end", "instance_tag"], header }));
  const { names, rows } = await duckdb.run("SELECT * FROM flow_log");
  expect(names).toEqual(["srcaddr", "bytes", "end", "instance_tag"]);
  expect(rows).toEqual([
    ["10.0.0.1", 18446744073709551615n, null, '"a"'],
    [null, 7n, 9223372036854775807n, "%zz"],
  ]);
});

test.each([
  { tag: "R%C3%A4ume", want: "Räume" },
  { tag: "100%", want: "100%" },
  { tag: "a%2", want: "a%2" },
  { tag: "%41%C3%a4%C3", want: "Aä%C3" },
  { tag: "%ED%A0%80", want: "%ED%A0%80" },
  { tag: "%C0%80", want: "%C0%80" },
  { tag: "%2D", want: "-" },
  { tag: "a+b", want: "a+b" },
  { tag: "%0A", want: "\n" },
])("the tag $tag says $want", async ({ tag, want }) => {
  await duckdb.load(["asg_tag"], [tag]);
  expect((await duckdb.run("SELECT * FROM flow_log")).rows).toEqual([[want]]);
});
