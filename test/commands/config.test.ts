import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeEach, describe, expect, test, vi } from "vitest";
import { findConfig } from "../../src/commands/config-file.js";
import { DEFAULT_LAYOUT, TGW_LAYOUT } from "../../src/record/layout.js";
import { run } from "../program.js";

const root = mkdtempSync(join(tmpdir(), "flowlog-config-"));
const home = join(root, "home");
const project = join(home, "project");
const below = join(project, "logs/today");

beforeEach(() => {
  rmSync(root, { recursive: true, force: true });
  mkdirSync(below, { recursive: true });
  // Where the search ends, so that no config of the machine is found.
  vi.stubEnv("HOME", home);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const rc = join(project, ".flowlogrc");
const manifest = join(project, "package.json");

describe("where it is found", () => {
  test.each([
    { name: "nowhere", files: {}, from: below, want: null },
    { name: "in the directory", files: { [rc]: "jobs: 2" }, from: project, want: rc },
    { name: "above it", files: { [rc]: "jobs: 2" }, from: below, want: rc },
    { name: "not below it", files: { [rc]: "jobs: 2" }, from: home, want: null },
    { name: "in package.json", files: { [manifest]: '{"flowlog": {"jobs": 2}}' }, from: below, want: manifest },
    {
      name: "beside a package.json that names flowlog without a config",
      files: { [manifest]: '{"name": "flowlog", "dependencies": {"flowlog": "1"}}', [join(home, ".flowlogrc")]: "" },
      from: below,
      want: join(home, ".flowlogrc"),
    },
    {
      name: "past a package.json that is broken",
      files: { [join(below, "package.json")]: "{", [rc]: "" },
      from: below,
      want: rc,
    },
    {
      name: ".flowlogrc before package.json",
      files: { [manifest]: '{"flowlog": {"jobs": 3}}', [rc]: "jobs: 2" },
      from: below,
      want: rc,
    },
    {
      name: "the nearest, even an empty one",
      files: { [join(below, ".flowlogrc")]: "", [rc]: "jobs: 2" },
      from: below,
      want: join(below, ".flowlogrc"),
    },
    {
      name: "in the home of who is elsewhere",
      files: { [join(home, ".flowlogrc")]: "" },
      from: root,
      want: join(home, ".flowlogrc"),
    },
  ])("$name", async ({ files, from, want }) => {
    for (const [path, text] of Object.entries(files)) writeFileSync(path, text);
    expect((await findConfig(from))?.path ?? null).toBe(want);
  });

  test("one that cannot be read is told", async () => {
    mkdirSync(rc);
    await expect(findConfig(project)).rejects.toThrow(".flowlogrc: the config cannot be read: ");
  });
});

describe("what it holds", () => {
  test.each([
    { name: "YAML", text: "# how I like it\noutput: csv\njobs: 2\nformat: tgw\n" },
    { name: "JSON, with tabs", text: '{\n\t"output": "csv",\n\t"jobs": 2, "format": ["tgw"]\n}' },
    { name: "a BOM and line ends of Windows", text: '\ufeffoutput: "csv"\r\njobs: 2\r\nformat:\r\n  - tgw\r\n' },
  ])("$name", async ({ text }) => {
    writeFileSync(rc, text);
    expect(await findConfig(project)).toEqual({
      path: rc,
      options: { output: "csv", jobs: 2, format: [TGW_LAYOUT] },
      reports: [],
    });
  });

  test("every key", async () => {
    const text = {
      ...{ output: "json", color: "never", exact: true, header: false, quiet: true },
      ...{
        format: ["default", "tgw"],
        jobs: 999,
        memory: "1.5G",
        queries: { "my-own": { run: ["parse", "-f", "x"] } },
      },
    };
    writeFileSync(manifest, JSON.stringify({ flowlog: text }));
    expect(await findConfig(project)).toEqual({
      path: manifest,
      options: {
        ...{ output: "json", color: "never", exact: true, header: false, quiet: true },
        ...{ format: [DEFAULT_LAYOUT, TGW_LAYOUT], jobs: 999, memory: 1.5e9 },
      },
      reports: [{ name: "my-own", about: "", run: ["parse", "-f", "x"], config: manifest }],
    });
  });

  test.each([
    { text: "ouput: csv", says: 'unknown key "ouput", expected one of output, color,', hint: "Did you mean output?" },
    { text: "since: 36h", says: 'unknown key "since"', hint: "What a question asks for is saved under queries." },
    { text: "by: addr", says: 'unknown key "by"', hint: "What a question asks for is saved under queries." },
    { text: "output: jsno", says: 'output is "jsno", expected one of table, json,', hint: "Did you mean json?" },
    { text: "output: log", says: 'output is "log", expected one of table' },
    { text: "color: true", says: "color is true, expected one of auto, always, never" },
    { text: "exact: yes", says: 'exact is "yes", expected true or false' },
    { text: "jobs: 0", says: "jobs is 0, expected a number of threads, 1 to 999" },
    { text: "jobs: 1.5", says: "jobs is 1.5, expected a number of threads, 1 to 999" },
    { text: "memory: lots", says: 'memory: "lots" is no size of memory, expected one such as 256M or 2G' },
    { text: "memory: [1]", says: "memory is a list, expected a size such as 256M" },
    { text: "format: tgv", says: "format: The format has", hint: "Give a preset" },
    { text: 'format: ["a-b srcaddr", "srcaddr dstaddr"]', says: "format: Another --format has 2 fields too" },
    { text: "format: {a: b}", says: "format is an object, expected a format as for --format, or a list of them" },
    { text: "queries: [parse]", says: "queries is a list, expected names, each with run" },
    { text: "queries: {a: parse}", says: 'queries.a is "parse", expected run (a list of words)' },
    { text: "queries: {a: {about: x}}", says: "queries.a.run is missing, expected a list of words" },
    { text: "queries: {a: {run: parse}}", says: 'queries.a.run is "parse", expected a list of words' },
    { text: "queries: {a: {run: []}}", says: "queries.a.run[0] is missing, expected a command" },
    { text: "queries: {a: {run: [report, a]}}", says: 'queries.a.run[0] is "report", expected a command that is no' },
    {
      text: "queries: {a: {run: [parse, -n, 5]}}",
      says: "queries.a.run[2] is 5, expected text; numbers stand in quotes",
    },
    { text: "queries: {a: {rum: []}}", says: 'queries.a: unknown key "rum", expected one of about, run' },
    { text: "queries: {-a: {run: [parse]}}", says: "queries.-a is an object, expected a name of letters, digits" },
    { text: "- output", says: "the config is a list, expected settings by name" },
    { text: "csv", says: 'the config is "csv", expected settings by name' },
  ])("$text", async ({ text, says, hint = "" }) => {
    writeFileSync(rc, text);
    const error = await findConfig(project).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      name: "UserError",
      message: expect.stringContaining(`${rc}: ${says}`),
      hint: expect.stringMatching(/--no-config runs without it\.$/),
    });
    expect((error as { hint: string }).hint).toContain(hint);
  });

  test.each([
    { text: '{"output": "csv"', at: ":1:1" },
    { text: "output: csv\njobs: : 2", at: ":2:" },
    { text: "jobs: 1\njobs: 2", at: ":2:" },
    { text: "output: !!js/function 'x'", at: ":1:" },
  ])("neither JSON nor YAML: $text", async ({ text, at }) => {
    writeFileSync(rc, text);
    await expect(findConfig(project)).rejects.toThrow(new RegExp(`^${rc}${at}.*: .*, expected JSON or YAML$`));
  });
});

