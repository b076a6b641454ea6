import { spawnSync } from "node:child_process";
import type { Input } from "../files.js";
import type { Pipeline } from "../processes.js";
import type { Ranking } from "../ranking.js";

/**
 * How many threads a tool may use, where it can be told. All get the same: figures of a machine with more processors are then still
 * figures of the tools.
 */
export const threads = 2;

/** Another program that can do some of flowlog's work, on this machine. It skips malformed lines, as flowlog does. */
export interface Peer {
  name: string;
  version: string;
  /** Prints the answer's lines. */
  rank(ranking: Ranking, input: Input): Pipeline;
  /** Prints all records that are not malformed as NDJSON, as flowlog does. Absent: there is no plain way to do it. */
  records?(input: Input): Pipeline;
}

/** The first line that a program says about its version; undefined where there is no such program. */
export function firstLineOf(file: string, args: readonly string[]): string | undefined {
  const { error, stdout, stderr } = spawnSync(file, args, { input: "", encoding: "utf8" });
  return error ? undefined : (stdout || stderr).split("\n")[0];
}
