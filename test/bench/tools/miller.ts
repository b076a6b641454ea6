import type { Input } from "../files.js";
import type { Pipeline } from "../processes.js";
import { type Key, type Ranking, rows } from "../ranking.js";
import { firstLineOf, type Peer } from "./tool.js";

export function findMiller(): Peer | undefined {
  const version = firstLineOf("mlr", ["--version"])?.replace(/^mlr /, "");
  return version === undefined ? undefined : { name: "Miller", version, rank };
}

// Fields by number, as in awk: without their names header lines are lines that the filter drops.
const columns: Record<Key, number> = { srcaddr: 4, dstaddr: 5, dstport: 7 };

function rank({ by, metric, onlyRefusedTcp }: Ranking, { files, isGzip }: Input): Pipeline {
  const keys = by.map((field) => columns[field]).join(",");
  const greatest = metric === "bytes" ? "10_sum" : "10_count";
  const refusedTcp = onlyRefusedTcp ? '&& $13 == "REJECT" && $8 == 6' : "";
  const verbs = [
    ["filter", `$14 == "OK" && $7 =~ "^[0-9]+$" ${refusedTcp}`],
    ["stats1", "-a", "sum,count", "-f", "10,9", "-g", keys],
    // More than are asked for, of which sort keeps the right ones where some are equal.
    ["top", "-a", "-n", `${2 * rows}`, "-f", greatest],
    ["sort", "-nr", greatest, "-nf", keys],
    ["head", "-n", `${rows}`],
    ["cut", "-o", "-f", `${keys},10_sum,9_sum,10_count`],
  ];
  const chain = verbs.flatMap((verb, i) => (i === 0 ? verb : ["then", ...verb]));
  const formats = ["--inidx", "--ifs", "space", "--onidx", "--ofs", "tab"];
  return [{ file: "mlr", args: [...formats, ...(isGzip ? ["--gzin"] : []), ...chain, ...files] }];
}
