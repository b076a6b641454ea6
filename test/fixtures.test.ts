import { readdirSync, readFileSync, statSync } from "node:fs";
import { BlockList, isIP, isIPv6 } from "node:net";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { officeLog } from "./generate/office.js";
import { run } from "./program.js";
import { type ReferenceAnswer, readReference } from "./reference/reader.js";

const folder = new URL("../fixtures/", import.meta.url);
const entries = readdirSync(folder, { withFileTypes: true }).filter(({ name }) => name !== "README.md");
const files = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
const containers = readdirSync(new URL("containers/", folder)).map((file) => `containers/${file}`);

function read(file: string): ReferenceAnswer {
  const bytes = readFileSync(new URL(file, folder));
  return readReference(file.endsWith(".gz") ? gunzipSync(bytes) : bytes, { file });
}

test.each([
  { file: "office.log", want: { lines: 2944, headers: 1, records: 2943, nodata: 72, flows: 2871 } },
  {
    file: "123456789012_vpcflowlogs_us-east-1_fl-0123456789abcdef0_20260115T0000Z_0a1b2c3d.log.gz",
    want: { lines: 41, headers: 1, records: 40, nodata: 1, flows: 39 },
  },
  { file: "cloudwatch.log", want: { lines: 6, headers: 0, records: 6, nodata: 1, flows: 5 } },
  { file: "v3-tcp-flags.log", want: { lines: 9, headers: 1, records: 8, flows: 8 } },
  { file: "v5-services.log", want: { lines: 3, headers: 1, records: 2, flows: 2 } },
  { file: "v11-tags.log", want: { lines: 7, headers: 1, records: 6, nodata: 1, flows: 5 } },
  { file: "tgw.log", want: { lines: 7, headers: 1, records: 6, nodata: 1, flows: 5 } },
  { file: "ipv6.log", want: { lines: 9, headers: 1, records: 8, flows: 8 } },
  { file: "no-data.log", want: { lines: 5, headers: 1, records: 4, nodata: 1, skipdata: 1, flows: 2 } },
  {
    file: "bad-lines.log",
    want: { lines: 19, headers: 1, comments: 1, blank: 1, records: 4, malformed: 12, other_status: 1, flows: 3 },
  },
])("$file", ({ file, want }) => {
  const none = { headers: 0, comments: 0, blank: 0, malformed: 0, nodata: 0, skipdata: 0, other_status: 0 };
  const { counts, error } = read(file);
  expect(error).toBeNull();
  expect(counts).toEqual({ ...none, ...want });
});

describe("one set of records in", () => {
  const records = [
    "192.0.2.10 198.51.100.25 49152 443 6 12 3480 1735689600 1735689658 ACCEPT OK",
    "203.0.113.77 192.0.2.10 51515 22 6 3 180 1735689605 1735689662 REJECT OK",
    "- - - - - - - 1735689660 1735689719 - NODATA",
  ].map((rest) => `2 123456789012 eni-0a1b2c3d4e5f60718 ${rest}`);

  test.each(containers)("%s", async (file) => {
    const { stdout, stderr, status } = await run(["parse", `fixtures/${file}`, "-o", "log", "-q"]);
    expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
    // AWS's page has one event in that.
    const want = file.endsWith("/subscription.b64") ? records.slice(0, 1) : records;
    expect(stdout.split("\n").slice(1, -1)).toEqual(want);
  });
});

describe("office.log", () => {
  test("is what its generator makes", async () => {
    await expect(officeLog()).toMatchFileSnapshot("../fixtures/office.log");
    // A snapshot forgives line ends and blank lines at its edges.
    expect(readFileSync(new URL("office.log", folder)).equals(Buffer.from(officeLog()))).toBe(true);
  });

  test("shows a backup in its bytes and a port scan in its refused flows", () => {
    const flows = read("office.log").records.filter(({ status }) => status === "flow");
    const bytesOf = (source: string | null) =>
      flows
        .filter(({ values }) => source === null || values.get("srcaddr") === source)
        .reduce((sum, { values }) => sum + (values.get("bytes") as bigint), 0n);
    expect(bytesOf("10.0.1.20") * 2n).toBeGreaterThan(bytesOf(null));
    const scan = flows.filter(({ values }) => values.get("srcaddr") === "203.0.113.66");
    expect(new Set(scan.map(({ values }) => values.get("dstport"))).size).toBe(800);
    expect(scan.filter(({ values }) => values.get("action") === "ACCEPT")).toHaveLength(2);
  });

  test("has all its times on 2026-01-15 (UTC)", () => {
    for (const { values } of read("office.log").records) {
      expect(values.get("start")).toBeGreaterThanOrEqual(BigInt(Date.UTC(2026, 0, 15) / 1000));
      expect(values.get("end")).toBeLessThan(BigInt(Date.UTC(2026, 0, 16) / 1000));
    }
  });
});

test("records of the S3 delivery end within the five minutes that its name tells", () => {
  const file = files.find((name) => name.endsWith(".log.gz")) ?? "";
  const from = BigInt(Date.UTC(2026, 0, 15) / 1000);
  for (const { values } of read(file).records) {
    expect(values.get("end")).toBeGreaterThanOrEqual(from);
    expect(values.get("end")).toBeLessThan(from + 300n);
  }
});

test("addresses are documentation's, private, or on AWS's page", () => {
  const allowed = new BlockList();
  for (const net of ["192.0.2.0", "198.51.100.0", "203.0.113.0"]) allowed.addSubnet(net, 24);
  allowed.addSubnet("10.0.0.0", 8);
  allowed.addSubnet("172.16.0.0", 12);
  allowed.addSubnet("192.168.0.0", 16);
  allowed.addSubnet("2001:db8::", 32, "ipv6");
  for (const ofAws of ["52.213.180.42", "52.95.128.179"]) allowed.addAddress(ofAws);
  const met = files.flatMap((file) => read(file).records.flatMap(({ values }) => [...values.values()]));
  const addresses = new Set(met.filter((value): value is string => typeof value === "string" && isIP(value) !== 0));
  expect(addresses.size).toBeGreaterThan(50);
  expect([...addresses].filter((address) => !allowed.check(address, isIPv6(address) ? "ipv6" : "ipv4"))).toEqual([]);
});

test("each has its note, and together they stay small", () => {
  const readme = readFileSync(new URL("README.md", folder), "utf8");
  expect([...files, ...containers].filter((file) => !readme.includes(`| \`${file}\` |`))).toEqual([]);
  expect(
    [...files, ...containers].reduce((bytes, file) => bytes + statSync(new URL(file, folder)).size, 0),
  ).toBeLessThan(600_000);
});
