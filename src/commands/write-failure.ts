import { getSystemErrorMap } from "node:util";
import { OutputError, UserError } from "../errors.js";
import { ClosedPipe } from "./io.js";

/** What each of the system's refusals to make a file means to the person who named it. */
const REFUSALS: Readonly<Record<string, { says: string; hint: string }>> = {
  ENOENT: { says: "there is no such directory to write in", hint: "Check the path, or make its directory first." },
  ENOTDIR: { says: "a part of the path is a file, not a directory", hint: "Check the path." },
  EISDIR: { says: "a directory, expected a file to write", hint: "Give the path of a file in it." },
  EACCES: { says: "no permission to write there", hint: elsewhere() },
  EPERM: { says: "no permission to write there", hint: elsewhere() },
  EROFS: { says: "the file system can only be read", hint: elsewhere() },
  ELOOP: { says: "its symbolic links lead round in a circle", hint: "Give the path of the file itself." },
  ENAMETOOLONG: { says: "the path is too long for this system", hint: "Give a shorter one." },
  EBADF: { says: "not open for writing", hint: "Open it in the shell: 3>FILE, for /dev/fd/3." },
  ENXIO: { says: "a socket, or a device that is not there; not a file", hint: "Give the path of a file." },
};

function elsewhere(): string {
  return "A result is written beside its place, then renamed: give a path in a directory where you may write.";
}

/**
 * Why a file cannot be made, in a user's words: a path that will not do is the user's mistake, a full disk is not.
 *
 * @param option what the path was given to: `--output-file`
 */
export function openFailure(path: string, option: string, error: unknown): UserError {
  if (error instanceof UserError) return error;
  const known = REFUSALS[(error as NodeJS.ErrnoException).code ?? ""];
  if (known === undefined) return outputError(path, option, error);
  return new UserError(`${path}: ${known.says}`, { hint: known.hint, cause: error });
}

/**
 * Why writing broke off; ClosedPipe where nobody reads any more.
 *
 * @param option what takes another path; null where there is no such option
 */
export function writeFailure(name: string, option: string | null, error: unknown): OutputError | ClosedPipe {
  return (error as NodeJS.ErrnoException).code === "EPIPE" ? new ClosedPipe() : outputError(name, option, error);
}

function outputError(name: string, option: string | null, error: unknown): OutputError {
  const { code, errno, message } = error as NodeJS.ErrnoException;
  const says = errno === undefined ? message : (getSystemErrorMap().get(errno)?.[1] ?? message);
  const isFull = code === "ENOSPC" || code === "EDQUOT" || code === "EFBIG";
  const advice = option === null ? "." : `, or write elsewhere: ${option} FILE.`;
  return new OutputError(`${name}: cannot be written: ${says}`, {
    hint: `${isFull ? "Free some space" : "Check the disk or the mount"}${advice}`,
    cause: error,
  });
}
