/**
 * README.md is run, so that it cannot drift. Its fenced blocks are of these kinds, and any other that looks like a command fails:
 *   sh       only in Quick start, exactly two of one command each. The first is run here without its `npm ci`, and its output
 *            compared with the `text` block after it; the second runs these tests, so .ci/run runs it.
 *   console  `$ command` (going on after a `\` at its end), then all that it prints, standard error among it.
 *   yaml     a .flowlogrc, which is checked.
 *   js       a program that imports "flowlog", then a `text` block with what it prints.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parseConfig, parseConfigText } from "../src/commands/config-schema.js";
import { run } from "./program.js";
import { repository, runShell } from "./shell.js";

interface Block {
  kind: string;
  body: string;
  /** The heading that it stands under. */
  section: string;
}

const blocks = readBlocks(await readFile(join(repository, "README.md"), "utf8"));
const quickStart = blocks.filter(({ kind, section }) => kind === "sh" && section === "Quick start");

test("Quick start is two sh blocks of one command each", () => {
  expect(quickStart.map(({ body }) => body.trim().split("\n").length)).toEqual([1, 1]);
});

test("every block with commands is of a kind that is run", () => {
  const unrun = blocks.filter((block) => /^(sh|bash|shell|zsh|ts|typescript|javascript|mjs|)$/.test(block.kind));
  expect(unrun.filter((block) => !quickStart.includes(block))).toEqual([]);
});

test.each(blocks.filter(({ kind }) => kind === "yaml"))("a config that holds: $body", async ({ body }) => {
  const { reports } = parseConfig("README.md", await parseConfigText("README.md", body));
  for (const { run: words } of reports)
    expect(await run([...words, "fixtures/office.log"])).toMatchObject({ status: 0 });
});

describe.concurrent("README.md", () => {
  const examples = blocks.flatMap(toExamples);

  test("has examples", () => expect(examples.length).toBeGreaterThan(1));

  for (const { shown, command, env, output } of examples) {
    test(shown, async () => {
      const { stdout } = await runShell(`exec 2>&1\n${command}`, { env });
      expect(stdout.toString("utf8").replace(/\n$/, "")).toBe(output);
    });
  }
});

interface Example {
  /** The command as README.md has it: the name of the test. */
  shown: string;
  command: string;
  env: Record<string, string>;
  output: string;
}

function toExamples(block: Block, at: number): Example[] {
  const next = blocks[at + 1];
  const after = next?.kind === "text" ? next.body : "";
  if (block.kind === "console") {
    return splitConsole(block.body);
  }
  if (block.kind === "js") {
    const command = '"$FLOWLOG_NODE" --input-type=module --eval "$PROGRAM"';
    return [{ shown: block.body.split("\n")[0] ?? "", command, env: { PROGRAM: block.body }, output: after }];
  }
  if (block === quickStart[0]) {
    return [{ shown: block.body, command: block.body.replace(/^.*npm ci && npx /, ""), env: {}, output: after }];
  }
  return [];
}

/** `$ command` lines and what stands after each. */
function splitConsole(body: string): Example[] {
  const parts = body.split(/^\$ /m);
  expect(parts[0], "a console block begins with `$ `").toBe("");
  return parts.slice(1).map((part) => {
    const command = /^(?:.*\\\n)*.*/.exec(part)?.[0] ?? "";
    return { shown: command, command, env: {}, output: part.slice(command.length + 1).replace(/\n$/, "") };
  });
}

function readBlocks(markdown: string): Block[] {
  const found: Block[] = [];
  let section = "";
  for (const [whole, heading, kind, body] of markdown.matchAll(/^#+ (.*)$|^```(\S*)[^\n]*\n([\s\S]*?)^```$/gm)) {
    if (heading !== undefined) {
      section = heading;
    } else if (whole) {
      found.push({ kind: kind ?? "", body: (body ?? "").replace(/\n$/, ""), section });
    }
  }
  return found;
}
