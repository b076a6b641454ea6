import { readFileSync } from "node:fs";
import { quote, UserError } from "../errors.js";

/**
 * The values of a flag that takes a list: `a,b`, or `@FILE` with one a line or comma between, `#` to the line's end a
 * comment. Time and memory grow with the list, no faster.
 *
 * @param parse  one value; throws ValueError
 * @throws ValueError for a value on the command line; UserError naming FILE:LINE for one in a file, for a file that
 *         cannot be read, and for a list without values
 */
export function parseList<Value>(text: string, parse: (item: string) => Value): Value[] {
  if (text.startsWith("@")) return parseListFile(text.slice(1), parse);
  const items = text.split(",").map((item) => item.trim());
  // Between commas nothing stands for a lost shell variable: skipped, it would change the question unseen.
  if (items.includes("")) {
    throw new UserError(
      items.length === 1 ? "expected at least one value" : "expected a value on each side of a comma",
    );
  }
  return items.map((item) => {
    if (!item.startsWith("@")) return parse(item);
    throw new UserError(`${quote(item)} is a file within a list`, {
      hint: "Give a file to a flag of its own: flags add up.",
    });
  });
}

function parseListFile<Value>(path: string, parse: (item: string) => Value): Value[] {
  const values: Value[] = [];
  const lines = readText(path, "a list").split(/\r\n|\n|\r/);
  for (const [index, line] of lines.entries()) {
    const comment = line.indexOf("#");
    for (const item of (comment < 0 ? line : line.slice(0, comment)).split(",")) {
      const trimmed = item.trim();
      if (trimmed === "") continue;
      try {
        values.push(parse(trimmed));
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        const hint = error.hint === undefined ? {} : { hint: error.hint };
        throw new UserError(`${path}:${index + 1}: ${error.message}`, { ...hint, cause: error });
      }
    }
  }
  if (values.length > 0) return values;
  throw new UserError(`${path}: no values in this list`, { hint: "A list holds one a line; # starts a comment." });
}

/**
 * A file that an option names with @, whole.
 *
 * @param what  what the file holds, for the error: `a list`
 */
export function readText(path: string, what: string): string {
  if (path === "" || path === "-") {
    throw new UserError(`@${path} names no file`, { hint: `Standard input is for the log; give ${what} as @FILE.` });
  }
  try {
    // The decoder takes a byte order mark away; `readFileSync(path, "utf8")` would keep it in the first value.
    return new TextDecoder().decode(readFileSync(path));
  } catch (cause) {
    throw new UserError(`${path}: ${reasonOf(cause, what)}`, {
      hint: `After @ stands the path of ${what}${what === "a list" ? ", one value a line" : ""}.`,
      cause,
    });
  }
}

function reasonOf(cause: unknown, what: string): string {
  const code = (cause as NodeJS.ErrnoException).code;
  switch (code) {
    case "ENOENT":
      return "no such file";
    case "EISDIR":
      return `is a directory, not ${what}`;
    case "EACCES":
      return "permission denied";
    default:
      return cause instanceof Error ? cause.message : String(cause);
  }
}
