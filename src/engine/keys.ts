import type { Batch } from "../parse/batch.js";
import type { Columns } from "../parse/columns.js";
import type { Key } from "../query/query.js";
import { formatIPv4, formatIPv6 } from "../record/address.js";
import { type FieldKind, findField } from "../record/fields.js";
import type { KeyValue } from "./answer.js";
import type { KeyWord } from "./groups.js";
import { PortMask } from "./port-mask.js";
import { ServiceColumn } from "./service-column.js";
import { TIME_BIAS, TimeColumn } from "./time-column.js";

const noNumber = 0xffff_ffff_ffff_ffffn;
const ipv6Mark = 1n << 32n;
const noAddress = 1n << 33n;

const plain: KeyWord = { kind: "plain", dictionary: 0 };

/** How one key is made of columns, and read back from the words of a group. */
export interface KeyColumn {
  /** The 64-bit words in a group's key. A counter takes two: its value, and whether it is null. */
  readonly words: readonly KeyWord[];
  /** Pointers of the columns of this batch; for `addr`, of the side asked for. */
  columnsOf(batch: Batch, side: Side): number[];
  /** The value of a group's words, of which its own begin at a place. */
  valueOf(words: readonly bigint[], at: number): KeyValue;
  /** Which of the words says that there is no value, and by what. */
  readonly none: { word: number; value: bigint };
  /** Order of two values: numbers and addresses by value, IPv4 first; text by UTF-8 bytes; null last. */
  compare(a: readonly bigint[], b: readonly bigint[], at: number): number;
}

/** Which of its two addresses a flow is counted for, where the key is `addr`. */
export type Side = "srcaddr" | "dstaddr";

export function keyColumn(key: Key, columns: Columns): KeyColumn {
  switch (key.kind) {
    case "addr":
      return addressColumn(key, columns);
    case "service":
      return serviceColumn(columns);
    case "time":
      return timeColumn(key, columns);
    case "field":
      return fieldColumn(key, columns);
  }
}

type FieldKey = Extract<Key, { kind: "field" }>;
type AddressKey = FieldKey | Extract<Key, { kind: "addr" }>;

function fieldColumn(key: FieldKey, columns: Columns): KeyColumn {
  // An unknown column is text.
  const kind = findField(key.field)?.kind ?? "text";
  if (kind === "address") return addressColumn(key, columns);
  if (kind === "text" || kind === "tag") return textColumn(key.field, columns, () => columns.words(key.field));
  if (kind === "counter") return counterColumn(key.field, columns);
  return numberColumn(key.field, kind, columns);
}

function addressColumn(key: AddressKey, columns: Columns): KeyColumn {
  const { kernel, ipv6 } = columns;
  const bytesOf = (word: bigint) => kernel.interned(ipv6, Number(word & 0xffff_ffffn));
  const suffix = (bits: number | null) => (bits === null ? "" : `/${bits}`);
  return {
    words: [{ kind: "address", dictionary: ipv6 }],
    none: { word: 0, value: noAddress },
    columnsOf(batch, side) {
      const field = key.kind === "addr" ? side : key.field;
      const whole = columns.words(field);
      if (key.v4 === null && key.v6 === null) return [whole];
      const cut = columns.words(`${key.name} of ${field}`);
      kernel.call.cutPrefixes(whole, batch.rows, batch.odd, cut, key.v4 ?? 32, key.v6 ?? 128, ipv6);
      return [cut];
    },
    valueOf(words, at) {
      const word = words[at] as bigint;
      if (word < ipv6Mark) return formatIPv4(Number(word)) + suffix(key.v4);
      return word < noAddress ? formatIPv6(bytesOf(word)) + suffix(key.v6) : null;
    },
    compare(aWords, bWords, at) {
      const a = aWords[at] as bigint;
      const b = bWords[at] as bigint;
      const bothIPv6 = a >= ipv6Mark && b >= ipv6Mark && a < noAddress && b < noAddress;
      return bothIPv6 ? Buffer.compare(bytesOf(a), bytesOf(b)) : compareBigints(a, b);
    },
  };
}

/** @param name of the dictionary that has the texts */
function textColumn(name: string, columns: Columns, column: (batch: Batch) => number): KeyColumn {
  const { kernel } = columns;
  const dictionary = columns.dictionary(name);
  const bytesOf = (word: bigint) => kernel.interned(dictionary, Number(word));
  return {
    words: [{ kind: "text", dictionary }],
    none: { word: 0, value: 0n },
    columnsOf: (batch) => [column(batch)],
    valueOf: (words, at) => (words[at] === 0n ? null : Buffer.from(bytesOf(words[at] as bigint)).toString()),
    compare(aWords, bWords, at) {
      const a = aWords[at] as bigint;
      const b = bWords[at] as bigint;
      if (a === b) return 0;
      if (a === 0n || b === 0n) return a === 0n ? 1 : -1;
      return Buffer.compare(bytesOf(a), bytesOf(b));
    },
  };
}

function serviceColumn(columns: Columns): KeyColumn {
  const services = new ServiceColumn(columns);
  return textColumn(services.dictionary, columns, (batch) => services.of(batch));
}

function timeColumn(key: Extract<Key, { kind: "time" }>, columns: Columns): KeyColumn {
  const times = new TimeColumn(key.bin, columns);
  return {
    words: [plain],
    ...numbers,
    columnsOf: (batch) => [times.of(batch)],
    valueOf: (words, at) => (words[at] === noNumber ? null : plainNumber((words[at] as bigint) - BigInt(TIME_BIAS))),
  };
}

function counterColumn(field: string, columns: Columns): KeyColumn {
  return {
    words: [plain, plain],
    none: { word: 1, value: 1n },
    columnsOf(batch) {
      const { kernel } = columns;
      const flags = columns.words(`${field} is null`);
      const words = kernel.words32(flags, 2 * batch.rows);
      const nulls = kernel.u8.subarray(columns.nulls(field), columns.nulls(field) + batch.rows);
      nulls.forEach((isNull, row) => {
        words[2 * row] = isNull;
        words[2 * row + 1] = 0;
      });
      return [columns.words(field), flags];
    },
    valueOf: (words, at) => (words[at + 1] === 0n ? plainNumber(words[at] as bigint) : null),
    compare: (a, b, at) => compareWords(a, b, at + 1) || compareWords(a, b, at),
  };
}

function numberColumn(field: string, kind: FieldKind, columns: Columns): KeyColumn {
  // A port of a protocol that has none is no port: ICMP is logged with 0 and 0.
  const mask = kind === "uint16" ? new PortMask(columns) : null;
  return {
    words: [plain],
    ...numbers,
    columnsOf: (batch) => [mask === null ? columns.words(field) : mask.of(field, batch)],
  };
}

// A number that is null is greater than any.
const numbers: Pick<KeyColumn, "none" | "valueOf" | "compare"> = {
  none: { word: 0, value: noNumber },
  valueOf: (words, at) => (words[at] === noNumber ? null : plainNumber(words[at] as bigint)),
  compare: compareWords,
};

function compareWords(a: readonly bigint[], b: readonly bigint[], at: number): number {
  return compareBigints(a[at] as bigint, b[at] as bigint);
}

function plainNumber(word: bigint): number | bigint {
  return word <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(word) : word;
}

function compareBigints(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
