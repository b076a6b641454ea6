import { writeFile } from "node:fs/promises";
import { type Answer, type Reading, readCount, readText, readUnordered, toLines } from "./answers.js";
import { type Asked, memoryAtMost, memoryShare, ours, speed, timeAtMost } from "./asked.js";
import type { DataFiles, Input } from "./files.js";
import type { Pipeline } from "./processes.js";
import type { Ranking } from "./ranking.js";
import type { Duckdb } from "./tools/duckdb.js";
import {
  flowlog,
  flowlogRank,
  flowlogRecords,
  flowlogVersion,
  readFlowlogRanking,
  readFlowlogRecords,
} from "./tools/flowlog.js";
import type { Peer } from "./tools/tool.js";

/** One way to do a work. */
export interface Contender {
  name: string;
  pipeline: Pipeline;
  /** Reads the output. */
  read(): Reading;
  /** Reads it in runs that are timed, where `read` would hold them up; answers the first line of what `read` does. */
  readTimed?(): Reading;
  /** What it has to answer, where that is not the work's answer. */
  want?: Answer;
  /** It is told of but ends nothing: somebody else's program, of any version. */
  mayFail?: true;
}

/** A part of the bench: something that flowlog, the first contender, does and others do too. */
export interface Work {
  title: string;
  contenders: readonly Contender[];
  /** Who knows the answer: a program that shares nothing with flowlog. */
  judge?: Contender;
  /** How many runs are made for each that is asked for: short ones are the more uncertain. */
  repeat?: number;
  asked: readonly Asked[];
}

export interface Sets {
  usual(): Promise<DataFiles>;
  distinct(): Promise<DataFiles>;
  events(): Promise<DataFiles>;
  table(): Promise<DataFiles>;
}

/** Makes a work from the data and the tools that are there: only the data that it needs is written. */
type WorkMaker = (sets: Sets, duckdb: Duckdb, others: readonly Peer[]) => Promise<Work>;

/** All works, by the name that `--only` takes. */
export const works: Readonly<Record<string, WorkMaker>> = {
  async sources(sets, duckdb, others) {
    const { plain } = await sets.usual();
    const asked = [speed(duckdb.name, 3), memoryAtMost(200)];
    return rankingWork("`top-talkers` by srcaddr, plain", bySource, plain, duckdb, others, asked);
  },
  async ports(sets, duckdb, others) {
    const { plain } = await sets.usual();
    const title = "`top-talkers --by dstport --metric flows --action REJECT --protocol tcp`, plain";
    return rankingWork(title, byRefusedPort, plain, duckdb, others, [speed(duckdb.name, 2)]);
  },
  async pairs(sets, duckdb, others) {
    const { plain } = await sets.distinct();
    const asked = [speed(duckdb.name, 1.5), memoryShare(duckdb.name, 60)];
    return rankingWork("`top-talkers --by pair`, 4 M distinct pairs, plain", byPair, plain, duckdb, others, asked);
  },
  async filter(sets, duckdb) {
    const { plain } = await sets.usual();
    return filterWork("`top-talkers -f`, ten terms", plain, duckdb, tenTerms.join(" and "), 1.25);
  },
  async list(sets, duckdb) {
    const { plain } = await sets.usual();
    const path = `${plain.path}.prefixes`;
    await writeFile(path, distantPrefixes(100_000));
    return filterWork("`top-talkers -f`, `in @FILE` of 100,000 prefixes", plain, duckdb, `not src in @"${path}"`, 2);
  },
  async pieces(sets, duckdb, others) {
    const { pieces } = await sets.usual();
    const title = `\`top-talkers\` by srcaddr, ${pieces.files.length} gzip files`;
    return rankingWork(title, bySource, pieces, duckdb, others, [speed(duckdb.name, 2.5), memoryAtMost(200)]);
  },
  async gzip(sets, duckdb, others) {
    const { whole } = await sets.usual();
    return rankingWork("`top-talkers` by srcaddr, one gzip file", bySource, whole, duckdb, others, []);
  },
  async json(sets, duckdb) {
    const { plain, events } = await sets.events();
    const onPlain = flowlogContender("flowlog, the same plain", bySource, plain, plain.path);
    return {
      title: "`top-talkers` by srcaddr, JSON of `filter-log-events`",
      contenders: [flowlogContender(ours, bySource, events, events.path), onPlain],
      judge: peerContender(duckdb, bySource, plain),
      asked: [speed(onPlain.name, 0.5)],
    };
  },
  async parquet(sets, duckdb) {
    const { plain } = await sets.table();
    const path = `${plain.path}.parquet`;
    duckdb.writeParquet(plain, path);
    const input = { ...plain, path, files: [path], glob: path, malformed: 0 };
    const asked = [timeAtMost(1.5, [duckdb.name])];
    return rankingWork("`top-talkers` by srcaddr, 2 M records in Parquet", bySource, input, duckdb, [], asked);
  },
  async parse(sets, duckdb, others) {
    const { plain } = await sets.usual();
    return recordsWork(plain, duckdb, others);
  },
  async pipe(sets, duckdb) {
    const { plain } = await sets.usual();
    return pipeWork(plain, duckdb);
  },
  async start(sets, duckdb) {
    const { start } = await sets.usual();
    return {
      title: "20 lines, start to end",
      contenders: [flowlogContender(ours, bySource, start, start.path), bareNode],
      judge: peerContender(duckdb, bySource, start),
      repeat: 4,
      asked: [timeAtMost(2, [bareNode.name])],
    };
  },
  async version() {
    const contender = { name: ours, pipeline: [flowlog("--version")], read: () => readText(toLines) };
    return {
      title: "`flowlog --version`",
      contenders: [{ ...contender, want: [flowlogVersion] }, bareNode],
      repeat: 4,
      asked: [],
    };
  },
};

