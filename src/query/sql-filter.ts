import { fieldRange, findField, isTrafficField } from "../record/fields.js";
import { HAS_PORTS, protocolName } from "../record/protocols.js";
import { tcpFlagLetters } from "../record/tcp-flags.js";
import { EVERYTHING, type Filter, foldCase, type Range } from "./filter.js";
import { complementRanges, type ExactRange, fromBounds } from "./number-ranges.js";
import type { Window } from "./query.js";
import { type Condition, isIn, join, sqlName, sqlText } from "./sql-text.js";
import { LAST_DATED_SECOND } from "./time.js";

/** What makes a record a flow: its status, or in a log without it that it tells of traffic at all. */
export function flowCondition(fields: readonly string[]): Condition {
  if (fields.includes("log_status")) return "log_status = 'OK'";
  const traffic = fields.filter(isTrafficField).map((field) => `${sqlName(field)} IS NOT NULL`);
  return traffic.length === 0 ? join("AND", []) : join("OR", traffic);
}

/** A time window as a filter. */
export function windowFilter({ since, until }: Window): Filter {
  if (since === null && until === null) return EVERYTHING;
  const first = Math.max(since ?? 0, 0);
  if (until !== null && until <= first) return { op: "number", field: "start", ranges: [] };
  const last = until === null ? String(fieldRange("seconds")?.max) : until - 1;
  return { op: "number", field: "start", ranges: [[first, last]] };
}

/**
 * A filter as a condition on the rows of `flow_log`.
 *
 * @param fields the columns that the log has
 */
export function filterCondition(filter: Filter, fields: readonly string[]): Condition {
  switch (filter.op) {
    case "and":
    case "or": {
      const terms = filter.terms.map((term) => filterCondition(term, fields));
      return join(filter.op === "and" ? "AND" : "OR", terms);
    }
    case "not":
      if (filter.term.op === "null") return `${sqlName(filter.term.field)} IS NOT NULL`;
      return { not: filterCondition(filter.term, fields) };
    case "address":
      return join(
        "OR",
        filter.fields.map((field) => {
          const inside = addressCondition(field, filter.prefixes);
          return filter.negated ? join("AND", [`${sqlName(field)} IS NOT NULL`, { not: inside }]) : inside;
        }),
      );
    case "port": {
      const within = filter.fields.map((field) => numberCondition(field, filter.ranges));
      return join("AND", [join("OR", within), ...(fields.includes("protocol") ? [hasPorts] : [])]);
    }
    case "number":
      return numberCondition(filter.field, filter.ranges);
    case "bits":
      return `(${sqlName(filter.field)} & ${filter.mask}) = ${filter.mask} /* ${tcpFlagLetters(filter.mask)} */`;
    case "text":
      return textCondition(filter);
    case "match": {
      const found = `regexp_matches(${valueText(filter.field)}, ${sqlText(filter.pattern)}${filter.anyCase ? ", 'i'" : ""})`;
      return filter.negated ? `NOT ${found}` : found;
    }
    case "null":
      return `${sqlName(filter.field)} IS NULL`;
  }
}

/** Of protocols without ports, the port fields hold no ports. */
export const hasPorts = `protocol IN (${[...HAS_PORTS].join(", ")})`;

/** An instant as SQL has it, and as people do. */
export function writeSecond(second: bigint): string {
  if (second < 0n || second > LAST_DATED_SECOND) return String(second);
  return `${second} /* ${new Date(Number(second) * 1000).toISOString().replace(".000Z", "Z")} */`;
}

function addressCondition(field: string, prefixes: readonly string[]): Condition {
  const name = sqlName(field);
  const isV6 = (prefix: string) => prefix.includes(":");
  const isHost = (prefix: string) => prefix.endsWith(isV6(prefix) ? "/128" : "/32");
  // One address of IPv6 is found more easily as a network of its own; one of IPv4 is written in one way only.
  const hosts = prefixes.filter(isHost);
  const asTexts = hosts.filter(isV6).length === 1 ? hosts.filter((host) => !isV6(host)) : hosts;
  const textSet = new Set(asTexts);
  const networks = prefixes.filter((prefix) => !textSet.has(prefix));
  const texts = asTexts.map((host) => sqlText(host.slice(0, host.indexOf("/"))));
  return join("OR", [
    ...(texts.length === 0 ? [] : [isIn(asTexts.some(isV6) ? valueText(field) : name, texts)]),
    ...networks.map((network) => `${isV6(network) ? "in_ipv6" : "in_ipv4"}(${name}, ${sqlText(network)})`),
  ]);
}

function numberCondition(field: string, bounds: readonly Range[]): Condition {
  const name = sqlName(field);
  const kind = findField(field)?.kind ?? "text";
  const max = fieldRange(kind)?.max ?? 0n;
  const write = kind === "seconds" ? writeSecond : field === "protocol" ? writeProtocol : String;
  const ranges = fromBounds(bounds);
  const [only] = ranges;
  if (only === undefined) return "false";
  const gaps = complementRanges(ranges, max);
  const [gap] = gaps;
  if (gap === undefined) return `${name} IS NOT NULL`;
  if (gaps.length === 1 && gap[0] === gap[1]) return `${name} <> ${write(gap[0])}`;
  if (ranges.length === 1 && isLong(only)) {
    if (only[0] === 0n) return `${name} < ${write(only[1] + 1n)}`;
    if (only[1] >= max) return `${name} >= ${write(only[0])}`;
  }
  // A time is past the last second of what is asked for, not at it.
  if (ranges.length === 1 && isLong(only) && kind === "seconds") {
    return join("AND", [`${name} >= ${write(only[0])}`, `${name} < ${write(only[1] + 1n)}`]);
  }
  const numbers = ranges.filter((range) => !isLong(range)).map(([number]) => write(number));
  return join("OR", [
    ...(numbers.length === 0 ? [] : [isIn(name, numbers)]),
    ...ranges.filter(isLong).map(([first, last]) => `${name} BETWEEN ${write(first)} AND ${write(last)}`),
  ]);
}

function isLong([first, last]: ExactRange): boolean {
  return first < last;
}

function writeProtocol(number: bigint): string {
  const name = protocolName(Number(number));
  return name === String(number) ? name : `${number} /* ${name} */`;
}

function textCondition({ field, values, anyCase, negated }: Extract<Filter, { op: "text" }>): Condition {
  const texts = values.map((value) => sqlText(anyCase ? foldCase(value) : value));
  return isIn(anyCase ? `ascii_lower(${sqlName(field)})` : sqlName(field), texts, negated);
}

/** A field's value as text, an address in its canonical form. */
function valueText(field: string): string {
  return findField(field)?.kind === "address" ? `canonical(${sqlName(field)})` : sqlName(field);
}
