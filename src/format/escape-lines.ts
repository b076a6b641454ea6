import { escapeControls } from "../errors.js";

/** Lines of a log as a terminal may show them. Tabs and line ends do it no harm. */
export function escapeLines(lines: Uint8Array): Buffer {
  const text = Buffer.from(lines).toString();
  return Buffer.from(text.replaceAll(/[^\t\n]+/g, escapeControls));
}
