import { expectation, type FieldDefinition, fieldRange } from "../record/fields.js";
import { nearest } from "../record/nearest.js";
import { PROTOCOL_NAMES, protocolNumber } from "../record/protocols.js";
import { tcpFlagBits } from "../record/tcp-flags.js";
import { parseAmount } from "./amount.js";
import { ANY_CASE_FIELDS, foldCase } from "./filter.js";
import type { ExactRange } from "./number-ranges.js";
import { parsePort, portExpectation } from "./ports.js";
import { prefixExpectation } from "./prefix.js";
import { parseMoment, secondsOf, timeExpectation } from "./time.js";
import { ValueError } from "./value-error.js";
import type { Zone } from "./zone.js";

/** What times in a filter are relative to: `now` in epoch seconds, and the zone of those that name none. */
export interface Clock {
  now: number;
  zone: Zone;
}

/** Fields of few words, the words AWS has for them. */
export const FIELD_WORDS: ReadonlyMap<string, readonly string[]> = new Map([
  ["action", ["accept", "reject"]],
  ["log_status", ["ok", "nodata", "skipdata"]],
  ["flow_direction", ["ingress", "egress"]],
]);

/** What other tools call those words. */
const synonyms: ReadonlyMap<string, string> = new Map([
  ...["allow", "allowed", "permit", "pass", "accepted"].map((word) => [word, "accept"] as const),
  ...["deny", "denied", "drop", "dropped", "block", "blocked", "refuse", "rejected"].map(
    (word) => [word, "reject"] as const,
  ),
  ...["in", "inbound"].map((word) => [word, "ingress"] as const),
  ...["out", "outbound"].map((word) => [word, "egress"] as const),
]);

/** What a value of the field must be, to stand after "expected". */
export function valueExpectation(field: FieldDefinition): string {
  const words = FIELD_WORDS.get(field.name);
  if (words !== undefined) return `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
  switch (field.kind) {
    case "address":
      return prefixExpectation;
    case "uint16":
      return portExpectation;
    case "seconds":
      return timeExpectation;
    case "text":
    case "tag":
      return "a value, in quotes where it has blanks or symbols";
    default:
      if (field.name === "protocol") return "a protocol's name, such as tcp, or its number 0-255";
      if (field.name === "tcp_flags") return "TCP flags such as SYN, S or SA, or their number";
      return `${expectation(field.kind)}, such as 1000, 10k, 1.5M or 4Ki`;
  }
}

/**
 * The numbers that a value of a number field stands for: `443`, `1024-2047`, `https`, `tcp`, `1.5M`, `SA`, a time.
 *
 * @throws ValueError
 */
export function parseNumbers(field: FieldDefinition, text: string, clock: Clock): ExactRange[] {
  if (field.kind === "uint16") return parsePort(text).map(([first, last]) => [BigInt(first), BigInt(last)]);
  const single = parseSingle(field, text, clock);
  if (single !== null) return [[single, single]];
  const [, first = "", last = ""] = /^(\d[^-]*)-(\d[^-]*)$/.exec(text) ?? [];
  const ends = [first, last].map((end) => parseInRange(field, end, text));
  const [least, greatest] = ends as [bigint, bigint];
  if (least > greatest) {
    throw new ValueError(text, valueExpectation(field), `A range starts with its least number: ${last}-${first}.`);
  }
  return [[least, greatest]];
}

/** The one number that the text stands for, or null where it is a range. */
function parseSingle(field: FieldDefinition, text: string, clock: Clock): bigint | null {
  // Epoch seconds on both sides: within a time of a calendar, hyphens are something else.
  const isRange = field.kind === "seconds" ? /^\d{9,}-\d{9,}$/.test(text) : /^\d[^-]*-\d[^-]*$/.test(text);
  if (isRange) return null;
  if (field.kind === "seconds") return BigInt(secondsOf(parseMoment(text), clock));
  if (field.name === "protocol") return BigInt(parseProtocol(text));
  const bits = field.name === "tcp_flags" ? tcpFlagBits(text) : null;
  return bits === null ? parseInRange(field, text, text) : BigInt(bits);
}

function parseInRange(field: FieldDefinition, text: string, whole: string): bigint {
  const expected = valueExpectation(field);
  const number = parseAmount(text, expected);
  if (number <= (fieldRange(field.kind)?.max ?? 0n)) return number;
  throw new ValueError(whole, expected);
}

/** @throws ValueError with the nearest known name */
export function parseProtocol(text: string): number {
  const number = protocolNumber(text);
  if (number !== null) return number;
  const near = nearest(text, PROTOCOL_NAMES);
  const hint = near === null ? undefined : `Did you mean ${near}?`;
  throw new ValueError(text, "a protocol's name, such as tcp, or its number 0-255", hint);
}

/**
 * The text that a text field is compared with. A word that stands without quotes must be one that the field can have.
 *
 * @throws ValueError
 */
export function parseText(field: FieldDefinition, text: string, isQuoted: boolean): string {
  const value = ANY_CASE_FIELDS.has(field.name) ? foldCase(text) : text;
  if (isQuoted) return value;
  const words = FIELD_WORDS.get(field.name);
  if (words !== undefined && !words.includes(value)) {
    const meant = synonyms.get(value);
    const near = meant !== undefined && words.includes(meant) ? meant : nearest(value, words);
    const advice = near === null ? `Any other ${field.name} stands in quotes.` : `Did you mean ${near}?`;
    throw new ValueError(text, valueExpectation(field), advice);
  }
  if (text.includes("*")) {
    const advice = "A pattern is a regular expression behind ~; a * that is meant as such stands in quotes.";
    throw new ValueError(text, valueExpectation(field), advice);
  }
  return value;
}
