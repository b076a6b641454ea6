import { readFileSync } from "node:fs";

/** How often a process is looked at. Its peak only grows, so the last look counts, and misses what the last few ms added. */
const everyMs = 10;

/**
 * Watches the memory of a process while it runs.
 *
 * VmHWM is the kernel's own record of the most that was resident, so nothing between two looks is missed. The `maxrss` of wait4(2)
 * and /usr/bin/time cannot be had in Node, and counts the memory of the process that forked, too.
 *
 * @returns ends the watch and tells the peak in octets, or null where the system has no /proc
 */
export function watchPeakMemory(pid: number): () => number | null {
  let peak: number | null = null;
  const look = () => {
    peak = readPeak(pid) ?? peak;
  };
  look();
  const timer = setInterval(look, everyMs);
  return () => {
    clearInterval(timer);
    return peak;
  };
}

function readPeak(pid: number): number | null {
  try {
    const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "latin1"))?.[1];
    return kibibytes === undefined ? null : Number(kibibytes) * 1024;
  } catch {
    return null;
  }
}
