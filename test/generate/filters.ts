import { ALL_NAMES, referenceKind, referenceMax } from "../reference/fields.js";
import type { Asked, NumberOp } from "../reference/filter.js";
import type { ReferenceRecord } from "../reference/reader.js";
import type { ReferenceValue } from "../reference/value.js";
import type { Random } from "./random.js";

/** A filter expression, and what it asks. */
export interface RandomFilter {
  text: string;
  asked: Asked;
}

const shortNames: Record<string, string> = {
  srcaddr: "src",
  dstaddr: "dst",
  srcport: "sport",
  dstport: "dport",
  protocol: "proto",
  interface_id: "eni",
  account_id: "account",
  log_status: "status",
  tcp_flags: "flags",
  flow_direction: "dir",
};
const protocolNames: Record<string, string> = { "6": "tcp", "17": "UDP", "1": "icmp", "58": "ipv6-icmp", "47": "gre" };
const sides: Record<string, string> = { srcaddr: "src", dstaddr: "dst", srcport: "src", dstport: "dst" };

/** An expression about the fields of some records, most of whose values are ones that these records have. */
export function randomFilter(records: readonly ReferenceRecord[], random: Random, depth = 3): RandomFilter {
  if (depth > 0 && random.chance(0.5)) {
    if (random.chance(0.3)) {
      const { text, asked } = randomFilter(records, random, depth - 1);
      return {
        text: random.pick([`not (${text})`, `!(${text})`, `NOT ( ${text})`]),
        asked: { ask: "not", term: asked },
      };
    }
    const op = random.pick(["and", "or"] as const);
    const terms = Array.from({ length: random.int(2, 4) }, () => randomFilter(records, random, depth - 1));
    const word = random.pick([op, op.toUpperCase(), op === "and" ? "&&" : "||"]);
    return {
      text: terms.map(({ text }) => `(${text})`).join(` ${word} `),
      asked: { ask: op, terms: terms.map(({ asked }) => asked) },
    };
  }
  return randomCondition(records, random);
}

function randomCondition(records: readonly ReferenceRecord[], random: Random): RandomFilter {
  const record = records.length === 0 ? undefined : random.pick(records);
  const fields = [...(record?.values.keys() ?? [])].filter((name) => ALL_NAMES.includes(name));
  const field =
    random.chance(0.95) && fields.length > 0
      ? random.pick(fields)
      : random.pick(["srcaddr", "flow_direction", "bytes"]);
  const value = record?.values.get(field) ?? null;
  const name = spelled(field, random);
  if (random.chance(0.1)) {
    const op = random.pick(["=", "!="] as const);
    return { text: `${name} ${op} -`, asked: { ask: "null", fields: [field], op } };
  }
  const kind = referenceKind(field);
  if (kind === "address") return addressCondition(field, name, value, random);
  if (kind === "text" || kind === "tag") return textCondition(field, name, value, records, random);
  if (field === "tcp_flags" && random.chance(0.6)) return flagsCondition(random);
  return numberCondition(field, name, value, records, random);
}

function addressCondition(field: string, name: string, value: ReferenceValue, random: Random): RandomFilter {
  const side = sides[field];
  const either = side !== undefined && random.chance(0.4);
  const fields = either ? ["srcaddr", "dstaddr"] : [field];
  const subject = either
    ? random.pick(["ip", "addr", "host", "NET"])
    : side !== undefined && random.chance(0.5)
      ? `${side} ${random.pick(["ip", "addr", "host", "net"])}`
      : name;
  if (either && random.chance(0.3)) {
    const family = random.pick(["ipv4", "ipv6"]);
    const networks = [family === "ipv4" ? "0.0.0.0/0" : "::/0"];
    return { text: family, asked: { ask: "network", fields, networks, op: "in" } };
  }
  if (!either && random.chance(0.25)) {
    const scope = random.pick(["private", "public"] as const);
    return { text: `${scope} ${side ?? name}`, asked: { ask: scope, field } };
  }
  if (random.chance(0.15)) {
    const op = either ? "~" : random.pick(["~", "!~"] as const);
    const pattern = random.pick(["^10\\.", ":", "1$", "^2001:db8", "[.:]0"]);
    return { text: `${subject} ${op} "${pattern}"`, asked: { ask: "pattern", fields, op, pattern } };
  }
  const networks = Array.from({ length: random.int(1, 4) }, (_, at) => network(at === 0 ? value : null, random));
  const op = either ? "in" : random.pick(["in", "not in"] as const);
  return { text: `${subject} ${equality(op, networks, random)}`, asked: { ask: "network", fields, networks, op } };
}

function network(value: ReferenceValue, random: Random): string {
  const address =
    typeof value === "string"
      ? value
      : random.pick(["10.0.0.1", "192.0.2.10", "2001:db8::1", "::", "fe80::1", "0.0.0.0", "::ffff:10.0.0.1"]);
  if (random.chance(0.4)) return address;
  return `${address}/${random.int(0, address.includes(":") ? 128 : 32)}`;
}

