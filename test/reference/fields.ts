/** What the text of a field may be; the names are those of src/record/fields.ts. */
export type ReferenceKind = "text" | "tag" | "address" | "uint8" | "uint16" | "int32" | "seconds" | "counter";

// Written out from AWS's pages once more, and not taken from src/record: an oracle that shared the table would share its slips.
const vpc = `
  version account_id interface_id srcaddr dstaddr srcport dstport protocol packets bytes start end action log_status
  vpc_id subnet_id instance_id tcp_flags type pkt_srcaddr pkt_dstaddr
  region az_id sublocation_type sublocation_id
  pkt_src_aws_service pkt_dst_aws_service flow_direction traffic_path
  ecs_cluster_arn ecs_cluster_name ecs_container_instance_arn ecs_container_instance_id ecs_container_id
  ecs_second_container_id ecs_service_name ecs_task_definition_arn ecs_task_arn ecs_task_id
  reject_reason resource_id encryption_status
  instance_tag instance_tag_2 interface_tag interface_tag_2 asg_tag asg_tag_2
  interface_type next_hop_interface_id next_hop_subnet_id next_hop_az_id next_hop_vpc_id next_hop_interface_type`;

const tgw = `
  version resource_type account_id tgw_id tgw_attachment_id tgw_src_vpc_account_id tgw_dst_vpc_account_id
  tgw_src_vpc_id tgw_dst_vpc_id tgw_src_subnet_id tgw_dst_subnet_id tgw_src_eni tgw_dst_eni tgw_src_az_id tgw_dst_az_id
  tgw_pair_attachment_id srcaddr dstaddr srcport dstport protocol packets bytes start end log_status type
  packets_lost_no_route packets_lost_blackhole packets_lost_mtu_exceeded packets_lost_ttl_expired
  tcp_flags region flow_direction pkt_src_aws_service pkt_dst_aws_service`;

/** The 54 fields of VPC flow logs, in AWS's order. */
export const VPC_NAMES: readonly string[] = words(vpc);

/** The 36 fields of transit gateway flow logs, in AWS's order. */
export const TGW_NAMES: readonly string[] = words(tgw);

/** Every field there is: the VPC fields, then those that only transit gateways have. */
export const ALL_NAMES: readonly string[] = [...new Set([...VPC_NAMES, ...TGW_NAMES])];

/** AWS's default format: the 14 fields of version 2. */
export const DEFAULT_NAMES: readonly string[] = VPC_NAMES.slice(0, 14);

/** The fields that a NODATA or SKIPDATA record leaves at `-`. */
export const TRAFFIC_NAMES: ReadonlySet<string> = new Set(
  words(`srcaddr dstaddr srcport dstport protocol packets bytes action tcp_flags pkt_srcaddr pkt_dstaddr
    pkt_src_aws_service pkt_dst_aws_service flow_direction traffic_path
    packets_lost_no_route packets_lost_blackhole packets_lost_mtu_exceeded packets_lost_ttl_expired`),
);

const kinds: readonly [ReferenceKind, string][] = [
  ["address", "srcaddr dstaddr pkt_srcaddr pkt_dstaddr"],
  ["uint8", "protocol"],
  ["uint16", "srcport dstport"],
  ["int32", "version tcp_flags traffic_path encryption_status"],
  ["seconds", "start end"],
  [
    "counter",
    "packets bytes packets_lost_no_route packets_lost_blackhole packets_lost_mtu_exceeded packets_lost_ttl_expired",
  ],
  ["tag", "instance_tag instance_tag_2 interface_tag interface_tag_2 asg_tag asg_tag_2"],
];

const kindByName = new Map(kinds.flatMap(([kind, names]) => words(names).map((name) => [name, kind] as const)));

/** The kind of a field; a name that AWS does not have is text. */
export function referenceKind(name: string): ReferenceKind {
  return kindByName.get(name) ?? "text";
}

const greatest: Partial<Record<ReferenceKind, bigint>> = {
  uint8: 255n,
  uint16: 65535n,
  int32: 2n ** 31n - 1n,
  seconds: 2n ** 63n - 1n,
  counter: 2n ** 64n - 1n,
};

/** The greatest number of a kind, or null for kinds that hold no number. */
export function referenceMax(kind: ReferenceKind): bigint | null {
  return greatest[kind] ?? null;
}

const nameByForm = new Map(ALL_NAMES.map((name) => [normalForm(name), name]));
nameByForm.set("starttime", "start");
nameByForm.set("endtime", "end");

/** The field that a word of a header or format means, in any of AWS's four spellings and any case; null when none. */
export function knownName(word: string): string | null {
  return nameByForm.get(normalForm(word)) ?? null;
}

/** The name of a column: the field's, or for an unknown word its lower case form with underscores. */
export function columnName(word: string): string {
  const snake = bareName(word).replaceAll("-", "_");
  return knownName(word) ?? snake.replaceAll(/([a-z0-9])([A-Z])/g, "$1_$2").toLowerCase();
}

/** The word without AWS's `${…}`. */
export function bareName(word: string): string {
  return word.startsWith("${") && word.endsWith("}") ? word.slice(2, -1) : word;
}

function normalForm(word: string): string {
  return bareName(word).replaceAll(/[-_]/g, "").toLowerCase();
}

function words(text: string): string[] {
  return text.trim().split(/\s+/);
}
