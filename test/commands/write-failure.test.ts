import { constants } from "node:os";
import { describe, expect, test } from "vitest";
import { ClosedPipe } from "../../src/commands/io.js";
import { openFailure, writeFailure } from "../../src/commands/write-failure.js";
import { OutputError, UserError } from "../../src/errors.js";

function systemError(code: keyof typeof constants.errno): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: what the system said`), { code, errno: -constants.errno[code] });
}

describe("a file that cannot be made", () => {
  test.each([
    { code: "ENOENT", says: "there is no such directory to write in" },
    { code: "ENOTDIR", says: "a part of the path is a file, not a directory" },
    { code: "EISDIR", says: "a directory, expected a file to write" },
    { code: "EACCES", says: "no permission to write there" },
    { code: "EPERM", says: "no permission to write there" },
    { code: "EROFS", says: "the file system can only be read" },
    { code: "ENAMETOOLONG", says: "the path is too long for this system" },
  ] as const)("$code is the user's mistake", ({ code, says }) => {
    const error = openFailure("out/top.csv", "--output-file", systemError(code));
    expect(error).toMatchObject({ exitStatus: 2, message: `out/top.csv: ${says}`, cause: { code } });
    expect(error.hint).toMatch(/\.$/);
  });

  test("a full disk is not", () => {
    const error = openFailure("out/top.csv", "--output-file", systemError("ENOSPC"));
    expect(error).toBeInstanceOf(OutputError);
    expect(error.exitStatus).toBe(3);
  });

  test("a mistake that is told already passes", () => {
    const told = new UserError("told");
    expect(openFailure("x", "--output-file", told)).toBe(told);
  });
});

describe("writing that breaks off", () => {
  test.each([
    {
      code: "ENOSPC",
      option: "--malformed",
      says: "no space left on device",
      hint: "Free some space, or write elsewhere: --malformed FILE.",
    },
    {
      code: "EIO",
      option: "--output-file",
      says: "i/o error",
      hint: "Check the disk or the mount, or write elsewhere: --output-file FILE.",
    },
  ] as const)("$code names the file and another way", ({ code, option, says, hint }) => {
    const error = writeFailure("bad.log", option, systemError(code));
    expect(error).toMatchObject({ exitStatus: 3, message: `bad.log: cannot be written: ${says}`, hint });
  });

  test("a reader that has gone is no error", () => {
    expect(writeFailure("standard output", "--output-file", systemError("EPIPE"))).toBeInstanceOf(ClosedPipe);
  });
});
