import { FilterError, type Source } from "./filter-error.js";

/**
 * A piece of an expression. `text` is what it says: of a string what stands between its quotes, of a file its path.
 * `at` and `end` are where it stands in the expression.
 */
export interface Token {
  kind: "word" | "string" | "file" | "symbol" | "end";
  text: string;
  at: number;
  end: number;
}

// Longest first. Some of them are no operators here, but of other languages: they are known so that they can be told of.
const symbols = ["!=", "!~", "==", "=~", "=>", "=<", "<=", ">=", "<>", "&&", "||", ..."()[],=<>!~&|"];
const wordEnd = /[\s"'()[\],=<>!~&|]/;

/**
 * An expression to its pieces. A word goes on to a blank, a quote or a symbol: addresses, times and paths are words. `#` begins
 * a comment, to the end of the line, where no word is before it.
 *
 * @throws FilterError for a quote that is not closed
 */
export function tokenize(source: Source): Token[] {
  const { text } = source;
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const character = text[at] as string;
    if (/\s/.test(character)) {
      at++;
    } else if (character === "#") {
      const newline = text.indexOf("\n", at);
      at = newline < 0 ? text.length : newline;
    } else {
      const token = readToken(source, at);
      tokens.push(token);
      at = token.end;
    }
  }
  const end = tokens.at(-1)?.end ?? 0;
  tokens.push({ kind: "end", text: "", at: tokens.length === 0 ? 0 : end + 1, end: end + 1 });
  return tokens;
}

function readToken(source: Source, at: number): Token {
  const { text } = source;
  const character = text[at] as string;
  if (character === '"' || character === "'") return readString(source, at);
  if (character === "@") {
    const next = text[at + 1] ?? "";
    const path = next === '"' || next === "'" ? readString(source, at + 1) : readWord(text, at + 1);
    return { ...path, kind: "file", at };
  }
  const symbol = symbols.find((candidate) => text.startsWith(candidate, at));
  return symbol === undefined ? readWord(text, at) : { kind: "symbol", text: symbol, at, end: at + symbol.length };
}

function readWord(text: string, at: number): Token {
  let end = at;
  while (end < text.length && !wordEnd.test(text[end] as string)) end++;
  return { kind: "word", text: text.slice(at, end), at, end };
}

/** A backslash makes a quote or a backslash plain; before all else it stays, so that patterns need no second one. */
function readString(source: Source, at: number): Token {
  const { text } = source;
  const quote = text[at] as string;
  let value = "";
  for (let end = at + 1; end < text.length; end++) {
    const character = text[end] as string;
    if (character === quote) return { kind: "string", text: value, at, end: end + 1 };
    const next = text[end + 1];
    if (character === "\\" && (next === quote || next === "\\")) end++;
    value += text[end];
  }
  throw new FilterError(`a quote is not closed, expected ${quote} behind the text`, source, [at, at + 1]);
}
