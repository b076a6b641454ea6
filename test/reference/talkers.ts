import { referenceKind } from "./fields.js";
import type { ReferenceRecord } from "./reader.js";
import { addressBytes, addressText, type ReferenceValue } from "./value.js";

/** One column of a key: a field, or both addresses for `addr`, with the prefix lengths that addresses are cut to. */
export interface ReferenceKey {
  fields: readonly string[];
  v4: number | null;
  v6: number | null;
}

export interface ReferenceQuestion {
  by: readonly ReferenceKey[];
  metric: "bytes" | "packets" | "flows";
  /** 0 is all. */
  limit: number;
  bottom?: boolean;
  filter?: (record: ReferenceRecord) => boolean;
  /** Fields that the filter reads: a flow whose layout lacks one is unanswerable, as with the key's. */
  needs?: readonly string[];
}

/** Sums over the flows that carry a value; null when none of them does. */
export interface ReferenceSums {
  bytes: bigint | null;
  packets: bigint | null;
  flows: bigint;
}

export interface ReferenceGroup extends ReferenceSums {
  rank: number;
  key: ReferenceValue[];
  percent: number | null;
  cumulative_percent: number | null;
}

export interface ReferenceRanking {
  rows: ReferenceGroup[];
  /** The groups that are not shown; their sums are those of the groups, so with `addr` a flow may be in them twice. */
  others: ReferenceSums & { groups: number; percent: number | null };
  /** Over all matched flows, each once. */
  total: ReferenceSums & { groups: number };
  matched: number;
  unanswerable: number;
}

interface Group {
  key: ReferenceValue[];
  flows: ReferenceRecord[];
}

export const protocolsWithPorts: readonly bigint[] = [6n, 17n, 33n, 132n, 136n];

/** Ranks groups of flows by keeping every flow of every group and sorting all groups. */
export function referenceTopTalkers(
  records: readonly ReferenceRecord[],
  question: ReferenceQuestion,
): ReferenceRanking {
  const needed = [...question.by.flatMap(({ fields }) => fields), ...(question.needs ?? [])];
  if (question.metric !== "flows") needed.push(question.metric);
  const flows = records.filter(({ status }) => status === "flow");
  const answerable = flows.filter(({ values }) => needed.every((name) => values.has(name)));
  const matched = answerable.filter(question.filter ?? (() => true));

  const groups = new Map<string, Group>();
  for (const flow of matched) {
    const keys = new Map(keysOf(flow, question.by).map((key) => [spell(key), key]));
    for (const [spelling, key] of keys) {
      const group = groups.get(spelling) ?? { key, flows: [] };
      groups.set(spelling, group);
      group.flows.push(flow);
    }
  }

  const ranked = [...groups.values()].map((group) => ({ key: group.key, ...sumsOf(group.flows) }));
  ranked.sort((a, b) => compareMetric(a, b, question) || compareKeys(a.key, b.key, question.by));
  const total = { groups: ranked.length, ...sumsOf(matched) };
  const shown = question.limit === 0 ? ranked : ranked.slice(0, question.limit);
  const hidden = ranked.slice(shown.length);
  const whole = total[question.metric];

  let cumulative = 0n;
  const rows = shown.map((group, at) => {
    const value = group[question.metric];
    cumulative += value ?? 0n;
    const running = value === null ? null : percent(cumulative, whole);
    return { rank: at + 1, ...group, percent: percent(value, whole), cumulative_percent: running };
  });
  const rest = {
    bytes: total.bytes === null ? null : sum(hidden.map(({ bytes }) => bytes)),
    packets: total.packets === null ? null : sum(hidden.map(({ packets }) => packets)),
    flows: hidden.reduce((flowsSoFar, group) => flowsSoFar + group.flows, 0n),
  };
  const others = { groups: hidden.length, ...rest, percent: percent(rest[question.metric], whole) };
  return { rows, others, total, matched: matched.length, unanswerable: flows.length - answerable.length };
}

