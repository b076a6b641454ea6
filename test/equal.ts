import { isDeepStrictEqual } from "node:util";
import { expect } from "vitest";

/**
 * What `expect(got, title).toEqual(want)` says, for values of thousands of parts: vitest takes longer than Node to find two
 * of them equal. Node is the stricter one, so where it finds a difference vitest is asked, and tells of it.
 *
 * @param title only made where it is to be told
 */
export function expectEqual(got: unknown, want: unknown, title?: () => string): void {
  if (!isDeepStrictEqual(got, want)) expect(got, title?.()).toEqual(want);
}
