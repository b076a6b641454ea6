import { getSystemErrorMap } from "node:util";
import { escapeControls, InputError } from "../errors.js";

/** The content is no flow log that can be read here (an archive, a picture): skipped, unless the user named it. */
export class NotALogError extends InputError {
  override name = "NotALogError";
}

/** The input broke while it was read: cut off, damaged, or the system failed to read on. What came before was given. */
export class DamagedInputError extends InputError {
  override name = "DamagedInputError";
}

/** What each of the system's refusals means to a person, and what to do about it. */
const REFUSALS: Readonly<Record<string, { says: string; hint: string }>> = {
  ENOENT: { says: "no such file", hint: "Check the path, or give no file to read standard input." },
  ENOTDIR: {
    says: "no such file: a part of the path is a file, not a directory",
    hint: "Check the path, or give no file to read standard input.",
  },
  EACCES: { says: "no permission to read it", hint: "Ask for the right to read it, or copy it to where you may." },
  EPERM: { says: "no permission to read it", hint: "Ask for the right to read it, or copy it to where you may." },
  EISDIR: { says: "a directory, not a file", hint: "Give the directory by its name to read the files in it." },
  ELOOP: { says: "its symbolic links lead round in a circle", hint: "Give the path of the file itself." },
  ENAMETOOLONG: { says: "the path is too long for this system", hint: "Check the path." },
  ENXIO: { says: "a socket, or a device that is not there; not a file", hint: "Pipe its data into flowlog instead." },
  EMFILE: { says: "too many files are open", hint: "Raise the limit (ulimit -n 4096) and try again." },
  ENFILE: { says: "too many files are open on this system", hint: "Close other programs and try again." },
  EIO: {
    says: "the system failed to read it (input/output error)",
    hint: "Check the disk or the mount, then copy it.",
  },
  ESTALE: { says: "the network file is gone (stale file handle)", hint: "Check the mount and try again." },
};

/**
 * What the system said about an input, in a user's words.
 *
 * @param name  the input as the user knows it
 * @param error what was thrown; kept as `cause`. An InputError passes as it is.
 * @param Kind  the error's class
 */
export function ioFailure(name: string, error: unknown, Kind: typeof InputError = InputError): InputError {
  if (error instanceof InputError) return error;
  const { code, errno, message } = error as NodeJS.ErrnoException;
  const known = code === undefined ? undefined : REFUSALS[code];
  const system = errno === undefined ? undefined : getSystemErrorMap().get(errno)?.[1];
  const says = known?.says ?? `could not be read (${system ?? message})`;
  return new Kind(`${escapeControls(name)}: ${says}`, {
    cause: error,
    hint: known?.hint ?? "Check the input and try again.",
  });
}
