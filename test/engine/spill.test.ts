import { spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as os from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { readSegment, SpillError, SpillFile } from "../../src/engine/spill.js";
import { runShell } from "../shell.js";
import { folder } from "../source/folder.js";

vi.mock("node:fs", async (original) => {
  const real = await original<typeof fs>();
  return { ...real, writeSync: vi.fn(real.writeSync), openSync: vi.fn(real.openSync) };
});

/** Where temporary files go, if not where they always do. Not by TMPDIR, which Node does not look at as another user. */
const temporary = vi.hoisted(() => ({ folder: null as string | null }));

vi.mock("node:os", async (original) => {
  const real = await original<typeof os>();
  return { ...real, tmpdir: () => temporary.folder ?? real.tmpdir() };
});

afterEach(() => {
  vi.mocked(fs.writeSync).mockReset();
  vi.mocked(fs.openSync).mockReset();
  temporary.folder = null;
});

const hint = "Allow more memory (--memory 4G), or name a folder with more room: TMPDIR=/big/disk flowlog …";

function thrown(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  return null;
}

describe("a spill file", () => {
  test.each([
    { name: "that never has a name", isOld: false },
    { name: "that had one, where the system cannot do without", isOld: true },
  ])("$name leaves nothing in the folder and gives back what was put in", ({ isOld }) => {
    const real = vi.mocked(fs.openSync).getMockImplementation() as typeof fs.openSync;
    const empty = folder();
    temporary.folder = empty;
    if (isOld) {
      vi.mocked(fs.openSync).mockImplementation((path, flags, mode) => {
        if (path === empty) throw Object.assign(new Error("EOPNOTSUPP"), { code: "EOPNOTSUPP" });
        return real(path, flags, mode);
      });
    }
    const file = new SpillFile();
    expect(fs.readdirSync(empty)).toEqual([]);
    const pieces = [Buffer.from("one"), Buffer.alloc(0), Buffer.alloc(100_000, "two"), Buffer.from("three")];
    const segments = pieces.map((piece, part) => file.append(0, part, piece));
    expect(segments.map(({ part, length }) => [part, length])).toEqual(pieces.map(({ length }, i) => [i, length]));
    for (const [i, segment] of [...segments.entries()].reverse()) {
      expect(Buffer.from(readSegment(segment))).toEqual(pieces[i]);
    }
    expect(fs.readdirSync(empty)).toEqual([]);
    file.close();
  });

  test("that the system takes in small bites is written whole", () => {
    const real = vi.mocked(fs.writeSync).getMockImplementation() as typeof fs.writeSync;
    const bites = ((descriptor: number, bytes: Uint8Array, from: number, length: number, to: number) =>
      real(descriptor, bytes, from, Math.min(length, 7), to)) as typeof fs.writeSync;
    vi.mocked(fs.writeSync).mockImplementation(bites);
    const file = new SpillFile();
    const text = Buffer.from("a text of some more than seven bytes");
    expect(Buffer.from(readSegment(file.append(0, 0, text)))).toEqual(text);
    file.close();
  });

  test("on a full disk", () => {
    const file = new SpillFile();
    vi.mocked(fs.writeSync).mockImplementation(() => {
      throw Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC", errno: -28 });
    });
    const error = thrown(() => file.append(0, 0, Buffer.from("x")));
    expect(error).toBeInstanceOf(SpillError);
    expect(error).toMatchObject({
      message: `${os.tmpdir()}: no room for the groups that do not fit in --memory (the disk is full)`,
      hint,
      exitStatus: 3,
    });
    file.close();
  });

  test("that has lost its end", () => {
    const file = new SpillFile();
    const segment = file.append(0, 0, Buffer.from("some"));
    expect(thrown(() => readSegment({ ...segment, length: 5 }))).toMatchObject({
      name: "SpillError",
      message: `${os.tmpdir()}: the groups that did not fit in --memory cannot be read again (a spill file has lost its end)`,
      exitStatus: 3,
    });
    file.close();
  });

  test("in a folder that is not there, or is none, or may not be written to", () => {
    const own = folder({ "some file": "" });
    const tell = (path: string) => {
      temporary.folder = path;
      const error = thrown(() => new SpillFile());
      expect(error).toMatchObject({ name: "SpillError", hint, exitStatus: 3 });
      return (error as Error).message;
    };
    const noRoom = "no room for the groups that do not fit in --memory";
    expect(tell(join(own, "none"))).toBe(`${own}/none: ${noRoom} (no such file or directory)`);
    expect(tell(join(own, "some file"))).toBe(`${own}/some file: ${noRoom} (not a directory)`);
    expect(tell(join(own, "a\u001b[2J"))).toBe(`${own}/a\\u001b[2J: ${noRoom} (no such file or directory)`);
    fs.chmodSync(own, 0o500);
    // Nothing is forbidden to root.
    const isRoot = process.getuid?.() === 0;
    if (isRoot) process.seteuid?.(65534);
    try {
      expect(tell(own)).toBe(`${own}: ${noRoom} (permission denied)`);
    } finally {
      if (isRoot) process.seteuid?.(0);
      fs.chmodSync(own, 0o700);
    }
  });
});

const lines = Array.from(
  { length: 120_000 },
  (_, i) => `2 123456789012 eni-1 10.${i >> 16}.${(i >> 8) & 255}.${i & 255} 192.0.2.1 1 443 6 1 40 1 2 ACCEPT OK\n`,
).join("");

function start(jobs: number, TMPDIR: string, inputs: string[]) {
  const args = ["bin/flowlog.js", "top-talkers", "-q", "--memory", "1M", "-j", String(jobs), ...inputs];
  const child = spawn(process.execPath, args, { env: { ...process.env, TMPDIR } });
  let stderr = "";
  child.stderr.on("data", (text) => {
    stderr += text;
  });
  child.stdin.on("error", () => {});
  const ended = once(child, "close").then(([status, signal]) => ({ status, signal, stderr }));
  return { child, ended };
}

describe.skipIf(process.platform !== "linux")("a run that is ended while groups are spilled leaves nothing", () => {
  const isSpilling = (pid: number, into: string) =>
    fs.readdirSync(`/proc/${pid}/fd`).some((descriptor) => {
      try {
        return fs.readlinkSync(`/proc/${pid}/fd/${descriptor}`).startsWith(into);
      } catch {
        return false;
      }
    });

  test.each(
    (["SIGINT", "SIGTERM", "SIGHUP", "SIGKILL"] as const).flatMap((signal) => [1, 2].map((jobs) => ({ signal, jobs }))),
  )("$signal, $jobs threads", async ({ signal, jobs }) => {
    const empty = folder();
    const { child, ended } = start(jobs, empty, []);
    // The pipe stays open: it would wait for more.
    child.stdin.write(lines);
    while (!isSpilling(child.pid as number, empty)) {
      expect(child.exitCode).toBeNull();
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    child.kill(signal);
    // sh has it as 130, 143, 129 and 137.
    expect(await ended).toEqual({ status: null, signal, stderr: "" });
    expect(fs.readdirSync(empty)).toEqual([]);
  });
});

describe("groups that cannot be spilled end the run, with status 3", () => {
  let own = "";
  let log = "";
  beforeAll(() => {
    own = fs.mkdtempSync(join(os.tmpdir(), "flowlog-spill-"));
    log = join(own, "some.log");
    fs.writeFileSync(log, lines.repeat(3));
  });
  afterAll(() => fs.rmSync(own, { recursive: true }));

  const noRoom = "no room for the groups that do not fit in --memory";

  test.each([1, 2, 8])("where there is no folder for them: %i threads", async (jobs) => {
    const none = join(folder(), "none");
    const { child, ended } = start(jobs, none, [log]);
    child.stdin.end();
    expect(await ended).toEqual({
      status: 3,
      signal: null,
      stderr: `flowlog: ${none}: ${noRoom} (no such file or directory)\n  ${hint}\n`,
    });
  });

  test.each([1, 2, 8])("where there is no more room for them: %i threads", async (jobs) => {
    const empty = folder();
    // The shell's limit on the size of a file, in half kilobytes: a full disk for whoever may not make one.
    const { stdout, stderr, status } = await runShell(
      `ulimit -f 512; flowlog top-talkers --memory 1M -j ${jobs} ${log}`,
      { env: { TMPDIR: empty } },
    );
    expect(stderr.toString()).toBe(`flowlog: ${empty}: ${noRoom} (file too large)\n  ${hint}\n`);
    expect([stdout.toString(), status]).toEqual(["", 3]);
  });
});
