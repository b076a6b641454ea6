import { escapeControls, type UserError } from "../errors.js";
import type { Io } from "./io.js";

/** An error as its user reads it: no stack, and what to do in a line of its own. */
export function tellError(io: Io, error: UserError): void {
  io.stderr.write(`flowlog: ${escapeControls(error.message)}\n`);
  if (error.hint !== undefined) io.stderr.write(`  ${error.hint.split("\n").map(escapeControls).join("\n  ")}\n`);
}