function textCondition(
  field: string,
  name: string,
  value: ReferenceValue,
  records: readonly ReferenceRecord[],
  random: Random,
): RandomFilter {
  if ((value === "ingress" || value === "egress") && random.chance(0.5)) {
    return { text: value, asked: { ask: "text", field, op: "in", values: [value] } };
  }
  if (random.chance(0.3)) {
    const op = random.pick(["~", "!~"] as const);
    const pattern = random.pick(["^a", "[0-5]$", "^(ok|accept|vpcid)", "e.*e", "%", "^.{3,9}$", "x{15}|0a1b"]);
    return { text: `${name} ${op} "${pattern}"`, asked: { ask: "pattern", fields: [field], op, pattern } };
  }
  const known = records.map(({ values }) => values.get(field)).filter((other) => typeof other === "string");
  const others = known.length === 0 ? ["x"] : known;
  const values = [
    typeof value === "string" ? value : "-",
    ...Array.from({ length: random.int(0, 3) }, () => random.pick(others)),
  ];
  const op = random.pick(["in", "not in"] as const);
  const written = values.map((text) => quoted(text, random));
  return { text: `${name} ${equality(op, written, random)}`, asked: { ask: "text", field, op, values } };
}

function quoted(text: string, random: Random): string {
  const quote = random.pick(['"', "'"]);
  return quote + text.replaceAll("\\", "\\\\").replaceAll(quote, `\\${quote}`) + quote;
}

function flagsCondition(random: Random): RandomFilter {
  const [text, bits] = random.pick([
    ["S", 2n],
    ["SYN", 2n],
    ["sa", 18n],
    ["SYN-ACK", 18n],
    ["FIN", 1n],
    ["RA", 20n],
    ["FSRPAU", 63n],
  ] as const);
  const only = random.chance(0.4);
  return { text: `flags ${only ? "only " : ""}${text}`, asked: { ask: "flags", bits, only } };
}

function numberCondition(
  field: string,
  name: string,
  value: ReferenceValue,
  records: readonly ReferenceRecord[],
  random: Random,
): RandomFilter {
  const max = referenceMax(referenceKind(field)) ?? 0n;
  // Further away than a time can be written.
  const most = referenceKind(field) === "seconds" ? 2n ** 52n : max;
  const number = () => {
    const other = records.length === 0 ? null : random.pick(records).values.get(field);
    const near = [value, other].find((candidate) => typeof candidate === "bigint" && random.chance(0.7));
    const base = typeof near === "bigint" ? near + BigInt(random.int(-1, 1)) : BigInt(random.int(0, 100_000));
    return base < 0n ? 0n : base > most ? most : base;
  };
  const isTime = referenceKind(field) === "seconds";
  const written = (n: bigint) =>
    isTime
      ? String(n).padStart(9, "0")
      : field === "protocol"
        ? (protocolNames[String(n)] ?? String(n))
        : amount(n, random);
  const isPort = field === "srcport" || field === "dstport";
  const fields = isPort && random.chance(0.4) ? ["srcport", "dstport"] : [field];
  const subject = fields.length > 1 ? "port" : isPort && random.chance(0.5) ? `${sides[field]} port` : name;
  const plain = (n: bigint) => (isPort ? String(n) : written(n));
  const op = random.pick<NumberOp>(["in", "in", "not in", "<", "<=", ">", ">="]);
  const asked = (ranges: [bigint, bigint][]): Asked =>
    isPort ? { ask: "port", fields, op, ranges } : { ask: "number", field, op, ranges };
  if (op !== "in" && op !== "not in") {
    const operand = number();
    const words: Record<string, string> = { "<": "lt", "<=": "LE", ">": "gt", ">=": "ge" };
    const operator = random.chance(0.8) ? op : (words[op] ?? op);
    return { text: `${subject} ${operator} ${plain(operand)}`, asked: asked([[operand, operand]]) };
  }
  const ranges = Array.from({ length: random.pick([1, 1, 2, 30]) }, (): [bigint, bigint] => {
    const [a, b] = [number(), random.chance(0.7) ? null : number()];
    return b === null ? [a, a] : a < b ? [a, b] : [b, a];
  });
  const texts = ranges.map(([a, b]) => {
    if (a === b) return plain(a);
    return isTime ? `${written(a)}-${written(b)}` : `${a}-${b}`;
  });
  return { text: `${subject} ${equality(op, texts, random)}`, asked: asked(ranges) };
}

/** A number in one of the ways it may be written. */
function amount(number: bigint, random: Random): string {
  const units = [
    ["k", 1000n],
    ["M", 1_000_000n],
    ["Ki", 1024n],
    ["Mi", 1_048_576n],
  ] as const;
  const unit = units.find(([, size]) => number > 0n && number % size === 0n);
  return unit !== undefined && random.chance(0.5) ? `${number / unit[1]}${unit[0]}` : String(number);
}

/** `= a`, `a`, `!= a`, `in [a, b]`, `not in [a b]`: what says that a field is one of the values, or none of them. */
function equality(op: "in" | "not in", values: readonly string[], random: Random): string {
  const [value = ""] = values;
  const isWord = /^[^"']/.test(value);
  if (values.length === 1 && random.chance(0.7)) {
    if (op === "not in") return `${random.pick(["!=", "ne"])} ${value}`;
    return `${random.pick(isWord ? ["", "=", "==", "eq"] : ["=", "==", "EQ"])} ${value}`;
  }
  return `${op} [${values.join(random.pick([", ", " ", " , "]))}]`;
}

function spelled(field: string, random: Random): string {
  const name = random.pick([
    field,
    field.replaceAll("_", "-"),
    field.toUpperCase(),
    `\${${field.replaceAll("_", "-")}}`,
    shortNames[field] ?? field,
  ]);
  return name;
}
