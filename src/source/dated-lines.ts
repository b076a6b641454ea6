import { LineRewriting, type Output } from "./rewritten.js";

const escapeByte = 0x1b;
const tab = 0x09;
const blank = 0x20;
const zero = 0x30;
const nine = 0x39;
const [dash, colon, plus, dot, comma, letterT, letterZ] = Buffer.from("-:+.,TZ");
/** As AWS writes the time of an event where it is a number. */
const millisecondDigits = 13;

/**
 * Records behind the time of their event, as CloudWatch Logs exports them to S3 and `aws logs tail` prints them.
 *
 * The zone tells whether the log stream's name follows: `tail` writes +00:00 before it (`detailed`, `json`) and no zone
 * without it (`short`); an export has Z and no name. A custom format may begin with a word that looks like a stream, so
 * nothing else can tell. A line of another kind stays as it is.
 */
export class DatedLines extends LineRewriting {
  protected override line(text: Uint8Array, start: number, end: number, out: Output): void {
    if (text[start] === escapeByte) {
      const plain = Buffer.from(
        Buffer.from(text.subarray(start, end)).toString("latin1").replaceAll(colours, ""),
        "latin1",
      );
      out.add(plain, recordStart(plain, 0, plain.length));
    } else if (!isEnd(text, start, end)) {
      out.add(text, recordStart(text, start, end), end);
    }
  }
}

/** `aws logs tail --color on`, and in a terminal. */
const colours = /\x1b\[[0-9;]*m/g;

/** `None` is what stands in the place of a token for more where `--max-items` and `--query` come together. */
function isEnd(text: Uint8Array, start: number, end: number): boolean {
  return end - start === 4 && Buffer.from(text.subarray(start, end)).toString("latin1") === "None";
}

function recordStart(text: Uint8Array, start: number, end: number): number {
  const digits = afterDigits(text, start, end);
  if (digits - start === millisecondDigits && text[digits] === tab) return digits + 1;
  if (text[start + 4] !== dash || text[start + 10] !== letterT || text[start + 13] !== colon) return start;
  let at = start + 19;
  if (text[at] === dot || text[at] === comma) at = afterDigits(text, at + 1, end);
  const hasStream = text[at] === plus || text[at] === dash;
  if (hasStream) at += 6;
  else if (text[at] === letterZ) at++;
  if (at >= end) return end;
  if (!isBreak(text[at])) return start;
  at++;
  if (!hasStream) return at;
  while (at < end && !isBreak(text[at])) at++;
  return Math.min(at + 1, end);
}

function afterDigits(text: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && (text[at] as number) >= zero && (text[at] as number) <= nine) at++;
  return at;
}

function isBreak(byte: number | undefined): boolean {
  return byte === blank || byte === tab;
}
