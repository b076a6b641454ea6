/**
 * `npm run bench`: flowlog against its peers, on seeded data. It takes 4.3 GB of disk, kept for the next run, and mostly its slowest peers' time:
 * Miller takes a minute where DuckDB takes three seconds. `--peers DuckDB` leaves all but the one with targets out.
 *
 *   npm run bench -- --only sources,pairs --runs 3 --peers DuckDB
 *   npm run bench -- --quick    compares the answers on a little data and times nothing
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Command, InvalidArgumentError } from "commander";
import { type DataSet, DISTINCT, EVENTS, TABLE, USUAL } from "./data.js";
import { type FileOptions, provideFiles } from "./files.js";
import { machineLine } from "./machine.js";
import { checkWork, measureWork } from "./run-work.js";
import { resultTable, type WorkResult } from "./table.js";
import { findGawk, findMawk } from "./tools/awk.js";
import { findClickhouse } from "./tools/clickhouse.js";
import { type Duckdb, findDuckdb } from "./tools/duckdb.js";
import { flowlogVersion } from "./tools/flowlog.js";
import { findMiller } from "./tools/miller.js";
import { type Peer, threads } from "./tools/tool.js";
import { type Sets, works } from "./works.js";

interface Options {
  quick?: true;
  only?: readonly string[];
  peers?: readonly string[];
  runs: number;
  data: string;
}

const root = fileURLToPath(new URL("../..", import.meta.url));

const findPeers = { mawk: findMawk, gawk: findGawk, Miller: findMiller, ClickHouse: findClickhouse };
const peerNames = ["DuckDB", ...Object.keys(findPeers)];

try {
  // What is measured is dist/.
  execFileSync(process.execPath, [join(root, ".config/build.js"), "--if-stale"], { stdio: ["ignore", 2, 2] });
  const options = readOptions();
  await (options.quick ? checkQuickly(options) : bench(options));
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}

function readOptions(): Options {
  return new Command("npm run bench --")
    .description("flowlog's speed and memory against those of its peers")
    .option("--quick", "compare the answers on a little data and time nothing")
    .option("--only <works>", `some of ${Object.keys(works)}`, (text) => parseNames(text, Object.keys(works)))
    .option("--peers <names>", `some of ${peerNames}; DuckDB always is one`, (text) => parseNames(text, peerNames))
    .option("--runs <count>", "timed runs of each tool; the median counts", parseRuns, 5)
    .option("--data <folder>", "where the data is, or is to be written: 4.3 GB", join(tmpdir(), "flowlog-bench"))
    .parse()
    .opts<Options>();
}

function parseNames(text: string, known: readonly string[]): readonly string[] {
  const names = text.split(",");
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new InvalidArgumentError(`Expected some of ${known}.`);
  return names;
}

function parseRuns(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new InvalidArgumentError("Expected a whole number from 1.");
  return Number(text);
}

async function bench({ only, peers: asked, runs, data }: Options): Promise<void> {
  await mkdir(data, { recursive: true });
  const hashes: string[] = [];
  const provide = async (name: string, set: DataSet, more: Pick<FileOptions, "gzipped" | "events">) => {
    const files = await provideFiles(data, name, set, { pieces: 100, ...more }, say);
    hashes.push(`${name}.log ${files.sha256}`);
    return files;
  };
  const sets: Sets = {
    usual: once(() => provide("usual", USUAL, { gzipped: true })),
    distinct: once(() => provide("distinct", DISTINCT, { gzipped: false })),
    events: once(() => provide("events", EVENTS, { gzipped: false, events: true })),
    table: once(() => provide("table", TABLE, { gzipped: false })),
  };
  const { duckdb, peers, missing } = presentPeers(asked);
  const results: WorkResult[] = [];
  for (const name of only ?? Object.keys(works)) {
    const work = await works[name]!(sets, duckdb, peers);
    say(`${name}: comparing answers`);
    const checked = await checkWork(work);
    for (const [tool, { reason }] of checked.wrong) say(`${name}: ${tool}: ${reason}`);
    say(`${name}: timing`);
    results.push(await measureWork(work, checked, runs));
  }
  const versions = [
    `flowlog ${flowlogVersion}`,
    ...[duckdb, ...peers].map(({ name, version }) => `${name} ${version}`),
  ];
  const lines = [
    resultTable(results),
    "",
    `Median of ${runs} ${runs === 1 ? "run" : "runs"} (of the short ones ${4 * runs}), each tool in turn, at most ${threads} threads.`,
    `${machineLine()}.`,
    `${versions.join(", ")}${missing.length > 0 ? `; not on this machine: ${missing.join(", ")}` : ""}.`,
    ...(hashes.length > 0 ? [`SHA-256 of the data: ${hashes.join(", ")}.`] : []),
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
}

/** Times are no matter here, so a wrong answer of any tool fails: this little data gives none an excuse. */
async function checkQuickly({ only, peers: asked }: Options): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "flowlog-bench-"));
  try {
    const provide = (name: string, set: DataSet, more: Pick<FileOptions, "gzipped" | "events">) =>
      provideFiles(folder, name, { ...set, records: 100_000 }, { pieces: 10, ...more }, () => {});
    const sets: Sets = {
      usual: once(() => provide("usual", USUAL, { gzipped: true })),
      distinct: once(() => provide("distinct", DISTINCT, { gzipped: false })),
      events: once(() => provide("events", EVENTS, { gzipped: false, events: true })),
      table: once(() => provide("table", TABLE, { gzipped: false })),
    };
    const { duckdb, peers, missing } = presentPeers(asked);
    for (const name of only ?? Object.keys(works)) {
      const { right, wrong } = await checkWork(await works[name]!(sets, duckdb, peers));
      const tools = [...right.keys()].map((contender) => contender.name);
      process.stdout.write(`${name}: right answers from ${tools.join(", ")}\n`);
      for (const [tool, { reason }] of wrong) say(`${name}: ${tool}: ${reason}`);
      if (wrong.size > 0) process.exitCode = 1;
    }
    if (missing.length > 0) process.stdout.write(`not on this machine: ${missing.join(", ")}\n`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

interface Peers {
  /** It knows the answers, so there is no bench without it. */
  duckdb: Duckdb;
  peers: Peer[];
  missing: string[];
}

/** The peers asked for, or all, as far as they are on this machine. */
function presentPeers(asked: readonly string[] = peerNames): Peers {
  const present: Peers = { duckdb: findDuckdb(), peers: [], missing: [] };
  for (const [name, find] of Object.entries(findPeers)) {
    if (!asked.includes(name)) continue;
    const peer = find();
    if (peer) present.peers.push(peer);
    else present.missing.push(name);
  }
  return present;
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

function say(text: string): void {
  process.stderr.write(`bench: ${text}\n`);
}
