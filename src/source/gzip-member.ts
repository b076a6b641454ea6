import { crc32 } from "./crc32.js";

/** A gzip member's first two bytes (RFC 1952). */
export function startsMember(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** CRC-32 and length, after a member's data. */
export const trailerSize = 8;

/** Headers hold a file name and a comment of any length; past this they are no headers. */
const maxHeader = 1024 * 1024;

const hasCrc = 0x02;
const hasExtra = 0x04;
const hasName = 0x08;
const hasComment = 0x10;
const reserved = 0xe0;

/**
 * How long the header of a gzip member is.
 *
 * @param bytes from the member's first byte on
 * @returns its length in bytes; null while `bytes` do not hold all of it; or what is wrong with it, as a sentence's end
 * @see https://www.rfc-editor.org/rfc/rfc1952#section-2.3
 */
export function headerLength(bytes: Uint8Array): number | null | { problem: string } {
  if (bytes.length < 4) return null;
  const flags = bytes[3] as number;
  if (bytes[2] !== 8) return { problem: `its compression method is ${bytes[2]}, expected 8` };
  if (flags & reserved) return { problem: "its header has flags that no version of gzip defines" };
  let end: number | null = 10;
  if (flags & hasExtra) {
    if (bytes.length < end + 2) return null;
    end += 2 + (bytes[end] as number) + 256 * (bytes[end + 1] as number);
  }
  if (flags & hasName) end = afterText(bytes, end);
  if (flags & hasComment && end !== null) end = afterText(bytes, end);
  if (flags & hasCrc && end !== null) end += 2;
  if (end === null || bytes.length < end) {
    return bytes.length > maxHeader ? { problem: "its header has no end" } : null;
  }
  if (flags & hasCrc) {
    const stored = (bytes[end - 2] as number) + 256 * (bytes[end - 1] as number);
    if (stored !== (crc32(bytes.subarray(0, end - 2)) & 0xffff))
      return { problem: "its header does not match its checksum" };
  }
  return end;
}

/** Just past the zero that ends a text starting at `start`; null where there is none yet. */
function afterText(bytes: Uint8Array, start: number): number | null {
  const zero = bytes.indexOf(0, start);
  return zero < 0 ? null : zero + 1;
}

/** Counts a member's bytes as they are unpacked, for comparing with what the trailer says. */
export class MemberCheck {
  #crc = 0;
  size = 0;

  add(bytes: Uint8Array): void {
    this.#crc = crc32(bytes, this.#crc);
    this.size += bytes.length;
  }

  /** @param trailer the 8 bytes after the member's data: CRC-32 and size modulo 2^32, both little-endian */
  matches(trailer: Uint8Array): boolean {
    const view = new DataView(trailer.buffer, trailer.byteOffset, trailerSize);
    return view.getUint32(0, true) === this.#crc && view.getUint32(4, true) === this.size % 2 ** 32;
  }
}
