import { fieldTexts } from "./field-texts.js";

/**
 * What a field's text must be; `fieldRange` has the numbers' bounds. `tag` is text whose special characters
 * AWS percent-encodes (version 11). Every number field may also be `-`, as may an address.
 */
export type FieldKind = "text" | "tag" | "address" | "uint8" | "uint16" | "int32" | "seconds" | "counter";

/** The log a field can stand in: a VPC's (or subnet's, or interface's) or a transit gateway's. */
export type LogType = "vpc" | "tgw";

export interface FieldDefinition {
  /** AWS's Parquet column, the one name that flowlog prints: `log_status`. */
  readonly name: FieldName;
  /** As in the flow log's format and in header lines: `log-status`. */
  readonly awsName: string;
  /** The record version that brought the field. */
  readonly version: number;
  readonly logs: readonly LogType[];
  readonly kind: FieldKind;
  /** Its type in Parquet files. */
  readonly parquet: "STRING" | "INT32" | "INT64";
  readonly unit: string | null;
  /** One line for people. */
  readonly meaning: string;
  /** The values it takes, one line for people. */
  readonly values: string;
  /** The short name taken for it, such as `src`. */
  readonly short: string | null;
}

type Row = readonly [name: string, version: number, kind: FieldKind, short?: string];

// In AWS's order: the VPC fields, then those that only transit gateway logs have.
const table = [
  ["version", 2, "int32"],
  ["account_id", 2, "text", "account"],
  ["interface_id", 2, "text", "eni"],
  ["srcaddr", 2, "address", "src"],
  ["dstaddr", 2, "address", "dst"],
  ["srcport", 2, "uint16", "sport"],
  ["dstport", 2, "uint16", "dport"],
  ["protocol", 2, "uint8", "proto"],
  ["packets", 2, "counter"],
  ["bytes", 2, "counter"],
  ["start", 2, "seconds"],
  ["end", 2, "seconds"],
  ["action", 2, "text"],
  ["log_status", 2, "text", "status"],
  ["vpc_id", 3, "text", "vpc"],
  ["subnet_id", 3, "text", "subnet"],
  ["instance_id", 3, "text", "instance"],
  ["tcp_flags", 3, "int32", "flags"],
  ["type", 3, "text"],
  ["pkt_srcaddr", 3, "address"],
  ["pkt_dstaddr", 3, "address"],
  ["region", 4, "text"],
  ["az_id", 4, "text", "az"],
  ["sublocation_type", 4, "text"],
  ["sublocation_id", 4, "text"],
  ["pkt_src_aws_service", 5, "text"],
  ["pkt_dst_aws_service", 5, "text"],
  ["flow_direction", 5, "text", "dir"],
  ["traffic_path", 5, "int32", "path"],
  ["ecs_cluster_arn", 7, "text"],
  ["ecs_cluster_name", 7, "text"],
  ["ecs_container_instance_arn", 7, "text"],
  ["ecs_container_instance_id", 7, "text"],
  ["ecs_container_id", 7, "text"],
  ["ecs_second_container_id", 7, "text"],
  ["ecs_service_name", 7, "text"],
  ["ecs_task_definition_arn", 7, "text"],
  ["ecs_task_arn", 7, "text"],
  ["ecs_task_id", 7, "text"],
  ["reject_reason", 8, "text"],
  ["resource_id", 9, "text"],
  ["encryption_status", 10, "int32"],
  ["instance_tag", 11, "tag"],
  ["instance_tag_2", 11, "tag"],
  ["interface_tag", 11, "tag"],
  ["interface_tag_2", 11, "tag"],
  ["asg_tag", 11, "tag"],
  ["asg_tag_2", 11, "tag"],
  ["interface_type", 11, "text"],
  ["next_hop_interface_id", 11, "text"],
  ["next_hop_subnet_id", 11, "text"],
  ["next_hop_az_id", 11, "text"],
  ["next_hop_vpc_id", 11, "text"],
  ["next_hop_interface_type", 11, "text"],
  ["resource_type", 6, "text"],
  ["tgw_id", 6, "text"],
  ["tgw_attachment_id", 6, "text"],
  ["tgw_src_vpc_account_id", 6, "text"],
  ["tgw_dst_vpc_account_id", 6, "text"],
  ["tgw_src_vpc_id", 6, "text"],
  ["tgw_dst_vpc_id", 6, "text"],
  ["tgw_src_subnet_id", 6, "text"],
  ["tgw_dst_subnet_id", 6, "text"],
  ["tgw_src_eni", 6, "text"],
  ["tgw_dst_eni", 6, "text"],
  ["tgw_src_az_id", 6, "text"],
  ["tgw_dst_az_id", 6, "text"],
  ["tgw_pair_attachment_id", 6, "text"],
  ["packets_lost_no_route", 6, "counter"],
  ["packets_lost_blackhole", 6, "counter"],
  ["packets_lost_mtu_exceeded", 6, "counter"],
  ["packets_lost_ttl_expired", 6, "counter"],
] as const satisfies readonly Row[];

