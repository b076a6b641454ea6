import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { resolveTarget } from "../../src/commands/target.js";

const folder = realpathSync(mkdtempSync(join(tmpdir(), "flowlog-test-")));
afterAll(() => rmSync(folder, { recursive: true }));

mkdirSync(join(folder, "a/b"), { recursive: true });
writeFileSync(join(folder, "a/file"), "", { mode: 0o640 });
execFileSync("mkfifo", [join(folder, "fifo")]);
for (const [name, to] of [
  ["link", "a/file"],
  ["dangling", "a/new"],
  ["deep", "a/b"],
  ["round", "round"],
  ["out", "/dev/stdout"],
] as const) {
  symlinkSync(to, join(folder, name));
}

test.each([
  { path: "a/file", want: { kind: "regular", path: "a/file", mode: 0o640 } },
  { path: "a/new", want: { kind: "regular", path: "a/new", mode: 0o666 } },
  { path: "link", want: { kind: "regular", path: "a/file", mode: 0o640 } },
  { path: "dangling", want: { kind: "regular", path: "a/new", mode: 0o666 } },
  // As the system takes it: up from where the link leads to.
  { path: "deep/../new", want: { kind: "regular", path: "a/new", mode: 0o666 } },
  { path: "fifo", want: { kind: "special", path: "fifo" } },
])("$path", ({ path, want }) => {
  expect(resolveTarget(`${folder}/${path}`)).toEqual({ ...want, path: join(folder, want.path) });
});

test.each([
  { path: "/dev/stdout", number: 1 },
  { path: "/dev/stderr", number: 2 },
  { path: "/dev/fd/63", number: 63 },
  { path: "/proc/self/fd/3", number: 3 },
  { path: "/proc/thread-self/fd/3", number: 3 },
  { path: join(folder, "out"), number: 1 },
])("$path is what is open as $number", ({ path, number }) => {
  expect(resolveTarget(path)).toEqual({ kind: "descriptor", number });
});

test.each([
  { path: "a", code: "EISDIR" },
  { path: "a/", code: "EISDIR" },
  { path: "a/..", code: "EISDIR" },
  { path: "deep", code: "EISDIR" },
  { path: "new/", code: "EISDIR" },
  { path: "round", code: "ELOOP" },
  { path: "no/such", code: "ENOENT" },
  { path: "a/file/x", code: "ENOTDIR" },
])("$path: $code", ({ path, code }) => {
  expect(() => resolveTarget(`${folder}/${path}`)).toThrow(expect.objectContaining({ code }));
});
