import { FIELDS } from "../record/fields.js";
import { DEFAULT_LAYOUT } from "../record/layout.js";
import { nearest } from "../record/nearest.js";
import { protocolNumber } from "../record/protocols.js";
import { tcpFlagBits } from "../record/tcp-flags.js";
import { adviceForComparison } from "./comparisons.js";
import type { Token } from "./filter-tokens.js";
import { parsePort } from "./ports.js";
import { parsePrefix } from "./prefix.js";

/** Words that join conditions and values, so that none of them is a value unless it is quoted. */
export const RESERVED: ReadonlySet<string> = new Set(["and", "or", "not", "in"]);

/** Words for an address of either side, or of the one that `src` or `dst` says. */
export const ADDRESS_WORDS: ReadonlySet<string> = new Set(["ip", "addr", "host", "net"]);

/** Words that begin a condition and are no field. */
export const CONDITION_WORDS: readonly string[] = [
  ...["src", "dst", "ip", "addr", "host", "net", "port", "not"],
  ...["ingress", "egress", "ipv4", "ipv6", "private", "public"],
];

const known: readonly string[] = [
  ...CONDITION_WORDS,
  ...FIELDS.flatMap(({ name, short }) => (short === null ? [name] : [name, short])),
];

/** What other tools and everyday speech have for it. */
const habits: ReadonlyMap<string, string> = new Map([
  ...["accept", "accepted", "allow", "allowed", "pass"].map((word) => [word, "Write action accept."] as const),
  ...["reject", "rejected", "deny", "denied", "drop", "dropped", "block", "blocked"].map(
    (word) => [word, "Write action reject."] as const,
  ),
  ...["in", "inbound", "incoming"].map((word) => [word, "Write ingress."] as const),
  ...["out", "outbound", "outgoing"].map((word) => [word, "Write egress."] as const),
  ...["inet", "ip4"].map((word) => [word, "Write ipv4."] as const),
  ...["inet6", "ip6"].map((word) => [word, "Write ipv6."] as const),
  ...["ok", "nodata", "skipdata"].map((word) => [word, `Write status ${word}.`] as const),
  ["portrange", "Write port 1024-2047."],
  ["greater", "Write bytes > 1000."],
  ["less", "Write bytes < 1000."],
  ["select", "Give the condition alone: dport 443."],
  ["where", "Give the condition alone: dport 443."],
]);

/** What somebody meant who began a condition with this word: a whole sentence, or undefined. */
export function adviceForCondition(word: string): string | undefined {
  const lower = word.toLowerCase();
  const habit = habits.get(lower);
  if (habit !== undefined) return habit;
  if (/^\d+(?:-\d+)?$/.test(word)) return `Write port ${word}, or compare a field: bytes > ${word}.`;
  if (isPrefix(word)) return `Write ip ${word}, or src ${word}, dst ${word} for one side.`;
  if (protocolNumber(word) !== null) return `Write proto ${lower}.`;
  const numbered = /^\$(\d+)$/.exec(word);
  if (numbered !== null) {
    const field = DEFAULT_LAYOUT.fields[Number(numbered[1]) - 1];
    return `Fields have names${field === undefined ? "" : `; ${word} of the default format is ${field.name}`}.`;
  }
  const near = nearest(word, known);
  if (near !== null) return `Did you mean ${near}?`;
  if (tcpFlagBits(word) !== null) return `Write flags ${word.toUpperCase()}.`;
  return isService(word) ? `Write port ${lower}.` : undefined;
}

/** Operators of other languages, and what they are here. */
export function adviceForOperator({ kind, text }: Token): string | undefined {
  if (kind !== "symbol" && kind !== "word") return undefined;
  switch (text.toLowerCase()) {
    case "=~":
    case "like":
    case "ilike":
    case "rlike":
    case "regexp":
    case "matches":
    case "contains":
      return 'A regular expression follows ~, such as interface_id ~ "^eni-0".';
    case "is":
      return "- is how a log writes that there is no value: FIELD = -, or FIELD != -.";
    case "between":
      return "A range is written N-M: port 1024-2047, packets 1-10.";
    case "|":
      return "Or is written or, or ||; a regular expression with | stands in quotes.";
    default:
      return adviceForComparison(text);
  }
}

function isPrefix(word: string): boolean {
  try {
    parsePrefix(word);
    return true;
  } catch {
    return false;
  }
}

function isService(word: string): boolean {
  try {
    parsePort(word);
    return true;
  } catch {
    return false;
  }
}