const vpcFieldCount = 54;

/** The name of a field that flowlog knows. */
export type FieldName = (typeof table)[number][0];

/** The kind of the field of that name, at the level of types. */
export type KindOf<Name extends FieldName> = Extract<(typeof table)[number], readonly [Name, ...unknown[]]>[2];

const ranges: Readonly<Partial<Record<FieldKind, { min: bigint; max: bigint }>>> = {
  uint8: { min: 0n, max: 255n },
  uint16: { min: 0n, max: 65535n },
  int32: { min: 0n, max: 2n ** 31n - 1n },
  seconds: { min: 0n, max: 2n ** 63n - 1n },
  counter: { min: 0n, max: 2n ** 64n - 1n },
};

/** What a transit gateway did not forward, by its reason: the counters of such a log that stand for the actions of a VPC's. */
export const LOST_FIELD_NAMES = [
  "packets_lost_no_route",
  "packets_lost_blackhole",
  "packets_lost_mtu_exceeded",
  "packets_lost_ttl_expired",
] as const satisfies readonly FieldName[];

export type LostFieldName = (typeof LOST_FIELD_NAMES)[number];

/** The 36 fields of a transit gateway log, in the order of its default format. */
export const TGW_FIELD_NAMES: readonly FieldName[] = [
  ...(["version", "resource_type", "account_id", "tgw_id", "tgw_attachment_id"] as const),
  ...(["tgw_src_vpc_account_id", "tgw_dst_vpc_account_id", "tgw_src_vpc_id", "tgw_dst_vpc_id"] as const),
  ...(["tgw_src_subnet_id", "tgw_dst_subnet_id", "tgw_src_eni", "tgw_dst_eni", "tgw_src_az_id"] as const),
  ...(["tgw_dst_az_id", "tgw_pair_attachment_id", "srcaddr", "dstaddr", "srcport", "dstport"] as const),
  ...(["protocol", "packets", "bytes", "start", "end", "log_status", "type"] as const),
  ...LOST_FIELD_NAMES,
  ...(["tcp_flags", "region", "flow_direction", "pkt_src_aws_service", "pkt_dst_aws_service"] as const),
];

/** All 72 fields: the 54 of VPC logs in AWS's order, then the 18 that only transit gateway logs have, in theirs. */
export const FIELDS: readonly FieldDefinition[] = table.map(([name, version, kind, short], index) => ({
  name,
  awsName: name.replaceAll("_", "-"),
  version,
  logs: logsOf(name, index),
  kind,
  parquet: parquetType(kind),
  unit: unitOf(name, kind),
  meaning: fieldTexts[name][0],
  values: fieldTexts[name][1],
  short: short ?? null,
}));