/** Negative when a stands before b: numbers and addresses by value, IPv4 first; text by UTF-8 bytes; null last. */
export function compareValues(a: ReferenceValue, b: ReferenceValue, isAddress: boolean): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  if (typeof a === "bigint" && typeof b === "bigint") return compareNumbers(a, b);
  const [one, other] = [String(a), String(b)].map(isAddress ? prefixOrder : (text) => Buffer.from(text));
  if (one === undefined || other === undefined) throw new Error("two values make two orders");
  return isAddress ? one.length - other.length || Buffer.compare(one, other) : Buffer.compare(one, other);
}

/** Percent of the whole to 4 decimals, a half rounded up; null without a whole. */
export function percent(part: bigint | null, whole: bigint | null): number | null {
  if (part === null || whole === null || whole === 0n) return null;
  return Number((part * 2_000_000n + whole) / (2n * whole)) / 10_000;
}

/** Every key of a flow: one, or with `addr` one for each of its addresses. */
function keysOf(flow: ReferenceRecord, by: readonly ReferenceKey[]): ReferenceValue[][] {
  let keys: ReferenceValue[][] = [[]];
  for (const key of by) {
    const values = key.fields.map((name) => keyValue(flow, name, key));
    keys = keys.flatMap((before) => values.map((value) => [...before, value]));
  }
  return keys;
}

/** The value of one field of a key; a port of a protocol without ports is none. */
export function keyValue(flow: ReferenceRecord, name: string, key: ReferenceKey): ReferenceValue {
  const value = flow.values.get(name) ?? null;
  if (name === "srcport" || name === "dstport") {
    const protocol = flow.values.get("protocol");
    const hasPorts = protocol === undefined || protocolsWithPorts.some((number) => number === protocol);
    return hasPorts ? value : null;
  }
  if (typeof value !== "string" || !isAddressKey(key)) return value;
  const bytes = addressBytes(value);
  const length = bytes.length === 4 ? key.v4 : key.v6;
  return length === null ? value : `${addressText(cut(bytes, length))}/${length}`;
}

/** The address with all bits after the first `length` zero. */
function cut(bytes: readonly number[], length: number): number[] {
  return bytes.map((byte, at) => {
    const kept = Math.min(8, Math.max(0, length - 8 * at));
    return byte & (0xff00 >> kept) & 0xff;
  });
}

/** The bytes of an address or prefix and its length after them, so that IPv4 makes 5 bytes and IPv6 17. */
function prefixOrder(text: string): Buffer {
  const [address = "", length] = text.split("/");
  return Buffer.from([...addressBytes(address), Number(length ?? 255)]);
}

/** A text for each list of values, and for no other. */
export function spell(key: readonly ReferenceValue[]): string {
  return JSON.stringify(key.map((value) => (value === null ? null : `${typeof value} ${value}`)));
}

function compareKeys(a: readonly ReferenceValue[], b: readonly ReferenceValue[], by: readonly ReferenceKey[]): number {
  for (const [at, key] of by.entries()) {
    const order = compareValues(a[at] ?? null, b[at] ?? null, isAddressKey(key));
    if (order !== 0) return order;
  }
  return 0;
}

function isAddressKey(key: ReferenceKey): boolean {
  return key.fields.some((name) => referenceKind(name) === "address");
}

/** Greatest first, or least first with `bottom`; groups without a sum last. */
function compareMetric(a: ReferenceSums, b: ReferenceSums, { metric, bottom }: ReferenceQuestion): number {
  const [one, other] = [a[metric], b[metric]];
  if (one === null || other === null) return Number(one === null) - Number(other === null);
  return bottom === true ? compareNumbers(one, other) : compareNumbers(other, one);
}

function compareNumbers(a: bigint, b: bigint): number {
  return a < b ? -1 : Number(a > b);
}

function sumsOf(flows: readonly ReferenceRecord[]): ReferenceSums {
  const column = (name: string) => flows.map(({ values }) => values.get(name) as bigint | null | undefined);
  return { bytes: sum(column("bytes")), packets: sum(column("packets")), flows: BigInt(flows.length) };
}

/** Of nothing 0, of nothing but missing values null. */
function sum(values: readonly (bigint | null | undefined)[]): bigint | null {
  const present = values.filter((value) => typeof value === "bigint");
  if (present.length === 0 && values.length > 0) return null;
  return present.reduce((soFar, value) => soFar + value, 0n);
}
