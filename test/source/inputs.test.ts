import { execFileSync } from "node:child_process";
import { linkSync, mkdirSync, symlinkSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { InputError } from "../../src/errors.js";
import { findInputs } from "../../src/source/inputs.js";
import { folder } from "./folder.js";

const names = ({ inputs }: Awaited<ReturnType<typeof findInputs>>) => inputs.map(({ name }) => name);
const messages = ({ failures }: Awaited<ReturnType<typeof findInputs>>) => failures.map(({ error }) => error.message);

/** The names below `path` of what its walk finds. */
async function below(path: string) {
  const found = await findInputs([path]);
  return names(found).map((name) => name.slice(path.length + 1));
}

describe("named inputs", () => {
  test("none means standard input", async () => {
    const { inputs } = await findInputs([]);
    expect(inputs).toEqual([{ name: "standard input", path: null, named: true, size: null }]);
  });

  test("files and standard input keep the order given, with sizes as stored", async () => {
    const at = folder({ "b.log": "12345", "a.log": "" });
    const { inputs, failures } = await findInputs([`${at}/b.log`, "-", `${at}/a.log`]);
    expect(inputs).toEqual([
      { name: `${at}/b.log`, path: `${at}/b.log`, named: true, size: 5 },
      { name: "standard input", path: null, named: true, size: null },
      { name: `${at}/a.log`, path: `${at}/a.log`, named: true, size: 0 },
    ]);
    expect(failures).toEqual([]);
  });

  test("standard input under two of its names is one input", async () => {
    expect(names(await findInputs(["/dev/stdin", "-"]))).toEqual(["standard input"]);
  });

  test("a file reached twice is read once, under its first name", async () => {
    const at = folder({ "a.log": "1", "logs/b.log": "2" });
    linkSync(`${at}/a.log`, `${at}/logs/hard.log`);
    symlinkSync(`${at}/logs/b.log`, `${at}/soft.log`);
    const found = await findInputs([`${at}/a.log`, `${at}/soft.log`, `${at}/logs`, `${at}/a.log`, `${at}/*.log`]);
    expect(names(found)).toEqual([`${at}/a.log`, `${at}/soft.log`]);
    expect(found.failures).toEqual([]);
  });

  test("a FIFO or a device that is named is an input without a size", async () => {
    const at = folder();
    execFileSync("mkfifo", [`${at}/fifo`]);
    const { inputs } = await findInputs([`${at}/fifo`, "/dev/null"]);
    expect(inputs.map(({ named, size }) => [named, size])).toEqual([
      [true, null],
      [true, null],
    ]);
  });

  test("a path that exists is no glob", async () => {
    const at = folder({ "a[1].log": "1", "a1.log": "2", "*.log": "3" });
    expect(names(await findInputs([`${at}/a[1].log`, `${at}/*.log`]))).toEqual([`${at}/a[1].log`, `${at}/*.log`]);
  });
});

describe("what could not be had is told, and the rest is found", () => {
  const at = () => folder({ "a.log": "1", "empty/deep/.keep/x": "", "dir/a.log": "1" });

  test.each([
    { title: "no such file", arg: "nothing.log", says: "no such file" },
    { title: "no such file, with a control character", arg: "no\u001bthing", says: "no such file" },
    { title: "no such file, with brackets of no pattern", arg: "vpc (1).log", says: "no such file" },
    {
      title: "a file as a directory",
      arg: "a.log/b.log",
      says: "no such file: a part of the path is a file, not a directory",
    },
    { title: "a name longer than names can be", arg: "x".repeat(300), says: "the path is too long for this system" },
    { title: "a glob that matches nothing", arg: "*.txt", says: "no file matches" },
    { title: "a glob below nothing", arg: "nothing/*.log", says: "no file matches" },
  ])("$title", async ({ arg, says }) => {
    const path = at();
    const found = await findInputs([`${path}/${arg}`, `${path}/a.log`]);
    expect(names(found)).toEqual([`${path}/a.log`]);
    expect(messages(found)).toEqual([`${path}/${arg.replace("\u001b", "\\u001b")}: ${says}`]);
    expect(found.failures[0]).toMatchObject({
      name: `${path}/${arg}`,
      error: { exitStatus: 3, hint: expect.any(String) },
    });
  });

  test("an empty name", async () => {
    expect(messages(await findInputs([""]))).toEqual(["(an empty name): no such file"]);
  });

  test("a directory without files", async () => {
    const path = folder();
    mkdirSync(`${path}/a/b`, { recursive: true });
    expect(messages(await findInputs([path]))).toEqual([`${path}: no file in this directory`]);
  });

  test("a link to itself", async () => {
    const path = folder();
    symlinkSync("loop", `${path}/loop`);
    expect(messages(await findInputs([`${path}/loop`]))).toEqual([
      `${path}/loop: its symbolic links lead round in a circle`,
    ]);
  });

  test("a socket", async () => {
    const path = join(folder(), "socket");
    const server = createServer().listen(path);
    onTestFinished(() => void server.close());
    const { failures, inputs } = await findInputs([path]);
    expect(inputs).toEqual([]);
    expect(failures[0]?.error).toBeInstanceOf(InputError);
  });
});

describe("a directory", () => {
  test("is walked in bytewise order of whole paths, hidden files too", async () => {
    const files = [
      "a.log",
      "a/x.log",
      "a-b.log",
      "a0.log",
      "B.log",
      ".hid/z",
      "é.log",
      "\u{1F600}.log",
      "\uFF5E.log",
      "b/c/d/e.log",
    ];
    const at = folder(Object.fromEntries(files.map((file) => [file, file])));
    const bytewise = files.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    expect(await below(at)).toEqual(bytewise);
    expect((await findInputs([at])).inputs.every(({ named }) => !named)).toBe(true);
  });

  test("shows names as typed, less a `/` at the end", async () => {
    const at = folder({ "logs/a.log": "1" });
    expect(names(await findInputs([`${at}/./logs//`]))).toEqual([`${at}/./logs/a.log`]);
    expect(names(await findInputs(["src/../package.json", "./src/source/"]))[1]).toMatch(
      /^\.\/src\/source\/base64\.ts/,
    );
  });

  test("follows links to files and directories once, and link loops end", async () => {
    const at = folder({ "one/a.log": "1", "two/b.log": "2", "far/c.log": "3" });
    symlinkSync("..", `${at}/one/up`);
    symlinkSync("../two", `${at}/one/two`);
    symlinkSync("../one", `${at}/two/one`);
    symlinkSync("../two/b.log", `${at}/one/b-link.log`);
    symlinkSync(`${at}/far`, `${at}/two/far`);
    expect(await below(`${at}/one`)).toEqual(["a.log", "b-link.log", "two/far/c.log"]);
    expect(await below(`${at}/two`)).toEqual(["b.log", "far/c.log", "one/a.log"]);
  });

  test("names what is no file and opens none of it", async () => {
    const at = folder({ "a.log": "1", "sub/b.log": "2" });
    execFileSync("mkfifo", [`${at}/sub/fifo`]);
    symlinkSync("nowhere", `${at}/dead`);
    symlinkSync("loop", `${at}/loop`);
    symlinkSync("/dev/null", `${at}/null`);
    const server = createServer().listen(`${at}/socket`);
    onTestFinished(() => void server.close());
    const found = await findInputs([at]);
    expect(names(found)).toEqual([`${at}/a.log`, `${at}/sub/b.log`]);
    expect(found.skipped).toEqual(["dead", "loop", "null", "socket", "sub/fifo"].map((name) => `${at}/${name}`));
    expect(found.failures).toEqual([]);
  });
});

describe("a glob", () => {
  const files = [
    "a.log",
    "b.log.gz",
    "c.txt",
    ".d.log",
    "sub/e.log",
    "sub/deep/f.log",
    "other/g.log",
    "w[1].log",
    "sub/.old/h.log",
  ];

  test.each([
    { pattern: "*.log", want: ["a.log", "w[1].log"] },
    { pattern: "*.{log,gz}", want: ["a.log", "b.log.gz", "w[1].log"] },
    { pattern: "[ab].*", want: ["a.log", "b.log.gz"] },
    { pattern: "?.txt", want: ["c.txt"] },
    { pattern: ".*.log", want: [".d.log"] },
    { pattern: "*/*.log", want: ["other/g.log", "sub/e.log"] },
    { pattern: "**/*.log", want: ["a.log", "other/g.log", "sub/deep/f.log", "sub/e.log", "w[1].log"] },
    { pattern: "**/.old/*.log", want: ["sub/.old/h.log"] },
    { pattern: "sub/**", want: ["sub/deep/f.log", "sub/e.log"] },
    { pattern: "s*", want: ["sub/.old/h.log", "sub/deep/f.log", "sub/e.log"] },
    { pattern: "{sub/deep,other}/*.log", want: ["other/g.log", "sub/deep/f.log"] },
    { pattern: "*/deep/*", want: ["sub/deep/f.log"] },
    { pattern: "+(a|c).*", want: ["a.log", "c.txt"] },
    { pattern: "w\\[1\\].l*", want: ["w[1].log"] },
  ])("$pattern", async ({ pattern, want }) => {
    const at = folder(Object.fromEntries(files.map((file) => [file, file])));
    symlinkSync("..", `${at}/sub/deep/up`);
    const found = await findInputs([`${at}/${pattern}`]);
    expect(names(found)).toEqual(want.map((file) => `${at}/${file}`));
    expect(found.inputs.every(({ named }) => !named)).toBe(true);
    expect(found.failures).toEqual([]);
  });

  test("relative to the current directory shows relative names", async () => {
    expect(names(await findInputs(["package.js?n", "src/err*.ts"]))).toEqual(["package.json", "src/errors.ts"]);
  });

  test("names matches that are no files", async () => {
    const at = folder({ "a.log": "1" });
    symlinkSync("nowhere", `${at}/b.log`);
    execFileSync("mkfifo", [`${at}/c.log`]);
    const { skipped, inputs } = await findInputs([`${at}/*.log`]);
    expect(skipped).toEqual([`${at}/b.log`, `${at}/c.log`]);
    expect(inputs).toHaveLength(1);
  });
});
