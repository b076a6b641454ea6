import { readdirSync, readFileSync } from "node:fs";
import { PassThrough, Readable } from "node:stream";
import { Ajv2020 } from "ajv/dist/2020.js";
import stringWidth from "string-width";
import { describe, expect, test } from "vitest";
import { runProgram } from "../src/cli.js";
import { SCHEMA_COMMANDS } from "../src/format/schemas.js";
import { run, textOf, type World } from "./program.js";

const fixtures = readdirSync("fixtures")
  .filter((name) => name !== "README.md")
  .map((name) => `fixtures/${name}`);

async function jsonOf(args: readonly string[], world: World = {}): Promise<Record<string, unknown>> {
  const { stdout, status } = await run([...args, "--json"], world);
  expect(status).toBe(0);
  return JSON.parse(stdout) as Record<string, unknown>;
}

describe("JSON fits the schema that `flowlog schema` prints", () => {
  const validatorOf = async (command: string) => {
    const schema = JSON.parse((await run(["schema", command])).stdout) as object;
    return new Ajv2020({ formats: { "date-time": /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/ } }).compile(schema);
  };

  test.each(fixtures)("%s", async (path) => {
    const parse = await validatorOf("parse");
    parse(await jsonOf(["parse", path]));
    expect(parse.errors ?? []).toEqual([]);
    const summary = await validatorOf("summary");
    summary(await jsonOf(["summary", path]));
    expect(summary.errors ?? []).toEqual([]);
    const topTalkers = await validatorOf("top-talkers");
    const [aggregate, timeline] = [await validatorOf("aggregate"), await validatorOf("timeline")];
    const metrics = "flows,packets,avg(bytes),min(start),distinct(srcaddr),first,last,duration,bps,pps,bpp";
    for (const by of ["srcaddr", "addr/24", "5tuple", "start,bytes", "version,account"]) {
      if (path.includes("v11-tags") && by.includes("account")) continue;
      topTalkers(await jsonOf(["top-talkers", "--by", by, path]));
      expect(topTalkers.errors ?? []).toEqual([]);
      aggregate(await jsonOf(["aggregate", "--by", by, "--metrics", metrics, path]));
      expect(aggregate.errors ?? []).toEqual([]);
      timeline(await jsonOf(["timeline", "--by", by, "--bin", "1d", "-n", "2", "--spread", path]));
      expect(timeline.errors ?? []).toEqual([]);
    }
  });

  test.each([
    { name: "nothing", stdin: "" },
    { name: "a header", stdin: "srcaddr bytes start\n" },
    { name: "no flow", stdin: "srcaddr bytes start\n- - -\n" },
    { name: "no value", stdin: "srcaddr bytes start\n10.0.0.1 - -\n" },
    {
      name: "times that are none",
      stdin: `srcaddr bytes start\n10.0.0.1 18446744073709551615 9223372036854775807\n`,
    },
    { name: "a time about 1970", stdin: "srcaddr bytes start\n10.0.0.1 5 0\n" },
    { name: "layouts that differ", stdin: "srcaddr start\n10.0.0.1 5\nbytes start action\n5 9 -\naction\nREJECT\n" },
  ])("of $name", async ({ stdin }) => {
    for (const [command, ...args] of [
      ["summary"],
      ["aggregate"],
      ["aggregate", "--by", "start", "--metrics", "flows,first,avg(start)"],
      ["timeline", "--bin", "1d", "--tz", "America/New_York"],
      ["timeline", "--bin", "1d", "--by", "start", "--metric", "flows"],
    ] as const) {
      const validate = await validatorOf(command);
      validate(await jsonOf([command, ...args], { stdin }));
      expect(validate.errors ?? []).toEqual([]);
    }
  });

  test.each(SCHEMA_COMMANDS)("there is one of %s", async (command) => {
    expect((await run(["schema", command])).stdout).toContain(`"title": "flowlog ${command} --json"`);
  });

  test("fields", async () => {
    const validate = await validatorOf("fields");
    validate(await jsonOf(["fields"]));
    expect(validate.errors ?? []).toEqual([]);
  });
});

