import { totalmem } from "node:os";

/** A quarter of what the machine, or the container that this runs in, has: bytes for groups and their texts. */
export function defaultMemory(): number {
  // 0 or a number past any machine: not in a container that has a limit. `totalmem` does not see containers.
  const container = process.constrainedMemory() ?? 0;
  return Math.floor((container > 0 ? Math.min(container, totalmem()) : totalmem()) / 4);
}

/**
 * More than this no thread uses: what a kernel can have is 4 GiB, and tables and dictionaries that grow stand in it twice for
 * a while. A single array of it ends at 1 GiB, which the codes of a dictionary would reach next.
 */
export const MOST_KERNEL_MEMORY = 1.5e9;
