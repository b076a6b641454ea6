import { isIPv6 } from "node:net";

const dot = 46;
const zero = 48;
const nine = 57;

/** The 32-bit word of a dotted quad, 0 to 2^32 - 1, or null. Leading zeros are refused: some read them as octal. */
export function parseIPv4(text: string): number | null {
  if (text.length < 7 || text.length > 15) return null;
  let word = 0;
  let octet = -1;
  let dots = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code >= zero && code <= nine) {
      if (octet === 0) return null;
      octet = octet < 0 ? code - zero : octet * 10 + code - zero;
      if (octet > 255) return null;
    } else if (code === dot && octet >= 0 && dots < 3) {
      word = word * 256 + octet;
      octet = -1;
      dots++;
    } else {
      return null;
    }
  }
  return dots === 3 && octet >= 0 ? word * 256 + octet : null;
}

/** The 16 bytes of an IPv6 address (also with a dotted quad at its end), or null. No zone, no brackets. */
export function parseIPv6(text: string): Uint8Array | null {
  if (!isIPv6(text) || text.includes("%")) return null;
  // What node:net has passed needs no more checks: at most one "::", 8 groups or fewer, a sound quad.
  const [head = "", tail] = text.split("::");
  const before = groups(head);
  const after = tail === undefined ? [] : groups(tail);
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  before.forEach((group, index) => {
    view.setUint16(index * 2, group);
  });
  after.forEach((group, index) => {
    view.setUint16((8 - after.length + index) * 2, group);
  });
  return bytes;
}

function groups(text: string): number[] {
  if (text === "") return [];
  return text.split(":").flatMap((part) => {
    const quad = parseIPv4(part);
    return quad === null ? [Number.parseInt(part, 16)] : [quad >>> 16, quad & 0xffff];
  });
}

/** `192.0.2.1` of a 32-bit word, signed or not. */
export function formatIPv4(word: number): string {
  return `${word >>> 24}.${(word >>> 16) & 255}.${(word >>> 8) & 255}.${word & 255}`;
}

/**
 * The canonical text of 16 bytes: lower case, no leading zeros, the longest run of zero groups (the first of equals, two
 * groups at least) as `::`, IPv4-mapped addresses as `::ffff:192.0.2.1`.
 * @see https://www.rfc-editor.org/rfc/rfc5952
 */
export function formatIPv6(bytes: Uint8Array): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, 16);
  const words = Array.from({ length: 8 }, (_, index) => view.getUint16(index * 2));
  if (words[5] === 0xffff && words.slice(0, 5).every((word) => word === 0)) {
    return `::ffff:${formatIPv4(view.getUint32(12))}`;
  }
  const { at, length } = longestZeroRun(words);
  if (length < 2) return hex(words);
  return `${hex(words.slice(0, at))}::${hex(words.slice(at + length))}`;
}

function hex(words: readonly number[]): string {
  return words.map((word) => word.toString(16)).join(":");
}

function longestZeroRun(words: readonly number[]): { at: number; length: number } {
  let best = { at: 0, length: 0 };
  let at = 0;
  for (let index = 0; index <= words.length; index++) {
    if (words[index] === 0) continue;
    if (index - at > best.length) best = { at, length: index - at };
    at = index + 1;
  }
  return best;
}

/** The one text of an address's value, IPv4 or IPv6; null if the text is no address. `::ffff:10.0.0.1` stays IPv6. */
export function canonicalAddress(text: string): string | null {
  const word = parseIPv4(text);
  if (word !== null) return formatIPv4(word);
  const bytes = parseIPv6(text);
  return bytes === null ? null : formatIPv6(bytes);
}