describe("`parse -o log` is made to be fed on: filtered first or filtered at once, the ranking is the same", () => {
  const filters = [
    ["--addr", "10.0.0.0/8,192.0.2.0/24,2001:db8::/40", "--protocol", "tcp"],
    ["--port", "1-1023"],
    ["--since", "2020", "--until", "2026-01-15T12"],
    ["--src", "::/0"],
  ];
  const rows = [...fixtures, "fixtures"].flatMap((path) => filters.map((filter) => ({ path, filter })));

  test.each(rows)("$path $filter", async ({ path, filter }) => {
    const ranking = ["top-talkers", "--by", "pair", "-n", "0"];
    const { input: _, ...atOnce } = await jsonOf([...ranking, ...filter, path]);
    const log = await run(["parse", "-q", "-o", "log", ...filter, path]);
    const { input: __, ...first } = await jsonOf(ranking, { stdin: log.stdout });
    expect(first).toEqual(atOnce);
  });
});

describe("on a terminal", () => {
  test("without an input, it asks for one instead of waiting", async () => {
    for (const command of ["parse", "top-talkers", "aggregate", "timeline", "summary"]) {
      const { stdout, stderr, status } = await run([command], { stdinIsTerminal: true });
      expect([stdout, status]).toEqual(["", 2]);
      expect(stderr).toMatch(/no input: .*\n {2}Give a file.*\(aws s3 cp s3:.* - \| flowlog parse\)/);
    }
  });

  const hostile = "srcaddr eni\t interface-id\n10.0.0.1 a\u009b2J\u202eb\t \u2066c\n";
  test.each(["table", "json", "ndjson", "csv", "tsv", "markdown", "log"])(
    "%s sends it no control characters",
    async (format) => {
      const args = ["parse", "-o", format, "--color", "never"];
      const { stdout } = await run(args, { width: 200, stdin: hostile });
      expect(stdout).not.toMatch(/[\u009b\u202e\u2066]/);
      expect(stdout).toContain("\\u2066c");
    },
  );

  test("what goes into a pipe or a file is as it stood", async () => {
    const { stdout } = await run(["parse", "-o", "log"], { stdin: hostile });
    expect(stdout.split("\n")[1]).toBe(hostile.split("\n")[1]);
    expect((await run(["parse", "-o", "csv"], { stdin: hostile })).stdout).toContain("\u009b2J");
  });

  test("a terminal that does not know its width has 80 columns", async () => {
    const { stdout } = await run(["parse", "-n", "1", "fixtures/ipv6.log"], { width: 0 });
    expect(stdout).toBe((await run(["parse", "-n", "1", "fixtures/ipv6.log"], { width: 80 })).stdout);
  });

  test.each([
    { width: 80, env: {}, columns: ["#", "srcaddr", "bytes", "packets", "flows", "%", "cum", "%"], bar: true },
    { width: 60, env: {}, columns: ["#", "srcaddr", "bytes", "packets", "flows", "%", "cum", "%"], bar: false },
    { width: 50, env: {}, columns: ["#", "srcaddr", "bytes", "packets", "flows", "%"], bar: false },
    { width: 40, env: {}, columns: ["#", "srcaddr", "bytes", "flows", "%"], bar: false },
    { width: 200, env: { COLUMNS: "40" }, columns: ["#", "srcaddr", "bytes", "flows", "%"], bar: false },
  ])("a ranking fits $width columns $env: first the bar goes, then cumulative, then packets", async (row) => {
    const args = ["top-talkers", "-n", "3", "--color", "never", "fixtures/office.log"];
    const { stdout } = await run(args, { width: row.width, env: row.env });
    const table = stdout.split("\n\n")[0]?.split("\n") ?? [];
    expect(table[0]?.trim().split(/\s+/)).toEqual(row.columns);
    expect(stdout.includes("█")).toBe(row.bar);
    for (const line of table) {
      expect(stringWidth(line)).toBeLessThanOrEqual(Number(row.env.COLUMNS ?? row.width));
    }
  });

  test("a summary fits, as far as its names allow: first the bar goes, then packets", async () => {
    const args = ["summary", "-n", "1", "--color", "never", "fixtures/office.log"];
    for (const [width, bar, packets] of [
      [120, true, true],
      [80, true, true],
      [74, false, true],
      [66, false, false],
    ] as const) {
      const { stdout } = await run(args, { width });
      const [head = "", table = ""] = stdout.split(/\n(?= +bytes)/);
      expect([stdout.includes("█"), / packets {2}flows /.test(table)]).toEqual([bar, packets]);
      expect(Math.max(...`${head}\n${table}`.split("\n").map((line) => stringWidth(line)))).toBeLessThanOrEqual(width);
    }
  });

  test("a timeline has its chart above its table, both as wide as there is room", async () => {
    const args = ["timeline", "--bin", "1h", "--by", "action", "--color", "never", "fixtures/office.log"];
    for (const width of [60, 80, 200]) {
      const { stdout } = await run(args, { width });
      expect(stdout).toMatch(/^bytes per 1 h from 2026-01-15 UTC\n[\s\S]*━━ ACCEPT {3}══ REJECT\n\ntime {18}action/);
      for (const line of stdout.split("\n")) expect(stringWidth(line)).toBeLessThanOrEqual(width);
    }
    expect((await run(args, { width: 30 })).stdout).toMatch(/^no chart: it takes 40 columns\n\ntime/);
  });

  test("keys are never cut, however narrow it is", async () => {
    const { stdout } = await run(["top-talkers", "--by", "pair", "fixtures/ipv6.log"], { width: 20 });
    expect(stdout).toContain("2001:db8:1234:a100:8d6e:3477:df66:f105");
  });

  test.each([
    { name: "colour is on", args: [], env: {}, colored: true },
    { name: "NO_COLOR turns it off", args: [], env: { NO_COLOR: "1" }, colored: false },
    { name: "an empty NO_COLOR does not", args: [], env: { NO_COLOR: "" }, colored: true },
    { name: "--color wins over NO_COLOR", args: ["--color", "always"], env: { NO_COLOR: "1" }, colored: true },
    { name: "--color never", args: ["--color", "never"], env: { FORCE_COLOR: "1" }, colored: false },
    { name: "JSON has none", args: ["--json"], env: { FORCE_COLOR: "1" }, colored: false },
  ])("$name", async ({ args, env, colored }) => {
    const { stdout } = await run(["top-talkers", ...args, "fixtures/ipv6.log"], { width: 80, env });
    expect(stdout.includes("\u001b[")).toBe(colored);
  });
});

