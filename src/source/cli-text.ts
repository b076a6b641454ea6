import { cutNote } from "./paging.js";
import { LineRewriting, type Output, type Rewriting } from "./rewritten.js";

const tab = 0x09;
const lineFeed = 0x0a;

/**
 * What `aws logs filter-log-events` and `get-log-events` write with `--output text`: a line for each event, its members in
 * the order of their names, so that the message is the last but one. Lines that are no event become blank, so that the
 * numbers of lines stay as they are.
 */
export class CliText extends LineRewriting {
  #isCut = false;

  get note(): string | null {
    return this.#isCut ? cutNote("NextToken") : null;
  }

  protected override line(text: Uint8Array, start: number, end: number, out: Output): void {
    const line = text.subarray(start, end);
    if (!startsWith(line, events)) {
      if (startsWith(line, nextToken)) this.#isCut = true;
      if (others.some((other) => startsWith(line, other)) || isTokens(line)) return;
      out.add(line);
      return;
    }
    // Another page follows, such as where several were put into one file.
    this.#isCut = false;
    const last = line.lastIndexOf(tab);
    const before = line.lastIndexOf(tab, last - 1);
    if (before < 0) out.add(line);
    else out.add(line, before + 1, last);
  }
}

/** Records divided by tabs instead of line ends, as `--query 'events[].message' --output text` writes them. */
export class JoinedRecords implements Rewriting {
  take(text: Uint8Array, _ended: boolean, out: Output): number {
    const from = out.length;
    out.add(text);
    for (let at = out.bytes.indexOf(tab, from); at >= 0 && at < out.length; at = out.bytes.indexOf(tab, at + 1)) {
      out.bytes[at] = lineFeed;
    }
    return text.length;
  }
}

const events = bytesOf("EVENTS\t");
const nextToken = bytesOf("NEXTTOKEN\t");
const others = [nextToken, ...["SEARCHEDLOGSTREAMS\t", "None"].map(bytesOf)];

/** Tokens with which an earlier or a later page can be had. */
function isTokens(line: Uint8Array): boolean {
  return /^[bf]\/\S+\t[bf]\/\S+$/.test(Buffer.from(line.subarray(0, 1000)).toString("latin1").trimEnd());
}

function startsWith(line: Uint8Array, word: Uint8Array): boolean {
  return word.every((byte, at) => line[at] === byte);
}

function bytesOf(text: string): Uint8Array {
  return Buffer.from(text, "latin1");
}
