import { canonicalAddress, formatIPv4, formatIPv6, parseIPv4, parseIPv6 } from "../record/address.js";
import { ValueError } from "./value-error.js";

/** A network and its length in bits; the bits after `length` are zero. An IPv4 network is an unsigned 32-bit number. */
export type Prefix =
  | { family: 4; network: number; length: number }
  | { family: 6; network: Uint8Array; length: number };

/** What a prefix must be, to stand after "expected". */
export const prefixExpectation = "CIDR notation, such as 10.0.0.0/8";

/**
 * CIDR text to a prefix: `10.0.0.0/8`, `2001:db8::/32`. A bare address is the whole of itself (/32, /128); host bits are
 * masked. `::ffff:10.0.0.1` is IPv6 and no way to write 10.0.0.1.
 *
 * @throws ValueError for anything else: `10.0.0/8`, a length past the family's, a netmask, a zone
 */
export function parsePrefix(text: string): Prefix {
  const slash = text.indexOf("/");
  const address = slash < 0 ? text : text.slice(0, slash);
  const lengthText = slash < 0 ? null : text.slice(slash + 1);

  const word = parseIPv4(address);
  if (word !== null) {
    const length = prefixLength(lengthText, 32, text);
    return { family: 4, network: maskIPv4(word, length), length };
  }
  const bytes = parseIPv6(address);
  if (bytes === null) throw new ValueError(text, prefixExpectation);
  const length = prefixLength(lengthText, 128, text);
  return { family: 6, network: maskIPv6(bytes, length), length };
}

/** A prefix in the one way it is written: `10.0.0.0/8`, `192.0.2.7/32`, `2001:db8::/32`. */
export function formatPrefix(prefix: Prefix): string {
  const network = prefix.family === 4 ? formatIPv4(prefix.network) : formatIPv6(prefix.network);
  return `${network}/${prefix.length}`;
}

/**
 * CIDR text in its one canonical form, so that equal prefixes are equal text.
 *
 * @throws ValueError as `parsePrefix` does
 */
export function canonicalPrefix(text: string): string {
  return formatPrefix(parsePrefix(text));
}

function prefixLength(text: string | null, most: number, whole: string): number {
  if (text === null) return most;
  const length = /^(?:0|[1-9][0-9]{0,2})$/.test(text) ? Number(text) : Number.NaN;
  if (length <= most) return length;
  if (canonicalAddress(text) !== null) {
    throw new ValueError(whole, prefixExpectation, "A netmask is written as a length: 255.255.255.0 is /24.");
  }
  throw new ValueError(
    whole,
    prefixExpectation,
    `An ${most === 32 ? "IPv4" : "IPv6"} prefix has a length of 0 to ${most}.`,
  );
}

function maskIPv4(word: number, length: number): number {
  // A shift by 32 shifts by 0, so /0 needs its own answer.
  return length === 0 ? 0 : (word & (-1 << (32 - length))) >>> 0;
}

function maskIPv6(bytes: Uint8Array, length: number): Uint8Array {
  return bytes.map((byte, at) => {
    const kept = Math.min(Math.max(length - 8 * at, 0), 8);
    return byte & (0xff00 >> kept);
  });
}