test("the bar of a long run is gone before a note, before the answer, and does not come with -q", async () => {
  const log = readFileSync("fixtures/office.log", "utf8").split("\n").slice(0, 5);
  for (const args of [
    ["parse", "--count"],
    ["parse", "--count", "-q"],
  ]) {
    async function* slowly() {
      for (const [pause, line] of [
        [0, log[0]],
        [1050, log[1]],
        [300, log[2]],
        [150, "no record"],
        [300, log[3]],
        [150, log[4]],
      ]) {
        await new Promise((resolve) => setTimeout(resolve, Number(pause)));
        yield Buffer.from(`${line}\n`);
      }
    }
    const terminal = Object.assign(new PassThrough({ highWaterMark: 2 ** 26 }), { isTTY: true, columns: 80 });
    await runProgram(args, {
      stdin: Readable.from(slowly()),
      stdout: terminal,
      stderr: terminal,
      env: {},
      now: () => 0,
      setExitStatus() {},
    });
    const shown = textOf(terminal);
    const clear = "\u001b[1G\u001b[2K";
    if (args.includes("-q")) {
      expect(shown).toBe("4\n");
    } else {
      expect(shown).toMatch(/^\u001b\[1G\d+ B {2}\d records? {2}\d+ B\/s/);
      expect(shown).toContain(`${clear}flowlog: standard input:4: `);
      expect(shown.endsWith(`${clear}flowlog: 1 of 6 lines was skipped\n4\n`)).toBe(true);
    }
  }
});

test("a time such as 30m is ago", async () => {
  const { stdout } = await run(["parse", "--count", "--since", "30m", "--until", "now", "fixtures/office.log"]);
  const told = await run([
    "parse",
    "--count",
    "--since",
    "2026-01-15T23:30",
    "--until",
    "2026-01-16",
    "fixtures/office.log",
  ]);
  expect(stdout).toBe(told.stdout);
  expect(Number(stdout)).toBeGreaterThan(0);
});
