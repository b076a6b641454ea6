import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { DamagedInputError, openInput } from "../../src/source/reader.js";
import { rawZstd, zstd } from "../generate/containers.js";
import { drain } from "./drain.js";
import { logLines } from "./log-lines.js";

const log = logLines(600);
const stdin = { name: "standard input", path: null, named: true, size: null };

async function read(bytes: Uint8Array, size = bytes.length) {
  const pieces = [];
  for (let at = 0; at < bytes.length; at += size) pieces.push(Buffer.from(bytes.subarray(at, at + size)));
  return drain(await openInput(stdin, Readable.from(pieces)));
}

describe("zstd", () => {
  test.each([1, 70, 1000, 1 << 20])("in pieces of %i bytes", async (size) => {
    for (const packed of [zstd(Buffer.from(log)), rawZstd(Buffer.from(log)), Buffer.concat([zstd(Buffer.from(log))])]) {
      const { text, error } = await read(packed, size);
      expect(error).toBeNull();
      expect(text === log).toBe(true);
    }
  });

  test("cut anywhere, it gives what it has and says so", async () => {
    const packed = zstd(Buffer.from(logLines(200)));
    for (let length = 4; length < packed.length; length += 7) {
      const { text, error } = await read(packed.subarray(0, length));
      expect(logLines(200).startsWith(text)).toBe(true);
      expect(error).toBeInstanceOf(DamagedInputError);
      expect(error?.message).toMatch(/^standard input: the zstd data is cut off after \d+ bytes$/);
    }
  });

  test("followed by something else, it gives all and says so", async () => {
    const { text, error } = await read(
      Buffer.concat([zstd(Buffer.from(log)), Buffer.from("something else, not packed")]),
    );
    expect(text === log).toBe(true);
    expect(error?.message).toMatch(/^standard input: the zstd data is damaged near byte \d+: invalid zstd data$/);
  });
});

describe("base64", () => {
  const payload = gzipSync(log).toString("base64");

  test.each([1, 30, 1000, 1 << 20])("in pieces of %i bytes", async (size) => {
    for (const text of [
      payload,
      `${payload}\n`,
      payload.replaceAll(/.{76}/g, "$&\r\n"),
      payload.replaceAll(/.{1001}/g, "$&\n"),
    ]) {
      const got = await read(Buffer.from(text), size);
      expect(got.error).toBeNull();
      expect(got.text === log).toBe(true);
    }
  });

  test("of several payloads, with their paddings", async () => {
    const parts = [1, 2, 3, 4].map((n) => logLines(n));
    const got = await read(Buffer.from(parts.map((part) => gzipSync(part).toString("base64")).join("\n")), 5);
    expect(got).toEqual({ text: parts.join(""), error: null });
  });

  test("with something else in it gives what came before", async () => {
    const { text, error } = await read(Buffer.from(`${payload.slice(0, 8000)} <b>${payload.slice(8000)}`));
    expect(log.startsWith(text) && text.length > 1000).toBe(true);
    expect(error).toBeInstanceOf(DamagedInputError);
    expect(error?.message).toMatch(/^standard input: the base64 text is damaged at byte 8001: "<b>/);
  });

  test("cut off", async () => {
    const { text, error } = await read(Buffer.from(payload.slice(0, 8000)));
    expect(log.startsWith(text) && text.length > 1000).toBe(true);
    expect(error?.message).toBe("standard input: the inner gzip data is cut off after 6000 bytes");
  });
});
