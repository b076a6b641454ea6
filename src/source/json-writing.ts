/** How an object is written: the names of its members, and the bytes before the value of each and behind the last. */
export interface Writing {
  names: string[];
  /** One more than there are names. */
  between: Uint8Array[];
}

const beforeValue = /\s*[{,]\s*"([^"\\]*)"\s*:\s*/y;
const value = /"[^"\\]*"|[-+.\w]+/y;
const closing = /\s*\}/y;

/**
 * How an object is written of plain values; most of those that follow it are written so too.
 *
 * @param object JSON, from bracket to bracket
 * @returns null where it has objects, lists or escapes in it
 */
export function writingOf(object: Uint8Array): Writing | null {
  // A character for each byte.
  const text = Buffer.from(object).toString("latin1");
  const names: string[] = [];
  const between: Uint8Array[] = [];
  for (let at = 0; ; ) {
    const before = matchAt(beforeValue, text, at);
    const end = before ?? matchAt(closing, text, at);
    if (end === null) return null;
    between.push(Buffer.from(end[0], "latin1"));
    at += end[0].length;
    if (before === null) return at === text.length ? { names, between } : null;
    names.push(Buffer.from(before[1] as string, "latin1").toString());
    const found = matchAt(value, text, at);
    if (found === null) return null;
    at += found[0].length;
  }
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}
