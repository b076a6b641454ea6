import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import {
  type FlowLogRecord,
  formatProblem,
  InputError,
  type LineProblem,
  type ReadOptions,
  readRecords,
  topTalkers,
  UserError,
} from "../src/index.js";
import { flowLogRecordSchema } from "../src/record/record.js";
import { OFFICIAL_SAMPLES } from "./official.js";

const folder = new URL("../fixtures/", import.meta.url).pathname;
const fixtures = readdirSync(folder).filter((name) => name !== "README.md");
const fixture = (name: string) => join(folder, name);
const delivered = fixture(fixtures.find((name) => name.endsWith(".log.gz")) ?? "");

const temporary = mkdtempSync(join(tmpdir(), "flowlog-test-"));
afterAll(() => rmSync(temporary, { recursive: true }));

function logOf(name: string, content: string | Uint8Array): string {
  const path = join(temporary, name);
  writeFileSync(path, content);
  return path;
}

async function recordsOf(inputs: string | readonly string[], options?: ReadOptions): Promise<FlowLogRecord[]> {
  const records: FlowLogRecord[] = [];
  for await (const record of readRecords(inputs, options)) records.push(record);
  return records;
}

describe("readRecords", () => {
  test("a record has its fields' names, counters as bigint, times and ports as numbers, IDs as text", async () => {
    const [first] = await recordsOf(fixture("cloudwatch.log"));
    expect(first).toEqual({
      version: 2,
      account_id: "123456789012",
      interface_id: "eni-0a1b2c3d4e5f60718",
      srcaddr: "192.0.2.10",
      dstaddr: "198.51.100.25",
      srcport: 49152,
      dstport: 443,
      protocol: 6,
      packets: 12n,
      bytes: 3480n,
      start: 1735689600,
      end: 1735689658,
      action: "ACCEPT",
      log_status: "OK",
    });
  });

  test("a NODATA record is given too, its dashes as null", async () => {
    const nodata = (await recordsOf(fixture("no-data.log"))).find(({ log_status }) => log_status === "NODATA");
    expect(nodata).toMatchObject({ interface_id: "eni-1235b8ca123456789", srcaddr: null, bytes: null, action: null });
  });

  test("a field that the layout lacks is absent", async () => {
    const [first] = await recordsOf(fixture("tgw.log"));
    expect(first).toMatchObject({ tgw_id: "tgw-0123456789abcdef0", packets_lost_blackhole: 0n });
    expect(first).not.toHaveProperty("action");
  });

  test("tags are decoded, a tag that is a dash is not null, addresses are canonical", async () => {
    const tags = (await recordsOf(fixture("v11-tags.log"))).map((record) => record.instance_tag_2);
    expect(tags).toEqual(["Räume Ost", "Räume Ost", "-", null, "Räume Ost", "-"]);
    const sources = (await recordsOf(fixture("ipv6.log"))).map((record) => record.srcaddr);
    expect(sources.filter((address) => address === "2001:db8::10")).toHaveLength(3);
  });

  test("columns that AWS does not have are text under their names", async () => {
    const path = logOf("new.log", "srcaddr newField constructor\n10.0.0.1 7 __proto__\n10.0.0.2 - toString\n");
    // At least half of a header's names must be known: two are not.
    await expect(recordsOf(path)).rejects.toThrow(InputError);
    const wider = logOf("wider.log", "srcaddr dstaddr newField\n10.0.0.1 10.0.0.2 7\n10.0.0.1 10.0.0.2 -\n");
    expect((await recordsOf(wider)).map((record) => record.new_field)).toEqual(["7", null]);
  });

  test("inputs are read in their order: files, gzip, directories, globs", async () => {
    const both = await recordsOf([delivered, fixture("cloudwatch.log")]);
    expect(both).toHaveLength(46);
    expect(both.at(-1)?.dstport).toBe(40111);
    expect(await recordsOf(fixture("v[35]-*.log"))).toHaveLength(10);
    expect(await recordsOf(folder)).toHaveLength(3088);
  });

  test("a log without header is read by --format's texts, of which each line takes the one of its length", async () => {
    const path = logOf("two.log", "10.0.0.1 5\n10.0.0.1 10.0.0.2 7\n");
    const records = await recordsOf(path, { format: ["srcaddr bytes", "${srcaddr} ${dstaddr} ${bytes}"] });
    expect(records).toEqual([
      { srcaddr: "10.0.0.1", bytes: 5n },
      { srcaddr: "10.0.0.1", dstaddr: "10.0.0.2", bytes: 7n },
    ]);
  });

  test("malformed lines are told with place and reason, and skipped", async () => {
    const problems: LineProblem[] = [];
    const notes: string[] = [];
    const records = await recordsOf(fixture("bad-lines.log"), {
      onProblem: (problem) => problems.push(problem),
      onNote: (note) => notes.push(note),
    });
    expect(records).toHaveLength(4);
    expect(problems).toHaveLength(12);
    expect(problems[0]).toEqual({
      source: fixture("bad-lines.log"),
      line: 3,
      fault: { reason: "fields", found: 12, due: [14] },
    });
    expect(formatProblem(problems[1]!)).toBe(
      `${fixture("bad-lines.log")}:4: dstport is "https", expected a whole number 0-65535`,
    );
    expect(notes).toEqual([expect.stringContaining("DELAYED")]);
  });

  test("an input that is not there throws, after the records of those before it", async () => {
    const records: FlowLogRecord[] = [];
    const reading = async () => {
      for await (const record of readRecords([fixture("v5-services.log"), delivered.replace("123", "999")])) {
        records.push(record);
      }
    };
    await expect(reading).rejects.toThrow(InputError);
    await expect(reading).rejects.toThrow("no such file");
  });

  test("a gzip stream that is cut off gives its whole records, then throws", async () => {
    const path = logOf("cut.log.gz", readFileSync(delivered).subarray(0, 500));
    const records: FlowLogRecord[] = [];
    const reading = async () => {
      for await (const record of readRecords(path)) records.push(record);
    };
    await expect(reading).rejects.toThrow("cut off after 500 bytes");
    const whole = await recordsOf(delivered);
    expect(records.length).toBeGreaterThan(0);
    expect(records).toEqual(whole.slice(0, records.length));
  });

  test("a reader may stop where it likes", async () => {
    for await (const record of readRecords(fixture("office.log"))) {
      expect(record.log_status).toBe("NODATA");
      break;
    }
  });

  test.each(fixtures)("the records of %s fit the record's schema", async (name) => {
    for (const record of await recordsOf(fixture(name))) flowLogRecordSchema.parse(record);
  });
});

