import type { Paint } from "./sheet.js";

/** No colours. */
export const plainPaint: Paint = { title: same, rule: same, note: same, cell: same, lines: [] };

/** The colours, all that a terminal has: what it can do is settled before (chalk itself ignores NO_COLOR). */
export async function loadColors(): Promise<Paint> {
  const { Chalk } = await import("chalk");
  const chalk = new Chalk({ level: 1 });
  return {
    title: chalk.bold,
    rule: chalk.dim,
    note: chalk.dim,
    cell: (text, cell, kind) => {
      if (cell === null) return chalk.dim(text);
      if (kind === "bar") return chalk.cyan(text);
      return cell === "REJECT" && kind === "action" ? chalk.red(text) : text;
    },
    // Red is what was rejected, and one of black, white and grey is what stands behind. Plain blue is too dark on black, and
    // yellow too light on white: it comes last.
    lines: [chalk.cyan, chalk.magenta, chalk.green, chalk.blueBright, chalk.yellow],
  };
}

function same(text: string): string {
  return text;
}
