import { type BigIntStats, type Dirent, readdirSync, statSync } from "node:fs";
import type { InputError } from "../errors.js";
import { ioFailure } from "./failure.js";

/** A path that walking came to: with `stats` null, a link that leads nowhere; or what kept it from being read. */
export type Found = { path: string; stats: BigIntStats | null } | { path: string; error: InputError };

/** Which paths below a directory are wanted. Paths are relative to it, divided by `/`. */
export interface Wanted {
  /** The path itself; a directory is then wanted whole. */
  takes(relative: string): boolean;
  /** A path below this directory can be wanted. */
  mayHold(relative: string): boolean;
}

/**
 * Everything below a directory but the directories, in bytewise order of the whole relative path.
 *
 * Links are followed, but never back into a directory that they are in, so that loops end. A directory taken whole is
 * entered once however many links lead to it; where a pattern chooses, what is taken depends on the way there.
 *
 * The calls are synchronous: nothing else can go on before the inputs are known, and 100,000 files take 0.7 s instead of
 * 3 s. Now and then null comes, so that whoever walks may let signals in.
 *
 * @param directory its path; empty for the current directory where paths are to be told without `./`
 * @param wanted    null for everything
 */
export function* walk(directory: string, stats: BigIntStats, wanted: Wanted | null): Generator<Found | null> {
  yield* new Walk(wanted).enter(directory, "", identity(directory, stats), wanted === null, []);
}

interface Entry {
  path: string;
  relative: string;
  stats: BigIntStats | null;
  whole: boolean;
  order: Buffer;
}

class Walk {
  readonly #wanted: Wanted | null;
  readonly #entered = new Set<string>();

  constructor(wanted: Wanted | null) {
    this.#wanted = wanted;
  }

  *enter(
    path: string,
    relative: string,
    id: string,
    whole: boolean,
    within: readonly string[],
  ): Generator<Found | null> {
    if (within.includes(id) || this.#entered.has(id)) return;
    if (whole) this.#entered.add(id);
    let names: Dirent[];
    try {
      names = readdirSync(path === "" ? "." : path, { withFileTypes: true });
    } catch (error) {
      yield { path, error: ioFailure(path, error) };
      return;
    }
    const entries: Entry[] = [];
    for (const [index, name] of names.entries()) {
      if (index % 1000 === 999) yield null;
      const child = path === "" || path.endsWith("/") ? path + name.name : `${path}/${name.name}`;
      const below = relative === "" ? name.name : `${relative}/${name.name}`;
      const takes = whole || this.#wanted === null || this.#wanted.takes(below);
      if (!takes && !this.#leadsOn(name, below)) continue;
      const found = lookAt(child, name);
      if ("error" in found) {
        if (takes) yield found;
      } else if (takes || found.stats?.isDirectory()) {
        // The `/` puts `a.log` before `a/x.log`, as in the order of whole paths.
        const order = Buffer.from(found.stats?.isDirectory() ? `${name.name}/` : name.name);
        entries.push({ path: child, relative: below, stats: found.stats, whole: takes, order });
      }
    }
    entries.sort((a, b) => Buffer.compare(a.order, b.order));
    for (const entry of entries) {
      if (!entry.stats?.isDirectory()) yield { path: entry.path, stats: entry.stats };
      else
        yield* this.enter(entry.path, entry.relative, identity(entry.path, entry.stats), entry.whole, [...within, id]);
    }
  }

  #leadsOn(name: Dirent, relative: string): boolean {
    return (name.isDirectory() || name.isSymbolicLink()) && this.#wanted?.mayHold(relative) === true;
  }
}

function lookAt(path: string, name: Dirent): Found {
  try {
    return { path, stats: statSync(path, { bigint: true }) };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (name.isSymbolicLink() && (code === "ENOENT" || code === "ELOOP")) return { path, stats: null };
    return { path, error: ioFailure(path, error) };
  }
}

/** What a file or directory is the same by, however it was reached. */
export function identity(path: string, stats: BigIntStats): string {
  // Some network and user-space file systems have no inode numbers: 0 is not an identity.
  return stats.ino === 0n ? path : `${stats.dev}:${stats.ino}`;
}
