/**
 * Whole runs of the program. A case is a folder `test/cases/<command>/<name>/` with either
 *   args    what follows `flowlog`, in sh's own writing: `top-talkers --by srcaddr -n 2 "$CASE/a b.log"`; or
 *   cmd     a whole script for `sh`, for pipes and settings: `COLUMNS=200 flowlog parse $CASE/a.log | head -1`
 * and, where they are not empty, `stdin` (bytes, piped in), `stdout`, `stderr` and `status` (absent: 0).
 * It runs in the repository's folder, so `fixtures/…` is there; `$CASE` is the case's own folder, `$TMP` an empty one; what else holds
 * is told at `runShell`. A new case is a folder with `args` alone, filled by `UPDATE=1 npm test -- test/cases.test.ts`;
 * what UPDATE=1 wrote is read before it is committed.
 */
import { existsSync, readdirSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Finished, repository, runShell } from "./shell.js";

const cases = subfolders("test/cases").flatMap((command) => subfolders(command));
const update = process.env.UPDATE === "1";

test("there are cases", () => expect(cases).not.toEqual([]));

describe.concurrent("cases", () => {
  test.each(cases)("%s", async (path) => {
    const at = (name: string) => join(repository, path, name);
    expect(existsSync(at("args")) !== existsSync(at("cmd")), "either args or cmd").toBe(true);
    const line = existsSync(at("cmd"))
      ? await readFile(at("cmd"), "utf8")
      : `flowlog ${await readFile(at("args"), "utf8")}`;

    const finished = await runShell(line, {
      env: { CASE: path },
      ...(existsSync(at("stdin")) && { stdin: at("stdin") }),
    });

    const got = golden(finished);
    if (update) {
      await Promise.all(Object.entries(got).map(([name, output]) => put(at(name), output)));
    }
    const want = {
      status: await content(at("status"), "0\n"),
      stderr: await content(at("stderr"), ""),
      stdout: await content(at("stdout"), ""),
    };
    expect(got).toEqual(want);
  });
});

/** What a run leaves, as the case's files hold it; bytes that are no UTF-8 are shown one by one. */
function golden(finished: Finished): Record<"status" | "stderr" | "stdout", string> {
  return { status: `${finished.status}\n`, stderr: text(finished.stderr), stdout: text(finished.stdout) };
}

async function content(path: string, absent: string): Promise<string> {
  return existsSync(path) ? text(await readFile(path)) : absent;
}

async function put(path: string, output: string): Promise<void> {
  if (output === "" || (path.endsWith("/status") && output === "0\n")) {
    await rm(path, { force: true });
  } else {
    await writeFile(path, output);
  }
}

function text(bytes: Buffer): string {
  const decoded = bytes.toString("utf8");
  return Buffer.from(decoded).equals(bytes) ? decoded : bytes.toString("latin1");
}

function subfolders(path: string): string[] {
  if (!existsSync(join(repository, path))) {
    return [];
  }
  return readdirSync(join(repository, path), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => `${path}/${entry.name}`)
    .sort();
}
