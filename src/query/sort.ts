import { UserError } from "../errors.js";
import { nearest } from "../record/nearest.js";
import { parseKeys } from "./keys.js";
import { adviceForMetric, METRIC_WORDS } from "./metric-words.js";
import { findMetric } from "./metrics.js";
import { splitNames } from "./names.js";
import type { Key, SortTerm } from "./query.js";
import { ValueError } from "./value-error.js";

/** The key or metric of a term, before it is known which way it goes. */
type Target = { by: "key"; name: string } | Omit<Extract<SortTerm, { by: "metric" }>, "descending">;

const expected = "a key of --by or a metric, with :asc or :desc behind it if you like";

/**
 * The text of `--sort`, `KEY|METRIC[:asc|:desc]` with comma between. Without a direction metrics go down and keys up. Both are
 * taken as they are written and as output names them: `srcaddr/24` and `srcaddr_24`. What could be either is the metric; the key
 * `bytes` is `bytes_key`, its name in output. `pair` and `5tuple` stand for their keys.
 *
 * @param keys  those of the query: there is no other key to sort by
 * @throws ValueError for what is neither, with the keys there are; UserError for nothing or what comes twice
 */
export function parseSort(text: string, keys: readonly Key[]): SortTerm[] {
  const terms = splitNames(text, "key or metric").flatMap((item) => parseTerm(item, keys));
  const names = new Set<string>();
  for (const term of terms) {
    const name = term.by === "key" ? term.name : term.metric.name;
    const target = `${term.by} ${name}`;
    if (names.has(target)) throw new UserError(`the ${target} comes twice in ${text}`);
    names.add(target);
  }
  return terms;
}

function parseTerm(text: string, keys: readonly Key[]): SortTerm[] {
  const { word, direction } = splitDirection(text);
  return targetsOf(word, keys).map((target) => ({
    ...target,
    descending: direction === null ? target.by === "metric" : direction === "desc",
  }));
}

function splitDirection(text: string): { word: string; direction: "asc" | "desc" | null } {
  const colon = text.lastIndexOf(":");
  if (colon >= 0) {
    const word = text.slice(0, colon).trim();
    const direction = text
      .slice(colon + 1)
      .trim()
      .toLowerCase();
    if (direction === "asc" || direction === "desc") return { word, direction };
    throw new ValueError(text, expected, `Write ${word}:asc for the least first, ${word}:desc for the greatest.`);
  }
  const [, sign, word] = /^([-+])(.+)$/s.exec(text) ?? [];
  if (word !== undefined) throw new ValueError(text, expected, `Write ${word}:${sign === "-" ? "desc" : "asc"}.`);
  const [, before, after] = /^(.*\S)\s+(asc|desc)$/is.exec(text) ?? [];
  if (after !== undefined) throw new ValueError(text, expected, `Write ${before}:${after.toLowerCase()}.`);
  return { word: text, direction: null };
}

function targetsOf(word: string, keys: readonly Key[]): Target[] {
  const metric = findMetric(word);
  if (metric !== null) return [{ by: "metric", metric }];
  const named = keys.find(({ name }) => outputName(name) === word.toLowerCase());
  if (named !== undefined) return [{ by: "key", name: named.name }];
  const names = readKeys(word)?.map(({ name }) => name);
  const missing = names?.find((name) => keys.every((key) => key.name !== name));
  if (names !== undefined && missing === undefined) return names.map((name) => ({ by: "key", name }));
  throw new ValueError(word, expected, adviceFor(word, missing, keys));
}

/** The name that output has for a key, beside metrics of any name. */
function outputName(name: string): string {
  return findMetric(name) === null ? name : `${name}_key`;
}

function readKeys(text: string): Key[] | undefined {
  try {
    return parseKeys(text);
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

function givenKeys(names: readonly string[]): string {
  if (names.length === 0) return "There are no keys without --by.";
  return names.length === 1 ? `The key is ${names[0]}.` : `The keys are ${names.join(", ")}.`;
}

function adviceFor(word: string, missing: string | undefined, keys: readonly Key[]): string {
  const names = keys.map(({ name }) => outputName(name));
  const given = givenKeys(names);
  if (missing !== undefined) return `${missing} is not in --by. ${given}`;
  const near = nearest(word, [...names, ...METRIC_WORDS]);
  if (near !== null) return `Did you mean ${near}?`;
  return `${given} ${adviceForMetric(word)}`;
}
