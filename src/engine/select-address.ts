import type { Columns } from "../parse/columns.js";
import type { Filter } from "../query/filter.js";
import { compilePattern } from "../query/regex.js";
import { formatIPv4, formatIPv6 } from "../record/address.js";
import { addressNumber, type BigSet, prefixSets, type WordSet } from "./ranges.js";
import type { Refine } from "./refine.js";
import { Verdicts } from "./verdicts.js";

/** A range of IPv4 addresses: the least, and how far it goes. */
interface AddressRange {
  start: number;
  span: number;
}

/** The high half of an address's word: 0 for IPv4, 1 for IPv6, 2 for null. */
const ipv4 = 0;
const ipv6 = 1;

export function refineAddress(
  { fields, prefixes, negated }: Extract<Filter, { op: "address" }>,
  wanted: boolean,
  columns: Columns,
): Refine {
  const sets = prefixSets(prefixes);
  const [field, other] = fields as [string, string | undefined];
  const { single } = sets.v4;
  if (!negated && single !== null && sets.v6.isEmpty) {
    if (other === undefined) return refineRange(field, single, wanted, columns);
    return refineEitherRange([field, other], single, wanted, columns);
  }
  const test = new AddressTest(sets, negated === true, columns);
  if (other === undefined) return refineOne(field, test, wanted, columns);
  return refineEither([field, other], test, wanted, columns);
}

/** One network of IPv4, which is what is mostly asked for: of an IPv4 address, the upper half of the word is 0. */
function refineRange(field: string, { start, span }: AddressRange, wanted: boolean, columns: Columns): Refine {
  const [first, last] = [BigInt(start), BigInt(start) + BigInt(span)];
  const words = columns.words(field);
  const flip = wanted ? 0 : 1;
  const { selectRange } = columns.kernel.call;
  return (_batch, rows, count) => selectRange(words, 0, first, last, flip, rows, count);
}

function refineEitherRange(
  [field, other]: readonly [string, string],
  range: AddressRange,
  wanted: boolean,
  columns: Columns,
): Refine {
  const flip = wanted ? 0 : 1;
  return (batch, at, count) => {
    const rows = columns.kernel.words32(at, count);
    const words = columns.kernel.words32(columns.words(field), 2 * batch.rows);
    const others = columns.kernel.words32(columns.words(other), 2 * batch.rows);
    const start = range.start >>> 0;
    const span = range.span >>> 0;
    let left = 0;
    for (let i = 0; i < count; i++) {
      const row = rows[i] as number;
      rows[left] = row;
      left +=
        ((((words[2 * row] as number) - start) >>> 0 <= span && words[2 * row + 1] === ipv4) ||
        (((others[2 * row] as number) - start) >>> 0 <= span && others[2 * row + 1] === ipv4)
          ? 1
          : 0) ^ flip;
    }
    return left;
  };
}

function refineOne(field: string, test: AddressTest, wanted: boolean, columns: Columns): Refine {
  return (batch, at, count) => {
    test.lookUp();
    const rows = columns.kernel.words32(at, count);
    const words = columns.kernel.words32(columns.words(field), 2 * batch.rows);
    let left = 0;
    for (let i = 0; i < count; i++) {
      const row = rows[i] as number;
      rows[left] = row;
      left += test.holds(words[2 * row] as number, words[2 * row + 1] as number) === wanted ? 1 : 0;
    }
    return left;
  };
}

function refineEither(
  [field, other]: readonly [string, string],
  test: AddressTest,
  wanted: boolean,
  columns: Columns,
): Refine {
  return (batch, at, count) => {
    test.lookUp();
    const rows = columns.kernel.words32(at, count);
    const words = columns.kernel.words32(columns.words(field), 2 * batch.rows);
    const others = columns.kernel.words32(columns.words(other), 2 * batch.rows);
    let left = 0;
    for (let i = 0; i < count; i++) {
      const row = rows[i] as number;
      const holds =
        test.holds(words[2 * row] as number, words[2 * row + 1] as number) ||
        test.holds(others[2 * row] as number, others[2 * row + 1] as number);
      rows[left] = row;
      left += holds === wanted ? 1 : 0;
    }
    return left;
  };
}

/** How many IPv4 addresses of which the answer is known are kept. */
const maxKnown = 1 << 18;

/** A regular expression on addresses as they are written. IPv4 addresses have no dictionary: some answers are kept. */
export function refineAddressMatch(
  { field, pattern, negated }: Extract<Filter, { op: "match" }>,
  wanted: boolean,
  columns: Columns,
): Refine {
  const compiled = compilePattern(pattern, false);
  const isNegated = negated === true;
  const v6 = new Verdicts(columns, columns.ipv6, (bytes) => compiled.test(formatIPv6(bytes)));
  const known = new Map<number, boolean>();
  const isFound = (word: number): boolean => {
    let found = known.get(word);
    if (found === undefined) {
      found = compiled.test(formatIPv4(word));
      if (known.size === maxKnown) known.clear();
      known.set(word, found);
    }
    return found;
  };
  return (batch, at, count) => {
    const verdicts = v6.all();
    const rows = columns.kernel.words32(at, count);
    const words = columns.kernel.words32(columns.words(field), 2 * batch.rows);
    let left = 0;
    for (let i = 0; i < count; i++) {
      const row = rows[i] as number;
      const low = words[2 * row] as number;
      const high = words[2 * row + 1] as number;
      const holds = high === ipv4 ? isFound(low) !== isNegated : high === ipv6 && (verdicts[low] === 1) !== isNegated;
      rows[left] = row;
      left += holds === wanted ? 1 : 0;
    }
    return left;
  };
}

/** Whether an address, as its column has it, is one that a condition asks for. */
class AddressTest {
  readonly #v4: WordSet;
  readonly #v6: Verdicts;
  #v6Verdicts: Uint8Array;
  readonly #isNegated: boolean;

  constructor({ v4, v6 }: { v4: WordSet; v6: BigSet }, isNegated: boolean, columns: Columns) {
    this.#v4 = v4;
    this.#v6 = new Verdicts(columns, columns.ipv6, (bytes) => v6.has(addressNumber(bytes)));
    this.#v6Verdicts = this.#v6.all();
    this.#isNegated = isNegated;
  }

  /** Look at the IPv6 addresses that are new, before a batch is asked about. */
  lookUp(): void {
    this.#v6Verdicts = this.#v6.all();
  }

  holds(low: number, high: number): boolean {
    if (high === ipv4) return this.#v4.has(low) !== this.#isNegated;
    return high === ipv6 && (this.#v6Verdicts[low] === 1) !== this.#isNegated;
  }
}
