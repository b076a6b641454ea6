import { describe, expect, test } from "vitest";
import {
  expectation,
  FIELDS,
  fieldRange,
  findAwsField,
  findField,
  isTrafficField,
  TGW_FIELD_NAMES,
  VPC_FIELD_NAMES,
} from "../../src/record/fields.js";

// Name, version and Parquet type as AWS's pages list them, in their order.
// https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html
const vpcTable = table(`
  version 2 INT32
  account-id 2 STRING
  interface-id 2 STRING
  srcaddr 2 STRING
  dstaddr 2 STRING
  srcport 2 INT32
  dstport 2 INT32
  protocol 2 INT32
  packets 2 INT64
  bytes 2 INT64
  start 2 INT64
  end 2 INT64
  action 2 STRING
  log-status 2 STRING
  vpc-id 3 STRING
  subnet-id 3 STRING
  instance-id 3 STRING
  tcp-flags 3 INT32
  type 3 STRING
  pkt-srcaddr 3 STRING
  pkt-dstaddr 3 STRING
  region 4 STRING
  az-id 4 STRING
  sublocation-type 4 STRING
  sublocation-id 4 STRING
  pkt-src-aws-service 5 STRING
  pkt-dst-aws-service 5 STRING
  flow-direction 5 STRING
  traffic-path 5 INT32
  ecs-cluster-arn 7 STRING
  ecs-cluster-name 7 STRING
  ecs-container-instance-arn 7 STRING
  ecs-container-instance-id 7 STRING
  ecs-container-id 7 STRING
  ecs-second-container-id 7 STRING
  ecs-service-name 7 STRING
  ecs-task-definition-arn 7 STRING
  ecs-task-arn 7 STRING
  ecs-task-id 7 STRING
  reject-reason 8 STRING
  resource-id 9 STRING
  encryption-status 10 INT32
  instance-tag 11 STRING
  instance-tag-2 11 STRING
  interface-tag 11 STRING
  interface-tag-2 11 STRING
  asg-tag 11 STRING
  asg-tag-2 11 STRING
  interface-type 11 STRING
  next-hop-interface-id 11 STRING
  next-hop-subnet-id 11 STRING
  next-hop-az-id 11 STRING
  next-hop-vpc-id 11 STRING
  next-hop-interface-type 11 STRING
`);

// https://docs.aws.amazon.com/vpc/latest/tgw/tgw-flow-logs.html
const tgwTable = table(`
  version 2 INT32
  resource-type 6 STRING
  account-id 2 STRING
  tgw-id 6 STRING
  tgw-attachment-id 6 STRING
  tgw-src-vpc-account-id 6 STRING
  tgw-dst-vpc-account-id 6 STRING
  tgw-src-vpc-id 6 STRING
  tgw-dst-vpc-id 6 STRING
  tgw-src-subnet-id 6 STRING
  tgw-dst-subnet-id 6 STRING
  tgw-src-eni 6 STRING
  tgw-dst-eni 6 STRING
  tgw-src-az-id 6 STRING
  tgw-dst-az-id 6 STRING
  tgw-pair-attachment-id 6 STRING
  srcaddr 2 STRING
  dstaddr 2 STRING
  srcport 2 INT32
  dstport 2 INT32
  protocol 2 INT32
  packets 2 INT64
  bytes 2 INT64
  start 2 INT64
  end 2 INT64
  log-status 2 STRING
  type 3 STRING
  packets-lost-no-route 6 INT64
  packets-lost-blackhole 6 INT64
  packets-lost-mtu-exceeded 6 INT64
  packets-lost-ttl-expired 6 INT64
  tcp-flags 3 INT32
  region 4 STRING
  flow-direction 5 STRING
  pkt-src-aws-service 5 STRING
  pkt-dst-aws-service 5 STRING
`);

function table(text: string) {
  return text
    .trim()
    .split("\n")
    .map((line) => {
      const [awsName = "", version, parquet] = line.trim().split(" ");
      return { awsName, version: Number(version), parquet };
    });
}

function definitions(names: readonly string[]) {
  return names.map((name) => {
    const field = FIELDS.find((candidate) => candidate.name === name);
    return { awsName: field?.awsName, version: field?.version, parquet: field?.parquet };
  });
}

