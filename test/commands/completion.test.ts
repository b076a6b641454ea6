import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { REPORTS } from "../../src/commands/reports.js";
import { FIELDS } from "../../src/record/fields.js";
import { run } from "../program.js";

const folder = mkdtempSync(join(tmpdir(), "flowlog-completion-"));
afterAll(() => rmSync(folder, { recursive: true }));

const shells = ["bash", "zsh", "fish"] as const;
type Shell = (typeof shells)[number];

/** Writes the scripts into a folder, made with the config that is there. */
async function writeScripts(directory: string): Promise<Record<Shell, string>> {
  const texts = await Promise.all(
    shells.map(async (shell) => {
      const { stdout, stderr, status } = await run(["completion", shell], { directory });
      expect([stderr, status]).toEqual(["", 0]);
      writeFileSync(join(directory, shell), stdout);
      return [shell, stdout] as const;
    }),
  );
  return Object.fromEntries(texts) as Record<Shell, string>;
}

const plain = join(folder, "plain");
const saved = join(folder, "saved");
mkdirSync(plain);
mkdirSync(saved);
writeFileSync(join(plain, ".flowlogrc"), "");
writeFileSync(
  join(saved, ".flowlogrc"),
  `queries:
  mine: { about: "it's [odd]: $HOME \`pwd\` \\\\", run: [filter, ipv4] }
  worse: { run: ["$(touch pwned)"] }
`,
);
const scripts = await writeScripts(plain);
const ownScripts = await writeScripts(saved);

/** What each shell offers for the end of each line, run for real. */
const offers: Record<Shell, (lines: readonly string[], directory: string) => string[][]> = {
  bash: (lines, directory) =>
    lines.map((line) => {
      // bash takes a line apart at `=` as well as at blanks.
      const words = line.split(/ |(=)/).filter((word) => word !== undefined);
      const ask =
        'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _flowlog; printf "%s\\n" "${COMPREPLY[@]}"';
      return output("bash", ["--norc", "-c", ask, "bash", join(directory, "bash"), ...words]);
    }),
  zsh: (lines, directory) => {
    // Through a terminal of its own, as completion is zsh's line editor's: each match is printed when it is added.
    const ask = `
      zmodload zsh/zpty
      zpty shell zsh -f -i
      zpty -w shell 'PS1= PS2=; stty -echo; unsetopt zle_bracketed_paste; autoload -U compinit; compinit -D -u; source "$ZSH_SCRIPT"'
      zpty -w shell 'compadd() { [[ " \${@[1,(i)(-|--)]}" == *" -"[OAD]" "* ]] || { local -a hits; builtin compadd -A hits "$@"; print -rl -- "<"\${^hits}">" }; builtin compadd "$@" }'
      zpty -w shell 'show() { _main_complete; print -r ">>" }; zle -C show complete-word show; bindkey "^I" show; print -r ready$((1+1))'
      local line
      while zpty -r shell line && [[ $line != *ready2* ]]; do :; done
      for asked; do
        zpty -n -w shell $'\\x15'"$asked"$'\\t'
        while zpty -r shell line; do print -r -- "$line"; [[ $line == *">>"* ]] && break; done
      done
      zpty -d shell`;
    const env = { ZSH_SCRIPT: join(directory, "zsh") };
    const said = output("zsh", ["-f", "-c", ask, "zsh", ...lines], env).join("\n");
    return said
      .split(">>")
      .slice(0, lines.length)
      .map((part) => [...new Set([...part.matchAll(/<([^<>\s]+)>/g)].map(([, hit]) => hit!))]);
  },
  fish: (lines, directory) =>
    lines.map((line) =>
      output("fish", ["--no-config", "-c", "source $argv[1]; complete -C $argv[2]", join(directory, "fish"), line]).map(
        (offer) => offer.split("\t")[0]!,
      ),
    ),
};

function output(file: string, args: string[], more: Record<string, string> = {}): string[] {
  const env = { ...more, PATH: process.env.PATH, HOME: folder, TERM: "xterm", LC_ALL: "C.UTF-8" };
  const { stdout, stderr, error } = spawnSync(file, args, { env, encoding: "utf8", timeout: 50_000 });
  expect([error, stderr]).toEqual([undefined, ""]);
  return stdout.split(/\r?\n/).filter((line) => line !== "");
}

const isHere = (shell: Shell) =>
  spawnSync("sh", ["-c", `command -v ${shell}`], { env: { PATH: process.env.PATH } }).status === 0;

const { stdout: help } = await run(["--help"]);
const commands = [...help.split("Commands:")[1]!.matchAll(/^ {2}([\w-]+)/gm)].map(([, name]) => name!);

