import { Readable } from "node:stream";
import { describe, expect, test } from "vitest";
import { InputError } from "../../src/errors.js";
import { DamagedInputError, NotALogError, openInput } from "../../src/source/reader.js";
import { CONTAINERS } from "../generate/containers.js";
import { drain } from "./drain.js";

const records = [
  "2 123456789012 eni-0a1b2c3d4e5f60718 192.0.2.10 198.51.100.25 49152 443 6 12 3480 1735689600 1735689658 ACCEPT OK",
  "2 123456789012 eni-0a1b2c3d4e5f60718 203.0.113.77 192.0.2.10 51515 22 6 3 180 1735689605 1735689662 REJECT OK",
  "2 123456789012 eni-0a1b2c3d4e5f60718 - - - - - - - 1735689660 1735689719 - NODATA",
];
const stdin = { name: "input", path: null, named: true, size: null };

/** The plain text of a container that comes in pieces of so many bytes, and what was thrown at the end or when it was opened. */
async function read(bytes: Uint8Array, size = bytes.length, asked = 65_536) {
  const pieces = [];
  for (let at = 0; at < bytes.length; at += size) pieces.push(Buffer.from(bytes.subarray(at, at + size)));
  try {
    return await drain(await openInput(stdin, Readable.from(pieces)), asked);
  } catch (error) {
    return { text: "", error: error as Error };
  }
}

describe("wherever a piece ends, the text is the same of", () => {
  test.each(CONTAINERS)("$name", async ({ write }) => {
    const bytes = write(records);
    const whole = await read(bytes);
    expect(whole.error).toBeNull();
    expect(whole.text.length).toBeGreaterThan(300);
    for (const size of [1, 2, 3, 5, 16, 17, 31, 100, 333]) expect(await read(bytes, size), `${size}`).toEqual(whole);
    expect(await read(bytes, 50, 1)).toEqual(whole);
    const step = Math.ceil(bytes.length / 1000);
    for (let at = 1; at < bytes.length; at += step) {
      const pieces = [bytes.subarray(0, at), bytes.subarray(at)];
      const got = await drain(await openInput(stdin, Readable.from(pieces)));
      expect(got, `in two at ${at}`).toEqual(whole);
    }
  });
});

describe("cut off anywhere, what came before is given of", () => {
  test.each(CONTAINERS)("$name", async ({ write }) => {
    const bytes = write(records);
    const { text } = await read(bytes);
    const lines = text.split("\n");
    for (let length = 0; length < bytes.length; length++) {
      const got = await read(bytes.subarray(0, length));
      if (got.error !== null) expect(got.error, `${length}`).toBeInstanceOf(InputError);
      // The last line may be cut.
      const whole = got.text.split("\n").slice(0, -1);
      // A base64 text, or an object, that lacks its end can look like another shape: then no line is right, but none is missing.
      const isRight = whole.every((line, i) => line === lines[i]);
      expect(isRight || got.text === bytes.subarray(0, length).toString("latin1"), `${length}: ${got.text}`).toBe(true);
    }
  });
});

