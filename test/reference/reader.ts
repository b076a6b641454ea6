import {
  bareName,
  columnName,
  DEFAULT_NAMES,
  knownName,
  type ReferenceKind,
  referenceKind,
  TGW_NAMES,
  TRAFFIC_NAMES,
} from "./fields.js";
import { isAddress, isWellFormed, type ReferenceValue, referenceValue } from "./value.js";

export interface ReferenceOptions {
  /** As given to `--format`: AWS format strings, lists of names, or presets. */
  formats?: readonly string[];
  /** What the input is called. */
  file: string;
  /** The stream broke, so that its unterminated last line is cut off. */
  damaged?: boolean;
}

export interface ReferenceRecord {
  /** Counted from 1. */
  line: number;
  /** The line as it stood, without its line end. */
  raw: Buffer;
  status: "flow" | "nodata" | "skipdata" | "other";
  /** One entry per column of the record's layout, in its order. */
  values: Map<string, ReferenceValue>;
}

export interface ReferenceProblem {
  line: number;
  /** `early`: fields and values fit the header that settled the layout, but the line stands before it. */
  reason: "fields" | "value" | "control" | "long" | "cut" | "early";
  /** For `value`, the first field that is not as it must be, and what stands there; else null. */
  field: string | null;
  value: string | null;
}

export interface ReferenceCounts {
  lines: number;
  headers: number;
  comments: number;
  blank: number;
  records: number;
  malformed: number;
  nodata: number;
  skipdata: number;
  other_status: number;
  flows: number;
}

export interface ReferenceAnswer {
  file: string;
  records: ReferenceRecord[];
  problems: ReferenceProblem[];
  counts: ReferenceCounts;
  /** Every header line, with the columns it names. */
  headers: { line: number; names: string[] }[];
  /** How many of the headers name other columns than the header before them. */
  layoutChanges: number;
  /**
   * `layout`: the log's layout cannot be told (nothing is counted, no problem is told); `repeated`: a header names a
   * field twice (read up to there); `nothing`: malformed lines and no record.
   */
  error: { kind: "layout" | "repeated" | "nothing"; line: number; fields: number } | null;
}

interface Column {
  name: string;
  kind: ReferenceKind;
}

interface Line {
  number: number;
  raw: Buffer;
  tokens: string[];
  /** The unterminated last line of a damaged stream. */
  cut: boolean;
}

type Problem = Omit<ReferenceProblem, "line">;

const maxLineBytes = 1024 * 1024;
const linesToSettle = 100;

/**
 * Reads a whole log the slow and plain way: the oracle that the kernel is checked against. It shares no code with src.
 *
 * @param text the log's bytes, decompressed
 */
export function readReference(text: Buffer, options: ReferenceOptions): ReferenceAnswer {
  const lines = splitLines(text, options.damaged ?? false);
  const answer = emptyAnswer(options.file);
  let layouts = (options.formats ?? []).map((format) => toColumns(formatNames(format)));
  let settledAt = 0;
  if (layouts.length === 0) {
    const settled = settle(lines);
    if (settled.unreadable !== null) {
      const { number, tokens } = settled.unreadable;
      answer.error = { kind: "layout", line: number, fields: tokens.length };
      return answer;
    }
    layouts = [settled.columns];
    settledAt = settled.at;
  }

  for (const line of lines) {
    const kind = kindOf(line);
    if (kind === "blank" || kind === "comment") {
      answer.counts[kind === "blank" ? "blank" : "comments"]++;
    } else if (kind === "header") {
      const names = line.tokens.map(columnName);
      if (new Set(names.map((name) => name.replaceAll("_", ""))).size < names.length) {
        answer.error = { kind: "repeated", line: line.number, fields: names.length };
        break;
      }
      answer.counts.headers++;
      layouts = [toColumns(names)];
      answer.headers.push({ line: line.number, names });
    } else {
      const columns = layouts.find((layout) => layout.length === line.tokens.length);
      const problem = findProblem(line, columns) ?? (line.number < settledAt ? tooEarly(line, columns) : null);
      if (problem !== null) answer.problems.push({ line: line.number, ...problem });
      else answer.records.push(toRecord(line, columns ?? []));
    }
  }
  return counted(answer, lines);
}

/** The names of a format as `--format` takes it, in their normal spelling. */
export function formatNames(format: string): readonly string[] {
  if (format === "default") return DEFAULT_NAMES;
  if (format === "tgw") return TGW_NAMES;
  return format
    .split(/[\s,]+/)
    .filter(Boolean)
    .map(columnName);
}

// ── lines ───────────────────────────────────────────────────────────────────────────────────────────────────────────

function splitLines(bytes: Buffer, damaged: boolean): Line[] {
  const lines: Line[] = [];
  let at = 0;
  while (at < bytes.length) {
    const newline = bytes.indexOf("\n", at);
    const end = newline === -1 ? bytes.length : newline;
    // A CR belongs to the line end right before LF, or as the very last byte of the input.
    const raw = bytes.subarray(at, end > at && bytes[end - 1] === 0x0d ? end - 1 : end);
    // `cat` of files that begin with a BOM has one in mid-stream too: it is dropped in front of any line.
    const text = raw.toString("utf8").replace(/^\ufeff/, "");
    const tokens = text.split(/[ \t]+/).filter((token) => token !== "");
    lines.push({ number: lines.length + 1, raw, tokens, cut: damaged && newline === -1 });
    at = end + 1;
  }
  return lines;
}

/** `data` is a line that must be a record, or else is malformed. */
function kindOf(line: Line): "blank" | "comment" | "header" | "data" {
  if (line.cut || line.raw.length > maxLineBytes) return "data";
  if (line.tokens.length === 0) return "blank";
  if (line.tokens[0]?.startsWith("#")) return "comment";
  return !line.raw.some(isControl) && isHeader(line.tokens) ? "header" : "data";
}

