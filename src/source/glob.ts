import type { Wanted } from "./walk.js";

/** A pattern, ready to choose among the paths below `base`. */
export interface Glob extends Wanted {
  /** The directory that the pattern starts from, as it is written there; empty for the current one. */
  base: string;
}

/** Whether a path that does not exist can be meant as a pattern. */
export function looksLikeGlob(text: string): boolean {
  return /[*?]|\[.*\]|\{.*[,.].*\}|[@+!]\(/.test(text);
}

/**
 * Read a pattern with the shell's rules: `*` and `?` stay within a directory and pass over hidden names, `**` spans
 * directories, `{a,b}` and `[a-z]` choose. A directory that matches is wanted whole, as where the shell expands it.
 */
export async function openGlob(pattern: string): Promise<Glob> {
  // Loaded only here: most runs have no pattern, as the shell expands them. Libraries that also walk (tinyglobby,
  // fast-glob) pass over unreadable directories, FIFOs and dead links without a word.
  const { default: picomatch } = await import("picomatch");
  const { base, glob } = picomatch.scan(pattern);
  const segments = glob.split("/");
  // A brace or bracket that holds a `/` cannot be taken apart by segments; such patterns look everywhere.
  const plain = segments.every((segment) => balanced(segment));
  const spanning = segments.findIndex((segment) => segment.includes("**"));
  const depths = segments.map((_, depth) => picomatch(segments.slice(0, depth + 1).join("/")));
  // A hidden directory is looked into only where the pattern names one (`**/.old/*.log`).
  const dot = segments.some((segment) => segment.startsWith("."));
  const below = spanning < 0 ? () => false : picomatch([...segments.slice(0, spanning), "**"].join("/"), { dot });
  return {
    base,
    takes: picomatch(glob),
    mayHold(relative) {
      if (!plain) return true;
      const depth = relative.split("/").length - 1;
      return spanning < 0 || depth < spanning
        ? depth < segments.length - 1 && depths[depth]?.(relative) === true
        : below(relative);
    },
  };
}

function balanced(segment: string): boolean {
  const count = (brackets: RegExp) => segment.match(brackets)?.length ?? 0;
  return count(/\{/g) === count(/\}/g) && count(/\(/g) === count(/\)/g) && count(/\[/g) === count(/\]/g);
}
