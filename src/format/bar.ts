const eighths = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/** A share in percent as a bar, full width for 100, drawn to an eighth of a column; a share above 0 always shows. */
export function drawBar(percent: number, width: number): string {
  const steps = Math.min(8 * width, Math.round((percent / 100) * 8 * width));
  return "█".repeat(Math.floor(steps / 8)) + eighths[percent > 0 && steps === 0 ? 1 : steps % 8]!;
}
