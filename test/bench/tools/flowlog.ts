import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Answer, type Reading, readText, WrongAnswer } from "../answers.js";
import type { Input } from "../files.js";
import type { Command } from "../processes.js";
import { type Ranking, rows } from "../ranking.js";
import { threads } from "./tool.js";

const program = fileURLToPath(new URL("../../../bin/flowlog.js", import.meta.url));
const manifest = fileURLToPath(new URL("../../../package.json", import.meta.url));

export const flowlogVersion: string = JSON.parse(readFileSync(manifest, "utf8")).version;

export function flowlog(...args: string[]): Command {
  return { file: process.execPath, args: [program, ...args] };
}

/** @param path a file, a folder, or - for standard input */
export function flowlogRank({ by, metric, onlyRefusedTcp }: Ranking, path: string): Command {
  const filter = onlyRefusedTcp ? ["--action", "REJECT", "--protocol", "tcp"] : [];
  const ranking = ["--by", by.join(","), "--metric", metric, "--limit", `${rows}`];
  return flowlog("top-talkers", path, ...ranking, ...filter, "--json", "--jobs", `${threads}`);
}

export function flowlogRecords(input: Input): Command {
  return flowlog("parse", input.path, "-o", "ndjson", "--jobs", `${threads}`);
}

/** Reads a ranking, and that every malformed line was found. */
export function readFlowlogRanking({ by }: Ranking, { malformed }: Input): Reading {
  return readText((stdout): Answer => {
    const answer = JSON.parse(stdout);
    if (!answer.input.complete) throw new WrongAnswer("the input was not read whole");
    checkMalformed(answer.input.malformed, malformed);
    return answer.rows.map((row: Record<string, unknown>) =>
      [...by, "bytes", "packets", "flows"].map((name) => row[name]).join("\t"),
    );
  });
}

/** Reads records as `reading` does, and from standard error that every malformed line was found. */
export function readFlowlogRecords(reading: Reading, { malformed }: Input): Reading {
  return {
    take: reading.take,
    answer(stderr) {
      const told = /^flowlog: (\d+) of \d+ lines? (?:was|were) skipped/m.exec(stderr)?.[1];
      checkMalformed(Number(told ?? 0), malformed);
      return reading.answer(stderr);
    },
  };
}

function checkMalformed(told: number, malformed: number): void {
  if (told !== malformed) throw new WrongAnswer(`tells of ${told} malformed lines, the data has ${malformed}`);
}
