import type { Batch } from "../parse/batch.js";

/**
 * Keeps the selected rows that a condition holds for, in place and in order.
 *
 * @param rows row numbers, of which the first `count` are selected
 * @returns how many are left
 */
export type Refine = (batch: Batch, rows: Uint32Array, count: number) => number;

// The loops of the conditions write each row to where the next kept one belongs and then count it or not: on records of which
// about half pass, that is twice as fast as to write only what is kept, since nothing has to be guessed.
