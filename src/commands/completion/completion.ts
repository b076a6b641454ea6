import { Argument, type Command } from "commander";
import { UserError } from "../../errors.js";
import type { Config } from "../config.js";
import type { Io } from "../io.js";
import { reportsOf } from "../reports.js";
import { streamSink, withSink } from "../sink.js";
import { tellError } from "../tell-error.js";
import { bashScript } from "./bash.js";
import { fishScript } from "./fish.js";
import { completionTree } from "./tree.js";
import { zshScript } from "./zsh.js";

const scripts = { bash: bashScript, zsh: zshScript, fish: fishScript };

/** Adds `flowlog completion`, which prints what a shell needs to complete a flowlog line: made from the program itself. */
export function addCompletionCommand(program: Command, io: Io): void {
  program
    .command("completion")
    .description("print a script that completes flowlog's commands, options and values in your shell")
    .addArgument(new Argument("<shell>", "the shell").choices(Object.keys(scripts)))
    .addHelpText(
      "after",
      `
bash: eval "$(flowlog completion bash)"           in ~/.bashrc
zsh:  source <(flowlog completion zsh)           in ~/.zshrc, after compinit
fish: flowlog completion fish | source           in ~/.config/fish/config.fish`,
    )
    .action(async (shell: keyof typeof scripts) => {
      const tree = completionTree(program, reportsOf(await savedIn(io)));
      await withSink(streamSink(io.stdout, "standard output", null), async (sink) => {
        await sink.write(scripts[shell](tree));
      });
    });
}

/** Of a config with a mistake in it that is told, and the script is as without one: a shell that starts asks for it each time. */
async function savedIn(io: Io): Promise<Config | null> {
  try {
    return (await io.config?.()) ?? null;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    tellError(io, error);
    return null;
  }
}
