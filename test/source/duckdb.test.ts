import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, symlinkSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { folder } from "./folder.js";

test("without the package that reads Parquet, the error says what to install", () => {
  const root = folder({ "a.parquet": "PAR1....PAR1" });
  for (const name of ["bin", "dist", "package.json"]) cpSync(name, join(root, name), { recursive: true });
  mkdirSync(join(root, "node_modules"));
  for (const name of readdirSync("node_modules")) {
    if (name !== "@duckdb") symlinkSync(resolve("node_modules", name), join(root, "node_modules", name));
  }
  const args = ["bin/flowlog.js", "top-talkers", "a.parquet"];
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: "utf8" });
  expect(status).toBe(3);
  expect(stderr).toContain("a.parquet: a Parquet file, and @duckdb/node-api, which reads it, cannot be loaded");
  expect(stderr).toContain("npm install @duckdb/node-api");
});