const lines = [
  { line: "flowlog ", want: commands },
  { line: "flowlog to", want: ["top-talkers"] },
  { line: "flowlog --no", want: ["--no-config"] },
  { line: "flowlog --no-config par", want: ["parse"] },
  { line: "flowlog top-talkers --metr", want: ["--metric"] },
  { line: "flowlog top-talkers --metric ", want: ["bytes", "packets", "flows"] },
  { line: "flowlog top-talkers --metric=p", want: ["packets"] },
  { line: "flowlog parse -o lo", want: ["log"] },
  { line: "flowlog top-talkers -o lo", want: [] },
  { line: "flowlog top-talkers --bottom --color ", want: ["auto", "always", "never"] },
  { line: "flowlog top-talkers --by pai", want: ["pair"] },
  { line: "flowlog top-talkers --by 5", want: ["5tuple"] },
  { line: "flowlog top-talkers --by srcaddr,dsta", want: ["dstaddr"] },
  { line: "flowlog parse --fields srcaddr,log_status,dstp", want: ["dstport"] },
  { line: "flowlog parse --fields=start,dstp", want: ["dstport"] },
  { line: "flowlog parse --action r", want: ["reject"] },
  { line: "flowlog parse --since 36h README", want: ["README.md"] },
  { line: "flowlog parse README", want: ["README.md"] },
  { line: "flowlog parse package.json README", want: ["README.md"] },
  { line: "flowlog parse --malformed READ", want: ["README.md"] },
  { line: "flowlog filter ipv4 README", want: ["README.md"] },
  { line: "flowlog filter ipv4 --che", want: ["--check"] },
  { line: "flowlog parse --src READ", want: [] },
  { line: "flowlog parse --no-", want: ["--no-header"] },
  { line: "flowlog schema f", want: ["filter", "fields"] },
  { line: "flowlog completion z", want: ["zsh"] },
  { line: "flowlog help sch", want: ["schema"] },
  { line: "flowlog fields srcaddr dsta", want: ["dstaddr"] },
  { line: "flowlog report rejected-", want: ["rejected-tcp-traffic", "rejected-traffic"] },
  { line: "flowlog report --jso", want: ["--json"] },
  { line: "flowlog report top-talkers --metric p", want: ["packets"] },
  { line: "flowlog report rejected-traffic --coun", want: ["--count"] },
  { line: "flowlog report rejected-traffic README", want: ["README.md"] },
];

/** One shell offers the whole word and another what is behind its `=` or last comma. */
function offered(shell: Shell, lines: readonly string[], directory = plain): string[][] {
  return offers[shell](lines, directory).map((each) => each.map((offer) => offer.replace(/^.*[=,](?=.)/, "")).sort());
}

test("bash: a file behind @, which is a word of its own there", () => {
  const ask =
    'source "$1"; COMP_WORDS=(flowlog top-talkers --src @ READ); COMP_CWORD=4; _flowlog flowlog @READ @; printf "%s\\n" "${COMPREPLY[@]}"; COMP_WORDS=(flowlog top-talkers --src @ list --metr); COMP_CWORD=5; _flowlog flowlog --metr list; printf "%s\\n" "${COMPREPLY[@]}"';
  expect(output("bash", ["--norc", "-c", ask, "bash", join(plain, "bash")])).toEqual(["@README.md", "--metric"]);
});

// bash is wherever the tests run; of a shell that is not, the script is still looked at below.
describe.each(shells.filter((shell) => shell === "bash" || isHere(shell)))("%s", (shell) => {
  let all: string[][] = [];
  beforeAll(() => {
    all = offered(
      shell,
      lines.map(({ line }) => line),
    );
  }, 60_000);

  test.each(lines.map(({ line, want }, at) => ({ line, want, at })))("$line", ({ want, at }) => {
    expect(all[at]).toEqual([...want].sort());
  });

  test("a saved query, whatever is said about it", () => {
    const asked = ["report min", "report mine READ", "report mine --che", "report wor"];
    const found = offered(
      shell,
      asked.map((line) => `flowlog ${line}`),
      saved,
    );
    expect(found).toEqual([["mine"], ["README.md"], ["--check"], []]);
  });
});

describe.each(shells)("the script for %s", (shell) => {
  test("knows every command, option and report", async () => {
    const script = scripts[shell];
    for (const name of [
      ...commands,
      ...REPORTS.filter(({ run: [name] }) => commands.includes(name!)).map(({ name }) => name),
    ]) {
      expect(script).toMatch(new RegExp(`\\b${name}\\b`));
      if (!commands.includes(name)) continue;
      const { stdout } = await run([name, "--help"]);
      for (const [, option] of stdout.matchAll(/^ {2}(?:-\w, )?--([\w-]+)/gm)) {
        expect(script).toMatch(new RegExp(`${shell === "fish" ? "-l " : "--"}${option}\\b`));
      }
    }
  });

  test("knows fields, keys, formats and shells, and only such words as no shell understands", () => {
    for (const words of [
      "addr pair 5tuple",
      ...FIELDS.map(({ name }) => name),
      "table json ndjson csv tsv markdown log",
    ]) {
      expect(scripts[shell]).toContain(words);
    }
    expect(ownScripts[shell]).not.toContain("pwned");
  });
});

test("the words are such as a shell takes as they stand", () => {
  const lists = [...scripts.bash.matchAll(/^ *local words_\d+='(.*)'$/gm)].map(([, words]) => words);
  expect(lists.length).toBeGreaterThan(5);
  for (const words of lists) expect(words).toMatch(/^[\w -]+$/);
});

test("a shell that there is no script for is refused", async () => {
  expect(await run(["completion", "zhs"])).toMatchObject({ stdout: "", status: 2 });
});
