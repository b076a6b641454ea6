import type { CompletedOption, CompletionTree, Values } from "./tree.js";

/** The tree as a script for fish: a line for each thing that may be said, with the commands for which it holds. */
export function fishScript({ options, commands, reports }: CompletionTree): string {
  const lists = new Lists();
  const shared = new Map<string, string[]>();
  const add = (command: string, line: string) => shared.set(line, [...(shared.get(line) ?? []), command]);
  for (const { name, options, args, rest } of commands) {
    for (const option of options) add(name, optionOf(option, lists));
    for (const values of new Set([...args, rest])) {
      if (values !== null && values.kind !== "free") add(name, valuesOf(values, lists).replace("-x ", ""));
    }
  }
  return `# Completion of flowlog for fish. In ~/.config/fish/config.fish: flowlog completion fish | source

# The command of the line, or that which a named question stands for.
function __flowlog_command
    set -l words (commandline -opc)
    set -e words[1]
    while string match -q -- '-*' "$words[1]"
        set -e words[1]
    end
    set -q words[1]; or return 1
    if test "$words[1]" = report; and set -q words[2]; and not string match -q -- '-*' $words[2]
        switch $words[2]
${reports.map(({ name, command }) => `            case ${name}\n                echo ${command}`).join("\n")}
            case '*'
                echo $words[2]
        end
    else
        echo $words[1]
    end
end

function __flowlog_runs
    set -l command (__flowlog_command); and contains -- $command $argv
end

${lists.functions()}

complete -c flowlog -e
complete -c flowlog -f
${options.map((option) => `complete -c flowlog -n 'not __flowlog_command >/dev/null' ${optionOf(option, lists)}`).join("\n")}
${commands.map(({ name, about }) => `complete -c flowlog -n 'not __flowlog_command >/dev/null' -a ${name} -d ${quoteFish(about)}`).join("\n")}
${reports.map(({ name, about }) => `complete -c flowlog -n '__flowlog_runs report' -a ${name}${aboutOf(about)}`).join("\n")}
${[...shared].map(([line, names]) => `complete -c flowlog -n '__flowlog_runs ${names.join(" ")}' ${line}`).join("\n")}
`;
}

function optionOf({ flags, about, values }: CompletedOption, lists: Lists): string {
  const named = flags.map((flag) => (flag.startsWith("--") ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`));
  return `${[...named, ...(values === null ? [] : [valuesOf(values, lists)])].join(" ")}${aboutOf(about)}`;
}

function valuesOf(values: Values, lists: Lists): string {
  switch (values.kind) {
    case "words":
      return `-x -a '${values.words.join(" ")}'`;
    case "list":
      return `-x -a '(__fish_complete_list , ${lists.nameOf(values.words)})'`;
    case "files":
      return "-F";
    case "free":
      return "-x";
  }
}

/** fish completes a list by a function that prints what may stand in it. */
class Lists {
  readonly #names = new Map<string, string>();

  nameOf(words: readonly string[]): string {
    const text = words.join(" ");
    const name = this.#names.get(text) ?? `__flowlog_words_${this.#names.size + 1}`;
    this.#names.set(text, name);
    return name;
  }

  functions(): string {
    return [...this.#names].map(([text, name]) => `function ${name}\n    printf '%s\\n' ${text}\nend`).join("\n\n");
  }
}

function aboutOf(about: string): string {
  return about === "" ? "" : ` -d ${quoteFish(about)}`;
}

function quoteFish(text: string): string {
  return `'${text.replaceAll(/['\\]/g, "\\$&")}'`;
}
