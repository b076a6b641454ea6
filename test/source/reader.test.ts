import { execFileSync, spawn } from "node:child_process";
import { chmodSync, createWriteStream, rmSync } from "node:fs";
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { InputError } from "../../src/errors.js";
import type { Input } from "../../src/source/inputs.js";
import { DamagedInputError, NotALogError, openInput } from "../../src/source/reader.js";
import { drain } from "./drain.js";
import { folder } from "./folder.js";
import { logLines } from "./log-lines.js";

const none = Readable.from([]);
const stdin: Input = { name: "standard input", path: null, named: true, size: null };

function file(content: string | Uint8Array, name = "vpc.log"): Input {
  const at = folder({ [name]: content });
  return { name, path: `${at}/${name}`, named: true, size: content.length };
}

const log = logLines(5000);
const utf16 = (text: string) => Buffer.from(`\ufeff${text}`, "utf16le");

describe("the bytes of a file", () => {
  test.each([
    { title: "plain", content: log, want: log },
    { title: "empty", content: "", want: "" },
    { title: "one byte", content: "2", want: "2" },
    { title: "one byte that could begin an archive", content: "P", want: "P" },
    { title: "plain with a UTF-8 byte order mark, as it stands", content: "\ufeff2 1\n", want: "\xef\xbb\xbf2 1\n" },
    { title: "bytes that are no text, as they stand", content: Buffer.from([50, 255, 254]), want: "2\xff\xfe" },
    { title: "gzip", content: gzipSync(log), want: log },
    { title: "empty gzip", content: gzipSync(""), want: "" },
    { title: "gzip of many members", content: Buffer.concat([gzipSync(log), gzipSync(log)]), want: log + log },
    { title: "gzip in gzip", content: gzipSync(gzipSync(log)), want: log },
    { title: "members in members", content: gzipSync(Buffer.concat([gzipSync(log), gzipSync(log)])), want: log + log },
  ])("$title", async ({ content, want }) => {
    for (const size of [1 << 20, 1000]) {
      const reader = await openInput(file(content), none);
      const { text, error } = await drain(reader, size);
      expect(error).toBeNull();
      expect(text === want).toBe(true);
      expect(reader.consumed).toBe(Buffer.byteLength(content));
    }
  });

  test("a plain file answers with numbers, not promises", async () => {
    const reader = await openInput(file(log), none);
    const into = new Uint8Array(100_000);
    const first = reader.read(into);
    expect(first).toBe(100_000);
    expect(typeof reader.read(into)).toBe("number");
    await reader.close();
  });

  test("a cut gzip in a whole gzip gives what it has, then says which", async () => {
    const { text, error } = await drain(await openInput(file(gzipSync(gzipSync(log).subarray(0, 5000))), none));
    expect(log.startsWith(text) && text.length > 5000).toBe(true);
    expect(error).toBeInstanceOf(DamagedInputError);
    expect(error?.message).toBe("vpc.log: the inner gzip data is cut off after 5000 bytes");
  });

  test("a gzip cut in its header opens, and breaks when read", async () => {
    const { text, error } = await drain(await openInput(file(Buffer.from([0x1f, 0x8b, 8])), none));
    expect(text).toBe("");
    expect(error).toBeInstanceOf(DamagedInputError);
  });
});

describe("what is known and no flow log is named", () => {
  test.each([
    { what: "binary data", content: [0, 1, 2, 255] },
    { what: "a zip archive", content: Buffer.from("PK\x03\x04\x14") },
    { what: "xz data", content: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0] },
    { what: "bzip2 data", content: Buffer.from("BZh91AY&SY") },
    { what: "lz4 data", content: [0x04, 0x22, 0x4d, 0x18, 0x64] },
    { what: "UTF-16 text", content: utf16("version account-id\n") },
    { what: "UTF-16 text", content: utf16("version account-id\n").swap16() },
    { what: "a packet capture (pcap)", content: [0xd4, 0xc3, 0xb2, 0xa1, 2, 0] },
    { what: "a tar archive", content: Buffer.from(`a.log${"\0".repeat(252)}ustar\0`) },
    { what: "a zip archive in gzip", content: gzipSync("PK\x03\x04\x14") },
    { what: "a tar archive in gzip", content: gzipSync(`a.log${"\0".repeat(252)}ustar\0`) },
  ])("$what", async ({ what, content }) => {
    const opened = openInput(file(Buffer.from(content), "some\u001b.log"), none);
    await expect(opened).rejects.toBeInstanceOf(NotALogError);
    await expect(opened).rejects.toMatchObject({
      message: `some\\u001b.log: ${what}, not a flow log`,
      hint: expect.stringMatching(/\.|FILE/),
      exitStatus: 3,
    });
  });

  test("gzip in gzip without end", async () => {
    let content: Uint8Array = Buffer.from(log);
    for (let depth = 0; depth < 6; depth++) content = gzipSync(content);
    await expect(openInput(file(content), none)).rejects.toMatchObject({
      message: expect.stringContaining("packed more than 4 deep"),
    });
  });
});

