import { parse } from "csv-parse/sync";
import { describe, expect, test } from "vitest";
import { formatFields } from "../../src/format/fields.js";
import { displayWidth } from "../../src/format/width.js";
import { FIELDS } from "../../src/record/fields.js";
import { pipe } from "./sample.js";

test("every format has every field once, in AWS's order", () => {
  const names = FIELDS.map((field) => field.name);
  const json = JSON.parse(formatFields(FIELDS, "json", pipe)) as { name: string }[];
  expect(json.map((field) => field.name)).toEqual(names);
  const ndjson = formatFields(FIELDS, "ndjson", pipe).trimEnd().split("\n");
  expect(ndjson.map((line) => JSON.parse(line))).toEqual(json);
  const csv = parse(formatFields(FIELDS, "csv", pipe), { columns: true }) as { name: string }[];
  expect(csv.map((field) => field.name)).toEqual(names);
  expect(
    formatFields(FIELDS, "tsv", pipe)
      .trimEnd()
      .split("\n")
      .slice(1)
      .map((line) => line.split("\t")[0]),
  ).toEqual(names);
  expect(
    formatFields(FIELDS, "table", pipe)
      .trimEnd()
      .split("\n")
      .slice(2)
      .map((line) => line.split(" ")[0]),
  ).toEqual(names);
  expect(
    formatFields(FIELDS, "markdown", pipe)
      .trimEnd()
      .split("\n")
      .slice(2)
      .map((line) => line.split(" ")[1]),
  ).toEqual(names);
});

test("a field as JSON", () => {
  const field = FIELDS.filter(({ name }) => name === "srcport");
  expect(JSON.parse(formatFields(field, "ndjson", pipe))).toEqual({
    name: "srcport",
    aws_name: "srcport",
    short: "sport",
    version: 2,
    logs: ["vpc", "tgw"],
    type: "INT32",
    unit: null,
    meaning: field[0]!.meaning,
    values: field[0]!.values,
  });
});

test("no field is an empty array", () => expect(formatFields([], "json", pipe)).toBe("[]\n"));

describe("a terminal", () => {
  test.each([
    { width: 80, titles: ["name", "short", "ver", "meaning"] },
    { width: 120, titles: ["name", "short", "ver", "logs", "meaning", "values"] },
    { width: 200, titles: ["name", "short", "ver", "logs", "type", "unit", "meaning", "values"] },
  ])("of $width columns has room for $titles, and loses no word of them", ({ width, titles }) => {
    const lines = formatFields(FIELDS, "table", { ...pipe, width }).split("\n");
    expect(lines[0]!.split(/ {2,}/)).toEqual(titles);
    for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(width);
    const words = new Set(lines.flatMap((line) => line.split(/ +/)));
    for (const { meaning } of FIELDS) for (const word of meaning.split(" ")) expect(words).toContain(word);
  });
});
