import type { InputReport } from "../engine/answer.js";
import { writeDelimited } from "./csv.js";
import { instantValue } from "./instant.js";
import { type JsonValue, writeDocument, writeJson } from "./json.js";
import { writeMarkdown } from "./markdown.js";
import type { Look, OutputFormat, Sheet } from "./sheet.js";
import { writeTable } from "./table.js";
import { wrapWords } from "./width.js";

/** An answer that has rows, in the forms that it is written in. */
export interface AnswerForms {
  /** Of the JSON document, in their order. */
  members(): Iterable<readonly [string, JsonValue | IterableIterator<JsonValue>]>;
  /** The rows as JSON objects. */
  objects(): Iterable<JsonValue>;
  sheet: Sheet;
  /** Whether there is anything that a table could show. */
  hasTable: boolean;
  /** Above the table, where a terminal is read along; ends in a line end. */
  chart?: string;
  /** Lines above the table, for people. */
  head?: readonly string[];
  /** Lines under the table, for people. */
  foot: readonly string[];
}

/** An answer as text that ends in a line end, in pieces: together they may be longer than a string can be. */
export function* writeForms(forms: AnswerForms, format: OutputFormat, look: Look): Generator<string> {
  switch (format) {
    case "json":
      yield* writeDocument(forms.members());
      return;
    case "ndjson":
      for (const row of forms.objects()) yield `${writeJson(row)}\n`;
      return;
    case "csv":
    case "tsv":
      yield* writeDelimited(forms.sheet, format, look);
      return;
    case "markdown":
      // Lines of Markdown run together; items of a list do not.
      for (const line of forms.head ?? []) yield `- ${line}\n`;
      if (forms.head !== undefined) yield "\n";
      if (forms.hasTable) yield writeMarkdown(forms.sheet, look);
      if (forms.hasTable && forms.foot.length > 0) yield "\n";
      for (const line of forms.foot) yield `- ${line}\n`;
      return;
    case "table": {
      for (const line of forms.head ?? []) for (const part of wrapWords(line, look.width)) yield `${part}\n`;
      if (forms.head !== undefined) yield "\n";
      if (forms.chart !== undefined) yield `${forms.chart}\n`;
      if (forms.hasTable) {
        yield* writeTable(forms.sheet, look);
        if (forms.foot.length > 0) yield "\n";
      }
      const { paint } = look;
      for (const note of forms.foot) {
        for (const line of wrapWords(note, look.width)) yield `${paint.note(line)}\n`;
      }
    }
  }
}

/** What the run met, as JSON shows it: keys in the contract's order, times in ISO 8601. */
export function reportJson(input: InputReport): { [Name in keyof InputReport]: JsonValue } {
  return {
    sources: input.sources,
    failed: input.failed,
    skipped: input.skipped,
    complete: input.complete,
    lines: input.lines,
    headers: input.headers,
    blank: input.blank,
    comments: input.comments,
    records: input.records,
    malformed: input.malformed,
    nodata: input.nodata,
    skipdata: input.skipdata,
    other_status: input.other_status,
    flows: input.flows,
    matched: input.matched,
    unanswerable: input.unanswerable,
    interfaces: input.interfaces,
    first: instantValue(input.first),
    last: instantValue(input.last),
  };
}

/** The names of keys, where a measure of that name stands beside them, and an unknown column of a log may be called anything. */
export function keyNames(by: readonly string[], taken: readonly string[]): string[] {
  return by.map((name) => (taken.includes(name) ? `${name}_key` : name));
}
