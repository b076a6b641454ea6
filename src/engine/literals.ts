import type { Filter } from "../query/filter.js";
import { findField } from "../record/fields.js";

/** A filter, and whether the records are wanted that it holds for or the others. */
export interface Literal {
  filter: Filter;
  wanted: boolean;
}

/**
 * The terms of an `and` (all of them wanted) or an `or` (none of them), with as few conditions as say the same: one that asks for
 * port 22 and one that asks for port 23 are one that asks for both where neither is wanted, in `port 22 or port 23` as in
 * `not port 22 and not port 23`.
 */
export function partsOf({ terms }: { terms: readonly Filter[] }, wanted: boolean): Literal[] {
  const parts: Literal[] = [];
  const alike = new Map<string, Filter[]>();
  for (const literal of terms.map((filter) => stripNot({ filter, wanted }))) {
    const key = literal.wanted ? null : keyOf(literal.filter);
    const others = key === null ? undefined : alike.get(key);
    if (key !== null && others === undefined) alike.set(key, [literal.filter]);
    else if (others !== undefined) others.push(literal.filter);
    else parts.push(literal);
  }
  return [...[...alike.values()].map((filters) => ({ filter: uniteFilters(filters), wanted: false })), ...parts];
}

function stripNot({ filter, wanted }: Literal): Literal {
  return filter.op === "not" ? stripNot({ filter: filter.term, wanted: !wanted }) : { filter, wanted };
}

/** The same for conditions that differ only in what values they ask for; null for those that have no such others. */
function keyOf(filter: Filter): string | null {
  switch (filter.op) {
    case "address":
      return filter.negated ? null : `address ${filter.fields.join(" ")}`;
    case "port":
      return `port ${filter.fields.join(" ")}`;
    case "text":
      return filter.negated ? null : `text ${filter.field} ${filter.anyCase}`;
    case "number": {
      const kind = findField(filter.field)?.kind;
      // One range of 64-bit numbers has a faster loop than several.
      return kind === "counter" || kind === "seconds" ? null : `number ${filter.field}`;
    }
    default:
      return null;
  }
}

/** Any of the conditions, which have one key. */
function uniteFilters(filters: readonly Filter[]): Filter {
  const [first] = filters as [Filter];
  const all = <Op extends Filter["op"]>(op: Op) =>
    filters.filter((filter): filter is Extract<Filter, { op: Op }> => filter.op === op);
  switch (first.op) {
    case "address":
      return { ...first, prefixes: all("address").flatMap(({ prefixes }) => prefixes) };
    case "port":
      return { ...first, ranges: all("port").flatMap(({ ranges }) => ranges) };
    case "number":
      return { ...first, ranges: all("number").flatMap(({ ranges }) => ranges) };
    case "text":
      return { ...first, values: all("text").flatMap(({ values }) => values) };
    default:
      return first;
  }
}
