import type { Input } from "../files.js";
import type { Pipeline } from "../processes.js";
import { type Key, type Ranking, rows } from "../ranking.js";
import { firstLineOf, type Peer } from "./tool.js";

export function findMawk(): Peer | undefined {
  return findAwk("mawk", ["-W", "version"]);
}

export function findGawk(): Peer | undefined {
  return findAwk("gawk", ["--version"]);
}

function findAwk(name: string, versionArgs: readonly string[]): Peer | undefined {
  const version = firstLineOf(name, versionArgs)?.replace(/^(?:mawk|GNU Awk) ([^ ,]+).*/, "$1");
  if (version === undefined) return undefined;
  return { name, version, rank: (ranking, input) => rank(name, ranking, input) };
}

function rank(name: string, ranking: Ranking, { files, isGzip }: Input): Pipeline {
  const program = awkProgram(ranking);
  if (isGzip)
    return [
      { file: "gzip", args: ["-dc", ...files] },
      { file: name, args: [program] },
    ];
  return [{ file: name, args: [program, ...files] }];
}

const columns: Record<Key, string> = { srcaddr: "$4", dstaddr: "$5", dstport: "$7" };

/**
 * Sums are floats, exact up to 2^53, and written with all digits: `print` would write 2.1e+12, which sort takes for 2. Of all the
 * fields only the one that is malformed in this data is checked.
 */
function awkProgram({ by, metric, onlyRefusedTcp }: Ranking): string {
  const bytesColumn = by.length + 1;
  const metricColumn = metric === "bytes" ? bytesColumn : bytesColumn + 2;
  return `
    $14 == "OK" && $7 !~ /[^0-9]/ ${onlyRefusedTcp ? '&& $13 == "REJECT" && $8 == 6' : ""} {
      key = ${by.map((field) => columns[field]).join(' "\\t" ')}
      bytes[key] += $10
      packets[key] += $9
      flows[key]++
    }
    END {
      top = "sort -t '\\t' -k ${metricColumn},${metricColumn}nr -k 1,1n | head -n ${rows}"
      for (key in bytes) printf "%s\\t%.0f\\t%.0f\\t%.0f\\n", key, bytes[key], packets[key], flows[key] | top
      close(top)
    }`;
}
