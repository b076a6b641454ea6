/**
 * Builds dist/: tsc for src/, then AssemblyScript for the kernel.
 *
 *   node .config/build.js              empties dist/ and builds all, with types checked
 *   node .config/build.js --if-stale   builds only what is older than its sources (vitest's set-up calls this).
 *                                      Types are left to `npm run typecheck`, so that a test can run before they fit.
 *
 * src/parse/kernel.ts loads the kernel from beside itself. Tests import it from src/, so the kernel is put there too (ignored by git).
 */
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const kernelSource = "src/parse/kernel";
const kernel = "dist/parse/kernel.wasm";
const kernelForTests = "src/parse/kernel.wasm";

const onlyStale = process.argv.includes("--if-stale");
if (!onlyStale) {
  rmSync(join(root, "dist"), { recursive: true, force: true });
}
if (isStale("dist/cli.js", ["src", "tsconfig.json", ".config/tsconfig.build.json"])) {
  run("typescript/bin/tsc", ["-p", ".config/tsconfig.build.json", ...(onlyStale ? ["--noCheck"] : [])]);
}
if (isStale(kernel, [kernelSource, ".config/asconfig.json"])) {
  mkdirSync(join(root, "dist/parse"), { recursive: true });
  run("assemblyscript/bin/asc.js", [`${kernelSource}/index.ts`, "--config", ".config/asconfig.json"]);
}
if (isStale(kernelForTests, [kernel])) {
  copyFileSync(join(root, kernel), join(root, kernelForTests));
}

function run(program, args) {
  execFileSync(process.execPath, [join(root, "node_modules", program), ...args], { cwd: root, stdio: "inherit" });
}

function isStale(target, sources) {
  const built = statSync(join(root, target), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return sources.some((source) => filesOf(join(root, source)).some((file) => statSync(file).mtimeMs > built));
}

function filesOf(path) {
  if (!statSync(path).isDirectory()) {
    return [path];
  }
  return readdirSync(path, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => join(path, name));
}
