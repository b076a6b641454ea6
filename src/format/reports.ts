import { writeDelimited } from "./csv.js";
import { type JsonValue, writeJson, writeList } from "./json.js";
import { writeMarkdown } from "./markdown.js";
import type { Look, OutputFormat, Sheet, SheetColumn } from "./sheet.js";
import { writeTable } from "./table.js";

/** A named question as it is listed. */
export interface ListedReport {
  name: string;
  about: string;
  /** Its command line, as after `flowlog`. */
  command: string;
  /** The config that it is from; absent for one of flowlog's own. */
  config?: string;
}

/** The named questions as text that ends in a line end: what `flowlog report` answers. */
export function formatReports(reports: readonly ListedReport[], format: OutputFormat, look: Look): string {
  const sheet: Sheet = {
    columns,
    rows: reports.map(({ name, about, command, config }) => [name, about, command, config ?? null]),
    foot: [],
  };
  switch (format) {
    case "json":
      return `${[...writeList(reports.map(reportObject), "")].join("")}\n`;
    case "ndjson":
      return reports.map((report) => `${writeJson(reportObject(report))}\n`).join("");
    case "csv":
    case "tsv":
      return [...writeDelimited(sheet, format, look)].join("");
    case "markdown":
      return writeMarkdown(forPeople(sheet), look);
    case "table":
      return [...writeTable(forPeople(sheet), look)].join("");
  }
}

const columns: readonly SheetColumn[] = [
  { name: "name", title: "name", kind: "text" },
  { name: "about", title: "answers", kind: "text", wrap: true },
  { name: "command", title: "flowlog …", kind: "text", wrap: true },
  { name: "config", title: "config", kind: "text" },
];

/** Where nothing is from a config, nobody needs to see that. */
function forPeople(sheet: Sheet): Sheet {
  const rows = [...sheet.rows];
  return rows.some((row) => row.at(-1) !== null) ? sheet : { ...sheet, columns: columns.slice(0, -1) };
}

function reportObject({ name, about, command, config }: ListedReport): JsonValue {
  return { name, about, command, config: config ?? null };
}
