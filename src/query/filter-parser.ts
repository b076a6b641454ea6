import { quote } from "../errors.js";
import { type FieldDefinition, fieldRange, findField } from "../record/fields.js";
import { tcpFlagBits } from "../record/tcp-flags.js";
import { COMPARISONS } from "./comparisons.js";
import { negateTerm } from "./expression.js";
import { ExpressionParser, isSymbol, wordOf } from "./expression-parser.js";
import { ANY_CASE_FIELDS, type Filter, joinFilters } from "./filter.js";
import type { Source } from "./filter-error.js";
import type { Token } from "./filter-tokens.js";
import { type Clock, parseNumbers, parseText, valueExpectation } from "./filter-values.js";
import { ADDRESS_WORDS, adviceForCondition, adviceForOperator, RESERVED } from "./filter-words.js";
import type { Comparison } from "./having.js";
import { parseList } from "./list.js";
import { clipRanges, comparedTo, complementRanges, type ExactRange, mergeRanges, toBounds } from "./number-ranges.js";
import { canonicalPrefix } from "./prefix.js";
import { compilePattern, PatternError } from "./regex.js";
import { FAMILY_PREFIXES, NOT_PUBLIC_PREFIXES, PRIVATE_PREFIXES } from "./scopes.js";

const condition = "a condition such as src 10.0.0.0/8, dst port 443 or bytes > 1M";

type Operator = Comparison | "~" | "!~" | "in" | "not in";

const operatorsByWord: ReadonlyMap<string, Operator> = new Map<string, Operator>([
  ...COMPARISONS,
  ["~", "~"],
  ["!~", "!~"],
  ["in", "in"],
]);

/** How a value is read from a word, or from a text in quotes. */
type ReadValue<Value> = (text: string, isQuoted: boolean) => Value[];

/**
 * A filter expression (contract §4) to its tree. `not` binds closest, then `and`, then `or`.
 *
 * `src` and `dst` before `ip`, `addr`, `host`, `net` or `port` say which side; before all else they are the fields `srcaddr` and
 * `dstaddr`, so that `src A` is `src ip A` and `src != A` has its meaning. A port field is a port: `dstport 0` is no ICMP.
 * Files of `in @FILE` are read here.
 *
 * @throws FilterError with a caret under the mistake, what was expected and the nearest known word
 */
export function parseFilter(source: Source, clock: Clock): Filter {
  return new FilterParser(source, clock).parse();
}

/** What a filter compares: its leaves. */
type Condition = Exclude<Filter, { op: "and" | "or" | "not" }>;

class FilterParser extends ExpressionParser<Condition> {
  protected override readonly whole = "filter";
  protected override readonly conditionExpectation = condition;
  readonly #clock: Clock;

  constructor(source: Source, clock: Clock) {
    super(source);
    this.#clock = clock;
  }

  protected override condition(): Filter {
    const token = this.peek();
    const word = wordOf(token);
    if (word === null || RESERVED.has(word)) {
      const advice = word === "in" ? adviceForCondition(word) : adviceForOperator(token);
      throw this.unexpected(token, condition, advice);
    }
    this.take();
    const source = fieldOf("srcaddr");
    const destination = fieldOf("dstaddr");
    if (word === "src" || word === "dst") return this.#side(word);
    if (ADDRESS_WORDS.has(word)) return this.#comparison([source, destination], word);
    if (word === "port") return this.#comparison([fieldOf("srcport"), fieldOf("dstport")], word);
    if (word === "private" || word === "public") return this.#scope(word);
    if (word === "ipv4" || word === "ipv6") {
      return { op: "address", fields: [source.name, destination.name], prefixes: [FAMILY_PREFIXES[word]] };
    }
    if (word === "ingress" || word === "egress") {
      return { op: "text", field: "flow_direction", values: [word], anyCase: true };
    }
    const field = findField(token.text);
    if (field === undefined) throw this.unexpected(token, condition, adviceForCondition(token.text));
    return field.name === "tcp_flags" ? this.#flags(field, word) : this.#comparison([field], word);
  }

