import type { Command } from "commander";
import type { Report } from "./reports.js";

/** What a person has written down once for all runs: how answers look, how logs are read, questions by name. */
export interface Config {
  path: string;
  /** Values of options, by commander's names for them, as their parsers would have made them. */
  options: Readonly<Record<string, unknown>>;
  reports: readonly Report[];
}

/** What every mistake in a config can be mended by for the time being. */
export const CONFIG_HINT = "--no-config runs without it.";

/** Puts a config's values where the command line has said nothing. */
export function applyConfig(command: Command, config: Config): void {
  for (const [name, value] of Object.entries(config.options)) {
    const isKnown = command.options.some((option) => option.attributeName() === name);
    if (isKnown && command.getOptionValueSource(name) !== "cli") {
      command.setOptionValueWithSource(name, value, "config");
    }
  }
}
