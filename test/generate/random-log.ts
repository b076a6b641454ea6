import { DEFAULT_NAMES } from "../reference/fields.js";
import { formatText, headerLine, randomLayout } from "./layouts.js";
import { type Random, seeded } from "./random.js";
import { type ByteText, badValue, goodValue, isDashWithoutData, utf8, withControl } from "./values.js";

export interface RandomLog {
  bytes: Buffer;
  /** What `--format` is to be given; null for none. */
  formats: string[] | null;
  /** What the log is like, for the message of a test that fails on it. */
  note: string;
}

/** How often a log has what; a clean log shows the fast path whole, a nasty one leaves hardly a line alone. */
interface Mess {
  bad: number;
  blanks: number;
  extras: number;
  lineEnd: "\n" | "\r\n" | "mixed";
}

const longestLine = 1024 * 1024;

/** A log that the seed decides: its layout, how it is delivered, its records and all that may be wrong with it. */
export function randomLog(seed: number): RandomLog {
  const random = seeded(seed);
  const mess: Mess = {
    bad: random.pick([0, 0.02, 0.1, 0.4]),
    blanks: random.pick([0, 0, 0.1, 0.8]),
    extras: random.pick([0, 0, 0.1]),
    lineEnd: random.pick(["\n", "\n", "\r\n", "mixed"]),
  };
  const first = randomLayout(random);
  const headed = random.chance(0.6);
  const several = !headed && random.chance(0.15);
  const layouts = [first.names];
  if (several) layouts.push(...otherLengths(first.names, random));
  // Without header and format, only the default can be read.
  const bare = !headed && !several && random.chance(isDefault(first.names) ? 0.7 : 0.05);
  const formats = bare || (headed && random.chance(0.8)) ? null : layouts.map((names) => formatText(names, random));

  const lines: ByteText[] = [];
  if (random.chance(0.1)) lines.push(...Array.from({ length: random.int(1, 5) }, () => dirt(first.names, random)));
  if (headed)
    lines.push(random.chance(mess.blanks) ? spacedHeader(first.names, random) : headerLine(first.names, random));
  let names = first.names;
  let changes = 0;
  for (let left = random.pick([0, 1, 3, 20, 60, 120, 200]); left > 0; left--) {
    if (several) names = random.pick(layouts);
    if (random.chance(0.01)) {
      if (random.chance(0.5)) names = randomLayout(random).names;
      lines.push(headerLine(names, random));
      changes++;
    }
    lines.push(randomLine(names, mess, random));
  }
  if (random.chance(0.01)) lines.splice(random.int(0, lines.length), 0, `${headerLine(names, random)} ${names[0]}`);
  if (random.chance(0.02)) lines.splice(random.int(0, lines.length), 0, longLine(names, random));

  const bom = random.chance(0.1) ? "\xef\xbb\xbf" : "";
  const bytes = Buffer.from(bom + joinLines(lines, mess, random), "latin1");
  const parts = [`seed ${seed}`, first.note, headed ? "header" : bare ? "bare" : "format", `${lines.length} lines`];
  if (changes > 0) parts.push(`${changes} headers in mid-stream`);
  return { bytes, formats, note: parts.join(", ") };
}

/** A copy of the bytes with one to eight small harms: bytes changed, dropped, doubled, put in; the end cut off. */
export function mutate(bytes: Buffer, seed: number): Buffer {
  const random = seeded(seed);
  let text = bytes.toString("latin1");
  for (let left = random.int(1, 8); left > 0; left--) {
    const at = random.int(0, text.length);
    const end = Math.min(text.length, at + random.int(0, 20));
    const before = text.slice(0, at);
    switch (random.pick(["flip", "put", "put", "drop", "double", "cut"])) {
      case "flip":
        text = before + String.fromCharCode((text.charCodeAt(at) || 0) ^ (1 << random.int(0, 7))) + text.slice(at + 1);
        break;
      case "put":
        text =
          before +
          random.pick([
            "\n",
            "\r",
            "\r\n",
            " ",
            "\t",
            "-",
            "#",
            "0",
            ".",
            ":",
            "%",
            "\x00",
            "\x1b",
            "\x7f",
            "\xff",
            "\xef\xbb\xbf",
            "\n\n",
          ]) +
          text.slice(at);
        break;
      case "drop":
        text = before + text.slice(end);
        break;
      case "double":
        text = text.slice(0, end) + text.slice(at);
        break;
      case "cut":
        if (random.chance(0.2)) text = before;
        break;
    }
  }
  return Buffer.from(text, "latin1");
}

