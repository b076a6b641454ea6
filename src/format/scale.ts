// To quetta, 10^30: 2^64 bytes in each of 10^13 records do not add up to a thousand of those.
const units = ["", "k", "M", "G", "T", "P", "E", "Z", "Y", "R", "Q"];

/** Below this, a count is easier to read whole than scaled. */
const leastScaledCount = 10_000n;

/** Octets to three digits at most, in steps of 1000: `999 B`, `4.1 MB`, `41.3 MB`, `413 MB`. */
export function scaleBytes(bytes: bigint): string {
  const [digits, unit] = scale(bytes);
  return `${digits} ${unit}B`;
}

/** A number of packets or flows: whole below 10,000, then `12.3 k`, `4.1 M`. */
export function scaleCount(count: bigint): string {
  if (count < leastScaledCount) return String(count);
  const [digits, unit] = scale(count);
  return `${digits} ${unit}`;
}

/** Rounds half up: 999,950 is 1.0 M, never 1000 k. */
function scale(value: bigint): [digits: string, unit: string] {
  let step = 0;
  // Plain numbers take a fifth of the time, and cutting off thousands far below the last digit shown changes no rounding.
  let rest = value;
  for (; rest >= 100_000_000_000_000n; rest /= 1000n) step++;
  const number = Number(rest);
  if (number < 1000) return [String(number), units[step]!];
  for (let size = 1000; ; size *= 1000) {
    step++;
    const tenths = Math.floor((number * 10 + size / 2) / size);
    if (tenths < 1000) return [`${Math.floor(tenths / 10)}.${tenths % 10}`, units[step]!];
    const whole = Math.floor((number + size / 2) / size);
    if (whole < 1000) return [String(whole), units[step]!];
  }
}
