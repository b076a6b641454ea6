import { isIPv4, isIPv6 } from "node:net";
import { type ReferenceKind, referenceMax } from "./fields.js";

/** Every number as a bigint, an address in canonical form, a tag decoded, `-` as null. */
export type ReferenceValue = string | bigint | null;

/** An IPv4 or IPv6 address without a zone. */
export function isAddress(text: string): boolean {
  return isIPv4(text) || (isIPv6(text) && !text.includes("%"));
}

/** Whether a field of this kind may be written so. */
export function isWellFormed(kind: ReferenceKind, text: string): boolean {
  if (text === "-" || kind === "text" || kind === "tag") return true;
  if (kind === "address") return isAddress(text);
  return /^[0-9]+$/.test(text) && BigInt(text) <= (referenceMax(kind) ?? 0n);
}

/** The value of a well-formed field. */
export function referenceValue(kind: ReferenceKind, text: string): ReferenceValue {
  if (text === "-") return null;
  if (kind === "text") return text;
  if (kind === "tag") return decodeTag(text);
  if (kind === "address") return addressText(addressBytes(text));
  return BigInt(text);
}

/** The 4 or 16 bytes of an address that node:net has found to be one. */
export function addressBytes(text: string): number[] {
  if (isIPv4(text)) return text.split(".").map(Number);
  let groups = text;
  const lastColon = text.lastIndexOf(":");
  const tail = text.slice(lastColon + 1);
  if (tail.includes(".")) {
    const [a = 0, b = 0, c = 0, d = 0] = tail.split(".").map(Number);
    groups = `${text.slice(0, lastColon)}:${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
  }
  const [head = "", rest] = groups.split("::");
  const left = head === "" ? [] : head.split(":");
  const right = rest === undefined || rest === "" ? [] : rest.split(":");
  const zeros = new Array<string>(8 - left.length - right.length).fill("0");
  return [...left, ...zeros, ...right].flatMap((group) => {
    const word = Number.parseInt(group, 16);
    return [word >> 8, word & 255];
  });
}

/** RFC 5952: lower case, no leading zeros, the longest run of two or more zero groups (the first of equals) as `::`. */
export function addressText(bytes: readonly number[]): string {
  if (bytes.length === 4) return bytes.join(".");
  const hex = bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const mapped = "00000000000000000000ffff";
  if (hex.startsWith(mapped)) return `::ffff:${bytes.slice(12).join(".")}`;
  const groups = (hex.match(/.{4}/g) ?? []).map((group) => Number.parseInt(group, 16).toString(16));
  for (let length = 8; length >= 2; length--) {
    for (let at = 0; at + length <= 8; at++) {
      if (!groups.slice(at, at + length).every((group) => group === "0")) continue;
      return `${groups.slice(0, at).join(":")}::${groups.slice(at + length).join(":")}`;
    }
  }
  return groups.join(":");
}

/** A tag's value: every character of percent-encoded UTF-8 is decoded, any other `%` stands as it is. */
function decodeTag(text: string): string {
  let decoded = "";
  let at = 0;
  while (at < text.length) {
    const character =
      [3, 6, 9, 12].map((length) => text.slice(at, at + length)).find(isEncodedCharacter) ?? text[at] ?? "";
    decoded += isEncodedCharacter(character) ? decodeURIComponent(character) : character;
    at += character.length;
  }
  return decoded;
}

function isEncodedCharacter(text: string): boolean {
  if (!/^(%[0-9a-fA-F]{2})+$/.test(text)) return false;
  try {
    return Array.from(decodeURIComponent(text)).length === 1;
  } catch {
    return false;
  }
}
