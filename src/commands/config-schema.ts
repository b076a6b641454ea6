// Only config-file.ts imports this file, and only where there is a config: zod takes longer to load than a small log to answer.
import { InvalidArgumentError } from "commander";
import { z } from "zod";
import { quote, UserError } from "../errors.js";
import { OUTPUT_FORMATS } from "../format/sheet.js";
import { parseMemory } from "../query/memory.js";
import type { Layout } from "../record/layout.js";
import { nearest } from "../record/nearest.js";
import { CONFIG_HINT, type Config } from "./config.js";
import { colorModes } from "./io.js";
import { collectFormats } from "./options.js";
import type { Report } from "./reports.js";

/** The text of a `.flowlogrc` to its data. */
export async function parseConfigText(path: string, text: string): Promise<unknown> {
  const bare = text.replace(/^\ufeff/, "");
  try {
    return JSON.parse(bare);
  } catch {
    // YAML, or JSON with a mistake, which YAML's parser knows the place of.
  }
  const { CORE_SCHEMA, load, YAMLException } = await import("js-yaml");
  if (bare.trim() === "") return {};
  try {
    return load(bare, { schema: CORE_SCHEMA }) ?? {};
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const at = error.mark === undefined ? "" : `:${error.mark.line + 1}:${error.mark.column + 1}`;
    throw new UserError(`${path}${at}: ${error.reason}, expected JSON or YAML`, { hint: CONFIG_HINT, cause: error });
  }
}

/**
 * What a config holds, checked.
 *
 * @throws UserError for the first mistake, with its place, what was seen and what was expected
 */
export function parseConfig(path: string, value: unknown): Config {
  const { success, data, error } = schema.safeParse(value);
  // A slip in a name is the reason for what is missing.
  const { issues } = error ?? { issues: [] };
  const first = issues.find(({ code }) => code === "unrecognized_keys") ?? issues[0];
  if (!success) throw configError(path, value, first!);
  const { queries = [], ...options } = data;
  return { path, options, reports: queries.map((report) => ({ ...report, config: path })) };
}

// What stands in `error` is what a mistake's message says after "expected".

const oneOf = <Value extends string>(values: readonly Value[]) =>
  z.enum(values, { error: `one of ${values.join(", ")}` });

const yesOrNo = z.boolean({ error: "true or false" });

const formats = z
  .union([z.string(), z.array(z.string()).min(1)], { error: "a format as for --format, or a list of them" })
  .transform((value, context) =>
    attempt(context, () => [value].flat().reduce<Layout[]>((before, text) => collectFormats(text, before), [])),
  );

const memory = z
  .union([z.string(), z.number()], { error: "a size such as 256M" })
  .transform((value, context) => attempt(context, () => parseMemory(String(value))));

// No numbers: YAML takes the account 012345678901 for another one.
const word = z.string({ error: "text; numbers stand in quotes here" });

const query = z.strictObject(
  {
    about: z.string({ error: "a line of text" }).default(""),
    run: z
      .array(word, { error: "a list of words: a command and its arguments" })
      .refine(([command]) => command !== undefined && command !== "report", {
        error: "a command that is no report, such as top-talkers",
        path: [0],
      }),
  },
  { error: "run (a list of words) and, if you like, about (a line of text)" },
);

const queries = z
  .record(z.string(), query, { error: "names, each with run (a list of words) and about (a line of text)" })
  .transform((value, context): Report[] => {
    for (const name of Object.keys(value).filter((key) => !/^\w[\w.-]*$/.test(key))) {
      context.addIssue({ code: "custom", path: [name], message: "a name of letters, digits, _ . and -" });
    }
    return Object.entries(value).map(([name, { about, run }]) => ({ name, about, run }));
  });

const threads = "a number of threads, 1 to 999";

const entries = {
  output: oneOf(OUTPUT_FORMATS),
  color: oneOf(colorModes),
  exact: yesOrNo,
  header: yesOrNo,
  quiet: yesOrNo,
  format: formats,
  jobs: z.int({ error: threads }).min(1, { error: threads }).max(999, { error: threads }),
  memory,
  queries,
};

const schema = z.strictObject(entries, { error: "settings by name" }).partial();

/** A value that its option's parser makes; a refusal becomes zod's, in the parser's own sentence. */
function attempt<Value>(context: z.RefinementCtx, parse: () => Value): Value {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof UserError || error instanceof InvalidArgumentError)) throw error;
    // commander's errors have their hint in a line of its own.
    const [message = "", hint] = error.message.split("\n  ");
    context.addIssue({ code: "custom", message, params: { isSentence: true, hint } });
    return z.NEVER;
  }
}

function configError(path: string, value: unknown, issue: z.core.$ZodIssue): UserError {
  const place = issue.path
    .map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`))
    .join("")
    .slice(1);
  if (issue.code === "unrecognized_keys") return unknownKey(path, place, issue.keys[0] ?? "");
  if (issue.code === "custom" && issue.params?.isSentence) {
    const advice = issue.params.hint === undefined ? CONFIG_HINT : `${issue.params.hint} ${CONFIG_HINT}`;
    return new UserError(`${path}: ${place}: ${issue.message}`, { hint: advice });
  }
  const seen = issue.path.reduce<unknown>(
    (at, part) => (at as Record<PropertyKey, unknown> | undefined)?.[part],
    value,
  );
  const what = `${place === "" ? "the config" : place} ${seen === undefined ? "is missing" : `is ${show(seen)}`}`;
  const near = issue.code === "invalid_value" ? nearest(String(seen), issue.values.map(String)) : null;
  const hint = near === null ? CONFIG_HINT : `Did you mean ${near}? ${CONFIG_HINT}`;
  return new UserError(`${path}: ${what}, expected ${issue.message}`, { hint });
}

function unknownKey(path: string, place: string, key: string): UserError {
  const known = place === "" ? Object.keys(entries) : ["about", "run"];
  const near = nearest(key, known);
  const advice = near === null ? "What a question asks for is saved under queries." : `Did you mean ${near}?`;
  return new UserError(
    `${path}: ${place === "" ? "" : `${place}: `}unknown key ${quote(key)}, expected one of ${known.join(", ")}`,
    {
      hint: `${advice} ${CONFIG_HINT}`,
    },
  );
}

function show(value: unknown): string {
  if (typeof value === "string") return quote(value);
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" && value !== null ? "an object" : String(value);
}