/** The 54 fields of a VPC flow log, in AWS's order; the first 14 are the default format. */
export const VPC_FIELD_NAMES: readonly FieldName[] = FIELDS.slice(0, vpcFieldCount).map((field) => field.name);

// Athena's tables call them so, because `start` and `end` are words of SQL.
const aliases: readonly (readonly [string, FieldName])[] = [
  ["starttime", "start"],
  ["endtime", "end"],
];

const byName = new Map(FIELDS.map((field) => [field.name as string, field]));
const byNormalForm = new Map<string, FieldDefinition>(FIELDS.map((field) => [normalForm(field.name), field]));
for (const [alias, name] of aliases) byNormalForm.set(alias, byName.get(name) as FieldDefinition);
const byShortName = new Map(FIELDS.flatMap((field) => (field.short === null ? [] : [[field.short, field] as const])));

/** What two spellings of one field have in common: `${pkt-srcaddr}` and `pktSrcAddr` are both `pktsrcaddr`. */
export function normalForm(spelling: string): string {
  return bareName(spelling).replaceAll(/[-_]/g, "").toLowerCase();
}

/** The name inside AWS's `${…}`, or the text as it stands. */
export function bareName(spelling: string): string {
  return spelling.startsWith("${") && spelling.endsWith("}") ? spelling.slice(2, -1) : spelling;
}

/** The field of one of AWS's own spellings: `pkt-srcaddr`, `${pkt-srcaddr}`, `pkt_srcaddr`, `pktSrcAddr`, in any case. */
export function findAwsField(spelling: string): FieldDefinition | undefined {
  return byName.get(spelling) ?? byNormalForm.get(normalForm(spelling));
}

/** The field that a person means: one of AWS's spellings, or a short name such as `src`, in any case. */
export function findField(spelling: string): FieldDefinition | undefined {
  return findAwsField(spelling) ?? byShortName.get(spelling.toLowerCase());
}

const trafficFields: ReadonlySet<string> = new Set<FieldName>([
  ...(["srcaddr", "dstaddr", "srcport", "dstport", "protocol", "packets", "bytes", "action", "tcp_flags"] as const),
  ...(["pkt_srcaddr", "pkt_dstaddr", "pkt_src_aws_service", "pkt_dst_aws_service"] as const),
  ...(["flow_direction", "traffic_path"] as const),
  ...LOST_FIELD_NAMES,
]);

/** Whether the field tells of traffic, so that a NODATA or SKIPDATA record has `-` there. */
export function isTrafficField(name: string): boolean {
  return trafficFields.has(name);
}

/** Whether AWS offers the field for that kind of log alone. Not so for a field that flowlog does not know. */
export function isOnlyOf(log: LogType, name: string): boolean {
  const logs = findField(name)?.logs;
  return logs?.length === 1 && logs[0] === log;
}

/** The least and greatest value of a number field; null for a kind that is no number. */
export function fieldRange(kind: FieldKind): { min: bigint; max: bigint } | null {
  return ranges[kind] ?? null;
}

/** What a field of that kind must be, as a message says it: `a whole number 0-65535`, `an IP address`. */
export function expectation(kind: FieldKind): string {
  const range = fieldRange(kind);
  if (range !== null) return `a whole number ${range.min}-${range.max}`;
  return kind === "address" ? "an IP address" : "text";
}

function logsOf(name: FieldName, index: number): readonly LogType[] {
  if (index >= vpcFieldCount) return ["tgw"];
  return TGW_FIELD_NAMES.includes(name) ? ["vpc", "tgw"] : ["vpc"];
}

function parquetType(kind: FieldKind): FieldDefinition["parquet"] {
  if (kind === "seconds" || kind === "counter") return "INT64";
  return fieldRange(kind) === null ? "STRING" : "INT32";
}

function unitOf(name: FieldName, kind: FieldKind): string | null {
  if (kind === "seconds") return "Unix seconds";
  if (kind === "counter") return name === "bytes" ? "bytes" : "packets";
  return null;
}
