import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { basename, dirname, join } from "node:path";
import { getSystemErrorMap } from "node:util";
import { UserError } from "../errors.js";
import { CONFIG_HINT, type Config } from "./config.js";

const fileName = ".flowlogrc";

/**
 * The nearest config: `.flowlogrc` or the key `flowlog` of a `package.json`, in a directory or one above it, else in the
 * home directory. It is data: JSON or YAML. Nothing is merged, so that what holds can be read in one place.
 *
 * @throws UserError for one that cannot be read or understood
 */
export async function findConfig(directory = workingDirectory()): Promise<Config | null> {
  if (directory === null || !mayBeFound(directory)) return null;
  // With zod they take as long to load as all else that a short log needs.
  const [{ lilconfigSync }, { parseConfig, parseConfigText }] = await Promise.all([
    import("lilconfig"),
    import("./config-schema.js"),
  ]);
  const found = search(directory, lilconfigSync);
  if (found === null) return null;
  const { filepath: path, config: value } = found;
  return parseConfig(path, basename(path) === fileName ? await parseConfigText(path, value ?? "") : value);
}

/** null where somebody has removed it. */
function workingDirectory(): string | null {
  try {
    return process.cwd();
  } catch {
    return null;
  }
}

/** Most people have no config: to find none takes lilconfig 2 to 4 ms at the start of a run, and this half of one. */
function mayBeFound(directory: string): boolean {
  const parent = dirname(directory);
  return mayHold(directory) || (parent === directory ? mayHold(home() ?? directory) : mayBeFound(parent));
}

/** null where the system knows of none, as in a container run by a number that has no name. */
function home(): string | null {
  try {
    return homedir();
  } catch {
    return null;
  }
}

function mayHold(directory: string): boolean {
  if (existsSync(join(directory, fileName))) return true;
  const manifest = join(directory, "package.json");
  try {
    // As the name of a dependency or of a program it has a text.
    return existsSync(manifest) && /"flowlog"\s*:\s*[^"\s]/.test(readFileSync(manifest, "utf8"));
  } catch {
    return false;
  }
}

function search(directory: string, lilconfigSync: typeof import("lilconfig").lilconfigSync) {
  const last = home() ?? directory;
  try {
    const searcher = lilconfigSync("flowlog", {
      searchPlaces: [fileName, "package.json"],
      stopDir: last,
      ignoreEmptySearchPlaces: false,
      loaders: { noExt: (_, text) => text, ".json": (_, text) => parsePackage(text) },
    });
    return searcher.search(directory) ?? searcher.search(last);
  } catch (error) {
    const { code, errno, path = fileName } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    const says = getSystemErrorMap().get(errno ?? 0)?.[1] ?? code;
    throw new UserError(`${path}: the config cannot be read: ${says}`, { hint: CONFIG_HINT, cause: error });
  }
}

/** A package.json is not ours to find fault with. */
function parsePackage(text: string): object {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}
