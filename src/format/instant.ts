const secondsPerDay = 86_400;
/** The first bin of a log may begin before 1970, where its time is near or its zone is not UTC. */
const firstSecondOfYear0 = -62_167_219_200;
const firstSecondOfYear10000 = 253_402_300_800;

// Records stand next to others of the same day, and a Date for each would cost more than the rest of the line.
let cachedDay = Number.NaN;
let cachedDate = "";

/**
 * Unix seconds as `2026-01-01T00:00:00Z`. Past the year 9999 it is most likely milliseconds, which nobody can know:
 * then the number as it stands.
 */
export function formatInstant(seconds: number | bigint): string {
  return isDatable(seconds) ? isoInstant(Number(seconds)) : String(seconds);
}

/** The same for JSON, where a number that is no date stays a number. */
export function instantValue(seconds: bigint | null): string | bigint | null {
  return seconds !== null && isDatable(seconds) ? isoInstant(Number(seconds)) : seconds;
}

function isDatable(seconds: number | bigint): boolean {
  return seconds >= firstSecondOfYear0 && seconds < firstSecondOfYear10000;
}

function isoInstant(seconds: number): string {
  const day = Math.floor(seconds / secondsPerDay);
  if (day !== cachedDay) {
    cachedDate = new Date(day * secondsPerDay * 1000).toISOString().slice(0, 10);
    cachedDay = day;
  }
  const inDay = seconds - day * secondsPerDay;
  const minutes = Math.floor(inDay / 60);
  return `${cachedDate}T${twoDigits(Math.floor(minutes / 60))}:${twoDigits(minutes % 60)}:${twoDigits(inDay % 60)}Z`;
}

function twoDigits(number: number): string {
  return number < 10 ? `0${number}` : String(number);
}
