import type { CompletedOption, CompletionTree, Values } from "./tree.js";

/**
 * The tree as a script for bash, also for the 3.2 of macOS: no associative arrays, and no `compopt` taken for granted.
 * bash takes a line apart at `=` too, so that `--output=csv` are three words.
 */
export function bashScript({ options, commands, reports }: CompletionTree): string {
  const lists = new Lists();
  const optionCases = casesOf(
    commands.flatMap(({ name, options }) =>
      options.flatMap(({ flags, values }) =>
        values === null ? [] : flags.map((flag) => [`'${name} ${flag}'`, lists.assign(values)] as const),
      ),
    ),
  );
  const argumentCases = casesOf(
    commands.flatMap(({ name, args }) => args.map((values, at) => [`'${name} ${at}'`, lists.assign(values)] as const)),
  );
  const restCases = casesOf(
    commands.flatMap(({ name, rest }) => (rest === null ? [] : [[`'${name} '*`, lists.assign(rest)] as const])),
  );
  const flagCases = casesOf(commands.map(({ name, options }) => [name, flagsOf(options)] as const));
  const reportCases = casesOf(reports.map(({ name, command }) => [name, command] as const));
  const names = (named: readonly { name: string }[]) => named.map(({ name }) => name).join(" ");

  return `# Completion of flowlog for bash. In ~/.bashrc: eval "$(flowlog completion bash)"

_flowlog() {
  COMPREPLY=()
  local cur=\${COMP_WORDS[COMP_CWORD]} command= option= kind= words= at name= position=0
  local commands='${names(commands)}' reports='${names(reports)}' flags='${flagsOf(options)}'
${lists.declarations()}
  # A file behind @, where bash takes the line apart, though it replaces the whole.
  if [[ $2 == @* ]]; then
    compopt -o filenames 2> /dev/null
    while IFS= read -r at; do
      COMPREPLY+=("@$at")
    done < <(compgen -f -- "\${2#@}")
    return
  fi
  # The command, the question that stands for it, and how many arguments there are before the word.
  for ((at = 1; at < COMP_CWORD; at++)); do
    local word=\${COMP_WORDS[at]}
    if [[ $word == '=' || $word == '@' ]]; then
      continue
    elif [[ -n $option && $word != -* ]]; then
      option=
    elif [[ $word == -* && -n $command ]]; then
      _flowlog_option "$command" "$word"
      option=\${kind:+$word}
    elif [[ $word == -* ]]; then
      continue
    elif [[ -z $command ]]; then
      command=$word
    elif [[ $command == report && -z $name ]]; then
      name=$word
      case $name in
${lines(reportCases, (command) => `command=${command}`, 8)}
      esac
      # What the question needs before its inputs it has.
      [[ $command == filter ]] && position=1
    else
      ((position++))
    fi
  done
  [[ $cur == '=' ]] && cur=
  kind= words=
  if [[ -n $option ]]; then
    _flowlog_option "$command" "$option"
  elif [[ -z $command ]]; then
    kind=words words=$commands
    [[ $cur == -* ]] && words=$flags
  elif [[ $cur == -* ]]; then
    kind=words
    case $command in
${lines(flagCases, (flags) => `words='${flags}'`, 6)}
    esac
  elif [[ $command == report ]]; then
    kind=words words=$reports
  else
    case "$command $position" in
${lines(argumentCases, (assignment) => assignment, 6)}
${lines(restCases, (assignment) => assignment, 6)}
    esac
  fi
  _flowlog_reply "$cur" "$kind" "$words"
}

# What the option of a command takes, as kind and words; nothing for one that stands alone.
_flowlog_option() {
  kind= words=
  case "$1 $2" in
${lines(optionCases, (assignment) => assignment, 4)}
  esac
}

_flowlog_reply() {
  local cur=$1 kind=$2 words=$3 before= line
  case $kind in
    words) ;;
    list)
      if [[ $cur == *,* ]]; then
        before=\${cur%,*},
        cur=\${cur##*,}
      fi
      # A comma may follow.
      compopt -o nospace 2> /dev/null
      ;;
    files)
      compopt -o filenames 2> /dev/null
      while IFS= read -r line; do
        COMPREPLY+=("$line")
      done < <(compgen -f -- "$cur")
      return
      ;;
    *) return ;;
  esac
  while IFS= read -r line; do
    [[ ,$before == *,"$line",* ]] || COMPREPLY+=("$before$line")
  done < <(compgen -W "$words" -- "$cur")
}

complete -F _flowlog flowlog
`;
}

function flagsOf(options: readonly CompletedOption[]): string {
  return options.flatMap(({ flags }) => flags).join(" ");
}

/** Lists of words that stand in several places, each written once. */
class Lists {
  readonly #names = new Map<string, string>();

  assign(values: Values): string {
    if (!("words" in values)) return `kind=${values.kind}`;
    const words = values.words.join(" ");
    const name = this.#names.get(words) ?? `words_${this.#names.size + 1}`;
    this.#names.set(words, name);
    return `kind=${values.kind} words=$${name}`;
  }

  declarations(): string {
    return [...this.#names].map(([words, name]) => `  local ${name}='${words}'`).join("\n");
  }
}

/** What leads to the same, together. */
function casesOf(pairs: readonly (readonly [pattern: string, result: string])[]): Map<string, string[]> {
  const cases = new Map<string, string[]>();
  for (const [pattern, result] of pairs) cases.set(result, [...(cases.get(result) ?? []), pattern]);
  return cases;
}

function lines(
  cases: ReadonlyMap<string, readonly string[]>,
  write: (result: string) => string,
  indent: number,
): string {
  return [...cases]
    .map(([result, patterns]) => `${" ".repeat(indent)}${patterns.join(" | ")}) ${write(result)} ;;`)
    .join("\n");
}
