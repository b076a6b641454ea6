import { ALL_NAMES, DEFAULT_NAMES, referenceKind, TGW_NAMES, VPC_NAMES } from "../reference/fields.js";
import type { Random } from "./random.js";

/** A layout to write a log in: the words of its header and the field that each column holds. */
export interface RandomLayout {
  note: string;
  /** Normal names; for a column that AWS does not have, a name that no field has. */
  names: string[];
}

const unknownNames = ["future_field", "next_gen_id", "shiny_new_metric"];

/** One of the kinds of layout that AWS makes, or a future version might. */
export function randomLayout(random: Random): RandomLayout {
  const kind = random.pick([
    "default",
    "default",
    "v5",
    "subset",
    "subset",
    "tgw",
    "one",
    "no status",
    "tags",
    "text",
    "unknown",
  ]);
  switch (kind) {
    case "default":
      return { note: kind, names: [...DEFAULT_NAMES] };
    case "v5":
      return {
        note: kind,
        names: random.chance(0.3) ? VPC_NAMES.slice(0, 29) : random.shuffle(VPC_NAMES.slice(0, 29)),
      };
    case "tgw":
      return { note: kind, names: [...TGW_NAMES] };
    case "one":
      return { note: kind, names: [random.pick(ALL_NAMES)] };
    case "no status":
      return {
        note: kind,
        names: someOf(
          ALL_NAMES.filter((name) => name !== "log_status"),
          random,
        ),
      };
    case "tags": {
      const tags = ALL_NAMES.filter((name) => referenceKind(name) === "tag");
      return { note: kind, names: random.shuffle([...tags, ...someOf(DEFAULT_NAMES, random)]) };
    }
    case "text":
      // Nothing in such a log but a header's own rule tells its records from a header.
      return {
        note: kind,
        names: someOf(
          ALL_NAMES.filter((name) => ["text", "tag"].includes(referenceKind(name))),
          random,
        ).slice(0, 5),
      };
    case "unknown":
      return {
        note: kind,
        names: random.shuffle([...someOf(DEFAULT_NAMES, random), "action", random.pick(unknownNames)].filter(isFirst)),
      };
    default:
      return { note: kind, names: someOf(ALL_NAMES, random) };
  }
}

/** The layout's header line, its words spelled in one of AWS's four ways or in a mix of them. */
export function headerLine(names: readonly string[], random: Random): string {
  const styles = ["hyphen", "hyphen", "hyphen", "snake", "camel", "dollar", "upper"] as const;
  const style = random.pick(styles);
  const mixed = random.chance(0.1);
  return names.map((name) => spell(name, mixed ? random.pick(styles) : style)).join(" ");
}

/** The layout as `--format` takes it. */
export function formatText(names: readonly string[], random: Random): string {
  const key = names.join(" ");
  if (key === DEFAULT_NAMES.join(" ") && random.chance(0.5)) return "default";
  if (key === TGW_NAMES.join(" ") && random.chance(0.5)) return "tgw";
  return random.pick([
    () => names.map((name) => spell(name, "dollar")).join(" "),
    () => names.join(","),
    () => names.map((name) => spell(name, "hyphen")).join(" "),
  ])();
}

function spell(name: string, style: "hyphen" | "snake" | "camel" | "dollar" | "upper"): string {
  const hyphen = name.replaceAll("_", "-");
  switch (style) {
    case "hyphen":
      return hyphen;
    case "snake":
      return name;
    case "camel":
      return name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
    case "dollar":
      return `\${${hyphen}}`;
    case "upper":
      return name.toUpperCase();
  }
}

function someOf(names: readonly string[], random: Random): string[] {
  return random.shuffle(names).slice(0, random.int(1, Math.min(names.length, 40)));
}

function isFirst(name: string, at: number, names: readonly string[]): boolean {
  return names.indexOf(name) === at;
}
