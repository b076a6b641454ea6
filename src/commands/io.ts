import type { Readable, Writable } from "node:stream";
import type { Config } from "./config.js";

export type ExitStatus = 0 | 1 | 2 | 3;

/** The world around a command, so that a test can put another in its place. */
export interface Io {
  readonly stdin: Readable & { isTTY?: boolean };
  readonly stdout: Writable & { isTTY?: boolean; columns?: number };
  readonly stderr: Writable & { isTTY?: boolean; columns?: number };
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What is written down for all runs; absent where nothing is looked for. */
  config?(): Promise<Config | null>;
  /** Epoch seconds. */
  now(): number;
  /** The last status set is what the program ends with; a failure is never set back to success. */
  setExitStatus(status: ExitStatus): void;
}

/** The reader of a pipe has gone: a normal end, thrown to leave everything at once. */
export class ClosedPipe extends Error {}

export const colorModes = ["auto", "always", "never"] as const;
export type ColorMode = (typeof colorModes)[number];

/** `--color` wins, then NO_COLOR and FORCE_COLOR; else colour is for terminals. */
export function wantsColor(mode: ColorMode, isTerminal: boolean, env: Io["env"]): boolean {
  if (mode !== "auto") return mode === "always";
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== "") return false;
  if (env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== "")
    return env.FORCE_COLOR !== "0" && env.FORCE_COLOR !== "false";
  return isTerminal && env.TERM !== "dumb";
}

/** Columns of the terminal that is written to. */
export function terminalWidth(io: Io): number {
  const asked = Number(io.env.COLUMNS);
  return Number.isInteger(asked) && asked > 0 ? asked : io.stdout.columns || 80;
}
