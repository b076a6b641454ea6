/**
 * Which records are asked for, as plain data. A comparison with a value that the log gives as `-` is false;
 * `not E` holds exactly where E does not, so also where E compares with `-`.
 *
 * `address`: any of the fields lies in any of the prefixes (canonical CIDR text, host bits zero).
 * `port`: any of the fields lies in any of the ranges, for records of protocols that have ports (an ICMP record carries 0
 * in both fields). A layout without `protocol` leaves the port to speak for itself.
 * `number`: the field lies in any of the ranges. Ranges are inclusive at both ends.
 * `text`: the field is one of the values; with `anyCase`, compared without regard to ASCII case.
 */
export type Filter =
  | { op: "and" | "or"; terms: Filter[] }
  | { op: "not"; term: Filter }
  | { op: "address"; fields: string[]; prefixes: string[] }
  | { op: "port"; fields: string[]; ranges: Range[] }
  | { op: "number"; field: string; ranges: Range[] }
  | { op: "text"; field: string; values: string[]; anyCase: boolean };

/** Least and greatest number, both within. */
export type Range = [number, number];

/** Every record: what a query without a filter asks for. */
export const EVERYTHING: Filter = { op: "and", terms: [] };

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
    case "number":
    case "text":
      into.add(filter.field);
  }
}
