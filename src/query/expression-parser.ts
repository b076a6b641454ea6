import { quote, UserError } from "../errors.js";
import { type Expression, joinTerms, negateTerm } from "./expression.js";
import { FilterError, type Source } from "./filter-error.js";
import { type Token, tokenize } from "./filter-tokens.js";

/** Parentheses within parentheses; more are no question that a person asks, and would end the stack at some point. */
const maxDepth = 100;

/**
 * What expressions have in common, whatever their conditions are: `not` binds closest, then `and`, then `or`, also written
 * `!`, `&&` and `||`; parentheses; and how a mistake is told.
 */
export abstract class ExpressionParser<Condition extends { op: string }> {
  protected readonly source: Source;
  readonly #tokens: readonly Token[];
  #next = 0;
  readonly #open: Token[] = [];

  /** What the whole is called, to stand in "there is no … here": `filter`. */
  protected abstract readonly whole: string;
  /** What a condition is, to stand after "expected". */
  protected abstract readonly conditionExpectation: string;

  constructor(source: Source) {
    this.source = source;
    this.#tokens = tokenize(source);
  }

  /** Reads one condition, or throws what is wrong with it. */
  protected abstract condition(): Expression<Condition>;

  /** What is meant by a token that follows a condition and does not go on from it: a whole sentence, or undefined. */
  protected abstract adviceAfterCondition(token: Token): string | undefined;

  parse(): Expression<Condition> {
    const token = this.peek();
    if (token.kind === "end") {
      throw this.error(token, `there is no ${this.whole} here, expected ${this.conditionExpectation}`);
    }
    const expression = this.#any();
    if (this.peek().kind !== "end") throw this.#unexpectedAfterCondition();
    return expression;
  }

  #any(): Expression<Condition> {
    const terms = [this.#all()];
    while (this.takes("or", "||")) terms.push(this.#all());
    return joinTerms("or", terms);
  }

  #all(): Expression<Condition> {
    const terms = [this.#one()];
    while (this.takes("and", "&&")) terms.push(this.#one());
    return joinTerms("and", terms);
  }

  #one(): Expression<Condition> {
    let isNegated = false;
    while (this.takes("not", "!")) isNegated = !isNegated;
    const term = isSymbol(this.peek(), "(") ? this.#group() : this.condition();
    return isNegated ? negateTerm(term) : term;
  }

  #group(): Expression<Condition> {
    const open = this.take();
    this.#open.push(open);
    if (this.#open.length > maxDepth) {
      throw this.error(open, `parentheses stand in each other more than ${maxDepth} deep`);
    }
    const expression = this.#any();
    if (this.peek().kind === "end") throw this.error(open, '"(" is not closed, expected ) behind its conditions');
    if (!this.takes(")")) throw this.#unexpectedAfterCondition();
    this.#open.pop();
    return expression;
  }

  #unexpectedAfterCondition(): FilterError {
    const token = this.peek();
    const expected = `and, or, ${this.#open.length > 0 ? ")" : "or the end"}`;
    const advice = isSymbol(token, ")") ? "No ( stands open before it." : this.adviceAfterCondition(token);
    return this.unexpected(token, expected, advice);
  }

  protected unexpected(token: Token, expected: string, advice?: string): FilterError {
    if (token.kind === "end") return this.error(token, `the ${this.whole} ends here, expected ${expected}`, advice);
    const seen = token.kind === "file" ? `@${token.text}` : token.text;
    return this.error(token, `${quote(seen)} given, expected ${expected}`, advice);
  }

  protected error({ at, end }: { at: number; end: number }, problem: string, advice?: string): FilterError {
    return new FilterError(problem, this.source, [at, end], advice);
  }

  /** What is wrong with a value, said of where it stands. */
  protected valueError(error: unknown, { at, end }: { at: number; end: number }): unknown {
    if (!(error instanceof UserError)) return error;
    return new FilterError(error.message, this.source, [at, end], error.hint, error);
  }

  /** The next token, or one of those behind it. */
  protected peek(ahead = 0): Token {
    return this.#tokens[Math.min(this.#next + ahead, this.#tokens.length - 1)] as Token;
  }

  protected take(): Token {
    const token = this.peek();
    if (token.kind !== "end") this.#next++;
    return token;
  }

  /** Take the next token if it is one of these words (in any case) or symbols. */
  protected takes(...texts: string[]): boolean {
    const token = this.peek();
    const text = token.kind === "symbol" ? token.text : wordOf(token);
    if (text === null || !texts.includes(text)) return false;
    this.#next++;
    return true;
  }
}

/** A word without regard to case; null for what is none. */
export function wordOf(token: Token): string | null {
  return token.kind === "word" ? token.text.toLowerCase() : null;
}

export function isSymbol(token: Token, text: string): boolean {
  return token.kind === "symbol" && token.text === text;
}
