/** What letters behind a number stand for: 1000s and 1024s. */
const sizes: ReadonlyMap<string, number> = new Map([
  ["", 1],
  ["k", 1e3],
  ["M", 1e6],
  ["G", 1e9],
  ["T", 1e12],
  ["Ki", 2 ** 10],
  ["Mi", 2 ** 20],
  ["Gi", 2 ** 30],
  ["Ti", 2 ** 40],
]);

const unitsByLowerCase = new Map(Array.from(sizes.keys(), (unit) => [unit.toLowerCase(), unit]));

/** Letters of durations. */
export const UNIT_SECONDS: ReadonlyMap<string, number> = new Map([
  ["s", 1],
  ["m", 60],
  ["h", 3600],
  ["d", 86_400],
  ["w", 604_800],
]);

/** How many a unit stands for, no letters being one; undefined for what is no unit. `m` is none, but `K` is k. */
export function unitSize(unit: string): number | undefined {
  return sizes.get(unit === "K" ? "k" : unit);
}

/**
 * A number as people write it times a whole one, exact, as digits without zeros that say nothing.
 *
 * @param number `1500`, `0.250`
 */
export function times(number: string, size: number): string {
  const [whole = "", fraction = ""] = number.split(".");
  if (fraction === "") return String(BigInt(whole) * BigInt(size));
  const digits = String(BigInt(whole + fraction) * BigInt(size)).padStart(fraction.length + 1, "0");
  const point = digits.length - fraction.length;
  return `${digits.slice(0, point)}.${digits.slice(point)}`.replace(/\.?0*$/, "");
}

/** The unit that is meant, in whatever case it is written; undefined if none is. */
export function unitInAnyCase(text: string): string | undefined {
  return unitsByLowerCase.get(text.toLowerCase());
}
