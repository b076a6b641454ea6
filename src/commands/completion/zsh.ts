import type { CompletedCommand, CompletedOption, CompletionTree, Values } from "./tree.js";

/** The tree as a script for zsh, which has the words of each command's line in `_arguments`' own language. */
export function zshScript({ options, commands, reports }: CompletionTree): string {
  return `#compdef flowlog
# Completion of flowlog for zsh. In ~/.zshrc, after compinit: source <(flowlog completion zsh)

_flowlog() {
  local curcontext=$curcontext state line
  typeset -A opt_args
  _arguments -C \\
${specs(options)} \\
    '1:command:->command' \\
    '*::argument:->argument'
  case $state in
    command)
      local -a commands=(
${described(commands)}
      )
      _describe command commands
      ;;
    argument)
      if [[ $words[1] == report && $words[2] != -* ]] && (( CURRENT > 2 )); then
        local name=$words[2]
        case $name in
${reports.map(({ name, command }) => `          ${name}) words[1]=${command} ;;`).join("\n")}
        esac
        # What the question needs before its inputs it has: there its name takes the place.
        [[ $words[1] == filter ]] || { words[2]=(); (( CURRENT-- )) }
      fi
      (( $+functions[_flowlog_$words[1]] )) && _flowlog_$words[1]
      ;;
  esac
}

_flowlog_reports() {
  local -a reports=(
${described(reports)}
  )
  _describe report reports
}

${commands.map(commandFunction).join("\n\n")}

# Sourced, or found by its name in $fpath.
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
  _flowlog "$@"
else
  compdef _flowlog flowlog
fi
`;
}

function commandFunction({ name, options, args, rest }: CompletedCommand): string {
  const positions =
    name === "report"
      ? ["'1:report:_flowlog_reports'"]
      : [
          ...args.map((values, at) => quoteZsh(`${at + 1}:argument:${actionOf(values)}`)),
          ...(rest === null ? [] : [quoteZsh(`*:argument:${actionOf(rest)}`)]),
        ];
  return `_flowlog_${name}() {
  _arguments -s \\
${[specs(options), ...positions.map((position) => `    ${position}`)].join(" \\\n").replace(/ \\$/, "")}
}`;
}

/** A line for each way to write an option. They may be repeated: lists add up, and of others the last one counts. */
function specs(options: readonly CompletedOption[]): string {
  return options
    .flatMap(({ flags, about, values }) =>
      flags.map((flag) => {
        const takes = values === null ? "" : flag.startsWith("--") ? "=" : "+";
        const action = values === null ? "" : `:value:${actionOf(values)}`;
        const explained = about.replaceAll(/[\\[\]]/g, "\\$&");
        return `    ${quoteZsh(`*${flag}${takes}[${explained}]${action}`)}`;
      }),
    )
    .join(" \\\n");
}

function actionOf(values: Values): string {
  switch (values.kind) {
    case "words":
      return `(${values.words.join(" ")})`;
    case "list":
      // The blank in front keeps _arguments from putting options of its own among these.
      return ` _values -s , value ${values.words.join(" ")}`;
    case "files":
      return "_files";
    case "free":
      return " ";
  }
}

function described(named: readonly { name: string; about: string }[]): string {
  return named.map(({ name, about }) => `        ${quoteZsh(about === "" ? name : `${name}:${about}`)}`).join("\n");
}

function quoteZsh(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
