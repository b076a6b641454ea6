import { type ReferenceKind, referenceKind, referenceMax, TRAFFIC_NAMES } from "../reference/fields.js";
import type { Random } from "./random.js";

/** Text whose characters are the bytes of the log (latin1), so that a value may hold bytes that are no UTF-8. */
export type ByteText = string;

/** A value of the field as AWS might write it, with every edge of its range now and then. */
export function goodValue(name: string, random: Random): ByteText {
  if (random.chance(0.04)) return "-";
  const words = wordsByName[name];
  if (words !== undefined) return random.chance(0.97) ? random.pick(words) : oddText(random);
  const kind = referenceKind(name);
  if (kind === "address") return address(random);
  if (kind === "text") return random.chance(0.9) ? idLike(name, random) : oddText(random);
  if (kind === "tag") return tag(random);
  return goodNumber(name, kind, random);
}

/** A value that makes the line malformed, or null for fields that take any text. */
export function badValue(name: string, random: Random): ByteText | null {
  const kind = referenceKind(name);
  if (kind === "address") return random.pick(badAddresses);
  if (kind === "text" || kind === "tag") return null;
  const max = referenceMax(kind) ?? 0n;
  const over = [max + 1n, max * 10n, max + 2n ** 64n].map(String);
  return random.pick([...badNumbers, ...over, `0000${max + 1n}`]);
}

/** Whether the field is `-` in a NODATA or SKIPDATA record. */
export function isDashWithoutData(name: string): boolean {
  return TRAFFIC_NAMES.has(name);
}

/** A byte that no line may hold, somewhere in the text. */
export function withControl(text: ByteText, random: Random): ByteText {
  const at = random.int(0, text.length);
  const control = random.pick(["\x00", "\x01", "\x07", "\x08", "\x0b", "\x0c", "\r", "\x1b[31m", "\x1f", "\x7f"]);
  return text.slice(0, at) + control + text.slice(at);
}

const wordsByName: Record<string, readonly ByteText[]> = {
  account_id: ["123456789012", "012345678901", "unknown"],
  action: ["ACCEPT", "REJECT", "ACCEPT", "ACCEPT", "accept", "DROP"],
  log_status: ["OK", "OK", "OK", "OK", "OK", "OK", "OK", "-", "PENDING", "ok", "NODATAX"],
  type: ["IPv4", "IPv6", "EFA"],
  flow_direction: ["ingress", "egress"],
  region: ["us-east-1", "ap-southeast-2"],
  resource_type: ["TransitGateway"],
  reject_reason: ["BPA", "EC", "Accepted"],
  pkt_src_aws_service: ["S3", "AMAZON", "ROUTE53_HEALTHCHECKS"],
  pkt_dst_aws_service: ["S3", "DYNAMODB", "EC2_INSTANCE_CONNECT"],
};

const hosts = [
  ..."192.0.2.10 192.0.2.7 198.51.100.25 203.0.113.77 10.0.0.1 10.1.255.254 172.16.0.9 192.168.1.1".split(" "),
  ..."0.0.0.0 255.255.255.255 1.1.1.1 100.64.0.1".split(" "),
  ..."2001:db8::1 2001:db8:1234:a100:8d6e:3477:df66:f105 fe80::1 :: ::1 ff02::fb".split(" "),
  // The same addresses in other spellings, and near ones that must stay apart.
  ..."2001:DB8::1 2001:0db8:0000:0000:0000:0000:0000:0001 2001:db8:0:0::1 2001:db8::0.0.0.1 0:0:0:0:0:0:0:0".split(" "),
  ..."::ffff:10.0.0.1 ::FFFF:0a00:1 0:0:0:0:0:ffff:10.0.0.1 ::10.0.0.1 ::a00:1 64:ff9b::10.0.0.1 ::ffff:0:10.0.0.1".split(
    " ",
  ),
  ..."2001:db8:0:1:1:1:1:1 2001:0:0:1::1 1:0:0:2:0:0:0:3 1:0:0:2:3:0:0:4 1:2:3:4:5:6:7:: ::2:3:4:5:6:7:8 1::8".split(
    " ",
  ),
];

const badAddresses = [
  ..."256.1.1.1 1.2.3 01.2.3.4 1.2.3.04 1.2.3.4.5 1.2.3.4. .1.2.3.4 1..3.4 1.2.3.-4 1.2.3.1000 0x7f.0.0.1 3232235777".split(
    " ",
  ),
  ..."10.0.0.0/8 ::1%eth0 fe80::1%1 1::2::3 ::: 12345:: 1:2:3:4:5:6:7 1:2:3:4:5:6:7:8:9 1:2:3:4:5:6:7::8 :1:2:3:4:5:6:7".split(
    " ",
  ),
  ..."[::1] ::g ::1.2.3 ::ffff:256.0.0.1 ::ffff:1.2.3.04 1:2:3:4:5:6:7:1.2.3.4 1.2.3.4::  : . host.example -- -1 ::1:".split(
    / +/,
  ),
  "1.2.3.٤",
].map(utf8);

