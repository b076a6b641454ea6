import type { Sum } from "./answer.js";

/** A share in percent from exact numbers, rounded (half up) to 4 decimals; null of a total of 0 or of no number. */
export function percentOf(part: Sum, total: Sum): number | null {
  if (part === null || total === null || total === 0n) return null;
  return Number((part * 2_000_000n + total) / (2n * total)) / 10_000;
}
