import { Readable } from "node:stream";
import { deflateRawSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { StreamBytes } from "../../src/source/bytes.js";
import { crc32 } from "../../src/source/crc32.js";
import { DamagedInputError } from "../../src/source/failure.js";
import { GzipBytes } from "../../src/source/gzip.js";
import { Lookahead } from "../../src/source/lookahead.js";
import { drain } from "./drain.js";
import { logLines } from "./log-lines.js";

const name = "vpc.log.gz";

function gunzip(chunks: Iterable<Uint8Array> | Uint8Array) {
  const stream = Readable.from(chunks instanceof Uint8Array ? [chunks] : chunks);
  return drain(new GzipBytes(new Lookahead(new StreamBytes(name, stream)), name, "gzip data"));
}

/** Pieces of every size from 1 byte up, so that borders fall everywhere. */
function* pieces(bytes: Uint8Array, size: number) {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

/** A member with every optional part of the header. */
function fullMember(text: string): Buffer {
  const extra = Buffer.from([4, 0, 1, 2, 3, 4]);
  const head = Buffer.concat([
    Buffer.from([0x1f, 0x8b, 8, 0x1f, 0, 0, 0, 0, 0, 3]),
    extra,
    Buffer.from("a.log\0"),
    Buffer.from("a comment\0"),
  ]);
  const headCrc = Buffer.alloc(2);
  headCrc.writeUInt16LE(crc32(head) & 0xffff);
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(crc32(Buffer.from(text)), 0);
  trailer.writeUInt32LE(text.length, 4);
  return Buffer.concat([head, headCrc, deflateRawSync(text), trailer]);
}

const a = logLines(3);
const b = logLines(4, 100);
const big = logLines(40_000);
const zeros = (count: number) => Buffer.alloc(count);

describe("whole gzip data gives every byte", () => {
  test.each([
    { title: "one member", packed: gzipSync(a), want: a },
    { title: "an empty member", packed: gzipSync(""), want: "" },
    {
      title: "an empty member between two",
      packed: Buffer.concat([gzipSync(a), gzipSync(""), gzipSync(b)]),
      want: a + b,
    },
    { title: "a member of several MB", packed: gzipSync(big), want: big },
    {
      title: "big, small, big",
      packed: Buffer.concat([gzipSync(big), gzipSync(a), gzipSync(big)]),
      want: big + a + big,
    },
    { title: "stored, not compressed", packed: gzipSync(big, { level: 0 }), want: big },
    { title: "a header with every optional part", packed: Buffer.concat([fullMember(a), fullMember(b)]), want: a + b },
    { title: "zeros between members", packed: Buffer.concat([gzipSync(a), zeros(512), gzipSync(b)]), want: a + b },
    { title: "one zero between members", packed: Buffer.concat([gzipSync(a), zeros(1), gzipSync(b)]), want: a + b },
    { title: "zeros after the last member", packed: Buffer.concat([gzipSync(a), zeros(300_000)]), want: a },
    {
      title: "a member that unpacks a thousandfold",
      packed: gzipSync("\n".repeat(30_000_000)),
      want: "\n".repeat(30_000_000),
    },
  ])("$title", async ({ packed, want }) => {
    for (const size of [1 << 20, 65_536, 4096, ...(packed.length < 2000 ? [7, 1] : [])]) {
      const { text, error } = await gunzip(pieces(packed, size));
      expect(error).toBeNull();
      expect(text === want).toBe(true);
    }
  });

  test("100,000 members of a line each, in seconds and little memory", async () => {
    const member = gzipSync(logLines(1));
    const block = Buffer.concat(Array<Buffer>(1000).fill(member));
    const before = process.memoryUsage().rss;
    const { text, error } = await gunzip(Array<Buffer>(100).fill(block));
    expect(error).toBeNull();
    expect(text.length).toBe(100_000 * logLines(1).length);
    expect(process.memoryUsage().rss - before).toBeLessThan(150e6);
  });
});

describe("cut off anywhere, it gives all before the cut and then says so", () => {
  const packed = Buffer.concat([gzipSync(a), zeros(3), gzipSync(b), fullMember(a)]);
  const firstEnd = gzipSync(a).length;
  const secondEnd = firstEnd + 3 + gzipSync(b).length;
  const wholeAt = new Set([firstEnd, firstEnd + 1, firstEnd + 2, firstEnd + 3, secondEnd]);

  test.each([{ size: 1 << 20 }, { size: 50 }])("in pieces of $size", async ({ size }) => {
    for (let length = 2; length < packed.length; length++) {
      const { text, error } = await gunzip(pieces(packed.subarray(0, length), size));
      const whole = a + b + a;
      expect(whole.startsWith(text), `cut at ${length}`).toBe(true);
      if (length >= firstEnd) expect(text.startsWith(a), `cut at ${length}`).toBe(true);
      if (length >= secondEnd) expect(text.startsWith(a + b), `cut at ${length}`).toBe(true);
      if (wholeAt.has(length)) expect(error, `cut at ${length}`).toBeNull();
      else expect(error, `cut at ${length}`).toBeInstanceOf(DamagedInputError);
    }
  });

  test("one byte at a time", async () => {
    const small = Buffer.concat([gzipSync("2 1\n"), gzipSync("2 2\n")]);
    for (let length = 2; length < small.length; length++) {
      const { text, error } = await gunzip(pieces(small.subarray(0, length), 1));
      expect("2 1\n2 2\n".startsWith(text), `cut at ${length}`).toBe(true);
      if (length === small.length / 2) expect(error).toBeNull();
      else expect(error, `cut at ${length}`).toBeInstanceOf(DamagedInputError);
    }
  });

  test("what a cut leaves of a member's data is unpacked to its last byte", async () => {
    const stored = gzipSync(a, { level: 0 });
    for (let length = 15; length < stored.length - 8; length++) {
      const { text } = await gunzip(stored.subarray(0, length));
      expect(text.length).toBe(length - 15);
    }
  });

  test("in a big member too", async () => {
    const whole = gzipSync(big);
    const { text, error } = await gunzip(pieces(whole.subarray(0, whole.length - 9), 65_536));
    expect(error).toBeInstanceOf(DamagedInputError);
    expect(error?.message).toBe(`vpc.log.gz: the gzip data is cut off after ${whole.length - 9} bytes`);
    expect(big.startsWith(text)).toBe(true);
    expect(text.length).toBeGreaterThan(big.length - 300);
  });
});

describe("damage is never passed over", () => {
  test("any bit flipped: the right bytes, or an error after a start", async () => {
    const packed = Buffer.concat([gzipSync(a), fullMember(b)]);
    for (let bit = 16; bit < 8 * packed.length; bit++) {
      const hurt = Buffer.from(packed);
      hurt[bit >> 3]! ^= 1 << (bit & 7);
      const { text, error } = await gunzip(hurt);
      if (error === null) expect(text, `bit ${bit}`).toBe(a + b);
      else expect(error, `bit ${bit}`).toBeInstanceOf(DamagedInputError);
      if (bit >= 8 * gzipSync(a).length) expect(text.startsWith(a), `bit ${bit}`).toBe(true);
    }
  });

  test("data that does not match its checksum is given whole, then told", async () => {
    const packed = gzipSync(a);
    packed[packed.length - 8]! ^= 1;
    const { text, error } = await gunzip(packed);
    expect(text).toBe(a);
    expect(error?.message).toMatch(/^vpc\.log\.gz: the gzip data is damaged near byte \d+: .* checksum$/);
  });

  test("data of the wrong length is told", async () => {
    const packed = gzipSync(a);
    packed[packed.length - 1]! ^= 1;
    expect((await gunzip(packed)).error).toBeInstanceOf(DamagedInputError);
  });

  // A block of the reserved type, where the deflate data of a second block begins.
  test.each([
    { title: "soon after the start", lines: 10 },
    { title: "after a hundred pieces", lines: 300_000 },
  ])("all before impossible deflate data is given: $title", async ({ lines }) => {
    const good = logLines(lines);
    const flushed = deflateRawSync(good, { finishFlush: 2 });
    const packed = Buffer.concat([gzipSync("").subarray(0, 10), flushed, Buffer.alloc(100, 0xff)]);
    const { text, error } = await gunzip(pieces(packed, 65_536));
    expect(error).toBeInstanceOf(DamagedInputError);
    expect(good.startsWith(text)).toBe(true);
    // Past 4 MiB of one member, up to 64 KiB of packed bytes before the damage are lost.
    expect(packed.length < 4 << 20 ? text === good : text.length > 0.98 * good.length).toBe(true);
  });

  test.each([
    { title: "text", tail: "2 123456789012 eni-0a1b2c3d", shown: '"2 1234567890"' },
    { title: "a line end", tail: "\n", shown: '"\\u000a"' },
    { title: "the first byte of a member and no more", tail: "\x1f", shown: '"\\u001f"' },
    { title: "zeros, then text", tail: "\0\0\0oops", shown: '"oops"' },
  ])("after the last member: $title", async ({ tail, shown }) => {
    for (const before of [a, big]) {
      const packed = Buffer.concat([gzipSync(before), Buffer.from(tail, "latin1")]);
      const { text, error } = await gunzip(packed);
      expect(text === before).toBe(true);
      expect(error).toBeInstanceOf(DamagedInputError);
      const at = gzipSync(before).length + tail.lastIndexOf("\0") + 1;
      expect(error?.message).toBe(`vpc.log.gz: the gzip data ends at byte ${at}, and something else follows: ${shown}`);
    }
  });

  test.each([
    { title: "an unknown method", byte: 2, value: 7 },
    { title: "flags nobody defined", byte: 3, value: 0xe0 },
  ])("a second member with $title", async ({ byte, value }) => {
    const second = gzipSync(b);
    second[byte] = value;
    const { text, error } = await gunzip(Buffer.concat([gzipSync(a), second]));
    expect(text).toBe(a);
    expect(error).toBeInstanceOf(DamagedInputError);
  });

  test("a header whose name never ends", async () => {
    const head = Buffer.from([0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 3]);
    const { error } = await gunzip(pieces(Buffer.concat([head, Buffer.alloc(3 << 20, 0x61)]), 65_536));
    expect(error?.message).toMatch(/its header has no end$/);
  });

  test("a stream that breaks gives what came, then its own error", async () => {
    const broken = async function* () {
      yield gzipSync(a);
      yield gzipSync(b).subarray(0, 40);
      throw Object.assign(new Error("read EIO"), { code: "EIO" });
    };
    const reader = new GzipBytes(new Lookahead(new StreamBytes(name, Readable.from(broken()))), name, "gzip data");
    const { text, error } = await drain(reader);
    expect(text.startsWith(a)).toBe(true);
    expect(error?.message).toBe("vpc.log.gz: the system failed to read it (input/output error)");
  });
});

test("members, padding and pieces of any sizes give the same bytes", async () => {
  const member = fc.record({
    lines: fc.oneof(fc.nat(20), fc.constantFrom(600, 5000)),
    level: fc.constantFrom(0, 1, 6, 9),
    padding: fc.oneof(fc.constant(0), fc.nat(700)),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(member, { minLength: 1, maxLength: 8 }),
      fc.integer({ min: 500, max: 70_000 }),
      async (members, size) => {
        const packed = members.flatMap(({ lines, level, padding }) => [
          gzipSync(logLines(lines), { level }),
          zeros(padding),
        ]);
        const { text, error } = await gunzip(pieces(Buffer.concat(packed), size));
        expect(error).toBeNull();
        expect(text === members.map(({ lines }) => logLines(lines)).join("")).toBe(true);
      },
    ),
    { numRuns: 25, seed: 20261123 },
  );
});

test("a live pipe of members and flushed stretches is answered at once", async () => {
  const stream = new Readable({ read() {} });
  const reader = new GzipBytes(new Lookahead(new StreamBytes(name, stream)), name, "gzip data");
  const into = new Uint8Array(65_536);
  const next = async () => Buffer.from(into.subarray(0, await reader.read(into))).toString();
  stream.push(gzipSync(a));
  expect(await next()).toBe(a);
  stream.push(Buffer.concat([gzipSync("").subarray(0, 10), deflateRawSync(b, { finishFlush: 2 })]));
  expect(await next()).toBe(b);
  // Closing does not wait for a writer that says nothing more.
  await reader.close();
});