describe("the command line wins", () => {
  const short = ["top-talkers", "-n", "1", "fixtures/ipv6.log"];
  const plain = async (...args: string[]) => (await run([...short, ...args])).stdout;
  const configured = async (text: string, ...args: string[]) => {
    writeFileSync(rc, text);
    return (await run([...short, ...args], { directory: project })).stdout;
  };

  test.each([
    { config: "output: csv", args: [], same: ["-o", "csv"] },
    { config: "output: csv", args: ["-o", "tsv"], same: ["-o", "tsv"] },
    { config: "output: csv", args: ["--json"], same: ["--json"] },
    { config: "output: csv", args: ["--no-config"], same: [] },
    { config: "{exact: true}", args: [], same: ["--exact"] },
    { config: "{exact: true}", args: ["--no-exact"], same: [] },
    { config: "{output: csv, header: false}", args: [], same: ["-o", "csv", "--no-header"] },
    { config: "{output: csv, header: false}", args: ["--header"], same: ["-o", "csv"] },
    { config: "color: always", args: [], same: ["--color", "always"] },
    { config: "color: always", args: ["--color", "never"], same: [] },
  ])("$config and $args", async ({ config, args, same }) => {
    expect(await configured(config, ...args)).toBe(await plain(...same));
  });

  test("a --format is not put to those of the config", async () => {
    writeFileSync(rc, "format: srcaddr bytes");
    const stdin = "192.0.2.7 99\n";
    const args = ["parse", "-o", "csv"];
    expect((await run(args, { stdin, directory: project })).stdout).toBe("srcaddr,bytes\n192.0.2.7,99\n");
    const own = await run([...args, "--format", "dstaddr packets"], { stdin, directory: project });
    expect(own.stdout).toBe("dstaddr,packets\n192.0.2.7,99\n");
  });

  test("quiet, and not", async () => {
    writeFileSync(rc, "quiet: true");
    const args = ["parse", "--count", "fixtures/bad-lines.log"];
    expect((await run(args, { directory: project })).stderr).toBe("");
    expect((await run([...args, "--no-quiet"], { directory: project })).stderr).not.toBe("");
  });
});

