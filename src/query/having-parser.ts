import { quote, UserError } from "../errors.js";
import { findField } from "../record/fields.js";
import { adviceForComparison, COMPARISONS } from "./comparisons.js";
import { negateTerm } from "./expression.js";
import { ExpressionParser, isSymbol, wordOf } from "./expression-parser.js";
import type { Source } from "./filter-error.js";
import type { Token } from "./filter-tokens.js";
import type { Clock } from "./filter-values.js";
import { CONDITION_WORDS, RESERVED } from "./filter-words.js";
import type { Comparison, Having } from "./having.js";
import { parseThreshold, thresholdExpectation } from "./having-values.js";
import { parseKeys } from "./keys.js";
import type { Metric } from "./metric.js";
import { adviceForMetric } from "./metric-words.js";
import { findMetric } from "./metrics.js";
import { unitInAnyCase } from "./units.js";

/** What a having expression compares: its leaves. */
type Condition = Exclude<Having, { op: "and" | "or" | "not" }>;

/**
 * The text of `--having` to its tree: METRIC OP NUMBER, joined as conditions of a filter are. Metrics are taken in both spellings,
 * also ones that are not shown. `METRIC = -` holds where the metric is null, `METRIC != -` where it is not.
 *
 * @throws FilterError with a caret under the mistake, what was expected and the nearest known word
 */
export function parseHaving(source: Source, clock: Clock): Having {
  return new HavingParser({ ...source, what: "having" }, clock).parse();
}

class HavingParser extends ExpressionParser<Condition> {
  protected override readonly whole = "expression";
  protected override readonly conditionExpectation = "a comparison such as bytes > 1M or distinct(dstport) >= 100";
  readonly #clock: Clock;

  constructor(source: Source, clock: Clock) {
    super(source);
    this.#clock = clock;
  }

  protected override condition(): Having {
    const { metric, text } = this.#metric();
    const is = this.#comparison(text);
    const token = this.peek();
    if (token.kind === "word" && token.text === "-") return this.#nullTest(metric, is, text);
    const isValue = token.kind === "string" || (token.kind === "word" && !RESERVED.has(token.text.toLowerCase()));
    if (!isValue || (token.kind === "word" && isMetricName(token.text))) {
      const advice = isValue ? "A metric is compared with a number, not with another metric." : undefined;
      throw this.unexpected(token, thresholdExpectation(metric), advice);
    }
    this.take();
    try {
      return compare(metric, is, parseThreshold(metric, token.text, this.#clock));
    } catch (error) {
      throw this.valueError(error, token);
    }
  }

  /** The metric that stands next, and how it is written. */
  #metric(): { metric: Metric; text: string } {
    const token = this.peek();
    if (token.kind !== "word" || RESERVED.has(token.text.toLowerCase())) {
      throw this.unexpected(token, this.conditionExpectation, adviceForSymbol(token));
    }
    this.take();
    const end = isSymbol(this.peek(), "(") ? this.#endOfCall() : token.end;
    const text = this.source.text.slice(token.at, end);
    const metric = findMetric(text);
    if (metric !== null) return { metric, text };
    const problem = `${quote(text)} given, expected ${this.conditionExpectation}`;
    throw this.error({ at: token.at, end }, problem, adviceForSubject(text));
  }

  /** Takes `(dstport)`, whatever is in it: what is wrong there is told of the whole metric. */
  #endOfCall(): number {
    const open = this.take();
    while (!isSymbol(this.peek(), ")")) {
      if (this.peek().kind === "end") throw this.error(open, '"(" is not closed, expected ) behind the field');
      this.take();
    }
    return this.take().end;
  }

  #comparison(subject: string): Comparison {
    const token = this.peek();
    const text = token.kind === "symbol" ? token.text : (wordOf(token) ?? "");
    const is = COMPARISONS.get(text);
    if (is === undefined) throw this.unexpected(token, "=, !=, <, <=, > or >=", adviceForOperator(token, subject));
    this.take();
    return is;
  }

  #nullTest(metric: Metric, is: Comparison, subject: string): Having {
    const token = this.peek();
    if (is !== "=" && is !== "!=") {
      throw this.unexpected(token, thresholdExpectation(metric), `- stands alone: ${subject} = -.`);
    }
    this.take();
    const test: Having = { op: "null", metric };
    return is === "=" ? test : negateTerm<Condition>(test);
  }

  protected override adviceAfterCondition(token: Token): string | undefined {
    const word = wordOf(token);
    if (isSymbol(token, ",")) return "Write the digits together, or a unit: 10k, 1.5M, 4Ki.";
    if (word !== null && unitInAnyCase(word.replace(/b$/, "")) !== undefined) {
      return "A unit stands right behind its number: 10k, 1.5M, 4Ki.";
    }
    if (word !== null && /^\d+:/.test(word)) return "A time with a blank in it stands in quotes.";
    const begins = word === null ? isSymbol(token, "(") || isSymbol(token, "!") : word === "not" || isMetricName(word);
    return begins ? `Join comparisons: and ${token.text}, or ${token.text}.` : adviceForSymbol(token);
  }
}

/** A time before 1970 is before every time of a record, so 0 with another comparison says the same of it. */
function compare(metric: Metric, is: Comparison, value: string): Condition {
  if (!value.startsWith("-")) return { op: "compare", metric, is, value };
  const isLater = is === ">" || is === ">=" || is === "!=";
  return { op: "compare", metric, is: isLater ? ">=" : "<", value: "0" };
}

/** What somebody meant who began a comparison with this. */
function adviceForSubject(text: string): string {
  if (/^\d/.test(text)) return "The metric comes first: bytes > 1M.";
  const word = text.toLowerCase();
  const isField = findField(text) !== undefined;
  if (!isField && !isKey(text) && !CONDITION_WORDS.includes(word)) return adviceForMetric(text);
  const chosen = "Keys are chosen by the filter (-f), here are groups by their metrics.";
  return isField ? `${chosen} ${adviceForMetric(text)}` : chosen;
}

function isKey(text: string): boolean {
  try {
    return parseKeys(text).length > 0;
  } catch (error) {
    if (error instanceof UserError) return false;
    throw error;
  }
}

/** `bytes`, or the function's name that a metric of a field begins with. */
function isMetricName(word: string): boolean {
  return findMetric(word) !== null || findMetric(`${word}(bytes)`) !== null;
}

function adviceForSymbol(token: Token): string | undefined {
  if (isSymbol(token, "|")) return "Or is written or, or ||.";
  return token.kind === "symbol" ? adviceForComparison(token.text) : undefined;
}

/** Operators of the filter and of other languages, and what they are here. */
function adviceForOperator(token: Token, subject: string): string | undefined {
  const text = token.kind === "symbol" ? token.text : (wordOf(token) ?? "");
  switch (text) {
    case "in":
    case "not":
    case "[":
      return `Each number is a comparison: ${subject} = 1 or ${subject} = 2.`;
    case "between":
      return `A range is two comparisons: ${subject} >= 1k and ${subject} < 1M.`;
    case "~":
    case "!~":
    case "=~":
    case "like":
    case "matches":
      return `${subject} is a number: compare it with = != < <= > >=.`;
    case "is":
      return `A metric that is null is found by -: ${subject} = -, or ${subject} != -.`;
    default:
      if (/^\d/.test(text)) return `Write ${subject} = ${text}.`;
      return adviceForSymbol(token);
  }
}