const badNumbers = [
  ..."+1 1e3 -5 1.0 0x10 1_000 ,5 5, ١ NaN Infinity '' -- +- 18446744073709551616 99999999999999999999".split(" "),
  ..."340282366920938463463374607431768211456 1/ 1: /1 :1 1a a1 http".split(" "),
].map(utf8);

const oddTexts = [
  ..."__proto__ constructor toString hasOwnProperty -- - NULL null 007 1e3 0 18446744073709551616 192.0.2.1 =1+1 @x".split(
    " ",
  ),
  ...'a,b "quoted" it\'s \\t \\ % %2D a#b |x| `code` <b> ${srcaddr} bytes srcaddr log-status OK Größe 日本 🦊 e\u0301'.split(
    " ",
  ),
  // A C1 control, a right-to-left mark and a BOM are valid UTF-8 and no control bytes: kept, escaped when shown.
  "\u009b31m",
  "\u202eevil",
  "\ufeffx",
  "\u00a0",
].map(utf8);

const invalidUtf8: readonly ByteText[] = [
  "\xff",
  "a\xfe\xffb",
  "\xc3",
  "\xc3(",
  "\xe2\x82",
  "\xed\xa0\x80",
  "\xf0\x9f\xa6",
  "\x80x",
];

function oddText(random: Random): ByteText {
  if (random.chance(0.2)) return random.pick(invalidUtf8);
  // Longer than any 16-byte or 64-byte step of a scan.
  if (random.chance(0.1)) return "x".repeat(random.int(15, 300));
  return random.pick(oddTexts);
}

function idLike(name: string, random: Random): ByteText {
  if (name.endsWith("_arn")) return `arn:aws:ecs:us-east-1:123456789012:task/office/${random.int(0, 99)}`;
  const stem = name.replaceAll("_", "").slice(0, 6);
  return `${stem}-0a1b2c3d${random.chance(0.5) ? "" : "4e5f60718"}${random.int(0, 5)}`;
}

function tag(random: Random): ByteText {
  if (random.chance(0.4))
    return random.pick(["web", "bytes", "%2D", "a%2Db", "a%20b", "R%C3%A4ume", "%E6%97%A5", "100%", "%", "%zz"]);
  if (random.chance(0.2))
    return random.pick(["%C3", "%c3%28", "%FFx%41", "%ED%A0%80", "%41%C3%A4%C3", "%0A", "%1B%5B31m", "%25", "a%2"]);
  return random.chance(0.8)
    ? encodeURIComponent(random.pick(["büro", "日本 1", "a/b=c", "prod", "🦊"]))
    : oddText(random);
}

function address(random: Random): ByteText {
  if (random.chance(0.5)) return random.pick(hosts);
  if (random.chance(0.6)) return `10.0.${random.int(0, 255)}.${random.int(0, 255)}`;
  const groups = Array.from({ length: 8 }, () => (random.chance(0.4) ? "0" : random.int(0, 65535).toString(16)));
  return groups.join(":");
}

function goodNumber(name: string, kind: ReferenceKind, random: Random): ByteText {
  const max = referenceMax(kind) ?? 0n;
  if (random.chance(0.1)) return random.pick(edges(max));
  const zeros = random.chance(0.02) ? "0".repeat(random.int(1, 24)) : "";
  return zeros + usualNumber(name, random);
}

function usualNumber(name: string, random: Random): string {
  switch (name) {
    case "protocol":
      return random.pick(["6", "6", "6", "17", "17", "1", "58", "47", "132", "33", "136"]);
    case "srcport":
    case "dstport":
      return String(random.chance(0.5) ? random.pick([22, 53, 80, 443, 3389]) : random.int(0, 65535));
    case "start":
    case "end":
      return String(1_735_689_600 + random.int(0, 86_400));
    case "version":
      return random.pick(["2", "3", "5", "11"]);
    default:
      return String(random.int(0, 10 ** random.int(0, 9)));
  }
}

function edges(max: bigint): string[] {
  const around = [
    0n,
    1n,
    max,
    max - 1n,
    max / 2n,
    2n ** 31n - 1n,
    2n ** 32n,
    2n ** 53n - 1n,
    2n ** 53n + 1n,
    2n ** 63n - 1n,
    2n ** 63n,
  ];
  const inRange = around.filter((number) => number <= max).map(String);
  return [
    ...inRange,
    `0${max}`,
    String(max).padStart(20, "0"),
    String(max).padStart(40, "0"),
    "00",
    "9".repeat(String(max).length - 1),
  ];
}

/** The bytes of the text's UTF-8, one character each. */
export function utf8(text: string): ByteText {
  return Buffer.from(text, "utf8").toString("latin1");
}
