import { times, UNIT_SECONDS } from "./units.js";

const letters: ReadonlyMap<string, string> = new Map([
  ...["s", "sec", "secs", "second", "seconds"].map((word) => [word, "s"] as const),
  ...["m", "min", "mins", "minute", "minutes"].map((word) => [word, "m"] as const),
  ...["h", "hr", "hrs", "hour", "hours"].map((word) => [word, "h"] as const),
  ...["d", "day", "days"].map((word) => [word, "d"] as const),
  ...["w", "week", "weeks"].map((word) => [word, "w"] as const),
]);

/** The seconds of `90s`, `5m`, `1.5h`, `1d`, `2w`, in exact digits; null for other text. */
export function secondsOfDuration(text: string): string | null {
  const [, number, unit = ""] = /^(\d+(?:\.\d+)?)([smhdw])$/.exec(text) ?? [];
  return number === undefined ? null : times(number, UNIT_SECONDS.get(unit) as number);
}

/** How a duration is written that somebody wrote as `5min`, `5 M`, `PT5M` or `hour`: a whole sentence, or undefined. */
export function durationHint(text: string): string | undefined {
  const [, number, word = ""] = /^(?:pt?)?(\d+(?:\.\d+)?)?\s*([a-z]+)$/i.exec(text) ?? [];
  const letter = letters.get(word.toLowerCase());
  if (letter !== undefined) return `Write ${number ?? 1}${letter}.`;
  if (/^(?:pt?)?(?:\d+\s*[a-z]+\s*){2,}$/i.test(text)) return "Write one number and its unit, such as 90m.";
  return undefined;
}
