import { closeSync, openSync, readSync } from "node:fs";
import { identify } from "./content.js";
import type { Input } from "./inputs.js";

/** Whether an input is a regular file that begins as Parquet does. */
export function isParquet(input: Input | undefined): boolean {
  if (input === undefined || input.path === null || input.size === null) return false;
  try {
    const descriptor = openSync(input.path, "r");
    try {
      const head = new Uint8Array(4);
      return identify(head.subarray(0, readSync(descriptor, head, 0, head.length, 0)), true) === "parquet";
    } finally {
      closeSync(descriptor);
    }
  } catch {
    // Whoever reads it will say what is wrong with it.
    return false;
  }
}
