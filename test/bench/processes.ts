import { type ChildProcess, spawn } from "node:child_process";
import { closeSync } from "node:fs";
import { Socket } from "node:net";
import type { Measured } from "./measures.js";
import { watchPeakMemory } from "./peak-memory.js";
import { openPipe } from "./pipe.js";

export interface Command {
  file: string;
  args: readonly string[];
}

/** The processes of a shell's pipe from left to right. The last is the tool whose memory is told. */
export type Pipeline = readonly Command[];

export interface Finished extends Measured {
  /** Standard error of all. */
  stderr: string;
}

/**
 * Runs processes as a shell's pipe, from the first one's start to the last one's end.
 *
 * @param take gets the output of the last while it comes; a chunk is good until it returns
 * @throws when one cannot be started or ends with another status than 0
 */
export async function runPipeline(commands: Pipeline, take: (chunk: Buffer) => void): Promise<Finished> {
  const pipes = commands.map(openPipe);
  const begun = performance.now();
  const children = commands.map(({ file, args }, i) =>
    spawn(file, args, { env, stdio: [pipes[i - 1]?.read ?? "ignore", pipes[i]!.write, "pipe"] }),
  );
  const peak = watchPeakMemory(children.at(-1)?.pid ?? 0);
  for (const { write } of pipes) closeSync(write);
  for (const { read } of pipes.slice(0, -1)) closeSync(read);

  const ends = children.map((child, i) => ended(child, commands[i]!));
  try {
    const [stderr] = await Promise.all([Promise.all(ends), drain(pipes.at(-1)!.read, take)]);
    return { seconds: (performance.now() - begun) / 1000, peakBytes: peak(), stderr: stderr.join("") };
  } finally {
    peak();
    for (const child of children) child.kill();
  }
}

// Bytes compare as bytes: sort and awk are several times as slow in other locales.
const env = { PATH: process.env.PATH, HOME: process.env.HOME, TMPDIR: process.env.TMPDIR, LC_ALL: "C", TZ: "UTC" };

/** Waits for a process's end. @returns its standard error */
function ended(child: ChildProcess, { file }: Command): Promise<string> {
  return new Promise((fulfil, reject) => {
    let stderr = "";
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    child.on("error", reject);
    child.on("close", (code, signal) => {
      if (code === 0) fulfil(stderr);
      else reject(new Error(`${file} ended with ${signal ?? `status ${code}`}: ${stderr.slice(0, 1000)}`));
    });
  });
}

function drain(fd: number, take: (chunk: Buffer) => void): Promise<void> {
  return new Promise((fulfil, reject) => {
    const options = {
      fd,
      readable: true,
      writable: false,
      onread: {
        // As much as a pipe holds. The one buffer for all reads saves allocating 64 KiB 40,000 times for a large output.
        buffer: Buffer.alloc(65536),
        callback(length: number, buffer: Uint8Array): boolean {
          take(Buffer.from(buffer.buffer, buffer.byteOffset, length));
          return true;
        },
      },
    };
    new Socket(options)
      .on("error", reject)
      .on("close", () => fulfil())
      .resume();
  });
}
