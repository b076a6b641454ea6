import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { filterFields } from "../../src/query/filter.js";
import { parseFilter } from "../../src/query/filter-parser.js";
import { filterSql } from "../../src/query/sql.js";
import { sqlName, sqlText } from "../../src/query/sql-text.js";
import { UTC } from "../../src/query/zone.js";
import { FIELDS } from "../../src/record/fields.js";
import { expectEqual } from "../equal.js";
import { randomFilter } from "../generate/filters.js";
import { seeded } from "../generate/random.js";
import { randomLog } from "../generate/random-log.js";
import { referenceKind } from "../reference/fields.js";
import { passes } from "../reference/filter.js";
import { readReference } from "../reference/reader.js";
import { addressBytes, addressText } from "../reference/value.js";
import { Duckdb, logsOf, plainLine } from "./duckdb.js";

const clock = { now: 1_767_323_045, zone: UTC };

let duckdb: Duckdb;
beforeAll(async () => {
  duckdb = await Duckdb.open();
});
afterAll(() => duckdb.close());

describe("a filter's SQL finds", () => {
  const fields = "interface_id srcaddr dstaddr dstport protocol bytes start action instance_tag".split(" ");
  beforeAll(() =>
    duckdb.load(fields, [
      "a 10.0.0.1 192.0.2.7 443 6 18446744073709551615 1767225600 ACCEPT a%2Db",
      "b ::FFFF:10.0.0.1 2001:DB8:0::1 0 1 0 1767225599 reject -",
      "c 2001:0db8:0:0:1:0:0:1 - 443 17 - - \u0130JECT 100%",
      "d - 255.255.255.255 65535 132 1000 9223372036854775807 - it's",
      "e :: ::10.0.0.1 80 - 1000001 0 REJECT %C3%A4%C3",
    ]),
  );

  test.each([
    { filter: "src 10.0.0.0/8", want: "a" },
    { filter: "src != 10.0.0.1", want: "bce" },
    { filter: "not src 10.0.0.1", want: "bcde" },
    { filter: "src ::ffff:10.0.0.0/104", want: "b" },
    { filter: "ip 2001:db8::/32", want: "bc" },
    { filter: "ip 2001:db8::1", want: "b" },
    { filter: "ip in [2001:db8::1, 2001:db8::1:0:0:1, 192.0.2.7]", want: "abc" },
    { filter: "dst ::a00:1", want: "e" },
    { filter: "ipv4", want: "ad" },
    { filter: "ipv6", want: "bce" },
    { filter: "public src", want: "bc" },
    { filter: 'src ~ "^2001:db8::1:0:0:1$"', want: "c" },
    { filter: 'src !~ "1$"', want: "e" },
    { filter: "dport 443", want: "ac" },
    { filter: "dport 0", want: "" },
    { filter: "dport >= 0", want: "acd" },
    { filter: "not dport < 1024", want: "bde" },
    { filter: "bytes = 18446744073709551615", want: "a" },
    { filter: "bytes > 1k and bytes < 18446744073709551615", want: "e" },
    { filter: "bytes != 0", want: "ade" },
    { filter: "bytes = -", want: "c" },
    { filter: "start >= 2026-01-01", want: "ad" },
    { filter: "start < 2026-01-01", want: "be" },
    { filter: "action reject", want: "be" },
    { filter: "action != reject", want: "ac" },
    { filter: 'action ~ "^i"', want: "" },
    { filter: `instance_tag in [a-b, "it's", "ä%C3"]`, want: "ade" },
    { filter: 'instance_tag ~ "%"', want: "ce" },
    { filter: "not (src 10.0.0.1 or bytes >= 0)", want: "c" },
  ])("$filter: $want", async ({ filter, want }) => {
    const { rows } = await duckdb.run(filterSql(parseFilter({ text: filter, path: null }, clock), fields));
    expect(rows.map(([name]) => name).join("")).toBe(want);
  });
});

test.each([
  { text: "", want: "''" },
  { text: "it's", want: "'it''s'" },
  { text: "a\u001b[31m\nb", want: "('a' || chr(27) || '[31m' || chr(10) || 'b')" },
  { text: "\u202e", want: "chr(8238)" },
  { text: "🦊\\'", want: "'🦊\\'''" },
])("the text $text as SQL", async ({ text, want }) => {
  expect(sqlText(text)).toBe(want);
  expect((await duckdb.run(`SELECT ${sqlText(text)}`)).rows).toEqual([[text]]);
});

test("every field's name can stand in SQL", async () => {
  const names = [...FIELDS.map(({ name }) => name), "select"];
  await duckdb.load(names, []);
  expect((await duckdb.run(`SELECT ${names.map(sqlName).join(", ")} FROM flow_log`)).names).toEqual(names);
});

describe("a filter's SQL finds the records of the reference", () => {
  test.each([0, 60, 120, 180])("on random logs and expressions from seed %i", async (first) => {
    let asked = 0;
    let found = 0;
    for (let seed = first; seed < first + 60; seed++) {
      for (const counts of await check(seed)) {
        asked++;
        found += counts;
      }
    }
    expect(asked).toBeGreaterThan(150);
    expect(found).toBeGreaterThan(600);
  });
});

/** @returns how many records each of some expressions found */
async function check(seed: number): Promise<number[]> {
  const { bytes, formats } = randomLog(seed);
  if (bytes.length > 65_536) return [];
  const { records } = readReference(bytes, { file: "standard input", formats: formats ?? [] });
  const random = seeded(seed * 7919 + 1);
  const found: number[] = [];
  for (const { fields, records: ofLayout } of logsOf(records)) {
    await duckdb.load(fields, ofLayout.map(plainLine));
    for (let round = 0; round < 4; round++) {
      const { text, asked } = randomFilter(ofLayout, random);
      const filter = parseFilter({ text, path: null }, clock);
      if (!filterFields(filter).every((field) => fields.includes(field))) continue;
      const sql = filterSql(filter, fields);
      const got = await duckdb.run(sql);
      const want = ofLayout.filter((record) => passes(asked, record));
      const rowOf = (values: readonly unknown[]) => fields.map((field, at) => [field, comparable(field, values[at])]);
      expectEqual(
        got.rows.map(rowOf),
        want.map(({ values }) => rowOf([...values.values()])),
        () => `seed ${seed}: ${text}\n${sql}`,
      );
      found.push(want.length);
    }
  }
  return found;
}

/** A value of either side. DuckDB's package for Node drops a byte order mark that a text begins with. */
function comparable(field: string, value: unknown): unknown {
  if (typeof value === "number") return BigInt(value);
  if (typeof value !== "string") return value;
  return referenceKind(field) === "address" ? addressText(addressBytes(value)) : value.replace(/^\ufeff/, "");
}
