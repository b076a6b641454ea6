import type { Batch } from "../parse/batch.js";

/**
 * Keeps the selected rows that a condition holds for, in place and in order.
 *
 * @param rows pointer of row numbers (u32) in the kernel's memory, of which the first `count` are selected
 * @returns how many are kept
 */
export type Refine = (batch: Batch, rows: number, count: number) => number;

// What is mostly asked for is looped over in the kernel, in a third of the time. The other loops have its shape: write each row to where
// the next kept one belongs, then count it or not: 1 or 0, and `^ flip` where those are wanted that the condition does not hold for.