function isHeader(tokens: readonly string[]): boolean {
  if (!tokens.every(mayBeName)) return false;
  const known = tokens.filter((token) => knownName(token) !== null).length;
  return known >= 1 && 2 * known >= tokens.length;
}

/** Values are no names: `-`, addresses, numbers however written (`-5`, `1e3`); nor is what holds `$`, `{`, `}`, space, a control or an unseen mark. */
function mayBeName(token: string): boolean {
  const name = bareName(token);
  const isNumber = /^[-+.]?[0-9]/.test(name) && !Number.isNaN(Number(name));
  return name !== "" && name !== "-" && !isNumber && !isAddress(name) && !/[${}\p{Cc}\p{Cf}\s]/u.test(name);
}

function isControl(byte: number): boolean {
  return (byte < 0x20 && byte !== 0x09) || byte === 0x7f;
}

// ── layouts ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/** The first layout of an input without `--format` and the line that settles it; or the line that leaves it unknown. */
function settle(lines: readonly Line[]): { columns: Column[]; at: number; unreadable: Line | null } {
  const columns = toColumns(DEFAULT_NAMES);
  let unreadable: Line | null = null;
  let looks = 0;
  for (const line of lines) {
    const kind = kindOf(line);
    if (kind === "blank" || kind === "comment") continue;
    if (++looks > linesToSettle) break;
    if (kind === "header")
      return { columns: toColumns(line.tokens.map(columnName)), at: line.number, unreadable: null };
    if (readsAsDefault(line)) return { columns, at: line.number, unreadable: null };
    unreadable ??= line;
  }
  return { columns, at: 0, unreadable };
}

function readsAsDefault(line: Line): boolean {
  const columns = toColumns(DEFAULT_NAMES);
  return (
    line.tokens.length === columns.length &&
    findProblem(line, columns) === null &&
    ["OK", "NODATA", "SKIPDATA", "-"].includes(line.tokens.at(-1) ?? "")
  );
}

function toColumns(names: readonly string[]): Column[] {
  return names.map((name) => ({ name, kind: referenceKind(name) }));
}

// ── records ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/** What is wrong with a data line; `columns` is the layout of as many fields as it has, if there is one. */
function findProblem(line: Line, columns: readonly Column[] | undefined): Problem | null {
  if (line.cut) return { reason: "cut", field: null, value: null };
  if (line.raw.length > maxLineBytes) return { reason: "long", field: null, value: null };
  if (line.raw.some(isControl)) return { reason: "control", field: null, value: null };
  if (columns === undefined) return { reason: "fields", field: null, value: null };
  for (const [at, { name, kind }] of columns.entries()) {
    const value = line.tokens[at] ?? "";
    if (!isWellFormed(kind, value)) return { reason: "value", field: name, value };
  }
  return null;
}

/** A good line from before the layout was settled: malformed all the same. */
function tooEarly(line: Line, columns: readonly Column[] | undefined): Problem {
  const isDefault = columns?.map(({ name }) => name).join() === DEFAULT_NAMES.join();
  // Only a status that AWS does not have keeps a good line of 14 fields from settling the default layout itself.
  if (isDefault) return { reason: "value", field: "log_status", value: line.tokens.at(-1) ?? null };
  return { reason: "early", field: null, value: null };
}

function toRecord(line: Line, columns: readonly Column[]): ReferenceRecord {
  const values = new Map(columns.map(({ name, kind }, at) => [name, referenceValue(kind, line.tokens[at] ?? "")]));
  return { line: line.number, raw: line.raw, status: statusOf(values), values };
}

function statusOf(values: ReadonlyMap<string, ReferenceValue>): ReferenceRecord["status"] {
  if (!values.has("log_status")) {
    const traffic = [...values].filter(([name]) => TRAFFIC_NAMES.has(name));
    return traffic.length > 0 && traffic.every(([, value]) => value === null) ? "nodata" : "flow";
  }
  switch (values.get("log_status")) {
    case "OK":
      return "flow";
    case "NODATA":
      return "nodata";
    case "SKIPDATA":
      return "skipdata";
    default:
      return "other";
  }
}

// ── counts ──────────────────────────────────────────────────────────────────────────────────────────────────────────

function emptyAnswer(file: string): ReferenceAnswer {
  const none = { lines: 0, headers: 0, comments: 0, blank: 0, records: 0, malformed: 0 };
  const counts = { ...none, nodata: 0, skipdata: 0, other_status: 0, flows: 0 };
  return { file, records: [], problems: [], counts, headers: [], layoutChanges: 0, error: null };
}

/** The answer with its sums filled in. */
function counted(answer: ReferenceAnswer, lines: readonly Line[]): ReferenceAnswer {
  const { counts, records, problems, headers } = answer;
  const having = (status: ReferenceRecord["status"]) => records.filter((record) => record.status === status).length;
  counts.flows = having("flow");
  counts.nodata = having("nodata");
  counts.skipdata = having("skipdata");
  counts.other_status = having("other");
  counts.records = records.length;
  counts.malformed = problems.length;
  counts.lines = counts.headers + counts.comments + counts.blank + counts.records + counts.malformed;
  answer.layoutChanges = headers.filter(
    ({ names }, at) => at > 0 && names.join() !== headers[at - 1]?.names.join(),
  ).length;
  const first = problems[0];
  if (answer.error === null && first !== undefined && records.length === 0) {
    answer.error = { kind: "nothing", line: first.line, fields: lines[first.line - 1]?.tokens.length ?? 0 };
  }
  return answer;
}
