import { PassThrough, Readable } from "node:stream";
import { runProgram } from "../src/cli.js";
import { findConfig } from "../src/commands/config-file.js";

export interface World {
  stdin?: string;
  /** Standard input is a terminal where nobody pipes anything in. */
  stdinIsTerminal?: boolean;
  /** Columns, where standard output is a terminal. */
  width?: number;
  env?: Record<string, string>;
  /** The directory from which a config is looked for. */
  directory?: string;
}

/** The program in this process, in a world without the real one's terminal. test/cases has the real runs. */
export async function run(args: readonly string[], world: World = {}) {
  const stdin = Object.assign(Readable.from(world.stdin === undefined ? [] : [Buffer.from(world.stdin)]), {
    isTTY: world.stdinIsTerminal === true,
  });
  const stdout = new PassThrough({ highWaterMark: 2 ** 26 });
  const stderr = new PassThrough({ highWaterMark: 2 ** 26 });
  if (world.width !== undefined) Object.assign(stdout, { isTTY: true, columns: world.width });
  let status = 0;
  await runProgram(args, {
    stdin,
    stdout,
    stderr,
    env: world.env ?? {},
    config: async () => (world.directory === undefined ? null : findConfig(world.directory)),
    now: () => Date.UTC(2026, 0, 16) / 1000,
    setExitStatus: (next) => {
      status = Math.max(status, next);
    },
  });
  return { stdout: textOf(stdout), stderr: textOf(stderr), status };
}

export function textOf(stream: PassThrough): string {
  return (stream.read() as Buffer | null)?.toString("utf8") ?? "";
}
