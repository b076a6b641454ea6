import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { CONTAINERS } from "./generate/containers.js";
import { officeLog } from "./generate/office.js";
import { run } from "./program.js";
import { folder } from "./source/folder.js";

/** NODATA among them. */
const records = officeLog().split("\n").slice(1, 801);

const questions = [
  ["top-talkers", "-o", "csv", "-n", "0"],
  ["aggregate", "-o", "csv", "--by", "srcaddr/24,protocol,action", "--metrics", "flows,bytes,packets,first,last"],
  ["parse", "-o", "ndjson"],
] as const;

async function answers(bytes: Buffer) {
  const path = join(folder(), "input");
  writeFileSync(path, bytes);
  const all = [];
  for (const [command, ...options] of questions) {
    const { stdout, stderr, status } = await run([command, path, ...options, "-q"]);
    all.push({ stdout, stderr: stderr.replaceAll(path, "input"), status });
  }
  return all;
}

let plain: Promise<Awaited<ReturnType<typeof answers>>> | undefined;
const ofPlain = () => {
  plain ??= answers(Buffer.from(records.map((record) => `${record}\n`).join("")));
  return plain;
};

/** An absent field and one without a value are the same to those who leave out the latter. */
function withoutNulls({ stdout, ...rest }: { stdout: string; stderr: string; status: number }) {
  const lines = stdout.split("\n").map((line) => {
    if (!line.startsWith("{")) return line;
    const members = Object.entries(JSON.parse(line) as object).filter(([, value]) => value !== null);
    return Object.fromEntries(members);
  });
  return { ...rest, lines };
}

describe("the same records give the same answers from", () => {
  test.each(CONTAINERS)("$name", async ({ write, leavesOut }) => {
    const want = await ofPlain();
    expect(want.every(({ stdout, stderr, status }) => stdout.length > 300 && stderr === "" && status === 0)).toBe(true);
    const got = await answers(write(records));
    if (leavesOut === true) expect(got.map(withoutNulls)).toEqual(want.map(withoutNulls));
    else expect(got).toEqual(want);
  });
});

describe("a message about the third record names its line in", () => {
  const damaged = records
    .slice(0, 5)
    .with(2, "2 123456789012 eni-1 10.0.0.1 10.0.0.2 http 443 6 1 40 1768435200 1768435260 ACCEPT OK");
  test.each(CONTAINERS)("$name", async ({ write, lineOf }) => {
    const path = join(folder(), "input");
    writeFileSync(path, write(damaged));
    const { stderr } = await run(["parse", path, "-o", "ndjson"]);
    const line = lineOf?.(2) ?? 3;
    expect(stderr).toContain(`flowlog: ${path}:${line}: srcport is "http", expected a whole number 0-65535\n`);
  });
});
