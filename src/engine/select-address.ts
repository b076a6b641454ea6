import type { Columns } from "../parse/columns.js";
import type { Filter } from "../query/filter.js";
import { compilePattern } from "../query/regex.js";
import { formatIPv4, formatIPv6 } from "../record/address.js";
import { addressNumber, type BigSet, prefixSets, type WordSet } from "./ranges.js";
import type { Refine } from "./refine.js";
import { Verdicts } from "./verdicts.js";

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
  if (other === undefined && !negated && single !== null && sets.v6.isEmpty) {
    return refineRange(field, single, wanted, columns);
  }
  const test = new AddressTest(sets, negated === true, columns);
  return other === undefined ? refineOne(field, test, wanted, columns) : refineEither(fields, test, wanted, columns);
}

/** One network of IPv4, which is what is mostly asked for. */
function refineRange(field: string, range: { start: number; span: number }, wanted: boolean, columns: Columns): Refine {
  const flip = wanted ? 0 : 1;
  return (batch, rows, count, rest) => {
    const words = columns.kernel.words32(columns.words(field), 2 * batch.rows);
    const start = range.start >>> 0;
    const span = range.span >>> 0;
    let left = 0;
    for (let i = 0; i < count; i++) {
      const row = rows[i] as number;
      const isIn = +(((words[2 * row] as number) - start) >>> 0 <= span);
      rows[left] = row;
      rest[i - left] = row;
      left += (isIn & +(words[2 * row + 1] === ipv4)) ^ flip;
    }
    return left;
  };
}

function refineOne(field: string, test: AddressTest, wanted: boolean, columns: Columns): Refine {
  return (batch, rows, count, rest) => {
    test.lookUp();
    const words = columns.kernel.words32(columns.words(field), 2 * batch.rows);
    let left = 0;
    for (let i = 0; i < count; i++) {
      const row = rows[i] as number;
      rows[left] = row;
      rest[i - left] = row;
      left += +(test.holds(words[2 * row] as number, words[2 * row + 1] as number) === wanted);
    }
    return left;
  };
}

function refineEither(fields: readonly string[], test: AddressTest, wanted: boolean, columns: Columns): Refine {
  return (batch, rows, count, rest) => {
    test.lookUp();
    const [first, ...others] = fields.map((field) => columns.kernel.words32(columns.words(field), 2 * batch.rows)) as [
      Uint32Array,
      ...Uint32Array[],
    ];
    let left = 0;
    for (let i = 0; i < count; i++) {
      const row = rows[i] as number;
      let holds = test.holds(first[2 * row] as number, first[2 * row + 1] as number);
      for (let at = 0; at < others.length && !holds; at++) {
        const words = others[at] as Uint32Array;
        holds = test.holds(words[2 * row] as number, words[2 * row + 1] as number);
      }
      rows[left] = row;
      rest[i - left] = row;
      left += +(holds === wanted);
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
  const v6 = new Verdicts(columns.kernel, columns.ipv6, (bytes) => compiled.test(formatIPv6(bytes)));
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
  return (batch, rows, count, rest) => {
    const verdicts = v6.all();
    const words = columns.kernel.words32(columns.words(field), 2 * batch.rows);
    let left = 0;
    for (let i = 0; i < count; i++) {
      const row = rows[i] as number;
      const low = words[2 * row] as number;
      const high = words[2 * row + 1] as number;
      const holds = high === ipv4 ? isFound(low) !== isNegated : high === ipv6 && (verdicts[low] === 1) !== isNegated;
      rows[left] = row;
      rest[i - left] = row;
      left += +(holds === wanted);
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

  constructor({ v4, v6 }: { v4: WordSet; v6: BigSet }, isNegated: boolean, { kernel, ipv6 }: Columns) {
    this.#v4 = v4;
    this.#v6 = new Verdicts(kernel, ipv6, (bytes) => v6.has(addressNumber(bytes)));
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
