import { Chalk } from "chalk";
import type { Cell, ColumnKind } from "./sheet.js";

/** The colours of tables, or none. Each leaves the text's width as it is. */
export interface Paint {
  title(text: string): string;
  rule(text: string): string;
  note(text: string): string;
  cell(text: string, cell: Cell | undefined, kind: ColumnKind): string;
}

/** @param color whether to colour at all; what the terminal can do is settled before (chalk itself ignores NO_COLOR) */
export function makePaint(color: boolean): Paint {
  if (!color) return { title: same, rule: same, note: same, cell: same };
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
