import { arch, availableParallelism, cpus, release, totalmem, type } from "node:os";

/** What the figures were had on: `Xeon …, 2 processors, 24.6 GB; Linux 6.1 x64; Node v20.20.2`. */
export function machineLine(): string {
  const model = cpus()[0]?.model.trim() || "unknown processor";
  const memory = `${(totalmem() / 1e9).toFixed(1)} GB`;
  return `${model}, ${availableParallelism()} processors, ${memory}; ${type()} ${release()} ${arch()}; Node ${process.version}`;
}
