import { canonicalAddress } from "./address.js";
import type { FieldKind } from "./fields.js";

/** The value of one field of a record. */
export type FieldValue = string | number | bigint | null;

/**
 * The value of a field whose text has been checked against its kind; `-` is null.
 *
 * @returns counters as bigint; Unix seconds as number, past 2^53 as bigint, so that every digit stays; other numbers as
 *          number; addresses in canonical form; tags percent-decoded; other text as it stands
 */
export function fieldValue(kind: FieldKind, text: string): FieldValue {
  if (text === "-") return null;
  switch (kind) {
    case "counter":
      return BigInt(text);
    case "seconds":
      return secondsOf(text);
    case "uint8":
    case "uint16":
    case "int32":
      return Number(text);
    case "address":
      return canonicalAddress(text) ?? text;
    case "tag":
      return decodeTag(text);
    case "text":
      return text;
  }
}

function secondsOf(text: string): number | bigint {
  const seconds = Number(text);
  return Number.isSafeInteger(seconds) ? seconds : BigInt(text);
}

// One character of UTF-8, percent-encoded. Taken singly, one broken sequence leaves its neighbours readable.
const encodedCharacter =
  /%(?:[0-7][0-9a-f]|[cd][0-9a-f]%[89ab][0-9a-f]|e[0-9a-f](?:%[89ab][0-9a-f]){2}|f[0-7](?:%[89ab][0-9a-f]){3})/gi;

/** What a tag value, percent-encoded in the log, says. A `%` that begins no character stays as it is. */
export function decodeTag(text: string): string {
  return text.replaceAll(encodedCharacter, (encoded) => {
    try {
      return decodeURIComponent(encoded);
    } catch {
      // It has UTF-8's shape and is none: an overlong form, half a surrogate pair.
      return encoded;
    }
  });
}
