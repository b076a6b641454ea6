import { type Measured, speedRatio } from "./measures.js";

/** The name that the tool under test has in each work. */
export const ours = "flowlog";

/** A target: which tool's line of the table it stands in, and what came of it. */
export interface Asked {
  beside: string;
  /** `3 × the speed: 2.53, missed`; without an end where a tool was not measured. */
  tell(measured: ReadonlyMap<string, Measured>): string;
}

/** So many times the other tool's speed. */
export function speed(other: string, times: number): Asked {
  return asked(other, `${times} × the speed`, (measured) => {
    const [mine, theirs] = [measured.get(ours), measured.get(other)];
    if (!mine || !theirs) return null;
    const ratio = speedRatio(mine, theirs);
    return { got: ratio.toFixed(2), met: ratio >= times };
  });
}

/** No more memory than this, in MB (10^6 octets). */
export function memoryAtMost(megabytes: number): Asked {
  return asked(ours, `at most ${megabytes} MB`, (measured) => {
    const peak = measured.get(ours)?.peakBytes;
    return peak == null ? null : { got: (peak / 1e6).toFixed(1), met: peak <= megabytes * 1e6 };
  });
}

/** No more than this share of the other tool's memory. */
export function memoryShare(other: string, percent: number): Asked {
  return asked(other, `at most ${percent} % of its memory`, (measured) => {
    const [mine, theirs] = [measured.get(ours)?.peakBytes, measured.get(other)?.peakBytes];
    if (mine == null || theirs == null) return null;
    const share = (100 * mine) / theirs;
    return { got: `${share.toFixed(1)} %`, met: share <= percent };
  });
}

/** No more than so many times what the slowest of the others took. */
export function timeAtMost(times: number, others: readonly string[]): Asked {
  const [only = ""] = others;
  const text = `at most ${times} × ${others.length === 1 ? only : "the slower"}`;
  return asked(ours, text, (measured) => {
    const mine = measured.get(ours);
    const theirs = others.map((name) => measured.get(name)?.seconds ?? Number.NaN);
    const ratio = (mine?.seconds ?? Number.NaN) / Math.max(...theirs);
    return Number.isNaN(ratio) ? null : { got: ratio.toFixed(2), met: ratio <= times };
  });
}

interface Came {
  got: string;
  met: boolean;
}

function asked(beside: string, text: string, look: (measured: ReadonlyMap<string, Measured>) => Came | null): Asked {
  return {
    beside,
    tell(measured) {
      const came = look(measured);
      return came ? `${text}: ${came.got}, ${came.met ? "met" : "missed"}` : text;
    },
  };
}
