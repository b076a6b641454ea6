import type { ReferenceRecord } from "./reader.js";
import { addressBytes } from "./value.js";

/** What a filter expression asks, as its meaning in the contract has it, one case for each way to ask. */
export type Asked =
  | { ask: "and" | "or"; terms: Asked[] }
  | { ask: "not"; term: Asked }
  /** Any of the fields lies in any of the networks (CIDR, with host bits or without). */
  | { ask: "network"; fields: string[]; networks: string[]; op: "in" | "not in" }
  | { ask: "port"; fields: string[]; op: NumberOp; ranges: [bigint, bigint][] }
  | { ask: "number"; field: string; op: NumberOp; ranges: [bigint, bigint][] }
  | { ask: "text"; field: string; op: "in" | "not in"; values: string[] }
  | { ask: "pattern"; fields: string[]; op: "~" | "!~"; pattern: string }
  | { ask: "flags"; bits: bigint; only: boolean }
  | { ask: "private" | "public"; field: string }
  | { ask: "null"; fields: string[]; op: "=" | "!=" };

/** `in` and `not in` take ranges, the others the first number of the first one. */
export type NumberOp = "in" | "not in" | "<" | "<=" | ">" | ">=";

const portProtocols: readonly unknown[] = [6n, 17n, 33n, 132n, 136n];
const anyCase = ["action", "log_status", "flow_direction"];

/** Whether a record is asked for. Written for plainness, apart from src: the oracle of filters. */
export function passes(asked: Asked, record: ReferenceRecord): boolean {
  const valueIn = (field: string) => record.values.get(field) ?? null;
  switch (asked.ask) {
    case "and":
      return asked.terms.every((term) => passes(term, record));
    case "or":
      return asked.terms.some((term) => passes(term, record));
    case "not":
      return !passes(asked.term, record);
    case "network":
      return asked.fields.map(valueIn).some((address) => {
        if (typeof address !== "string") return false;
        return asked.networks.some((network) => isInside(address, network)) === (asked.op === "in");
      });
    case "port":
      if (record.values.has("protocol") && !portProtocols.includes(valueIn("protocol"))) return false;
      return asked.fields.some((field) => compares(valueIn(field), asked.op, asked.ranges));
    case "number":
      return compares(valueIn(asked.field), asked.op, asked.ranges);
    case "text": {
      const value = valueIn(asked.field);
      const fold = (text: string) => (anyCase.includes(asked.field) ? text.toLowerCase() : text);
      if (typeof value !== "string") return false;
      return asked.values.map(fold).includes(fold(value)) === (asked.op === "in");
    }
    case "pattern":
      return asked.fields.some((field) => {
        const value = valueIn(field);
        if (typeof value !== "string") return false;
        return new RegExp(asked.pattern, anyCase.includes(field) ? "iu" : "u").test(value) === (asked.op === "~");
      });
    case "flags": {
      const flags = valueIn("tcp_flags");
      if (typeof flags !== "bigint") return false;
      return asked.only ? flags === asked.bits : (flags & asked.bits) === asked.bits;
    }
    case "private":
      return isPrivate(valueIn(asked.field));
    case "public":
      return isUnicast(valueIn(asked.field)) && !isPrivate(valueIn(asked.field));
    case "null":
      return asked.fields.some((field) => (valueIn(field) === null) === (asked.op === "="));
  }
}

/** The fields that a layout must have for the filter to be answered. */
export function neededFields(asked: Asked): string[] {
  switch (asked.ask) {
    case "and":
    case "or":
      return asked.terms.flatMap(neededFields);
    case "not":
      return neededFields(asked.term);
    case "flags":
      return ["tcp_flags"];
    case "network":
    case "port":
    case "pattern":
    case "null":
      return asked.fields;
    default:
      return [asked.field];
  }
}

function compares(value: unknown, op: NumberOp, ranges: readonly [bigint, bigint][]): boolean {
  if (typeof value !== "bigint") return false;
  const isIn = ranges.some(([first, last]) => value >= first && value <= last);
  const [[operand] = [0n]] = ranges;
  switch (op) {
    case "in":
      return isIn;
    case "not in":
      return !isIn;
    case "<":
      return value < operand;
    case "<=":
      return value <= operand;
    case ">":
      return value > operand;
    case ">=":
      return value >= operand;
  }
}

function isInside(address: string, network: string): boolean {
  const [base = "", length] = network.split("/");
  const bits = bitsOf(address);
  const baseBits = bitsOf(base);
  const kept = length === undefined ? baseBits.length : Number(length);
  return bits.length === baseBits.length && bits.slice(0, kept) === baseBits.slice(0, kept);
}

function bitsOf(address: string): string {
  return addressBytes(address)
    .map((byte) => byte.toString(2).padStart(8, "0"))
    .join("");
}

function isPrivate(address: unknown): boolean {
  if (typeof address !== "string") return false;
  const [a = 0, b = 0] = addressBytes(address);
  if (address.includes(":")) {
    return (a & 0xfe) === 0xfc || (a === 0xfe && (b & 0xc0) === 0x80) || address === "::1";
  }
  return (
    a === 10 ||
    a === 127 ||
    (a === 172 && b >= 16 && b <= 31) ||
    (a === 192 && b === 168) ||
    (a === 100 && b >= 64 && b <= 127) ||
    (a === 169 && b === 254)
  );
}

function isUnicast(address: unknown): boolean {
  if (typeof address !== "string") return false;
  const [a = 0] = addressBytes(address);
  return address.includes(":") ? a !== 0xff && address !== "::" : a >= 1 && a <= 223;
}
