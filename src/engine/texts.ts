import type { Kernel } from "../parse/kernel.js";

/** The texts of a dictionary in the order of their codes, from 1, as plain data for another thread. */
export interface PackedTexts {
  lengths: Uint32Array;
  bytes: Uint8Array;
}

export function packTexts(kernel: Kernel, dictionary: number): PackedTexts {
  const size = kernel.call.dictionarySize(dictionary);
  const lengths = new Uint32Array(size);
  for (let code = 1; code <= size; code++) lengths[code - 1] = kernel.call.internedLength(dictionary, code);
  const bytes = new Uint8Array(lengths.reduce((sum, length) => sum + length, 0));
  let at = 0;
  for (let code = 1; code <= size; code++) {
    bytes.set(kernel.interned(dictionary, code), at);
    at += lengths[code - 1] as number;
  }
  return { lengths, bytes };
}

/** The codes that another thread's texts have in a dictionary of this one, by their codes there; 0 stays null. */
export function unpackTexts(kernel: Kernel, dictionary: number, { lengths, bytes }: PackedTexts): Uint32Array {
  const codes = new Uint32Array(lengths.length + 1);
  let at = 0;
  lengths.forEach((length, i) => {
    codes[i + 1] = kernel.intern(dictionary, bytes.subarray(at, at + length));
    at += length;
  });
  return codes;
}
