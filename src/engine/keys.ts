import type { Batch } from "../parse/batch.js";
import type { Columns } from "../parse/columns.js";
import { type Key, keyFields } from "../query/query.js";
import { formatIPv4, formatIPv6 } from "../record/address.js";
import { type FieldKind, findField } from "../record/fields.js";
import { HAS_PORTS } from "../record/protocols.js";
import type { KeyValue } from "./answer.js";
import type { KeyWord } from "./groups.js";

const noNumber = 0xffff_ffff_ffff_ffffn;
const ipv6Mark = 1n << 32n;
const noAddress = 1n << 33n;

const plain: KeyWord = { kind: "plain", dictionary: 0 };

/** How one key is made of columns, and read back from the words of a group. */
export interface KeyColumn {
  readonly key: Key;
  /** The 64-bit words in a group's key. A counter takes two: its value, and whether it is null. */
  readonly words: readonly KeyWord[];
  /** The fields to decode. */
  readonly fields: readonly string[];
  /** Pointers of the columns of this batch; for `addr`, of the side asked for. */
  columnsOf(batch: Batch, side: Side): number[];
  valueOf(words: bigint[]): KeyValue;
  /** Order of two values: numbers and addresses by value, IPv4 first; text by UTF-8 bytes; null last. */
  compare(a: bigint[], b: bigint[]): number;
}

/** Which of its two addresses a flow is counted for, where the key is `addr`. */
export type Side = "srcaddr" | "dstaddr";

/** @param kind of the key's field, which for an unknown column is text */
export function keyColumn(key: Key, columns: Columns): KeyColumn {
  const kind = key.kind === "addr" ? "address" : (findField(key.field)?.kind ?? "text");
  const fields = keyFields(key);
  if (kind === "address") return addressColumn(key, fields, columns);
  const field = fields[0] as string;
  if (kind === "text" || kind === "tag") return textColumn(key, field, columns);
  if (kind === "counter") return counterColumn(key, field, columns);
  return numberColumn(key, field, kind, columns);
}

function addressColumn(key: Key, fields: readonly string[], columns: Columns): KeyColumn {
  const { kernel, ipv6 } = columns;
  const bytesOf = (word: bigint) => kernel.interned(ipv6, Number(word & 0xffff_ffffn));
  const suffix = (bits: number | null) => (bits === null ? "" : `/${bits}`);
  return {
    key,
    words: [{ kind: "address", dictionary: ipv6 }],
    fields,
    columnsOf(batch, side) {
      const field = key.kind === "addr" ? side : key.field;
      const whole = columns.words(field);
      if (key.v4 === null && key.v6 === null) return [whole];
      const cut = columns.words(`${key.name} of ${field}`);
      kernel.call.cutPrefixes(whole, batch.rows, batch.odd, cut, key.v4 ?? 32, key.v6 ?? 128, ipv6);
      return [cut];
    },
    valueOf([word = noAddress]) {
      if (word < ipv6Mark) return formatIPv4(Number(word)) + suffix(key.v4);
      return word < noAddress ? formatIPv6(bytesOf(word)) + suffix(key.v6) : null;
    },
    compare([a = noAddress], [b = noAddress]) {
      const bothIPv6 = a >= ipv6Mark && b >= ipv6Mark && a < noAddress && b < noAddress;
      return bothIPv6 ? Buffer.compare(bytesOf(a), bytesOf(b)) : compareBigints(a, b);
    },
  };
}

function textColumn(key: Key, field: string, columns: Columns): KeyColumn {
  const { kernel } = columns;
  const bytesOf = (word: bigint) => kernel.interned(columns.dictionary(field), Number(word));
  return {
    key,
    words: [{ kind: "text", dictionary: columns.dictionary(field) }],
    fields: [field],
    columnsOf: () => [columns.words(field)],
    valueOf: ([word = 0n]) => (word === 0n ? null : Buffer.from(bytesOf(word)).toString()),
    compare([a = 0n], [b = 0n]) {
      if (a === b) return 0;
      if (a === 0n || b === 0n) return a === 0n ? 1 : -1;
      return Buffer.compare(bytesOf(a), bytesOf(b));
    },
  };
}

function counterColumn(key: Key, field: string, columns: Columns): KeyColumn {
  return {
    key,
    words: [plain, plain],
    fields: [field],
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
    valueOf: ([word = 0n, isNull]) => (isNull === 0n ? plainNumber(word) : null),
    compare: ([a = 0n, aNull = 0n], [b = 0n, bNull = 0n]) => compareBigints(aNull, bNull) || compareBigints(a, b),
  };
}

function numberColumn(key: Key, field: string, kind: FieldKind, columns: Columns): KeyColumn {
  const portProtocols = kind === "uint16" ? keepPortProtocols(columns) : 0;
  return {
    key,
    words: [plain],
    // A port of a protocol that has none is no port: ICMP is logged with 0 and 0.
    fields: kind === "uint16" ? [field, "protocol"] : [field],
    columnsOf: (batch) => [
      portProtocols !== 0 && batch.has("protocol")
        ? maskPorts(field, batch, columns, portProtocols)
        : columns.words(field),
    ],
    valueOf: ([word = noNumber]) => (word === noNumber ? null : plainNumber(word)),
    compare: ([a = noNumber], [b = noNumber]) => compareBigints(a, b),
  };
}

/** A byte a protocol in the kernel's memory: 1 for those that have ports. */
function keepPortProtocols({ kernel }: Columns): number {
  const table = kernel.call.reserve(256);
  for (const protocol of HAS_PORTS) kernel.u8[table + protocol] = 1;
  return table;
}

function maskPorts(field: string, batch: Batch, columns: Columns, portProtocols: number): number {
  const masked = columns.words(`${field} where protocols have ports`);
  const [ports, protocols] = [columns.words(field), columns.words("protocol")];
  columns.kernel.call.maskPorts(ports, protocols, batch.rows, portProtocols, masked);
  return masked;
}

function plainNumber(word: bigint): number | bigint {
  return word <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(word) : word;
}

function compareBigints(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
