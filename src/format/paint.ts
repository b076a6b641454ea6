import type { Paint } from "./sheet.js";

/** No colours. */
export const plainPaint: Paint = { title: same, rule: same, note: same, cell: same };

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
  };
}

function same(text: string): string {
  return text;
}
