import { expect, test } from "vitest";
import { InputError } from "../../src/errors.js";
import { DamagedInputError, ioFailure } from "../../src/source/failure.js";

test.each([
  { code: "ENOENT", says: "no such file" },
  { code: "EACCES", says: "no permission to read it" },
  { code: "EISDIR", says: "a directory, not a file" },
  { code: "EMFILE", says: "too many files are open" },
  { code: "EIO", says: "the system failed to read it (input/output error)" },
  { code: "ENODEV", errno: -19, says: "could not be read (no such device)" },
  { code: "ERR_ODD", says: "could not be read (as thrown)" },
])("$code", ({ code, errno, says }) => {
  const cause = Object.assign(new Error("as thrown"), { code, errno });
  const error = ioFailure("vpc\n.log", cause);
  expect(error).toMatchObject({ message: `vpc\\u000a.log: ${says}`, hint: expect.any(String), exitStatus: 3, cause });
  expect(ioFailure("vpc.log", cause, DamagedInputError)).toBeInstanceOf(DamagedInputError);
});

test("what was told already stays as it is", () => {
  const told = new InputError("vpc.log: cut off");
  expect(ioFailure("vpc.log", told)).toBe(told);
});