const bySource: Ranking = { by: ["srcaddr"], metric: "bytes" };
const byPair: Ranking = { by: ["srcaddr", "dstaddr"], metric: "bytes" };
const byRefusedPort: Ranking = { by: ["dstport"], metric: "flows", onlyRefusedTcp: true };

const bareNode = nodeContender("node -e 0", [], "0");

function rankingWork(
  title: string,
  ranking: Ranking,
  input: Input,
  duckdb: Duckdb,
  others: readonly Peer[],
  asked: readonly Asked[],
): Work {
  const judge = peerContender(duckdb, ranking, input);
  const rest = others.map((peer): Contender => ({ ...peerContender(peer, ranking, input), mayFail: true }));
  return { title, contenders: [flowlogContender(ours, ranking, input, input.path), judge, ...rest], judge, asked };
}

/** Records as text: all octets of each line are compared, whatever the order of lines. */
function recordsWork(input: Input, duckdb: Duckdb, others: readonly Peer[]): Work {
  const toContender = (name: string, pipeline: Pipeline): Contender => ({
    name,
    pipeline,
    read: readUnordered,
    readTimed: readCount,
  });
  const judge = toContender(duckdb.name, duckdb.records(input));
  const rest = others.flatMap(({ name, records }): Contender[] =>
    records ? [{ ...toContender(name, records(input)), mayFail: true }] : [],
  );
  const flowlogs: Contender = {
    name: ours,
    pipeline: [flowlogRecords(input)],
    read: () => readFlowlogRecords(readUnordered(), input),
    readTimed: () => readFlowlogRecords(readCount(), input),
  };
  return {
    title: "`parse -o ndjson` of everything to a pipe",
    contenders: [flowlogs, judge, toContender(`${duckdb.name}, any order`, duckdb.recordsInAnyOrder(input)), ...rest],
    judge,
    asked: [speed(duckdb.name, 3)],
  };
}

/** All of them hold for every flow, so that the answer is that of no filter, and none is left undone. */
const tenTerms = [
  "not src 0.0.0.0/8",
  "not dst 224.0.0.0/4",
  "not port 1-19",
  "bytes >= 1",
  "packets < 1G",
  "start >= 2026",
  "proto in [tcp, udp, icmp]",
  "action in [accept, reject]",
  'eni ~ "^eni-0"',
  "account = 123456789012",
];

/** Networks that no flow comes from, a line each. */
function distantPrefixes(count: number): string {
  return Array.from({ length: count }, (_, i) => `240.${(i >> 8) & 255}.${i & 255}.${(i >> 16) * 64}/26\n`).join("");
}

/** A question with a filter that lets all pass, beside the same without. */
function filterWork(title: string, input: Input, duckdb: Duckdb, filter: string, times: number): Work {
  const unfiltered = flowlogContender("without a filter", bySource, input, input.path);
  const [command] = unfiltered.pipeline;
  if (command === undefined) throw new Error("nothing is run");
  const pipeline = [{ ...command, args: [...command.args, "-f", filter] }];
  return {
    title,
    contenders: [{ ...unfiltered, name: ours, pipeline }, unfiltered],
    judge: peerContender(duckdb, bySource, input),
    asked: [timeAtMost(times, [unfiltered.name])],
  };
}

function pipeWork(input: Input, duckdb: Duckdb): Work {
  const cat = { file: "cat", args: [input.path] };
  const onFile = flowlogContender("flowlog FILE", bySource, input, input.path);
  const onlyReads = nodeContender("cat FILE | node, only reads", [cat], 'process.stdin.on("data", () => {})');
  return {
    title: "`cat FILE | flowlog top-talkers`",
    contenders: [flowlogContender(ours, bySource, input, "-", [cat]), onFile, onlyReads],
    judge: peerContender(duckdb, bySource, input),
    asked: [timeAtMost(1.3, [onFile.name, onlyReads.name])],
  };
}

function flowlogContender(
  name: string,
  ranking: Ranking,
  input: Input,
  path: string,
  before: Pipeline = [],
): Contender {
  return {
    name,
    pipeline: [...before, flowlogRank(ranking, path)],
    read: () => readFlowlogRanking(ranking, input),
  };
}

function peerContender(peer: Peer, ranking: Ranking, input: Input): Contender {
  return { name: peer.name, pipeline: peer.rank(ranking, input), read: () => readText(toLines) };
}

/** Node with a program that answers nothing. */
function nodeContender(name: string, before: Pipeline, program: string): Contender {
  const pipeline = [...before, { file: process.execPath, args: ["-e", program] }];
  return { name, pipeline, read: () => readText(toLines), want: [] };
}