test("without one nothing is loaded for it: zod alone would double the time of a short run", () => {
  const hooks =
    "export async function resolve(...args) { const found = await args[2](...args); process._rawDebug(found.url); return found; }";
  const register = `import { register } from "node:module"; register("data:text/javascript," + encodeURIComponent(${JSON.stringify(hooks)}));`;
  const { FLOWLOG_NO_CONFIG: _, ...others } = process.env;
  // The hooks are told of what is imported, and this tells of what is required.
  const env = { ...others, NODE_DEBUG: "module" };
  const modulesOf = (directory: string) => {
    const args = ["--import", `data:text/javascript,${encodeURIComponent(register)}`, resolve("bin/flowlog.js")];
    const log = resolve("fixtures/ipv6.log");
    const { stderr, status } = spawnSync(process.execPath, [...args, "top-talkers", log], { cwd: directory, env });
    expect(status).toBe(0);
    return stderr.toString("utf8");
  };
  const packages = /node_modules\/(zod|lilconfig|js-yaml)\//;
  writeFileSync(manifest, '{"name": "flowlog", "bin": {"flowlog": "x"}}');
  expect(modulesOf(below)).not.toMatch(packages);
  writeFileSync(rc, "exact: true");
  expect(modulesOf(below)).toMatch(packages);
});

test("a mistake in it does not stop what it cannot change", async () => {
  writeFileSync(rc, "ouput: csv");
  for (const args of [["--help"], ["--version"], ["parse", "--help"], ["schema", "fields"], ["help", "parse"]]) {
    expect(await run(args, { directory: project })).toMatchObject({ stderr: "", status: 0 });
  }
  for (const args of [["fields"], ["report"], ["report", "top-talkers"]]) {
    expect(await run(args, { directory: project })).toMatchObject({ stdout: "", status: 2 });
    expect(await run(["--no-config", "fields"], { directory: project })).toMatchObject({ stderr: "", status: 0 });
    expect(await run(["fields"], { directory: project, env: { FLOWLOG_NO_CONFIG: "1" } })).toMatchObject({ status: 0 });
  }
});

describe("saved queries", () => {
  const text = `
queries:
  web:
    about: who asks for web pages
    run: [top-talkers, --by, src, -f, "dst port in [80, 443]", -o, csv]
  top-talkers:
    run: [top-talkers, -n, "1"]
  mine:
    run: [tob-talkers]
`;
  beforeEach(() => writeFileSync(rc, text));

  test("are run by name, with what the user adds", async () => {
    const added = ["-n", "2", "-f", "src 203.0.113.0/24", "fixtures/office.log"];
    const typed = ["top-talkers", "--by", "src", "-f", "dst port in [80, 443] and src 203.0.113.0/24"];
    const { stdout } = await run(["report", "web", ...added], { directory: project });
    expect(stdout).toBe((await run([...typed, "-o", "csv", "-n", "2", "fixtures/office.log"])).stdout);
    const json = await run(["report", "web", ...added, "--json"], { directory: project });
    expect(json.stdout).toBe((await run([...typed, "--json", "-n", "2", "fixtures/office.log"])).stdout);
  });

  test("are listed, and stand before flowlog's own of the same name", async () => {
    const { stdout } = await run(["report", "--json"], { directory: project });
    const list = (JSON.parse(stdout) as { name: string; config: string | null }[]).filter(
      ({ config }) => config !== null,
    );
    expect(list.map(({ name }) => name)).toEqual(["web", "top-talkers", "mine"]);
    expect(stdout.match(/"top-talkers",/g)).toHaveLength(1);
  });

  test("of a command that there is not are told with what they stand for", async () => {
    const { stderr, status } = await run(["report", "mine"], { directory: project });
    expect(status).toBe(2);
    expect(stderr).toMatch(/unknown command 'tob-talkers'/);
    expect(stderr).toMatch(/\n {2}report mine is: flowlog tob-talkers\n$/);
  });

  test("with a slip of the pen are found too", async () => {
    expect((await run(["report", "wbe"], { directory: project })).stderr).toContain("Did you mean web?");
  });
});