function randomLine(names: readonly string[], mess: Mess, random: Random): ByteText {
  if (random.chance(mess.extras))
    return random.pick(["", " ", "\t \t", "# comment", "  #x y", "#", `# ${headerLine(names, random)}`]);
  const values = recordValues(names, random);
  if (random.chance(mess.bad)) return spoil(names, values, random);
  return random.chance(mess.blanks) ? spaced(values, random) : values.join(" ");
}

function recordValues(names: readonly string[], random: Random): ByteText[] {
  const status = random.chance(0.1) ? random.pick(["NODATA", "SKIPDATA"]) : null;
  // In a layout without log_status, only its dashes tell such a record.
  const dashed = status !== null && random.chance(0.9);
  return names.map((name) => {
    if (name === "log_status" && status !== null) return status;
    return dashed && isDashWithoutData(name) ? "-" : goodValue(name, random);
  });
}

function spoil(names: readonly string[], values: ByteText[], random: Random): ByteText {
  const at = random.int(0, values.length - 1);
  const bad = badValue(names[at] ?? "", random);
  switch (random.pick(["value", "value", "value", "few", "many", "control", "dirt", "tail"])) {
    case "value":
      return bad === null ? values.join(" ") : values.with(at, bad).join(" ");
    case "few":
      return values.toSpliced(at, 1).join(" ");
    case "many":
      return values.toSpliced(at, 0, random.pick(["-", "0", "x", "192.0.2.1"])).join(" ");
    case "control":
      return withControl(values.join(" "), random);
    case "tail":
      return `${values.join(" ")} #Traffic from the docs`;
    default:
      return dirt(names, random);
  }
}

/** A line that has nothing, or not much, to do with the layout. */
function dirt(names: readonly string[], random: Random): ByteText {
  const record = recordValues(names, random).join(" ");
  return random.pick([
    () => record,
    () => record.slice(random.int(1, record.length)),
    () => record.slice(0, random.int(1, record.length)),
    () => "...",
    () => "-",
    () => '{"message":"2 123456789012"}',
    () => "2 123456789010 eni-abc123de 178.31.16.21 20642 22 6 20 1418530010 141850070 ACCEPT OK",
    () => Array.from({ length: 14 }, () => "-").join(" "),
    () => utf8("zażółć gęślą jaźń"),
    () => "\x1f\x8b\x08\x00\x00",
    () => recordValues(DEFAULT_NAMES, random).join(" "),
    () => recordValues(randomLayout(random).names, random).join(" "),
  ])();
}

/** At the limit, one byte beyond it, or far beyond; and bytes that grow when they are decoded. */
function longLine(names: readonly string[], random: Random): ByteText {
  const values = recordValues(names, random);
  const at = random.int(0, values.length - 1);
  const rest = values.with(at, "").join(" ").length;
  const length = random.pick([longestLine, longestLine + 1, longestLine - 1, 3 * longestLine, longestLine / 2]) - rest;
  return values.with(at, random.pick(["x", "0", "\xff", " "]).repeat(length)).join(" ");
}

function spacedHeader(names: readonly string[], random: Random): ByteText {
  return spaced(headerLine(names, random).split(" "), random);
}

function spaced(words: readonly ByteText[], random: Random): ByteText {
  const blank = () => random.pick([" ", " ", "  ", "\t", " \t ", " ".repeat(random.int(1, 70))]);
  const line = words.reduce((soFar, word) => soFar + blank() + word);
  return (random.chance(0.3) ? blank() : "") + line + (random.chance(0.3) ? blank() : "");
}

function joinLines(lines: readonly ByteText[], mess: Mess, random: Random): ByteText {
  const ends = lines.map(() => (mess.lineEnd === "mixed" ? random.pick(["\n", "\r\n"]) : mess.lineEnd));
  if (random.chance(0.25) && ends.length > 0) ends[ends.length - 1] = random.pick(["", "", "\r"]);
  return lines.map((line, at) => line + ends[at]).join("");
}

/** Up to two more layouts, each with a number of fields that no other has. */
function otherLengths(names: readonly string[], random: Random): string[][] {
  const lengths = new Set([names.length]);
  return [randomLayout(random).names, randomLayout(random).names].filter((other) => {
    const isNew = !lengths.has(other.length);
    lengths.add(other.length);
    return isNew;
  });
}

function isDefault(names: readonly string[]): boolean {
  return names.join() === DEFAULT_NAMES.join();
}

/** Whether a random log happens to begin like what is no plain text: such ones are for the tests of sources. */
export function beginsLikeAnother(bytes: Buffer): boolean {
  return (
    bytes[0] === 0x1f ||
    /^[{[]/.test(
      bytes
        .toString("latin1", 0, 4096)
        .replace(/^\xef\xbb\xbf/, "")
        .trimStart(),
    )
  );
}