describe("what is wrong with JSON is told with its place", () => {
  const message = (i: number) => `{"message":"${records[i]}"}`;
  const three = `${message(0)}${message(1)}${message(2)}`;
  test.each([
    {
      title: "cut off in the third record",
      json: three.slice(0, -40),
      lines: 2,
      error: `the JSON is cut off after ${three.length - 40} bytes, behind 2 records`,
    },
    {
      title: "cut off behind a message that is whole",
      json: `{"events":[${message(0).slice(0, -1)},"timest`,
      lines: 1,
      error: `the JSON is cut off after ${message(0).length + 18} bytes, behind 1 record`,
    },
    {
      title: "a line end in a text, where a line was cut and nothing follows",
      json: `${message(0)}\n{"message":"2 1234\n`,
      lines: 1,
      error: `the JSON is broken at byte ${message(0).length + 19}, behind 1 record: control character in a string: it may be cut off, found "\\u000a"`,
    },
    {
      title: "a bracket too many",
      json: `[${message(0)}]]`,
      lines: 1,
      error: `the JSON is broken at byte ${message(0).length + 2}, behind 1 record: expected a value, found "]"`,
    },
    {
      title: "another bracket than the one that opened",
      json: `[${message(0)}}`,
      lines: 1,
      error: `the JSON is broken at byte ${message(0).length + 1}, behind 1 record: another bracket than the one that opened, found "}"`,
    },
    {
      title: "a comma is missing",
      json: `[${message(0)} ${message(1)}]`,
      lines: 1,
      error: `the JSON is broken at byte ${message(0).length + 2}, behind 1 record: expected "," or an end, found "{\\"message\\":\\"2 1234567890"`,
    },
    {
      title: "half of a document, and no record",
      json: '{"events": [{"logStreamName": "eni-1-all", "timest',
      lines: 0,
      error: "the JSON is cut off after 50 bytes",
    },
    {
      title: "a payload that is damaged",
      json: `${message(0)}{"awslogs":{"data":"H4sIAAAAAAAAA5WQAAAAAAAA"}}`,
      lines: 1,
      error: expect.stringMatching(/a payload in base64 behind 1 records is damaged: /),
    },
  ])("$title", async ({ json, lines, error: want }) => {
    const { text, error } = await read(Buffer.from(json));
    expect(text.split("\n")).toHaveLength(lines + 1);
    expect(error).toBeInstanceOf(DamagedInputError);
    expect(error?.message.replace(/^input: /, "")).toEqual(want);
    expect((error as InputError).hint).toMatch(/What came before it was read\.$/);
  });

  describe("a line that is broken is passed over, where each line is a text of its own", () => {
    const leftOut = 'Write or fetch it again. Left out is what stands there, up to the next line that begins with "{".';
    const object = (i: number) => JSON.stringify({ srcaddr: "192.0.2.1", bytes: i });
    test.each([
      {
        title: "a line end in a text, where a line was cut",
        json: `${message(0)}\n{"message":"2 1234\n${message(1)}\n`,
        want: [records[0], "", records[1]],
        error: `the JSON is broken at byte ${message(0).length + 19}, behind 1 record: control character in a string: it may be cut off, found "\\u000a{\\"message\\":\\"2 123456789"`,
      },
      {
        title: "no bracket closes a line, whose record is whole",
        json: `${message(0)}\n${message(1).slice(0, -1)}\n${message(2)}\n${message(0)}`,
        want: [records[0], records[1], records[2], records[0]],
        error: expect.stringMatching(/behind 2 records: expected "," or an end, found "\{/),
      },
      {
        title: "a name without a value, which the next line would be",
        json: `${message(0)}\n{"a":\n${message(1)}\n${message(2)}\n`,
        want: [records[0], "", records[1], records[2]],
        error: expect.stringMatching(/behind 1 record: expected "," or an end, found "\{/),
      },
      {
        title: "the end of a line, without its beginning",
        json: `${message(0)}\n17 1 OK"}\n${message(1)}\n`,
        want: [records[0], "17", "1", "", records[1]],
        error: expect.stringMatching(/behind 1 record: expected a value, found "OK/),
      },
      {
        title: "a line that runs into the next, and more such lines",
        json: `${message(0)}\n{"message":"2 12${message(1)}\n${message(2)}\n}\n\n?\n${message(1)}\r\n`,
        want: [records[0], "2 12{", records[2], "", records[1]],
        error: expect.stringMatching(
          /behind 2 records: expected "," or an end, found "message\\".*; so is 1 place behind it$/,
        ),
      },
      {
        title: "objects of fields",
        json: `${object(1)}\n${object(2).slice(0, -3)}\n${object(3)}\n${object(4)}\n`,
        want: ["srcaddr bytes", "192.0.2.1 1", "", "192.0.2.1 3", "192.0.2.1 4"],
        error: expect.stringMatching(/behind 1 record: /),
      },
      {
        title: "and the last one is cut off",
        json: `${message(0)}\n{]\n${message(1)}\n{"message":"2 12`,
        want: [records[0], "", records[1]],
        error: expect.stringMatching(
          /^the JSON is broken at byte \d+, behind 1 record: .*; then the JSON is cut off after \d+ bytes, behind 2 records$/,
        ),
        hint: "Write or fetch it again. What came before it was read.",
      },
    ])("$title", async ({ json, want, error, hint = leftOut }) => {
      const whole = await read(Buffer.from(json));
      expect(whole.text).toBe(want.map((line) => `${line}\n`).join(""));
      expect(whole.error).toBeInstanceOf(DamagedInputError);
      expect(whole.error?.message.replace(/^input: /, "")).toEqual(error);
      expect((whole.error as InputError).hint).toBe(hint);
      for (const size of [1, 2, 3, 7, 64, 100, 150])
        expect((await read(Buffer.from(json), size)).text, `${size}`).toBe(whole.text);
    });
  });

  test.each([
    {
      title: "events under another name",
      json: `{"Items":[${message(0)}],"Count":1}`,
      says: 'JSON, but no flow log: its first value has "Items", "Count"',
    },
    {
      title: "a document of something else",
      json: JSON.stringify({ name: "a", license: "MIT", scripts: {}, dependencies: {}, files: [], bin: {} }),
      says: 'JSON, but no flow log: its first value has "name", "license", "scripts", "dependencies", "files", …',
    },
    {
      title: "results of a query that adds up",
      json: '[{"srcAddr":"192.0.2.10","sum(bytes)":"3480"}]',
      says: 'JSON, but no flow log: its first value has "srcAddr", "sum(bytes)"',
    },
    {
      title: "results of such a query, as the API gives them",
      json: '{"results":[[{"field":"srcAddr","value":"192.0.2.10"},{"field":"sum(bytes)","value":"1"}]]}',
      says: 'JSON, but no flow log: its first value has "srcAddr", "sum(bytes)"',
    },
    { title: "numbers", json: "[1, 2]", says: 'JSON, but no flow log: its first value is "1"' },
    {
      title: "text in brackets",
      json: "[info] started\n",
      says: 'the JSON is broken at byte 1: expected a value, found "info] started\\u000a"',
    },
  ])("no log: $title", async ({ json, says }) => {
    const { text, error } = await read(Buffer.from(json));
    expect(text).toBe("");
    expect(error).toBeInstanceOf(NotALogError);
    expect(error?.message).toBe(`input: ${says}`);
    expect((error as InputError).hint).toMatch(/\.$/);
  });
});

describe("odd JSON", () => {
  const [first = "", second = ""] = records;
  const line = (record: string) => `${record}\n`;
  test.each([
    { title: "no events", json: '{"events": [], "searchedLogStreams": []}', want: "" },
    {
      title: "a control message alone",
      json: '{"messageType":"CONTROL_MESSAGE","logEvents":[{"id":"","message":"checking"}]}',
      want: "",
    },
    {
      title: "a control message whose type comes last, and one with data behind it",
      json: `{"logEvents":[],"messageType":"CONTROL_MESSAGE"}{"logEvents":[{"message":"${first}"}]}`,
      want: line(first),
    },
    {
      title: "objects that are no records stay as lines, so that they are told",
      json: `{"level": "info"}{"message":"${first}"}{"level":\n"warn"}{}`,
      want: `{"level": "info"}\n${line(first)}{"level": "warn"}\n{}\n`,
    },
    {
      title: "brackets and quotes in texts",
      json: `[{"a":"}]{[\\"","b":{"c":["\\\\"]},"message":"${first}"}]`,
      want: line(first),
    },
    {
      title: "two records in a message",
      json: JSON.stringify({ message: `${first}\n${second}\n` }),
      want: line(first) + line(second),
    },
    { title: "an empty message", json: `{"message":""}{"message":"${first}"}`, want: `\n${line(first)}` },
    {
      title: "commas between documents",
      json: `{"message":"${first}"},\n{"message":"${second}"},\n`,
      want: line(first) + line(second),
    },
    {
      title: "nested wrappers",
      json: JSON.stringify({ hits: { total: 1, hits: [{ _index: "x", _source: { message: first, tags: [] } }] } }),
      want: line(first),
    },
    {
      title: "base64 of records, as Firehose hands them to a Lambda",
      json: JSON.stringify({ records: [{ recordId: "1", data: Buffer.from(line(first)).toString("base64") }] }),
      want: line(first),
    },
    {
      title: "a field more, later",
      json: '{"srcaddr":"192.0.2.1","bytes":1}{"srcaddr":"192.0.2.2","bytes":2,"action":"ACCEPT"}{"bytes":3,"action":null}',
      want: "srcaddr bytes\n192.0.2.1 1\nsrcaddr bytes action\n192.0.2.2 2 ACCEPT\n- 3 -\n",
    },
    {
      title: "two spellings of one field, nested values, names of nobody",
      json: '{"start":1,"startTime":2,"srcAddr":"::1","extra":{"bytes":9},"@ptr":"x","pktSrcAddr":"None"}',
      want: "start srcaddr pkt-srcaddr\n1 ::1 -\n",
    },
    {
      title: "blanks and escapes in a value",
      json: '{"srcaddr":"192.0.2.1","instance_tag":"a b\\tc","new_field":"\\u00e9"}',
      want: "srcaddr instance-tag new_field\n192.0.2.1 a%20b%09c \xc3\xa9\n",
    },
    {
      title: "a number past 2^53",
      json: '{"message":"{\\"srcaddr\\":\\"192.0.2.1\\",\\"bytes\\":9007199254740993}"}',
      want: "srcaddr bytes\n192.0.2.1 9007199254740993\n",
    },
  ])("$title", async ({ json, want }) => {
    for (const size of [json.length, 1, 7]) {
      const { text, error } = await read(Buffer.from(json), size);
      expect(error).toBeNull();
      expect(text).toBe(want);
    }
  });

  test("a text larger than what is read at once", async () => {
    const json = `{"events":[{"note":"${"x".repeat(3_000_000)}","message":"${first}"},{"message":"${second}"}]}`;
    expect(await read(Buffer.from(json), 60_000)).toEqual({ text: line(first) + line(second), error: null });
  });

  test("a list of more values than are looked at at once", async () => {
    const json = `{"events":[{"message":"${first}","list":[${"1,".repeat(30_000)}1]},{"message":"${second}"}]}`;
    expect(await read(Buffer.from(json))).toEqual({ text: line(first) + line(second), error: null });
  });

  test("a value too large to be held is refused, with its place", async () => {
    const json = `{"Items":[${'{"message":"x"},'.repeat(1_200_000)}1]}`;
    const { error } = await read(Buffer.from(json));
    expect(error).toBeInstanceOf(NotALogError);
    expect(error?.message).toMatch(/^input: a value in the JSON at byte 0 is larger than 16 MiB/);
  });
});

describe("that more pages follow is noted of", () => {
  const event = `{"message":"${records[0]}"}`;
  const page = (rest: string) => `{"events":[${event}]${rest}}`;
  const line = ["EVENTS", 1, 2, "stream", records[0], 3].join("\t");
  test.each([
    { title: "a page that --max-items has cut", text: page(',"NextToken":"eyJ"'), token: "NextToken" },
    { title: "a page of the API", text: page(',"searchedLogStreams":[],"nextToken":"eyJ"'), token: "nextToken" },
    { title: "a token before the events", text: `{"nextToken":"eyJ","events":[${event}]}`, token: "nextToken" },
    { title: "no event yet", text: '{"events":[],"nextToken":"eyJ"}', token: "nextToken" },
    { title: "the last of two pages", text: `${page("")}\n${page(',"nextToken":"eyJ"')}`, token: "nextToken" },
    { title: "text", text: `${line}\nNEXTTOKEN\teyJ\n`, token: "NextToken" },
    { title: "not of the last page", text: `${page(',"nextToken":"eyJ"')}\n${page("")}`, token: null },
    { title: "not of text with the page that follows", text: `${line}\nNEXTTOKEN\teyJ\n${line}\n`, token: null },
    { title: "not of no token", text: page(',"nextToken":null'), token: null },
    { title: "not of get-log-events", text: page(',"nextForwardToken":"f/0/s"'), token: null },
    { title: "not of get-log-events as text", text: `b/0/s\tf/0/s\n${line}\n`, token: null },
    { title: "not of a record with such a member", text: `{"nextToken":"x","message":"${records[0]}"}`, token: null },
    { title: "not of a member within an event", text: page("").replace("}]", ',"nextToken":"x"}]'), token: null },
    { title: "not of what is passed over", text: page(',"a":{"nextToken":"x"}'), token: null },
  ])("$title", async ({ text, token }) => {
    for (const size of [text.length, 1, 7, 50]) {
      const pieces = [];
      for (let at = 0; at < text.length; at += size) pieces.push(Buffer.from(text.slice(at, at + size)));
      const reader = await openInput(stdin, Readable.from(pieces));
      expect((await drain(reader)).error).toBeNull();
      if (token === null) expect(reader.note ?? null, `${size}`).toBeNull();
      else expect(reader.note, `${size}`).toMatch(new RegExp(`^its last page has a ${token}, .* fetch them with --`));
    }
  });
});
