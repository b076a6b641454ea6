import type { Batch } from "../parse/batch.js";

/**
 * Keeps the selected rows that a condition holds for, in place and in order.
 *
 * @param rows row numbers, of which the first `count` are selected
 * @returns how many are kept
 */
export type Refine = (batch: Batch, rows: Uint32Array, count: number) => number;

// The loops of the conditions have one shape: write each row to where the next kept one belongs, then count it or not: 1 or 0, and
// `^ flip` where those are wanted that the condition does not hold for. It takes 3 ns a row, and 5 where half of the rows pass, in no
// order; a branch around the write takes 4 and 9. Bounds are brought to 32 bits (`>>> 0`) before a loop, else they are
// compared as doubles, which takes twice as long.
