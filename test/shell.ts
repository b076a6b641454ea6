import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder that every line runs in, so that `fixtures/…` works. */
export const repository = fileURLToPath(new URL("..", import.meta.url));

export interface Finished {
  stdout: Buffer;
  stderr: Buffer;
  /** Exit status; 128 + the signal's number where a signal ended it, as sh has it. */
  status: number;
}

export interface ShellOptions {
  /** A file that is piped in. Without it the line gets an empty pipe. */
  stdin?: string;
  env?: Record<string, string>;
  timeoutMs?: number;
}

/**
 * Run a line of sh as test/cases and README.md do: `flowlog` is the program under test, no terminal is there, time is UTC,
 * `COLUMNS` is 80 and `$TMP` is an empty folder that is gone afterwards. Nothing else of the caller's environment but PATH is seen,
 * and no config: `unset FLOWLOG_NO_CONFIG; cd "$TMP"` in a line makes it see the one that it writes there.
 *
 * The program under test is bin/flowlog.js on this Node. `FLOWLOG_BIN` puts another in its place, such as the one installed from
 * the tarball, and `FLOWLOG_NODE` runs it on another Node.
 *
 * @throws when the line does not end in time; then all that it started is killed
 */
export async function runShell(line: string, options: ShellOptions = {}): Promise<Finished> {
  const temporary = await mkdtemp(join(tmpdir(), "flowlog-test-"));
  const node = resolve(process.env.FLOWLOG_NODE ?? process.execPath);
  const env = {
    PATH: [join(repository, "test/path"), process.env.PATH].join(delimiter),
    HOME: temporary,
    TMP: temporary,
    TZ: "UTC",
    COLUMNS: "80",
    FLOWLOG_NO_CONFIG: "1",
    FLOWLOG_NODE: node,
    FLOWLOG_BIN: resolve(process.env.FLOWLOG_BIN ?? join(repository, "bin/flowlog.js")),
    ...options.env,
  };
  try {
    // Through cat, because what Node gives a child as its standard input is a socket and users have a pipe: a socket cannot be
    // opened again as /dev/stdin.
    const args = ["-c", 'cat -- "$1" | sh -c "$2"', "sh", options.stdin ?? "/dev/null", line];
    return await finish("sh", args, env, options.timeoutMs ?? 50_000);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

function finish(file: string, args: string[], env: NodeJS.ProcessEnv, timeoutMs: number): Promise<Finished> {
  return new Promise((fulfil, reject) => {
    // A process group of its own: at the time limit the whole pipe is ended, not only its shell.
    const child = spawn(file, args, { cwd: repository, env, stdio: ["ignore", "pipe", "pipe"], detached: true });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
    const timer = setTimeout(() => {
      if (child.pid !== undefined) {
        process.kill(-child.pid, "SIGKILL");
      }
      reject(new Error(`not done after ${timeoutMs} ms: ${args.at(-1)}`));
    }, timeoutMs);
    child.on("error", reject);
    child.on("close", (code) => {
      clearTimeout(timer);
      fulfil({ stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr), status: code ?? -1 });
    });
  });
}
