/** A stream of random choices that a seed decides for good. */
export interface Random {
  /** At least 0, less than 1. */
  next(): number;
  /** A whole number from least to greatest, both within. */
  int(least: number, greatest: number): number;
  pick<T>(list: readonly T[]): T;
  /** True with this probability. */
  chance(probability: number): boolean;
  /** The list in random order. */
  shuffle<T>(list: readonly T[]): T[];
}

/**
 * mulberry32: 32 bits of state, one multiplication a step, the same numbers on every machine. `Math.random` takes no seed.
 *
 * @see https://github.com/bryc/code/blob/master/jshash/PRNGs.md#mulberry32
 */
export function seeded(seed: number): Random {
  let state = seed | 0;

  function next(): number {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  const int = (least: number, greatest: number) => least + Math.floor(next() * (greatest - least + 1));
  return {
    next,
    int,
    pick(list) {
      const picked = list[int(0, list.length - 1)];
      if (picked === undefined) throw new Error("nothing to pick from");
      return picked;
    },
    chance: (probability) => next() < probability,
    shuffle(list) {
      const left = [...list];
      const shuffled = [];
      while (left.length > 0) shuffled.push(...left.splice(int(0, left.length - 1), 1));
      return shuffled;
    },
  };
}
