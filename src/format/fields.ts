import type { FieldDefinition } from "../record/fields.js";
import { writeDelimited } from "./csv.js";
import { type JsonValue, writeJson, writeList } from "./json.js";
import { writeMarkdown } from "./markdown.js";
import type { Cell, Look, OutputFormat, Sheet, SheetColumn } from "./sheet.js";
import { writeTable } from "./table.js";

/** The field table as text that ends in a line end: what `flowlog fields` answers, for the fields that were asked for. */
export function formatFields(fields: readonly FieldDefinition[], format: OutputFormat, look: Look): string {
  switch (format) {
    case "json":
      return `${[...writeList(fields.map(fieldObject), "")].join("")}\n`;
    case "ndjson":
      return fields.map((field) => `${writeJson(fieldObject(field))}\n`).join("");
    case "csv":
    case "tsv":
      return [...writeDelimited(sheetOf(fields, columns), format, look)].join("");
    case "markdown":
      return writeMarkdown(sheetOf(fields, columnsForPeople), look);
    case "table":
      return [...writeTable(sheetOf(fields, columnsForPeople), look)].join("");
  }
}

function fieldObject(field: FieldDefinition): JsonValue {
  return {
    name: field.name,
    aws_name: field.awsName,
    short: field.short,
    version: field.version,
    logs: field.logs,
    type: field.parquet,
    unit: field.unit,
    meaning: field.meaning,
    values: field.values,
  };
}

interface FieldColumn extends SheetColumn {
  of(field: FieldDefinition): Cell;
}

const columns: readonly FieldColumn[] = [
  { name: "name", title: "name", kind: "text", of: (field) => field.name },
  { name: "aws_name", title: "AWS's name", kind: "text", of: (field) => field.awsName },
  { name: "short", title: "short", kind: "text", drop: 5, of: (field) => field.short ?? "" },
  { name: "version", title: "ver", kind: "number", of: (field) => field.version },
  { name: "logs", title: "logs", kind: "text", drop: 3, of: (field) => field.logs.join(" ") },
  { name: "type", title: "type", kind: "text", drop: 2, of: (field) => field.parquet },
  { name: "unit", title: "unit", kind: "text", drop: 1, of: (field) => field.unit ?? "" },
  { name: "meaning", title: "meaning", kind: "text", wrap: true, of: (field) => field.meaning },
  { name: "values", title: "values", kind: "text", drop: 4, wrap: true, of: (field) => field.values },
];

// AWS's name is the same with hyphens: a person can do without that column.
const columnsForPeople = columns.filter((column) => column.name !== "aws_name");

function sheetOf(fields: readonly FieldDefinition[], shown: readonly FieldColumn[]): Sheet {
  return { columns: shown, rows: fields.map((field) => shown.map((column) => column.of(field))), foot: [] };
}
