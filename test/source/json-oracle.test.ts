import { Readable } from "node:stream";
import { gunzipSync, gzipSync } from "node:zlib";
import { describe, expect, test, vi } from "vitest";
import { JsonTokens } from "../../src/source/json-tokens.js";
import { openInput } from "../../src/source/reader.js";
import { type Random, seeded } from "../generate/random.js";
import { drain } from "./drain.js";

type Value = string | number | null;
const names = ["srcaddr", "dstaddr", "srcport", "dstport", "protocol", "bytes", "interface_id", "log_status"] as const;
/** Not a field of AWS's, so that it is a column of the row's too. */
const more = "seen_by";

/** Documents of objects that are mostly written alike, as lines must be made of them: by `JSON.parse` and nothing of flowlog's. */
describe("the lines of JSON are those that a plain reader makes of it", () => {
  test.each(Array.from({ length: 20 }, (_, i) => i * 20))(
    "rows with a field in each member, from seed %i",
    async (first) => {
      for (let seed = first; seed < first + 20; seed++) {
        const random = seeded(seed * 31 + 7);
        const objects = randomRows(random);
        await compare(random, objects, rowsOf(objects), seed);
      }
    },
  );

  test.each(Array.from({ length: 20 }, (_, i) => i * 20))("messages, from seed %i", async (first) => {
    for (let seed = first; seed < first + 20; seed++) {
      const random = seeded(seed * 37 + 11);
      const objects = Array.from({ length: random.int(1, 400) }, (_, i) => randomEvent(random, i));
      const lines = objects.map(({ message }) => within(message as string).replace(/[\r\n]+$/, ""));
      await compare(random, objects, lines, seed);
    }
  });
});

describe("of many objects that are written alike", () => {
  const event = (i: number) => ({ timestamp: i, message: `2 123456789012 eni-${i}`, eventId: "3".repeat(56) });

  test("nearly all are read without tokens", async () => {
    const takeAlike = vi.spyOn(JsonTokens.prototype, "takeAlike");
    const events = Array.from({ length: 5000 }, (_, i) => event(i));
    const { text } = await read(JSON.stringify({ events }, null, 2), 100_000);
    const taken = takeAlike.mock.results.reduce((sum, { value }) => sum + value.count, 0);
    takeAlike.mockRestore();
    expect(text).toBe(textOf(events.map(({ message }) => message)));
    expect(taken).toBeGreaterThan(4800);
    expect(taken).toBeLessThan(5000);
  });

  test.each([100, 300, 5000, 60_000])("one between them may have a list of %i numbers", async (length) => {
    const odd = { list: Array.from({ length }, (_, i) => i), ...event(7) };
    const events = [...Array.from({ length: 400 }, (_, i) => event(i)), odd, odd, ...[9, 8, 7].map(event)];
    const want = { text: textOf(events.map(({ message }) => message)), error: null };
    for (const size of [20_000, 1_000_000]) expect(await read(written(events, "lines"), size)).toEqual(want);
  });

  test("the lines may be longer than the objects, and more than there is room for", async () => {
    const all = Object.fromEntries([...names, more].map((name) => [name, "1"]));
    const objects = [all, ...Array.from({ length: 60_000 }, (_, i) => ({ srcport: i % 10 }))];
    const { text, error } = await read(written(objects, "lines"), 2_000_000);
    expect(error).toBeNull();
    expect(text === textOf(rowsOf(objects))).toBe(true);
  });
});

/** A header, and another where an object has a name that none had. */
function rowsOf(objects: readonly Record<string, Value>[]): string[] {
  const columns: string[] = [];
  return objects.flatMap((object) => {
    const added = Object.keys(object).filter((name) => !columns.includes(name));
    columns.push(...added);
    const header = columns.map((name) =>
      (names as readonly string[]).includes(name) ? name.replaceAll("_", "-") : name,
    );
    const line = columns.map((name) => field(object[name] ?? null)).join(" ");
    return added.length > 0 ? [header.join(" "), line] : [line];
  });
}

/** The record in a message that is JSON or holds it packed, as each other's only content. */
function within(message: string): string {
  if (message.startsWith("H4sI")) return within(gunzipSync(Buffer.from(message, "base64")).toString());
  return message.startsWith("{") ? (JSON.parse(message) as { message: string }).message : message;
}