describe("topTalkers", () => {
  test("ranks ten sources by bytes unless told otherwise", async () => {
    const ranking = await topTalkers(fixture("office.log"));
    expect(ranking).toMatchObject({ command: "top-talkers", by: ["srcaddr"], metric: "bytes" });
    expect(ranking.rows).toHaveLength(10);
    expect(ranking.rows[0]).toEqual({
      rank: 1,
      key: ["10.0.1.20"],
      bytes: 8317413250n,
      packets: 5696852n,
      flows: 12n,
      percent: 75.9323,
      cumulative_percent: 75.9323,
    });
    expect(ranking.others.groups).toBe(247);
    expect(ranking.input).toMatchObject({ records: 2943, flows: 2871, nodata: 72, complete: true });
  });

  test("takes keys, a metric, a limit, and the least first", async () => {
    const options = { by: "src/24,proto", metric: "flows", limit: 1, bottom: true } as const;
    const { by, rows, others } = await topTalkers(fixture("ipv6.log"), options);
    expect(by).toEqual(["srcaddr_24", "protocol"]);
    expect(rows.map(({ key, flows }) => [...key, flows])).toEqual([["192.0.2.0/24", 6, 1n]]);
    expect(others.flows).toBe(7n);
  });

  test("a limit of 0 gives all groups, and others are none", async () => {
    const { rows, others, total } = await topTalkers(fixture("office.log"), { limit: 0 });
    expect(rows).toHaveLength(total.groups);
    expect(others).toEqual({ groups: 0, bytes: 0n, packets: 0n, flows: 0n, percent: 0 });
    expect(rows.reduce((sum, { bytes }) => sum + (bytes ?? 0n), 0n)).toBe(total.bytes);
    expect(rows.at(-1)?.cumulative_percent).toBe(100);
  });

  test("malformed lines are told, and add nothing", async () => {
    const problems: LineProblem[] = [];
    const { total, input } = await topTalkers(fixture("bad-lines.log"), { onProblem: (p) => problems.push(p) });
    expect(total).toEqual({ groups: 2, bytes: 16_080n, packets: 38n, flows: 3n });
    expect(input.malformed).toBe(12);
    expect(problems).toHaveLength(12);
  });

  test("an unknown key or format and a field that the log lacks are the caller's mistakes", async () => {
    await expect(topTalkers(fixture("ipv6.log"), { by: "scraddr" })).rejects.toThrow(UserError);
    await expect(topTalkers(fixture("ipv6.log"), { format: "scraddr" })).rejects.toThrow(UserError);
    await expect(topTalkers(fixture("ipv6.log"), { by: "flow_direction" })).rejects.toThrow(
      "this log has no `flow_direction`",
    );
  });

  test("an input that is not there throws", async () => {
    await expect(topTalkers([fixture("ipv6.log"), fixture("none.log")])).rejects.toThrow(InputError);
  });

  describe("the totals of AWS's sample records", () => {
    test.each(OFFICIAL_SAMPLES)("$name", async ({ format, lines, totals }) => {
      const path = logOf("official.log", `${lines.join("\n")}\n`);
      const { total, input } = await topTalkers(path, { format, by: "dstaddr" });
      const { flows, bytes, packets } = totals;
      expect({ ...total, groups: 0 }).toEqual({ flows, bytes, packets, groups: 0 });
      expect(input).toMatchObject({
        lines: lines.length,
        records: lines.length,
        malformed: 0,
        nodata: Number(totals.nodata),
        skipdata: Number(totals.skipdata),
      });
      if (totals.accepted === null) return;
      const { rows } = await topTalkers(path, { format, by: "action" });
      const flowsOf = (action: string) => rows.find(({ key }) => key[0] === action)?.flows ?? 0n;
      expect([flowsOf("ACCEPT"), flowsOf("REJECT")]).toEqual([totals.accepted, totals.rejected]);
    });
  });
});
