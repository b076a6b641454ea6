/**
 * Builds dist/: tsc for the types, rolldown for the code of src/ in a few files, AssemblyScript for the kernel.
 *
 *   node .config/build.js              empties dist/ and builds all, with types checked
 *   node .config/build.js --if-stale   builds only what is older than its sources (vitest's set-up calls this).
 *                                      Types are left to `npm run typecheck`, so that a test can run before they fit.
 *
 * Node takes about a millisecond to find and read a module, and src/ has a hundred. They are CommonJS: the loader of ES modules takes
 * 8 ms to start, and more for each file. dist/index.js is an ES module for the library's types, and gives what library.cjs has.
 *
 * What loads a file from beside itself finds it in dist/, where all files of code are. Tests import src/parse/kernel.ts and
 * src/source/json-tokens.ts from where they are, so the kernels are put there too (ignored by git).
 */
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "rolldown";

const root = fileURLToPath(new URL("..", import.meta.url));
const kernels = [
  { source: "src/parse/kernel", built: "dist/kernel.wasm", forTests: "src/parse/kernel.wasm" },
  { source: "src/source/json-kernel", built: "dist/json-kernel.wasm", forTests: "src/source/json-kernel.wasm" },
];

// Of the packages that are used, those that every run of a command loads: to find commander takes longer than to run it.
const bundled = ["commander", "markdown-table", "lilconfig"];
/** What even `flowlog --version` needs, beside commander. */
const base = [
  "errors",
  "record/nearest",
  "engine/breath",
  ...["io", "sink", "file-sink", "target", "write-failure", "tell-error", "progress-bar"].map(
    (name) => `commands/${name}`,
  ),
];

const onlyStale = process.argv.includes("--if-stale");
if (!onlyStale) {
  rmSync(join(root, "dist"), { recursive: true, force: true });
}
if (!onlyStale) {
  run("typescript/bin/tsc", ["-p", ".config/tsconfig.build.json"]);
}
if (isStale("dist/cli.cjs", ["src", ".config/build.js"])) {
  await bundle();
}
for (const { source, built, forTests } of kernels) {
  if (isStale(built, [source, ".config/asconfig.json"])) {
    mkdirSync(join(root, "dist"), { recursive: true });
    const to = ["--config", ".config/asconfig.json", "--outFile", built];
    run("assemblyscript/bin/asc.js", [`${source}/index.ts`, ...to]);
  }
  if (isStale(forTests, [built])) {
    copyFileSync(join(root, built), join(root, forTests));
  }
}

/** Not minified, so that the stack of a bug can be read; comments say which file of src/ a part is from. */
async function bundle() {
  await build({
    cwd: root,
    input: {
      cli: "src/cli.ts",
      library: "src/index.ts",
      "grouping-worker": "src/engine/grouping-worker.ts",
      "record-worker": "src/format/record-worker.ts",
    },
    platform: "node",
    // What is loaded lazily may be asked for by other chunks too.
    preserveEntrySignatures: "allow-extension",
    external: (name) => /^[^./]/.test(name) && !bundled.includes(name),
    output: {
      dir: "dist",
      format: "cjs",
      entryFileNames: "[name].cjs",
      chunkFileNames: "[name].cjs",
      codeSplitting: {
        includeDependenciesRecursively: false,
        groups: [
          {
            name: "base",
            test: new RegExp(`/src/(${base.join("|")})\\.ts|/commander/`),
            minShareCount: 2,
            priority: 2,
          },
          // Only loaded where there is much to read, or SQL to be printed.
          {
            name: "parallel",
            test: /\/src\/engine\/(parallel|pool|gather|outlet|compile-later)/,
            minShareCount: 1,
            priority: 2,
          },
          { name: "sql", test: /\/src\/query\/(sql|explain|having-format)/, minShareCount: 1, priority: 2 },
          // What the library and the workers need too, and what several commands do.
          { name: "engine", test: /\/src\/(errors|record|source|parse|engine|query(?!\/flags))/, minShareCount: 2 },
          { name: "commands", test: /./, minShareCount: 2 },
        ],
      },
    },
  });
  writeFileSync(join(root, "dist/index.js"), 'export * from "./library.cjs";\n');
  const licenses = bundled.map((name) => `${name}:\n\n${readFileSync(licenseOf(name), "utf8")}`);
  writeFileSync(join(root, "dist/LICENSES"), `Parts of these files are from\n\n${licenses.join("\n")}`);
}

function licenseOf(name) {
  const folder = join(root, "node_modules", name);
  return join(
    folder,
    readdirSync(folder).find((file) => /^licen[cs]e/i.test(file)),
  );
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
