/** The flags of a TCP header by their bits, from 1 on, as RFC 9293 names them; the letters are those that tools print. */
const flags = [
  ["FIN", "F"],
  ["SYN", "S"],
  ["RST", "R"],
  ["PSH", "P"],
  ["ACK", "A"],
  ["URG", "U"],
  ["ECE", "E"],
  ["CWR", "C"],
] as const;

const bitsByName = new Map<string, number>(flags.map(([name], at) => [name, 1 << at]));
const bitsByLetter = new Map<string, number>(flags.map(([, letter], at) => [letter, 1 << at]));

/** Every way to name one flag, for those who look for the nearest. */
export const TCP_FLAG_NAMES: readonly string[] = flags.map(([name]) => name);

/** The bits of flags given by name or by letters, together or with `-` or `+` between: `SYN`, `S`, `SA`, `SYN-ACK`, `synack`; else null. */
export function tcpFlagBits(text: string): number | null {
  let bits = 0;
  for (const part of text.toUpperCase().split(/[-+]/)) {
    const partBits = namedBits(part) ?? letterBits(part);
    if (partBits === null) return null;
    bits |= partBits;
  }
  return bits;
}

/** The letters of the flags, in the order of their bits: `SA` for 18. */
export function tcpFlagLetters(bits: number): string {
  return flags.map(([, letter], at) => ((bits >> at) & 1 ? letter : "")).join("");
}

function namedBits(text: string): number | null {
  if (text === "" || text.length % 3 !== 0) return null;
  let bits = 0;
  for (let at = 0; at < text.length; at += 3) {
    const bit = bitsByName.get(text.slice(at, at + 3));
    if (bit === undefined) return null;
    bits |= bit;
  }
  return bits;
}

function letterBits(text: string): number | null {
  if (text === "") return null;
  let bits = 0;
  for (const letter of text) {
    const bit = bitsByLetter.get(letter);
    if (bit === undefined) return null;
    bits |= bit;
  }
  return bits;
}
