import { execFileSync, spawn } from "node:child_process";
import { closeSync, constants, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { newStream, type StreamBlock, StreamBlocks, type StreamParts } from "../../src/engine/stream-blocks.js";
import { maxLineBytes } from "../../src/parse/line.js";

const folder = mkdtempSync(join(tmpdir(), "flowlog-stream-"));
afterAll(() => rmSync(folder, { recursive: true }));

const cut = { firstBytes: 40, bytes: 16 };

interface Taken {
  text: string;
  blocks: StreamBlock[];
}

/** All blocks of a stream, by some takers in turn, as threads have one each. */
function takeAll(parts: StreamParts, takers = 2): Taken {
  const each = Array.from({ length: takers }, () => new StreamBlocks(parts));
  const room = new Uint8Array(3 << 20);
  const taken: Taken = { text: "", blocks: [] };
  for (let turn = 0; ; turn++) {
    const block = (each[turn % takers] as StreamBlocks).take(room);
    if (block === null) return taken;
    taken.text += Buffer.from(room.subarray(0, block.length)).toString("latin1");
    taken.blocks.push(block);
  }
}

/** What is written at once, as the ring has room for it. */
function written(text: string, state: "ended" | "broken" | "stopped" = "ended"): StreamParts {
  const parts = newStream("standard input", cut);
  const { ring } = new StreamBlocks(parts);
  const bytes = Buffer.from(text, "latin1");
  for (let done = 0; done < bytes.length; ) {
    const some = bytes.subarray(done, done + ring.room().length);
    ring.room().set(some);
    ring.add(some.length);
    done += some.length;
  }
  ring.become(state);
  return parts;
}

const lines = fc
  .array(fc.oneof(fc.string({ unit: "binary-ascii", maxLength: 30 }), fc.constant("x".repeat(100))))
  .map((all) => all.map((line) => line.replaceAll("\n", "")).join("\n"));

describe("blocks are whole lines, and all of them", () => {
  test("of any text that was written", () => {
    fc.assert(
      fc.property(lines, fc.boolean(), (text, endsWithLine) => {
        const all = endsWithLine && text !== "" ? `${text}\n` : text;
        const taken = takeAll(written(all));
        expect(taken.text).toBe(all === "" || all.endsWith("\n") ? all : `${all}\n`);
        expect(taken.blocks.map(({ index }) => index)).toEqual(taken.blocks.map((_, i) => i));
        expect(taken.blocks.every(({ fault }) => fault === null)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  test("the first is larger, as it has to show the layout; none is cut where a line goes on", () => {
    const { blocks } = takeAll(written("0123456\n".repeat(20)));
    expect(blocks.map(({ length }) => length)).toEqual([40, 16, 16, 16, 16, 16, 16, 16, 8]);
  });

  test("of what came before a break; the line that it cut is told", () => {
    const taken = takeAll(written("a line\nhalf a l", "broken"));
    expect(taken).toMatchObject({ text: "a line\n", blocks: [{ length: 7, fault: { reason: "cut" } }] });
    expect(takeAll(written("a line\n", "broken")).blocks).toMatchObject([{ length: 7, fault: null }]);
  });

  test("but for one that is too long, which is told once and passes by", () => {
    const long = "x".repeat(maxLineBytes + 2);
    const { text, blocks } = takeAll(written(`before\n${long}${"y".repeat(100_000)}\nbehind\n`));
    expect(text).toBe("before\nbehind\n");
    expect(blocks.map(({ fault }) => fault?.reason ?? null)).toEqual([null, "long", null]);
    expect(takeAll(written(`${"x".repeat(maxLineBytes)}\n`)).blocks).toMatchObject([{ fault: null }]);
    expect(takeAll(written(long)).blocks).toMatchObject([{ length: 0, fault: { reason: "long" } }]);
  });

  test("none once it is stopped", () => {
    expect(takeAll(written("a line\n", "stopped")).blocks).toEqual([]);
  });
});

describe("a pipe that those who take read themselves", () => {
  const text = Array.from({ length: 1000 }, (_, i) => `line ${i}\n`).join("");

  /** What was written before, then what a script writes. */
  function piped(before: string, script: string): StreamParts {
    const path = join(folder, `pipe-${script.length}`);
    execFileSync("mkfifo", [path]);
    const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const writing = openSync(path, constants.O_WRONLY);
    spawn("sh", ["-c", script, join(folder, "text")], { stdio: ["ignore", writing, "inherit"] });
    closeSync(writing);
    return handedOver(before, descriptor);
  }

  function handedOver(before: string, descriptor: number): StreamParts {
    const parts = newStream("standard input", { firstBytes: 400, bytes: 160 });
    const stream = new StreamBlocks(parts);
    stream.ring.room().set(Buffer.from(before));
    stream.ring.add(before.length);
    stream.handOver(descriptor);
    return parts;
  }

  test("in bursts, with pauses", () => {
    writeFileSync(join(folder, "text"), text);
    const taken = takeAll(piped("before", 'for n in 1 2 3; do head -c ${n}000 "$0"; sleep 0.05; done'));
    const given = [1000, 2000, 3000].map((bytes) => text.slice(0, bytes)).join("");
    expect(taken.text).toBe(`before${given}\n`);
    expect(taken.blocks.reduce((sum, { read }) => sum + read, 0)).toBe(6000);
  });

  test("whole lines are not kept waiting for a block to be full", () => {
    const parts = piped("", 'head -c 500 "$0"; printf "\\nhalf"; sleep 1; echo " a line"');
    const taken = takeAll(parts);
    expect(taken.text).toBe(`${text.slice(0, 500)}\nhalf a line\n`);
    const shown = taken.blocks.map(({ length }) => length);
    expect(shown.at(-1)).toBe("half a line\n".length);
  });

  test("that cannot be read on", () => {
    const parts = handedOver("a line\nhalf", openSync(folder, "r"));
    const stream = new StreamBlocks(parts);
    expect(stream.take(new Uint8Array(4096))).toMatchObject({ length: 7, fault: { reason: "cut" } });
    expect(stream.failure?.message).toBe("standard input: a directory, not a file");
    expect(stream.take(new Uint8Array(4096))).toBeNull();
  });
});
