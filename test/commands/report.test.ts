import { expect, test } from "vitest";
import { REPORTS } from "../../src/commands/reports.js";
import { run } from "../program.js";

/** A command line of sh's, as the list has it, to words. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/'([^']*)'|\S+/g)].map(([word, quoted]) => quoted ?? word);
}

const given = (needs: string | undefined) => (needs === undefined ? [] : [needs, "10.0.0.0/8"]);
const { stdout: help } = await run(["--help"]);
const commands = [...help.matchAll(/^ {2}([\w-]+) \[/gm)].map(([, name]) => name);
const answerable = REPORTS.filter(({ run: [command] }) => commands.includes(command));

test("the names are those of AWS's console, in plain writing", () => {
  expect(REPORTS.map(({ name }) => name)).toEqual([
    "accepted-traffic",
    "admin-port-traffic",
    "ipv4-traffic",
    "ipv6-traffic",
    "rejected-tcp-traffic",
    "rejected-traffic",
    "ssh-rdp-traffic",
    "top-talkers",
    "top-talkers-packet-level",
    "top-talking-instances",
    "top-talking-subnets",
    "top-tcp-traffic",
    "total-bytes-transferred",
    "total-bytes-transferred-packet-level",
    "traffic-from-src",
    "traffic-to-dst",
  ]);
});

test("the line that is listed, typed, says the same", async () => {
  const list = JSON.parse((await run(["report", "--json"])).stdout) as { name: string; command: string }[];
  expect(list.map(({ name }) => name)).toEqual(REPORTS.map(({ name }) => name));
  for (const { name, needs } of answerable) {
    const line = list.find((listed) => listed.name === name)!.command.replace("ADDRESS", "10.0.0.0/8");
    const typed = await run([...wordsOf(line), "fixtures/v5-services.log"]);
    expect(typed).toMatchObject({ stderr: "", status: 0 });
    expect(await run(["report", name, "fixtures/v5-services.log", ...given(needs)])).toEqual(typed);
  }
});

test("of an option given again the user's value wins", async () => {
  const rowsOf = async (...added: string[]) => {
    const { stdout } = await run(["report", "top-talkers", "fixtures/office.log", "--json", ...added]);
    return (JSON.parse(stdout) as { rows: unknown[] }).rows;
  };
  const asSaved = await rowsOf();
  expect(asSaved).toHaveLength(50);
  expect(await rowsOf("-n", "3")).toEqual(asSaved.slice(0, 3));
});

test("filters add up", async () => {
  const { stdout } = await run(["report", "ssh-rdp-traffic", "-f", "action reject", "--count", "fixtures/office.log"]);
  const both = ["parse", "-f", "port in [22, 3389] and action reject", "--count", "fixtures/office.log"];
  expect(stdout).toBe((await run(both)).stdout);
  expect(Number(stdout)).toBeGreaterThan(0);
});
