import { escapeControls } from "../errors.js";
import { protocolName } from "../record/protocols.js";
import { Decimal } from "./decimal.js";
import { formatInstant } from "./instant.js";
import { scaleBytes, scaleCount } from "./scale.js";
import type { Cell, ColumnKind } from "./sheet.js";
import { isPlain } from "./width.js";

/**
 * A cell as people read it: in one line, with no control character, and `-` for null; a text that is itself `-`, as a
 * tag's value may be, stands in quotes.
 * Text is itself in a column of any kind.
 */
export function showCell(cell: Cell, kind: ColumnKind, exact: boolean): string {
  if (cell === null) return "-";
  if (cell === "-") return '"-"';
  // Nearly all text is plain, which is known sooner than what is to be replaced in it.
  if (typeof cell === "string") return isPlain(cell) ? cell : escapeControls(cell);
  if (cell instanceof Decimal) return showDecimal(cell, kind, exact);
  switch (kind) {
    case "bytes":
      return exact ? String(cell) : scaleBytes(BigInt(cell));
    case "count":
      return exact ? String(cell) : scaleCount(BigInt(cell));
    case "time":
      return formatInstant(cell);
    case "protocol":
      return protocolName(Number(cell));
    case "percent":
      return showPercent(Number(cell), exact);
    default:
      return String(cell);
  }
}

/** Scaled from where a count is, and two decimals before. */
function showDecimal(decimal: Decimal, kind: ColumnKind, exact: boolean): string {
  if (exact) return String(decimal);
  if (kind === "bytes" && decimal.whole >= 1000n) return scaleBytes(decimal.whole);
  if (kind === "count" && decimal.whole >= 10_000n) return scaleCount(decimal.whole);
  const isTiny = decimal.tenThousandths > 0n && decimal.tenThousandths < 50n;
  const digits = isTiny ? "<0.01" : (Number(decimal.tenThousandths) / 10_000).toFixed(2);
  return kind === "bytes" ? `${digits} B` : digits;
}

/** Two decimals, and four, which is all there are, where every digit is asked for. What is not 0 is never shown as 0. */
function showPercent(percent: number, exact: boolean): string {
  if (exact) return percent.toFixed(4);
  return percent > 0 && percent < 0.005 ? "<0.01" : percent.toFixed(2);
}