describe("the field table", () => {
  test("has the 54 fields of VPC logs, in AWS's order", () => {
    expect(vpcTable).toHaveLength(54);
    expect(definitions(VPC_FIELD_NAMES)).toEqual(vpcTable);
    expect(FIELDS.filter((field) => field.logs.includes("vpc")).map((field) => field.name)).toEqual(VPC_FIELD_NAMES);
  });

  test("has the 36 fields of transit gateway logs, in AWS's order", () => {
    expect(tgwTable).toHaveLength(36);
    expect(definitions(TGW_FIELD_NAMES)).toEqual(tgwTable);
    const ofTgw = FIELDS.filter((field) => field.logs.includes("tgw")).map((field) => field.name);
    expect(ofTgw.toSorted()).toEqual(TGW_FIELD_NAMES.toSorted());
  });

  test("has 72 fields, the last 18 of transit gateway logs alone", () => {
    expect(FIELDS).toHaveLength(72);
    expect(FIELDS.slice(54).map((field) => field.logs)).toEqual(Array.from({ length: 18 }, () => ["tgw"]));
    expect(FIELDS.slice(54).map((field) => field.name)).toEqual(
      TGW_FIELD_NAMES.filter((name) => !VPC_FIELD_NAMES.includes(name)),
    );
  });

  test("names every field once, also without hyphens", () => {
    expect(new Set(FIELDS.map((field) => field.name.replaceAll("_", ""))).size).toBe(72);
  });

  test("tells each field in one line", () => {
    for (const field of FIELDS) {
      expect(field.meaning).toMatch(/^[^\n]{5,80}$/);
      expect(field.values).toMatch(/^[^\n]{2,200}$/);
      expect(field.values).not.toMatch(/\.$/);
    }
  });

  test("has numbers of the kinds that its Parquet types allow", () => {
    for (const field of FIELDS) {
      const range = fieldRange(field.kind);
      expect(field.parquet === "STRING").toBe(range === null);
      if (field.parquet === "INT32") expect(range?.max).toBeLessThanOrEqual(2n ** 31n - 1n);
    }
  });

  test.each([
    ["start", "Unix seconds"],
    ["bytes", "bytes"],
    ["packets", "packets"],
    ["packets_lost_no_route", "packets"],
    ["srcport", null],
  ])("%s has the unit %s", (name, unit) => expect(findField(name)?.unit).toBe(unit));
});

describe("findField", () => {
  test.each([
    ["hyphens", "pkt-srcaddr", "pkt_srcaddr"],
    ["AWS's format string", "${pkt-srcaddr}", "pkt_srcaddr"],
    ["underscores", "pkt_srcaddr", "pkt_srcaddr"],
    ["camel case", "pktSrcAddr", "pkt_srcaddr"],
    ["upper case", "PKT-SRCADDR", "pkt_srcaddr"],
    ["a digit behind a hyphen", "instance-tag-2", "instance_tag_2"],
    ["a digit in camel case", "instanceTag2", "instance_tag_2"],
    ["Athena's start", "starttime", "start"],
    ["Athena's end", "endTime", "end"],
    ["a short name in any case", "SRC", "srcaddr"],
    ["nothing", "", undefined],
    ["an empty ${}", "${}", undefined],
    ["an unknown name", "bogus", undefined],
    ["a short name that AWS's ${…} never holds", "${src}", undefined],
    ["a word that objects inherit", "constructor", undefined],
  ])("%s", (_, spelling, name) => expect(findField(spelling)?.name).toBe(name));

  test("every field has its four spellings, in any case", () => {
    for (const { name, awsName } of FIELDS) {
      const camelCase = name.replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase());
      for (const spelling of [name, awsName, `$\{${awsName}}`, camelCase]) {
        expect(findAwsField(spelling)?.name).toBe(name);
        expect(findField(spelling.toUpperCase())?.name).toBe(name);
      }
    }
  });

  test("every short name", () => {
    const shortNames = FIELDS.filter((field) => field.short !== null).map((field) => `${field.short} ${field.name}`);
    expect(shortNames.toSorted()).toEqual([
      "account account_id",
      "az az_id",
      "dir flow_direction",
      "dport dstport",
      "dst dstaddr",
      "eni interface_id",
      "flags tcp_flags",
      "instance instance_id",
      "path traffic_path",
      "proto protocol",
      "sport srcport",
      "src srcaddr",
      "status log_status",
      "subnet subnet_id",
      "vpc vpc_id",
    ]);
    for (const { short, name } of FIELDS) if (short !== null) expect(findField(short)?.name).toBe(name);
  });

  test("a short name is none of AWS's spellings", () => expect(findAwsField("src")).toBeUndefined());
});

test.each([
  ["srcport", "a whole number 0-65535"],
  ["protocol", "a whole number 0-255"],
  ["tcp_flags", "a whole number 0-2147483647"],
  ["start", "a whole number 0-9223372036854775807"],
  ["bytes", "a whole number 0-18446744073709551615"],
  ["pkt_dstaddr", "an IP address"],
  ["action", "text"],
  ["asg_tag", "text"],
])("%s is expected to be %s", (name, words) => {
  const field = FIELDS.find((candidate) => candidate.name === name);
  expect(field && expectation(field.kind)).toBe(words);
});

test("what stays set in a NODATA record is no traffic field", () => {
  const stays = FIELDS.filter((field) => !isTrafficField(field.name)).map((field) => field.name);
  expect(stays).toEqual(
    expect.arrayContaining(["version", "account_id", "interface_id", "start", "end", "log_status"]),
  );
  expect(stays).toEqual(
    expect.arrayContaining(["vpc_id", "subnet_id", "instance_id", "az_id", "resource_type", "tgw_id"]),
  );
  expect(VPC_FIELD_NAMES.slice(0, 14).filter(isTrafficField)).toEqual([
    "srcaddr",
    "dstaddr",
    "srcport",
    "dstport",
    "protocol",
    "packets",
    "bytes",
    "action",
  ]);
  expect(isTrafficField("new_field")).toBe(false);
});
