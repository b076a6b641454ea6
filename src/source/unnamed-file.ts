import { constants, mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Linux opens a file that never has a name, which Node has no word for; other systems do not know the flag. */
const unnamed = process.platform === "linux" ? 0o20000000 | constants.O_DIRECTORY : null;

/**
 * Open a temporary file, to be written and read. It has no name, or none any more once it is open: so nothing is left of it,
 * however the process ends.
 *
 * @returns its descriptor
 * @throws what the system says where there is no room for temporary files
 */
export function openUnnamedFile(): number {
  const folder = tmpdir();
  if (unnamed !== null) {
    try {
      return openSync(folder, constants.O_RDWR | unnamed, 0o600);
    } catch {
      // Not every file system can: overlays of old kernels, some in user space.
    }
  }
  // Killed right here, it would leave an empty folder.
  const own = mkdtempSync(join(folder, "flowlog-"));
  try {
    return openSync(join(own, "file"), "wx+", 0o600);
  } finally {
    rmSync(own, { recursive: true, force: true });
  }
}
