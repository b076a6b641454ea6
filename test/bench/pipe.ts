import { execFileSync } from "node:child_process";
import { closeSync, constants, mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The ends of a pipe, as file descriptors. */
export interface Pipe {
  read: number;
  write: number;
}

/**
 * A pipe as a shell makes it, by way of a FIFO. What Node's `spawn` calls a pipe is a socket, which costs other than a pipe and which
 * DuckDB cannot open as /dev/stdout.
 */
export function openPipe(): Pipe {
  const folder = mkdtempSync(join(tmpdir(), "flowlog-pipe-"));
  try {
    const path = join(folder, "pipe");
    execFileSync("mkfifo", [path]);
    // Held open at both ends, so that neither of the opens below waits for the other.
    const both = openSync(path, constants.O_RDWR);
    const pipe = { read: openSync(path, constants.O_RDONLY), write: openSync(path, constants.O_WRONLY) };
    closeSync(both);
    return pipe;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
