import { lstatSync, readlinkSync, realpathSync } from "node:fs";
import { basename, dirname, isAbsolute, join } from "node:path";

/** What a path that is to be written stands for. */
export type Target =
  /** A file to be, or one that is there: its absolute path without links, and the mode it has or gets. */
  | { kind: "regular"; path: string; mode: number }
  /** A FIFO or a device. */
  | { kind: "special"; path: string }
  /** A file that is open already, by its number: `/dev/stdout`, `/dev/fd/3`. */
  | { kind: "descriptor"; number: number };

/** As many as Linux follows. */
const mostLinks = 40;

/**
 * Follow a path to what is to be written. A link stays a link, also one whose file is still to be made; and a link to an
 * open file means that file at the place where it stands, not the path that it was opened by: after `>> app.log`,
 * nothing but the end of app.log is ours.
 *
 * @throws as the system does: EISDIR, ELOOP, ENOENT of its directory
 */
export function resolveTarget(path: string): Target {
  if (path.endsWith("/")) throw systemError("EISDIR");
  let place = path;
  for (let links = 0; links <= mostLinks; links++) {
    // The other realpathSync takes `link/..` for nothing at all.
    const folder = realpathSync.native(dirname(place));
    const name = basename(place);
    if (name === "." || name === "..") throw systemError("EISDIR");
    if (isFolderOfDescriptors(folder) && /^\d+$/.test(name)) return { kind: "descriptor", number: Number(name) };
    place = join(folder, name);
    const stats = lstatSync(place, { throwIfNoEntry: false });
    if (stats === undefined) return { kind: "regular", path: place, mode: 0o666 };
    if (stats.isDirectory()) throw systemError("EISDIR");
    if (stats.isFile()) return { kind: "regular", path: place, mode: stats.mode & 0o777 };
    if (!stats.isSymbolicLink()) return { kind: "special", path: place };
    const next = readlinkSync(place);
    // Not `join`, for the same reason.
    place = isAbsolute(next) ? next : `${folder}/${next}`;
  }
  throw systemError("ELOOP");
}

/** `/dev/fd` leads to `/proc/self/fd` on Linux, and is a folder of its own elsewhere. */
function isFolderOfDescriptors(folder: string): boolean {
  if (folder === "/dev/fd") return true;
  if (!folder.startsWith("/proc/") || !folder.endsWith("/fd")) return false;
  // `/proc/thread-self/fd` is a few folders further down.
  return `${folder}/`.startsWith(`${realpathSync("/proc/self")}/`);
}

function systemError(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(code), { code });
}
