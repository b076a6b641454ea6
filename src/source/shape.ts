import { type Foreign, identify } from "./content.js";
import { splitCsvLine } from "./csv-line.js";
import { chooseColumns, findAggregate, isMessageName } from "./named-columns.js";

/**
 * How records stand in a text:
 *   plain   as lines of their own
 *   dated   as lines behind a timestamp, and perhaps a log stream's name
 *   cli     as a column of what AWS's command line writes with `--output text`
 *   joined  divided by tabs, all on one line
 *   csv     as a CSV column, or a CSV column for each field
 *   json    as JSON texts or objects
 *   base64  as any of these, packed or not, in base64
 */
export type Shape = "plain" | "dated" | "cli" | "joined" | "csv" | "json" | "base64";

/** What is looked at at most. A first line may be longer; then its beginning decides. */
export const headBytes = 4096;

/** `2025-01-01T00:00:00`, with or without a fraction and a zone; the colours are those of `aws logs tail`. */
const dated = /^(\x1b\[[0-9;]*m)*\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d([.,]\d+)?(Z|[+-]\d\d:\d\d)?(\x1b\[[0-9;]*m)*[ \t]/;
const milliseconds = /^\d{13}\t/;
const cliText = /^(EVENTS\t|NEXTTOKEN\t|SEARCHEDLOGSTREAMS\t|[bf]\/\S+\t[bf]\/\S+$)/;
/** What gzip and `{"` begin with, in base64. */
const base64 = /^(H4sI|eyJ)[A-Za-z0-9+/]{8,}={0,2}$/;
const quotedBase64 = /^"(H4sI|eyJ)/;
const markup = /^<(!doctype html|html|head|body)\b/i;

const binaryHint = "If it is packed or encrypted, unpack it first.";
const pageHint = "Look into it: it may be an error page that was saved in the log's place. Fetch the log again.";

/**
 * Tell by the beginning of a text how its records stand in it. A live pipe is kept waiting for its first line, no longer.
 *
 * @param head  what is there so far, of which the first `headBytes` count
 * @param ended whether there is no more to come
 * @returns "more" while the bytes so far do not decide
 */
export function tellShape(head: Uint8Array, ended: boolean): Shape | Foreign | "more" {
  const isAll = ended || head.length >= headBytes;
  const text = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, headBytes)).toString("latin1");
  const start = text.replace(/^(\xef\xbb\xbf|\xef\xbb$|\xef$)/, "");
  const content = start.trimStart();
  if (content === "") return isAll ? "plain" : "more";
  if (content[0] === "{" || content[0] === "[") return "json";
  if (content[0] === "<") return isAll || content.length >= 512 ? foreignMarkup(content) : "more";
  if (/^[\r\n#]/.test(start)) return "plain";
  const lineEnd = start.search(/\r?\n/);
  if (lineEnd < 0 && !isAll) return "more";
  const line = lineEnd < 0 ? start : start.slice(0, lineEnd);
  if (dated.test(line) || milliseconds.test(line)) return "dated";
  if (cliText.test(line)) return "cli";
  if (quotedBase64.test(line)) return "json";
  if (base64.test(line)) return "base64";
  if (/^(- )?events:\s*$/.test(line)) {
    return { what: "YAML of AWS's command line", hint: "Write it with --output json, or --output text." };
  }
  if (isJoined(line, lineEnd >= 0 || ended)) return "joined";
  if (isCsvHeader(line)) return "csv";
  return isBinary(line) ? { what: "binary data", hint: binaryHint } : "plain";
}

/** Whether an input that begins so is text that holds records as lines of their own, in no container. */
export function isPlain(head: Uint8Array): boolean {
  return identify(head, true) === "text" && tellShape(head, true) === "plain";
}

/** Whether a tenth or more of a first line is control bytes: a log may have one that went wrong. */
function isBinary(line: string): boolean {
  const controls = line.match(/[\x00-\x08\x0e-\x1a\x1c-\x1f]/g)?.length ?? 0;
  return controls > 0 && controls * 10 >= line.length;
}

/** Records side by side, a tab between them and blanks in them; a log's own fields may be divided by tabs too, but not so. */
function isJoined(line: string, isWhole: boolean): boolean {
  const parts = line.split("\t");
  if (!isWhole) parts.pop();
  if (parts.length < 2) return false;
  const counts = parts.map((part) => part.split(" ").length);
  return (counts[0] as number) >= 4 && counts.every((count) => count === counts[0]);
}

function isCsvHeader(line: string): boolean {
  if (!line.includes(",") && !line.startsWith('"')) return false;
  const cells = splitCsvLine(line);
  return cells.some(isMessageName) || findAggregate(cells) !== null || chooseColumns(cells) !== null;
}

/** What came in a log's place: S3 and load balancers answer so where something is not allowed, or not there. */
function foreignMarkup(text: string): Foreign {
  const code = /<Code>(\w+)<\/Code>/.exec(text)?.[1];
  if (code !== undefined)
    return { what: `an error answer of AWS (${code})`, hint: "Mend that, and fetch the log again." };
  if (/<!doctype html|<html/i.test(text) || markup.test(text)) return { what: "an HTML page", hint: pageHint };
  return { what: "XML or HTML", hint: pageHint };
}