describe("what cannot be opened is an InputError with a hint", () => {
  test("gone since it was found", async () => {
    const input = file(log);
    rmSync(input.path as string);
    const opened = openInput(input, none);
    await expect(opened).rejects.toBeInstanceOf(InputError);
    await expect(opened).rejects.toMatchObject({ message: "vpc.log: no such file", hint: expect.any(String) });
  });

  test("a directory breaks when read", async () => {
    const { error } = await drain(await openInput({ name: "logs", path: folder(), named: true, size: null }, none));
    expect(error?.message).toBe("logs: a directory, not a file");
  });

  test("without permission (which the system's root always has)", async () => {
    const input = file(log);
    chmodSync(input.path as string, 0);
    const root = process.getuid?.() === 0;
    const opened = openInput(input, none).then(drain);
    if (root) await expect(opened).resolves.toMatchObject({ error: null });
    else await expect(opened).rejects.toMatchObject({ message: "vpc.log: no permission to read it" });
  });
});

describe("streams", () => {
  test.each([
    { title: "text", chunks: ["2 1", "\n", "2 2\n"], want: "2 1\n2 2\n" },
    { title: "nothing", chunks: [], want: "" },
    { title: "empty chunks between", chunks: [Buffer.from("2"), Buffer.alloc(0), Buffer.from(" 1\n")], want: "2 1\n" },
    { title: "one byte at a time", chunks: [...log.slice(0, 500)], want: log.slice(0, 500) },
    {
      title: "gzip one byte at a time",
      chunks: [...gzipSync("2 1\n")].map((byte) => Buffer.from([byte])),
      want: "2 1\n",
    },
    { title: "a chunk larger than what is asked for", chunks: [log], want: log },
  ])("$title", async ({ chunks, want }) => {
    const reader = await openInput(stdin, Readable.from(chunks));
    const { text, error } = await drain(reader, 1000);
    expect(error).toBeNull();
    expect(text).toBe(want);
  });

  test("an archive one byte at a time is named", async () => {
    const chunks = [...Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0])].map((byte) => Buffer.from([byte]));
    await expect(openInput(stdin, Readable.from(chunks))).rejects.toMatchObject({
      message: "standard input: xz data, not a flow log",
    });
  });

  test("a live pipe is answered with what is there, from its first line on", async () => {
    const stream = new Readable({ read() {} });
    const into = new Uint8Array(65_536);
    stream.push("2 1\n");
    const reader = await openInput(stdin, stream);
    expect(await reader.read(into)).toBe(4);
    stream.push("2");
    expect(await reader.read(into)).toBe(1);
    const waiting = Promise.resolve(reader.read(into)).catch(() => "given up");
    await reader.close();
    expect(await waiting).toBe("given up");
    expect(stream.destroyed).toBe(true);
  });

  test("one that breaks gives what came, then says so", async () => {
    const broken = async function* () {
      yield "2 1\n";
      throw Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET", errno: -104 });
    };
    const { text, error } = await drain(await openInput(stdin, Readable.from(broken())));
    expect(text).toBe("2 1\n");
    expect(error).toBeInstanceOf(DamagedInputError);
    expect(error?.message).toBe("standard input: could not be read (connection reset by peer)");
  });
});

describe("a FIFO", () => {
  const fifo = (): Input => {
    const path = `${folder()}/fifo`;
    execFileSync("mkfifo", [path]);
    return { name: "fifo", path, named: true, size: null };
  };

  test("is read as its writer writes", async () => {
    const input = fifo();
    const writer = createWriteStream(input.path as string);
    const into = new Uint8Array(65_536);
    writer.write("2 1\n");
    const reader = await openInput(input, none);
    expect(await reader.read(into)).toBe(4);
    writer.write("2 2\n3 3\n");
    expect(await reader.read(into)).toBe(8);
    writer.end();
    expect(await reader.read(into)).toBe(0);
    await reader.close();
  });

  test("of gzip, several MB through 64 KiB", async () => {
    const input = fifo();
    const text = logLines(100_000);
    const source = file(gzipSync(text), "big.gz").path as string;
    const writer = spawn("sh", ["-c", 'cat "$1" > "$2"', "sh", source, input.path as string]);
    const got = await drain(await openInput(input, none));
    expect(got.error).toBeNull();
    expect(got.text === text).toBe(true);
    writer.kill();
  });

  test("can be closed while its writer says nothing", async () => {
    const input = fifo();
    const writer = createWriteStream(input.path as string);
    writer.write("2 1\n");
    const reader = await openInput(input, none);
    await reader.read(new Uint8Array(10));
    const waiting = Promise.resolve(reader.read(new Uint8Array(10))).catch(() => "given up");
    await reader.close();
    expect(await waiting).toBe("given up");
    writer.destroy();
  });
});
