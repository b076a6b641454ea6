import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** vitest's global set-up: whole-run tests start bin/flowlog.js, which runs dist/, so dist/ must not be older than src/. */
export function setup(): void {
  const build = fileURLToPath(new URL("build.js", import.meta.url));
  execFileSync(process.execPath, [build, "--if-stale"], { stdio: "inherit" });
}
