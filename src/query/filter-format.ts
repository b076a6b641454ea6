import { fieldRange, findField } from "../record/fields.js";
import { protocolName } from "../record/protocols.js";
import { tcpFlagLetters } from "../record/tcp-flags.js";
import type { Filter } from "./filter.js";
import { FIELD_WORDS } from "./filter-values.js";
import { RESERVED } from "./filter-words.js";
import { complementRanges, type ExactRange, fromBounds } from "./number-ranges.js";
import { FAMILY_PREFIXES, NOT_PUBLIC_PREFIXES, PRIVATE_PREFIXES } from "./scopes.js";
import { formatTime, LAST_DATED_SECOND } from "./time.js";

const sides = ["srcaddr", "dstaddr"];
const ports = ["srcport", "dstport"];
const lastSecond = BigInt(LAST_DATED_SECOND);

/**
 * A filter in its normal form: the one expression that `parseFilter` reads back as the same tree. Names are written out,
 * files as their values, times as instants, and parentheses show what belongs together. A filter that asks for
 * everything is empty text.
 */
export function formatFilter(filter: Filter): string {
  switch (filter.op) {
    case "and":
    case "or":
      if (filter.terms.length === 1) return formatFilter(filter.terms[0] as Filter);
      return filter.terms.map((term) => formatTerm(term)).join(` ${filter.op} `);
    case "not":
      return filter.term.op === "null" ? `${filter.term.field} != -` : `not ${formatTerm(filter.term)}`;
    case "address":
      return formatAddresses(filter);
    case "port":
      return formatPorts(filter);
    case "number":
      return formatNumbers(filter.field, filter.ranges);
    case "bits":
      return `flags ${tcpFlagLetters(filter.mask)}`;
    case "text":
      return formatTexts(filter);
    case "match":
      return `${filter.field} ${filter.negated ? "!~" : "~"} ${quoted(filter.pattern)}`;
    case "null":
      return `${filter.field} = -`;
  }
}

function formatTerm(term: Filter): string {
  return term.op === "and" || term.op === "or" ? `(${formatFilter(term)})` : formatFilter(term);
}

function formatAddresses({ fields, prefixes, negated }: Extract<Filter, { op: "address" }>): string {
  const [field = ""] = fields;
  const isEither = same(fields, sides);
  if (isEither && !negated) {
    if (same(prefixes, [FAMILY_PREFIXES.ipv4])) return "ipv4";
    if (same(prefixes, [FAMILY_PREFIXES.ipv6])) return "ipv6";
  }
  const side = field === "srcaddr" ? "src" : field === "dstaddr" ? "dst" : field;
  if (!isEither && !negated && same(prefixes, PRIVATE_PREFIXES)) return `private ${side}`;
  if (!isEither && negated && same(prefixes, NOT_PUBLIC_PREFIXES)) return `public ${side}`;
  const subject = isEither ? "ip" : sides.includes(field) ? `${side} ip` : field;
  const values = prefixes.map((prefix) => prefix.replace(/(?<=^[\d.]+)\/32$|\/128$/, ""));
  if (values.length === 1) return `${subject} ${negated ? "!= " : sides.includes(field) ? "" : "= "}${values[0]}`;
  return `${subject} ${negated ? "not in" : "in"} [${values.join(", ")}]`;
}

function formatPorts({ fields, ranges }: Extract<Filter, { op: "port" }>): string {
  const subject = same(fields, ports) ? "port" : fields[0] === "srcport" ? "src port" : "dst port";
  return `${subject} ${formatRanges(fromBounds(ranges), 65535n, (number) => String(number)).replace(/^= /, "")}`;
}

function formatNumbers(field: string, bounds: Extract<Filter, { op: "number" }>["ranges"]): string {
  const kind = findField(field)?.kind ?? "text";
  const max = fieldRange(kind)?.max ?? 0n;
  const ranges = fromBounds(bounds);
  if (kind === "seconds") return `${field} ${formatTimes(ranges, max)}`;
  if (field !== "protocol") return `${field} ${formatRanges(ranges, max, (number) => String(number))}`;
  return `proto ${formatRanges(ranges, max, (number) => protocolName(Number(number))).replace(/^= /, "")}`;
}

/** An operator and what is compared with: the shortest that says these numbers. */
function formatRanges(ranges: readonly ExactRange[], max: bigint, format: (number: bigint) => string): string {
  const [only] = ranges;
  if (only === undefined) return "< 0";
  const gaps = complementRanges(ranges, max);
  if (gaps.length === 0) return ">= 0";
  if (ranges.length === 1 && only[0] === only[1]) return `= ${format(only[0])}`;
  if (gaps.length === 1 && gaps[0]![0] === gaps[0]![1]) return `!= ${format(gaps[0]![0])}`;
  if (ranges.length === 1 && only[0] === 0n) return `<= ${only[1]}`;
  if (ranges.length === 1 && only[1] === max) return `>= ${only[0]}`;
  return `in [${ranges.map((range) => formatRange(range, format)).join(", ")}]`;
}

function formatRange([first, last]: ExactRange, format: (number: bigint) => string): string {
  return first === last ? format(first) : `${first}-${last}`;
}

function formatTimes(ranges: readonly ExactRange[], max: bigint): string {
  const [only] = ranges;
  const gaps = complementRanges(ranges, max);
  const epoch = formatTime(0n);
  if (only === undefined) return `< ${epoch}`;
  if (gaps.length === 0) return `>= ${epoch}`;
  if (ranges.length === 1) {
    const [first, last] = only;
    if (first === last && first <= lastSecond) return `= ${formatTime(first)}`;
    if (first === 0n && last < lastSecond) return `< ${formatTime(last + 1n)}`;
    if (last === max && first <= lastSecond) return `>= ${formatTime(first)}`;
  }
  if (gaps.length === 1 && gaps[0]![0] === gaps[0]![1] && gaps[0]![0] <= lastSecond) {
    return `!= ${formatTime(gaps[0]![0])}`;
  }
  return `in [${ranges.map(formatTimeRange).join(", ")}]`;
}

function formatTimeRange([first, last]: ExactRange): string {
  if (first === last && first <= lastSecond) return formatTime(first);
  return [first, last].map((second) => String(second).padStart(9, "0")).join("-");
}

function formatTexts({ field, values, negated }: Extract<Filter, { op: "text" }>): string {
  const words = FIELD_WORDS.get(field);
  const [value = ""] = values;
  const texts = values.map((text) =>
    words === undefined ? formatText(text) : words.includes(text) ? text : quoted(text),
  );
  if (values.length > 1) return `${field} ${negated ? "not in" : "in"} [${texts.join(", ")}]`;
  if (negated) return `${field} != ${texts[0]}`;
  if (words === undefined || !words.includes(value)) return `${field} = ${texts[0]}`;
  if (field === "flow_direction") return value;
  return `${findField(field)?.short ?? field} ${value}`;
}

function formatText(text: string): string {
  const isPlain = /^[\w.:/+-]+$/.test(text) && text !== "-" && !RESERVED.has(text.toLowerCase());
  return isPlain ? text : quoted(text);
}

function quoted(text: string): string {
  return `"${text.replaceAll(/["\\]/g, "\\$&")}"`;
}

function same(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((text, at) => text === others[at]);
}
