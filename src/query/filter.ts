import { joinTerms } from "./expression.js";

/**
 * Which records are asked for, as plain data. A comparison with a value that the log gives as `-` is false, also one that is
 * `negated`; `not E` holds exactly where E does not, so also where E compares with `-`.
 *
 * `address`: any of the fields lies in any of the prefixes (canonical CIDR text, host bits zero).
 * `port`: any of the fields lies in any of the ranges, for records of protocols that have ports (an ICMP record carries 0
 * in both fields). A layout without `protocol` leaves the port to speak for itself.
 * `number`: the field lies in any of the ranges. Ranges are inclusive at both ends.
 * `bits`: the field has all bits of the mask.
 * `text`: the field is one of the values; with `anyCase`, compared without regard to ASCII case.
 * `match`: the regular expression (RE2's) is found in the field, a text or an address in canonical form; with `anyCase` without regard to case.
 * `null`: the field is `-`.
 * `negated`: each field for itself is not `-`, and the comparison without `negated` is false of it.
 */
export type Filter =
  | { op: "and" | "or"; terms: Filter[] }
  | { op: "not"; term: Filter }
  | { op: "address"; fields: string[]; prefixes: string[]; negated?: true }
  | { op: "port"; fields: string[]; ranges: Range[] }
  | { op: "number"; field: string; ranges: Range[] }
  | { op: "bits"; field: string; mask: number }
  | { op: "text"; field: string; values: string[]; anyCase: boolean; negated?: true }
  | { op: "match"; field: string; pattern: string; anyCase: boolean; negated?: true }
  | { op: "null"; field: string };

/** Least and greatest number, both within. Ranges of a filter are in ascending order and do not touch. */
export type Range = [Bound, Bound];

/** A whole number; past 2^53 its decimal digits, so that JSON carries every one of them. */
export type Bound = number | string;

/** Every record: what a query without a filter asks for. */
export const EVERYTHING: Filter = { op: "and", terms: [] };

/** Text fields that are compared in any case: their words are AWS's, and people write them as they like. */
export const ANY_CASE_FIELDS: ReadonlySet<string> = new Set(["action", "log_status", "flow_direction"]);

/** Text without regard to ASCII case. */
export function foldCase(text: string): string {
  return text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/** The filters joined by `op`, those that are joined by it already taken apart; a single one stands for itself. */
export function joinFilters(op: "and" | "or", filters: readonly Filter[]): Filter {
  return joinTerms(op, filters);
}

/** The fields that a log must carry for the filter to be answered, each once, in the order the filter names them. */
export function filterFields(filter: Filter): string[] {
  const fields = new Set<string>();
  collectFields(filter, fields);
  return [...fields];
}

function collectFields(filter: Filter, into: Set<string>): void {
  switch (filter.op) {
    case "and":
    case "or":
      for (const term of filter.terms) collectFields(term, into);
      return;
    case "not":
      collectFields(filter.term, into);
      return;
    case "address":
    case "port":
      for (const field of filter.fields) into.add(field);
      return;
    default:
      into.add(filter.field);
  }
}
