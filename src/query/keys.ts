import { UserError } from "../errors.js";
import { FIELDS, findField } from "../record/fields.js";
import { nearest } from "../record/nearest.js";
import { splitNames } from "./names.js";
import type { Key } from "./query.js";
import { ValueError } from "./value-error.js";

const expected = "a field, srcaddr/24, pair, 5tuple, addr or service";

/** Keys that stand for several. */
const expansions: ReadonlyMap<string, readonly string[]> = new Map([
  ["pair", ["srcaddr", "dstaddr"]],
  ["5tuple", ["srcaddr", "dstaddr", "srcport", "dstport", "protocol"]],
]);

/** Keys that are computed of several fields. */
const derived = ["addr", "service"] as const;

/** What people call the time that a flow falls in, and `flowlog timeline` has bins for. */
const timeWords: ReadonlySet<string> = new Set(["time", "bin", "timestamp", "minute", "hour", "day", "date"]);

/**
 * The text of `--by` to keys, comma between: fields in all their spellings, `pair` (srcaddr,dstaddr), `5tuple`, `addr` (either
 * side) and `service`. An address may be cut to its network: `srcaddr/24` cuts IPv4 at 24 bits and IPv6 at 64, `srcaddr/56` (more than
 * 32) cuts IPv6 and leaves IPv4 whole, `srcaddr/24/56` says both. The output's spelling, `srcaddr_24`, is taken too.
 *
 * @throws ValueError for a key that is not known, with the nearest one; UserError for no key or one that comes twice
 */
export function parseKeys(text: string): Key[] {
  const keys = splitNames(text, "key").flatMap(parseKey);
  const names = new Set<string>();
  for (const { name, kind } of keys) {
    if (names.has(name)) throw new UserError(`the key ${name} comes twice in ${text}`);
    // Which of a flow's two addresses would the second key take, beside each of the first?
    if (kind === "addr" && keys.some((other) => other.kind === "addr" && other.name !== name)) {
      throw new UserError("addr can be a key only once", { hint: "For both sides of a flow use srcaddr,dstaddr." });
    }
    names.add(name);
  }
  return keys;
}

function parseKey(text: string): Key[] {
  const expansion = expansions.get(text.toLowerCase());
  if (expansion !== undefined) return expansion.flatMap(parseKey);
  const { base, lengths } = splitLengths(text);
  if (expansions.has(base.toLowerCase()) && lengths.length > 0) {
    const cut = expansions
      .get(base.toLowerCase())
      ?.map((name) => (name.endsWith("addr") ? `${name}/${lengths.join("/")}` : name));
    throw new ValueError(text, expected, `Write it out: ${cut?.join(",")}.`);
  }
  const field = findField(base);
  const name = field?.name ?? derived.find((word) => word === base.toLowerCase());
  if (name === undefined) throw unknownKey(text, base);
  if (lengths.length > 0 && name !== "addr" && field?.kind !== "address") {
    throw new ValueError(text, expected, `Only addresses have prefixes, and ${name} is none.`);
  }
  if (name === "service") return [{ kind: "service", name }];
  const cut = parseCut(lengths, text);
  const outputName = [name, ...lengths].join("_");
  if (field === undefined) return [{ kind: "addr", name: outputName, ...cut }];
  return [{ kind: "field", name: outputName, field: field.name, ...cut }];
}

/** `srcaddr/24/56` and `srcaddr_24_56` to the name and the lengths as they stood. */
function splitLengths(text: string): { base: string; lengths: string[] } {
  const [base = "", ...lengths] = text.split("/");
  if (lengths.length > 0 || findField(text) !== undefined) return { base, lengths };
  const output = /^(.+?)_(\d+)(?:_(\d+))?$/.exec(text);
  if (output === null) return { base, lengths };
  return { base: output[1] as string, lengths: output.slice(2).filter((length) => length !== undefined) };
}

function parseCut(lengths: readonly string[], text: string): { v4: number | null; v6: number | null } {
  if (lengths.length === 0) return { v4: null, v6: null };
  const [first = Number.NaN, second] = lengths.map((length) =>
    /^(?:0|[1-9]\d*)$/.test(length) ? Number(length) : Number.NaN,
  );
  if (lengths.length === 1 && first <= 32) return { v4: first, v6: 64 };
  if (lengths.length === 1 && first <= 128) return { v4: null, v6: first };
  if (lengths.length === 2 && first <= 32 && second !== undefined && second <= 128) return { v4: first, v6: second };
  throw new ValueError(
    text,
    expected,
    "A prefix is one length, /24 for IPv4 or /56 for IPv6, or both: /24/56, at most /32/128.",
  );
}

function unknownKey(text: string, base: string): ValueError {
  if (timeWords.has(base.toLowerCase())) {
    return new ValueError(text, expected, "For flows over time ask `flowlog timeline --bin 5m`.");
  }
  const known = [
    ...expansions.keys(),
    ...derived,
    ...FIELDS.flatMap(({ name, short }) => (short === null ? [name] : [name, short])),
  ];
  const near = nearest(base, known);
  return new ValueError(
    text,
    expected,
    near === null ? "`flowlog fields` lists the fields." : `Did you mean ${near}${text.slice(base.length)}?`,
  );
}
