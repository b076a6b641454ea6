import { drawBar } from "./bar.js";
import { scaleBytes, scaleCount } from "./scale.js";

/** What a line of progress shows. */
export interface ProgressFigures {
  bytes: number;
  /** Bytes of all inputs; null is a pipe, of which nobody knows how much will come. */
  total: number | null;
  records: number;
  bytesPerSec: number;
}

const gap = "  ";
const mostBarWidth = 30;
const leastBarWidth = 5;

/** One line, no wider than `width`: a bar that takes what room there is, and the figures that there is room for. */
export function formatProgress({ bytes, total, records, bytesPerSec }: ProgressFigures, width: number): string {
  const read = scaleBytes(BigInt(bytes));
  const parts = [
    ...(total === null ? [] : [{ text: `${Math.floor((100 * done(bytes, total)) / total)}%`.padStart(4), drop: 5 }]),
    { text: total === null ? read : `${read} of ${scaleBytes(BigInt(total))}`, drop: 4 },
    { text: `${scaleCount(BigInt(records))} ${records === 1 ? "record" : "records"}`, drop: total === null ? 5 : 2 },
    { text: `${scaleBytes(BigInt(Math.round(bytesPerSec)))}/s`, drop: 1 },
    ...(total === null || bytesPerSec <= 0
      ? []
      : [{ text: timeLeft(total - done(bytes, total), bytesPerSec), drop: 3 }]),
  ];
  const barRoom = total === null ? 0 : leastBarWidth + gap.length;
  let kept = parts;
  for (let drop = 1; drop <= 5 && widthOf(kept) + barRoom > width; drop++) {
    kept = kept.filter((part) => part.drop !== drop);
  }
  const line = kept.map(({ text }) => text).join(gap);
  const barWidth = Math.min(mostBarWidth, width - line.length - gap.length);
  if (total === null || barWidth < leastBarWidth) return line;
  return `${drawBar((100 * done(bytes, total)) / total, barWidth).padEnd(barWidth, "░")}${gap}${line}`;
}

/** A file may grow while it is read. */
function done(bytes: number, total: number): number {
  return Math.min(bytes, total);
}

function widthOf(parts: readonly { text: string }[]): number {
  return parts.reduce((sum, { text }) => sum + text.length + gap.length, -gap.length);
}

function timeLeft(bytes: number, bytesPerSec: number): string {
  const seconds = Math.ceil(bytes / bytesPerSec);
  if (seconds < 100) return `${seconds} s left`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 100 ? `${minutes} min left` : `${Math.ceil(minutes / 60)} h left`;
}
