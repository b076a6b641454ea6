/** What a tool answered, as lines of text that are the same for all tools. */
export type Answer = readonly string[];

/** Takes in a tool's output while it comes. */
export interface Reading {
  take(chunk: Buffer): void;
  /** @param stderr all that was said there @throws WrongAnswer where the output is wrong in itself */
  answer(stderr: string): Answer;
}

/** Not the answer that the others gave. */
export class WrongAnswer extends Error {}

/** Reads output that is short enough to keep, then makes an answer of it. */
export function readText(toAnswer: (stdout: string) => Answer): Reading {
  const chunks: Buffer[] = [];
  return {
    take: (chunk) => chunks.push(Buffer.from(chunk)),
    answer: () => toAnswer(Buffer.concat(chunks).toString("utf8")),
  };
}

/** Lines of text as they are. */
export function toLines(text: string): Answer {
  return text.split("\n").filter((line) => line !== "");
}

/**
 * Reads lines in any order: octets, lines, and the sum of all lines' hashes (FNV-1a, 32 bits), so that lines that differ, are lost or
 * come twice show, and order does not.
 */
export function readUnordered(): Reading {
  let [octets, lines, sum] = [0, 0, 0];
  let hash = fnvStart;
  return {
    take(chunk) {
      octets += chunk.length;
      // By index: for…of over a Buffer takes several times as long, and there are 2.9 GB of them.
      for (let i = 0; i < chunk.length; i++) {
        const byte = chunk[i]!;
        if (byte === 10) {
          lines++;
          sum = (sum + hash) >>> 0;
          hash = fnvStart;
        } else {
          hash = Math.imul(hash ^ byte, fnvPrime);
        }
      }
    },
    answer() {
      if (hash !== fnvStart) throw new WrongAnswer("the last line has no end");
      return [`${octets} octets`, `${lines} lines`, `sum ${sum.toString(16)}`];
    },
  };
}

const fnvStart = 0x811c9dc5 | 0;
const fnvPrime = 0x01000193;

/** Only counts: hashing 2.9 GB would take longer than writing them. */
export function readCount(): Reading {
  let octets = 0;
  return {
    take(chunk) {
      octets += chunk.length;
    },
    answer: () => [`${octets} octets`],
  };
}

/** @throws WrongAnswer with the first line that differs */
export function checkEqual(got: Answer, want: Answer): void {
  for (let i = 0; i < Math.max(got.length, want.length); i++) {
    if (got[i] !== want[i]) {
      throw new WrongAnswer(`answers ${show(got[i])} in line ${i + 1}, expected ${show(want[i])}`);
    }
  }
}

function show(line: string | undefined): string {
  return line === undefined ? "nothing" : JSON.stringify(line);
}
