import { quote, UserError } from "./errors.js";
import { RANK_METRICS } from "./query/query.js";
import { nearest } from "./record/nearest.js";

/** What an option of the library must be, for callers that no compiler checks. */
interface Expectation {
  expected: string;
  holds(value: unknown): boolean;
}

const isText = (value: unknown): boolean => typeof value === "string";
const isTexts = (value: unknown): boolean => isText(value) || (Array.isArray(value) && value.every(isText));
const isFunction = (value: unknown): boolean => typeof value === "function";
const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;

const ofReading: Readonly<Record<string, Expectation>> = {
  format: { expected: "a text or a list of texts", holds: isTexts },
  onProblem: { expected: "a function", holds: isFunction },
  onNote: { expected: "a function", holds: isFunction },
};

const ofTopTalkers: Readonly<Record<string, Expectation>> = {
  by: { expected: 'a text such as "srcaddr,dstport"', holds: isText },
  metric: {
    expected: `one of ${RANK_METRICS.join(", ")}`,
    holds: (value) => RANK_METRICS.some((metric) => metric === value),
  },
  limit: { expected: "a whole number; 0 is all", holds: isCount },
  bottom: { expected: "true or false", holds: (value) => typeof value === "boolean" },
  ...ofReading,
};

/** @throws UserError saying which argument will not do, and what was expected */
export function checkArguments(call: "readRecords" | "topTalkers", inputs: unknown, options: unknown): void {
  if (!isTexts(inputs)) throw unexpected("inputs", inputs, "a path or a list of paths");
  if (typeof options !== "object" || options === null) throw unexpected("options", options, "an object");
  const known = call === "topTalkers" ? ofTopTalkers : ofReading;
  for (const [name, value] of Object.entries(options)) {
    const expectation = Object.hasOwn(known, name) ? known[name] : undefined;
    if (expectation === undefined) throw unknownOption(call, name, Object.keys(known));
    if (value !== undefined && !expectation.holds(value)) throw unexpected(name, value, expectation.expected);
  }
}

function unexpected(name: string, value: unknown, expected: string): UserError {
  return new UserError(`${name} is ${show(value)}, expected ${expected}`);
}

function unknownOption(call: string, name: string, known: readonly string[]): UserError {
  const meant = nearest(name, known);
  const question = meant === null ? "" : `; did you mean ${meant}?`;
  return new UserError(`${call} has no option ${quote(name)}${question}`, {
    hint: `Its options: ${known.join(", ")}.`,
  });
}

/** Plain values as they are written; of others, what kind of thing they are. */
function show(value: unknown): string {
  if (typeof value === "string") return quote(value);
  if (typeof value === "bigint") return `${value}n`;
  if (Array.isArray(value)) return "a list";
  if (typeof value === "function") return "a function";
  return typeof value === "object" && value !== null ? "an object" : String(value);
}
