import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { repository } from "../shell.js";

// The bench itself is not run in tests; this keeps its data, its tools and its comparison of answers working.
test("npm run bench -- --quick: all tools that are there give the right answers", { timeout: 180_000 }, async () => {
  const args = ["run", "--silent", "bench", "--", "--quick"];
  const { stdout } = await promisify(execFile)("npm", args, { cwd: repository });
  const names = stdout.split("\n").flatMap((line) => /^(\w+): right answers from flowlog, /.exec(line)?.[1] ?? []);
  expect(names).toEqual([
    "sources",
    "ports",
    "pairs",
    "filter",
    "list",
    "pieces",
    "gzip",
    "json",
    "parquet",
    "parse",
    "pipe",
    "start",
    "version",
  ]);
});

test("a name that is none is told with those that are", async () => {
  const args = ["run", "--silent", "bench", "--", "--only", "source"];
  await expect(promisify(execFile)("npm", args, { cwd: repository })).rejects.toMatchObject({
    stderr: expect.stringContaining("Expected some of sources,ports,pairs"),
  });
});