  #side(side: "src" | "dst"): Filter {
    const token = this.peek();
    const word = wordOf(token);
    if (word === "port") {
      this.take();
      return this.#comparison([fieldOf(`${side}port`)], `${side} port`);
    }
    if (word !== null && ADDRESS_WORDS.has(word)) {
      this.take();
      return this.#comparison([fieldOf(`${side}addr`)], `${side} ${word}`);
    }
    if (word === "private" || word === "public") {
      throw this.unexpected(token, valueExpectation(fieldOf(`${side}addr`)), `Write ${word} ${side}.`);
    }
    if (word === "and" || word === "or") {
      const advice = "Without src or dst, ip and port are of either side: port 443.";
      throw this.unexpected(token, valueExpectation(fieldOf(`${side}addr`)), advice);
    }
    return this.#comparison([fieldOf(`${side}addr`)], side);
  }

  #scope(scope: "private" | "public"): Filter {
    const token = this.peek();
    const field = findField(token.text);
    if (wordOf(token) === null || field?.kind !== "address") {
      throw this.unexpected(token, "src or dst", `Write ${scope} src or ${scope} dst.`);
    }
    this.take();
    return scope === "private"
      ? { op: "address", fields: [field.name], prefixes: [...PRIVATE_PREFIXES] }
      : { op: "address", fields: [field.name], prefixes: [...NOT_PUBLIC_PREFIXES], negated: true };
  }

  /** `flags S` has these flags among others, `flags only S` and `flags = S` no others. */
  #flags(field: FieldDefinition, subject: string): Filter {
    const isOnly = wordOf(this.peek()) === "only";
    if (isOnly) this.take();
    const token = this.peek();
    const bits = token.kind === "word" || token.kind === "string" ? tcpFlagBits(token.text) : null;
    if (bits === null) {
      if (isOnly) throw this.unexpected(token, "TCP flags such as SYN, S or SA");
      return this.#comparison([field], subject);
    }
    this.take();
    return isOnly
      ? { op: "number", field: field.name, ranges: [[bits, bits]] }
      : { op: "bits", field: field.name, mask: bits };
  }

  /** @param fields one, or those of either side, which have one kind */
  #comparison(fields: readonly FieldDefinition[], subject: string): Filter {
    const [field] = fields as [FieldDefinition];
    const { operator, token } = this.#operator();
    if (operator === "=" || operator === "!=") {
      const none = this.#nullTest(fields, operator);
      if (none !== null) return none;
    }
    if (field.kind === "address") return this.#addressComparison(fields, subject, operator, token);
    if (field.kind === "text" || field.kind === "tag") return this.#textComparison(field, operator, token);
    return this.#numberComparison(fields, subject, operator, token);
  }

  /** `FIELD = -`, which is no comparison with a value. */
  #nullTest(fields: readonly FieldDefinition[], operator: "=" | "!="): Filter | null {
    const token = this.peek();
    if (token.kind !== "word" || token.text !== "-") return null;
    this.take();
    const tests = fields.map(({ name }): Filter => ({ op: "null", field: name }));
    return joinFilters("or", operator === "=" ? tests : tests.map(negateTerm));
  }

  #addressComparison(fields: readonly FieldDefinition[], subject: string, operator: Operator, token: Token): Filter {
    const [field] = fields as [FieldDefinition];
    const isNegated = operator === "!=" || operator === "not in" || operator === "!~";
    if (isNegated && fields.length > 1) {
      const example = operator === "!~" ? '~ "…"' : "10.0.0.0/8";
      throw this.unexpected(token, valueExpectation(field), `Write not ${subject} ${example}.`);
    }
    if (operator === "~" || operator === "!~") {
      const pattern = this.#pattern(false);
      const matches = fields.map(({ name }): Filter => ({ op: "match", field: name, pattern, anyCase: false }));
      return joinFilters("or", isNegated ? matches.map((match) => ({ ...match, negated: true }) as Filter) : matches);
    }
    if (!isEquality(operator)) {
      const advice = `Addresses are asked for by network: ${subject} 10.0.0.0/8.`;
      throw this.unexpected(token, "=, !=, in, ~ or !~", advice);
    }
    const prefixes = this.#values(operator, fields, subject, (text) => [canonicalPrefix(text)]);
    const comparison = { op: "address", fields: fields.map(({ name }) => name), prefixes: unique(prefixes) } as const;
    return isNegated ? { ...comparison, negated: true } : comparison;
  }

  #textComparison(field: FieldDefinition, operator: Operator, token: Token): Filter {
    const anyCase = ANY_CASE_FIELDS.has(field.name);
    const negated = operator === "!=" || operator === "not in" || operator === "!~" ? ({ negated: true } as const) : {};
    if (operator === "~" || operator === "!~") {
      return { op: "match", field: field.name, pattern: this.#pattern(anyCase), anyCase, ...negated };
    }
    if (!isEquality(operator)) {
      throw this.unexpected(token, "=, !=, in, ~ or !~", `${field.name} is text, which has no order.`);
    }
    const read: ReadValue<string> = (text, isQuoted) => [parseText(field, text, isQuoted)];
    const values = unique(this.#values(operator, [field], field.name, read));
    return { op: "text", field: field.name, values, anyCase, ...negated };
  }

  #pattern(anyCase: boolean): string {
    const token = this.peek();
    if (token.kind !== "word" && token.kind !== "string") {
      throw this.unexpected(token, "a regular expression", "Put it in quotes.");
    }
    this.take();
    const next = this.peek();
    if (token.kind === "word" && next.at === token.end && !isSymbol(next, ")") && next.kind !== "end") {
      throw this.unexpected(next, "a blank behind the regular expression", "Put the regular expression in quotes.");
    }
    if (token.kind === "word" && /^\/.*\/$/.test(token.text)) {
      const advice = `Leave the slashes out: ~ "${token.text.slice(1, -1)}".`;
      throw this.error(token, "a regular expression stands without slashes here", advice);
    }
    try {
      compilePattern(token.text, anyCase);
      return token.text;
    } catch (error) {
      throw this.#patternError(error, token);
    }
  }

  #numberComparison(fields: readonly FieldDefinition[], subject: string, operator: Operator, token: Token): Filter {
    const [field] = fields as [FieldDefinition];
    if (operator === "~" || operator === "!~") {
      const advice = `${subject} is a number: compare it with = != < <= > >= or in.`;
      throw this.unexpected(token, "a comparison of numbers", advice);
    }
    const max = fieldRange(field.kind)?.max ?? 0n;
    const place = this.peek();
    const values = mergeRanges(
      this.#values(operator, fields, subject, (text) => parseNumbers(field, text, this.#clock)),
    );
    const ranges = toBounds(this.#compare(values, operator, max, place));
    return field.kind === "uint16"
      ? { op: "port", fields: fields.map(({ name }) => name), ranges }
      : { op: "number", field: field.name, ranges };
  }

  #compare(values: readonly ExactRange[], operator: Operator, max: bigint, place: Token): readonly ExactRange[] {
    // A time before 1970 is no time of a record.
    if (operator === "=" || operator === "in") return clipRanges(values, max);
    if (operator === "!=" || operator === "not in") return complementRanges(clipRanges(values, max), max);
    const [[first, last]] = values as [ExactRange];
    if (values.length === 1 && first === last) return comparedTo(first, operator as "<", max);
    throw this.error(place, `${quote(place.text)} given, expected one number behind ${operator}`);
  }

  /** The operator that stands next, or `=`, and the token that it stands in, or that what it compares with stands in. */
  #operator(): { operator: Operator; token: Token } {
    const token = this.peek();
    const word = token.kind === "symbol" ? token.text : (wordOf(token) ?? "");
    const after = this.peek(1);
    if (word === "not" && wordOf(after) === "in") {
      this.take();
      this.take();
      return { operator: "not in", token };
    }
    const operator = operatorsByWord.get(word);
    if (operator !== undefined) {
      this.take();
      return { operator, token };
    }
    const advice = adviceForOperator(token);
    // A word of another language may be a value here, where nothing else is.
    const isValue =
      token.kind === "word" &&
      (after.kind === "end" || isSymbol(after, ")") || (RESERVED.has(wordOf(after) ?? "") && wordOf(after) !== "not"));
    if (advice !== undefined && !isValue) throw this.unexpected(token, "=, !=, <, <=, >, >=, in, ~ or !~", advice);
    return { operator: "=", token };
  }

  /** The value behind the operator, or the values of a list. */
  #values<Value>(
    operator: Operator,
    fields: readonly FieldDefinition[],
    subject: string,
    read: ReadValue<Value>,
  ): Value[] {
    const token = this.peek();
    if (operator === "in" || operator === "not in") return this.#list(fields, subject, read);
    const expected = valueExpectation(fields[0] as FieldDefinition);
    if (token.kind === "file")
      throw this.unexpected(token, expected, `A list follows in: ${subject} in @${token.text}`);
    if (isSymbol(token, "[")) throw this.unexpected(token, expected, `A list follows in: ${subject} in [a, b].`);
    return this.#value(fields, subject, read);
  }

  #list<Value>(fields: readonly FieldDefinition[], subject: string, read: ReadValue<Value>): Value[] {
    const open = this.take();
    if (open.kind === "file") {
      try {
        return parseList(`@${open.text}`, (text) => read(text, true)).flat();
      } catch (error) {
        throw this.valueError(error, open);
      }
    }
    if (!isSymbol(open, "[")) {
      throw this.unexpected(open, "[ or @FILE behind in", `A list stands in brackets: ${subject} in [a, b].`);
    }
    const values = this.#value(fields, subject, read);
    while (!this.takes("]")) {
      if (this.peek().kind === "end") throw this.error(open, '"[" is not closed, expected ] behind its values');
      this.takes(",");
      values.push(...this.#value(fields, subject, read));
    }
    return values;
  }

  #value<Value>(fields: readonly FieldDefinition[], subject: string, read: ReadValue<Value>): Value[] {
    const token = this.peek();
    const word = wordOf(token);
    const expected = valueExpectation(fields[0] as FieldDefinition);
    if ((token.kind !== "word" && token.kind !== "string") || RESERVED.has(word ?? "")) {
      throw this.unexpected(token, expected, adviceForOperator(token));
    }
    if (token.kind === "word" && token.text === "-") {
      throw this.unexpected(token, expected, `- stands alone: ${subject} = -.`);
    }
    if ((word === "src" || word === "dst") && fields.length > 1) {
      throw this.unexpected(token, expected, `The side comes first: ${word} ${subject}.`);
    }
    this.take();
    try {
      return read(token.text, token.kind === "string");
    } catch (error) {
      throw this.valueError(error, token);
    }
  }

  /** What is wrong with a pattern, said of the part that it is wrong with. */
  #patternError(error: unknown, token: Token): unknown {
    if (!(error instanceof PatternError)) return this.valueError(error, token);
    // With a backslash before a quote within, the places of the two texts differ.
    const isPlain = token.end - token.at === error.value.length + (token.kind === "string" ? 2 : 0);
    if (!isPlain) return this.valueError(error, token);
    const start = token.kind === "string" ? token.at + 1 : token.at;
    return this.valueError(error, { at: start + error.part[0], end: start + error.part[1] });
  }

  protected override adviceAfterCondition(token: Token): string {
    if (isSymbol(token, ",")) return "A list follows in, and stands in brackets: in [a, b].";
    const word = wordOf(token);
    const operatorAdvice = adviceForOperator(token);
    if (operatorAdvice !== undefined) return operatorAdvice;
    const begins = word === null ? isSymbol(token, "(") || isSymbol(token, "!") : this.#beginsCondition(word);
    return begins
      ? `Join conditions: and ${token.text}, or ${token.text}.`
      : "A value with blanks or symbols in it stands in quotes.";
  }

  #beginsCondition(word: string): boolean {
    return (
      ["not", "src", "dst", "port", "private", "public", "ipv4", "ipv6", "ingress", "egress"].includes(word) ||
      ADDRESS_WORDS.has(word) ||
      findField(word) !== undefined
    );
  }
}

function isEquality(operator: Operator): boolean {
  return operator === "=" || operator === "!=" || operator === "in" || operator === "not in";
}

function fieldOf(name: string): FieldDefinition {
  return findField(name) as FieldDefinition;
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}