/** Members mostly as many before had them: writers leave out what has no value, and keep an order. */
function randomRows(random: Random): Record<string, Value>[] {
  const all = [...names, more];
  let given: readonly string[] = all;
  return Array.from({ length: random.int(1, 400) }, (_, i) => {
    if (i > 0 && random.chance(0.03)) given = random.chance(0.5) ? all : all.filter(() => random.chance(0.7));
    const members = i === 0 || random.chance(0.97) ? given : random.shuffle(all).slice(0, random.int(1, 9));
    const object: Record<string, Value> = { srcaddr: "10.0.0.9" };
    for (const name of members) object[name] = random.chance(0.97) ? random.pick(usual) : random.pick(odd);
    if (random.chance(0.01)) object.note = random.pick(odd);
    return object;
  });
}

function randomEvent(random: Random, i: number): Record<string, Value> {
  const message = random.chance(0.95)
    ? `2 123456789012 eni-${i} 10.0.0.${random.int(0, 255)} 10.0.0.1 ${random.int(0, 65_535)} 443 6 1 40 1 2 ACCEPT OK`
    : random.pick([
        "",
        JSON.stringify({ message: `inside ${i}` }),
        gzipSync(JSON.stringify({ message: `packed ${i}` })).toString("base64"),
        "x",
        'a "quoted" one',
        "back\\slash",
        "line\n",
        "two\r\n",
        "é ü 漢",
        "y".repeat(random.int(1, 700)),
      ]);
  const event = { logStreamName: "eni-1-all", timestamp: 1_767_225_600_000 + i, message, eventId: "3".repeat(56) };
  if (random.chance(0.9)) return event;
  return random.pick([{ message }, { id: "a\\b", message }, { message, tags: "ok", n: null }]);
}

const usual: Value[] = [
  "10.0.0.1",
  "eni-0a1b2c3d4e5f60718",
  "OK",
  0,
  443,
  18_446_744_073_709,
  "2001:db8::1",
  "-",
  null,
];
const odd: Value[] = [
  "",
  "a b",
  "tab\there",
  'quo"te',
  "back\\slash",
  "None",
  "null",
  "NULL",
  "Nope",
  "nine",
  -1,
  1.5e-9,
];

/** What stands in a line for a value. */
function field(value: Value): string {
  const text = value === null ? "" : String(value);
  if (["", "null", "NULL", "None"].includes(text)) return "-";
  return text.replaceAll(/[\s\u0000-\u001f]/g, (character) => encodeURIComponent(character));
}

/** In one of the ways in which documents are written, and in pieces of any size. */
async function compare(
  random: Random,
  objects: readonly object[],
  want: readonly string[],
  seed: number,
): Promise<void> {
  const style = random.pick(["lines", "spaced", "list", "indented", "events", "back to back"] as const);
  const size = random.chance(0.2) ? random.int(1, 50) : random.int(500, 100_000);
  const { text, error } = await read(written(objects, style), size, random.pick([100, 65_536]));
  // One text is compared a hundred times as fast as its lines.
  if (error === null && text === textOf(want)) return;
  expect({ error, lines: text.split("\n") }, `seed ${seed}, ${style}`).toEqual({ error: null, lines: [...want, ""] });
}

async function read(document: string, size: number, asked = 65_536) {
  const bytes = Buffer.from(document);
  const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
    bytes.subarray(i * size, (i + 1) * size),
  );
  const stdin = { name: "input", path: null, named: true, size: null };
  const { text, error } = await drain(await openInput(stdin, Readable.from(pieces)), asked);
  return { text: Buffer.from(text, "latin1").toString(), error };
}

function textOf(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join("");
}

function written(objects: readonly object[], style: string): string {
  switch (style) {
    case "lines":
      return objects.map((object) => `${JSON.stringify(object)}\n`).join("");
    case "spaced":
      return objects.map((object) => `${JSON.stringify(object, null, 1).replaceAll(/\n\s*/g, " ")}\n`).join("");
    case "list":
      return JSON.stringify(objects);
    case "indented":
      return JSON.stringify(objects, null, 4);
    case "events":
      return JSON.stringify({ events: objects, searchedLogStreams: [] }, null, 2);
    default:
      return objects.map((object) => JSON.stringify(object)).join("");
  }
}
