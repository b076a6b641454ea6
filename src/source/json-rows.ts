import { normalForm } from "../record/fields.js";
import { hasBlank, hasEscape, type JsonTokens, Kind, kindBits, kindMask } from "./json-tokens.js";
import { chooseColumns, toField } from "./named-columns.js";

const [blank, lineFeed, letterN, letterLargeN] = Buffer.from(" \nnN");
/** What stands for the value of a field that an object lacks. */
const noValue = -1;
/** The name of a member is not known. */
const unknown = -1;

/**
 * Objects with a field in each member, as lines under a header. The header comes again, longer, where an object has a
 * field that none before it had: objects may leave out what has no value.
 */
export class JsonRows {
  readonly #columns = new GrowingColumns();
  /** The names that the last object had, in its order, and their places: most objects are alike. */
  readonly #expected: (Member | undefined)[] = [];
  #version = 0;
  /** For each field of a line: the token that holds its value. */
  #values = new Int32Array(0);

  /**
   * Make a line of an object, if it has a field of a flow log.
   *
   * @param first the token of its first member
   * @param last  the token behind its last member
   */
  add(tokens: JsonTokens, first: number, last: number, lines: PartLines): boolean {
    let found = this.#findValues(tokens, first, last);
    if (found === unknown) {
      if (!this.#learn(memberNames(tokens, first, last, false), lines)) return false;
      found = this.#findValues(tokens, first, last);
    }
    if (found <= 0) return false;
    const fields = this.#columns.names.length;
    for (let field = 0; field < fields; field++) {
      const after = field === fields - 1 ? lineFeed : blank;
      addValue(tokens, this.#values[field] as number, after as number, lines);
    }
    return true;
  }

  /** Counts the changes of what the names of members mean. */
  get version(): number {
    return this.#version;
  }

  /** How many fields a line has. */
  get fields(): number {
    return this.#columns.names.length;
  }

  /** The places of members' values in a line, or -1; null where one is not known, or they are not in ascending order. */
  placesOf(names: readonly string[]): number[] | null {
    const places = names.map((name) => this.#columns.placeOf(name));
    const wanted = places.filter((place) => place !== -1);
    const isSound = wanted.every((place, i) => place !== undefined && (i === 0 || place > (wanted[i - 1] as number)));
    return isSound ? (places as number[]) : null;
  }

  /** Make a line of names and values. */
  addPairs(pairs: readonly (readonly [name: string, value: string])[], lines: PartLines): boolean {
    const names = pairs.map(([name]) => name);
    if (names.some((name) => this.#columns.placeOf(name) === undefined) && !this.#learn(names, lines)) return false;
    const fields = this.#columns.names.map(() => "-");
    for (const [name, value] of pairs) {
      const place = this.#columns.placeOf(name) as number;
      if (place >= 0) fields[place] = toField(value);
    }
    lines.addText(fields.join(" "), lineFeed as number);
    return true;
  }

  /** @returns how many fields have a value, or `unknown` where a name is not known yet */
  #findValues(tokens: JsonTokens, first: number, last: number): number {
    const { tape } = tokens;
    this.#values.fill(noValue);
    let found = 0;
    let member = 0;
    for (let i = first; i < last; i += 2, member++) {
      const kind = (tape[2 * i + 2] as number) & kindMask;
      if (kind === Kind.openObject || kind === Kind.openArray) {
        i = lastOfNested(tape, i + 1) - 1;
        continue;
      }
      const start = (tape[2 * i] as number) >>> kindBits;
      const end = tape[2 * i + 1] as number;
      let expected = this.#expected[member];
      if (expected === undefined || !isSame(tokens, start, end, expected.name)) {
        const place = this.#columns.placeOf(tokens.textOf(start, end));
        if (place === undefined) return unknown;
        expected = { name: tokens.bytes(start, end).slice(), place };
        this.#expected[member] = expected;
      }
      if (expected.place >= 0 && this.#values[expected.place] === noValue) {
        this.#values[expected.place] = i + 1;
        found++;
      }
    }
    return found;
  }

  /** @returns false where none of the names is a flow log's */
  #learn(names: readonly string[], lines: PartLines): boolean {
    const before = this.#columns.names.length;
    if (!this.#columns.add(names)) return false;
    this.#expected.length = 0;
    this.#version++;
    if (this.#columns.names.length > before) {
      this.#values = new Int32Array(this.#columns.names.length);
      lines.addText(this.#columns.names.join(" "), lineFeed as number);
    }
    return true;
  }
}

/** The name of a member, and the place of its value in a line, or -1. */
interface Member {
  name: Uint8Array;
  place: number;
}

/** What lines are put together from. */
export interface PartLines {
  addPart(start: number, end: number, after: number): void;
  addText(text: string, after: number): void;
}

/** The columns of all objects so far, by the names that their members have. */
class GrowingColumns {
  readonly names: string[] = [];
  readonly #byForm = new Map<string, number>();
  readonly #places = new Map<string, number>();

  /** The column, counted from 0; -1 for a name that is none; undefined for one that was not met. */
  placeOf(name: string): number | undefined {
    return this.#places.get(name);
  }

  /** @param given the names of one object's members */
  add(given: readonly string[]): boolean {
    const chosen = chooseColumns(given);
    if (chosen === null) return false;
    given.forEach((name, i) => {
      const place = chosen.places[i] as number;
      if (place < 0) {
        if (!this.#places.has(name)) this.#places.set(name, -1);
        return;
      }
      const column = chosen.names[place] as string;
      const form = normalForm(column);
      const known = this.#byForm.get(form) ?? this.names.push(column) - 1;
      this.#byForm.set(form, known);
      this.#places.set(name, known);
    });
    return true;
  }
}

function addValue(tokens: JsonTokens, token: number, after: number, lines: PartLines): void {
  if (token === noValue) {
    lines.addText("-", after);
    return;
  }
  const word = tokens.tape[2 * token] as number;
  const start = word >>> kindBits;
  const end = tokens.tape[2 * token + 1] as number;
  if ((word & (hasEscape | hasBlank)) !== 0) {
    const text = tokens.textOf(start, end);
    lines.addText(toField(decode(text) ?? text), after);
  } else if (isMissing(tokens, start, end)) {
    lines.addText("-", after);
  } else {
    lines.addPart(start, end, after);
  }
}

/** The text that a string stands for, given without its quotes; null where it has an escape that JSON does not have. */
export function decode(inner: string): string | null {
  try {
    return JSON.parse(`"${inner}"`) as string;
  } catch {
    return null;
  }
}

/** The names of an object's members, with or without those that hold an object or a list. */
export function memberNames(tokens: JsonTokens, first: number, last: number, withNested: boolean): string[] {
  const { tape } = tokens;
  const names: string[] = [];
  for (let i = first; i < last; i += 2) {
    const name = tokens.textOf((tape[2 * i] as number) >>> kindBits, tape[2 * i + 1] as number);
    const kind = (tape[2 * i + 2] as number) & kindMask;
    const isNested = kind === Kind.openObject || kind === Kind.openArray;
    if (withNested || !isNested) names.push(name);
    if (isNested) i = lastOfNested(tape, i + 1) - 1;
  }
  return names;
}

/** The token that closes what the one at `i` opens. */
export function lastOfNested(tape: Uint32Array, i: number): number {
  let open = 0;
  for (let at = i; ; at++) {
    const kind = (tape[2 * at] as number) & kindMask;
    if (kind === Kind.openObject || kind === Kind.openArray) open++;
    else if (kind === Kind.closeObject || kind === Kind.closeArray) open--;
    if (open === 0) return at;
  }
}

function isSame(tokens: JsonTokens, start: number, end: number, name: Uint8Array): boolean {
  if (end - start !== name.length) return false;
  for (let i = 0; i < name.length; i++) if (tokens.byteAt(start + i) !== name[i]) return false;
  return true;
}

/** An empty text, `null` and `None`. */
function isMissing(tokens: JsonTokens, start: number, end: number): boolean {
  if (end === start) return true;
  if (end - start !== 4) return false;
  const first = tokens.byteAt(start);
  return (first === letterN || first === letterLargeN) && toField(tokens.textOf(start, end)) === "-";
}
