/** Protocols whose `srcport` and `dstport` are ports: TCP, UDP, DCCP, SCTP, UDP-Lite. */
export const HAS_PORTS: ReadonlySet<number> = new Set([6, 17, 33, 132, 136]);

// IANA's keywords in lower case, from number 0. "_" stands where IANA has none (61 is "any host internal protocol").
// From 147 on there are none: 253 and 254 are for experiments.
// https://www.iana.org/assignments/protocol-numbers
const keywords = (
  "hopopt icmp igmp ggp ipv4 st tcp cbt egp igp bbn-rcc-mon nvp-ii pup argus emcon xnet chaos udp mux dcn-meas " +
  "hmp prm xns-idp trunk-1 trunk-2 leaf-1 leaf-2 rdp irtp iso-tp4 netblt mfe-nsp merit-inp dccp 3pc idpr xtp ddp " +
  "idpr-cmtp tp++ il ipv6 sdrp ipv6-route ipv6-frag idrp rsvp gre dsr bna esp ah i-nlsp swipe narp min-ipv4 tlsp " +
  "skip ipv6-icmp ipv6-nonxt ipv6-opts _ cftp _ sat-expak kryptolan rvd ippc _ sat-mon visa ipcv cpnx cphb wsn pvp " +
  "br-sat-mon sun-nd wb-mon wb-expak iso-ip vmtp secure-vmtp vines iptm nsfnet-igp dgp tcf eigrp ospfigp " +
  "sprite-rpc larp mtp ax.25 ipip micp scc-sp etherip encap _ gmtp ifmp pnni pim aris scps qnx a/n ipcomp snp " +
  "compaq-peer ipx-in-ip vrrp pgm _ l2tp ddx iatp stp srp uti smp sm ptp isis fire crtp crudp sscopmce iplt sps " +
  "pipe sctp fc rsvp-e2e-ignore mobility-header udplite mpls-in-ip manet hip shim6 wesp rohc ethernet aggfrag nsh homa"
).split(" ");

// What /etc/protocols and other tools call them.
const aliases: readonly (readonly [string, number])[] = [
  ["ipencap", 4],
  ["ip-in-ip", 4],
  ["icmp6", 58],
  ["icmpv6", 58],
  ["ipsec-esp", 50],
  ["ipsec-ah", 51],
  ["rspf", 73],
  ["ospf", 89],
];

const numbers = new Map<string, number>(aliases.map(([name, number]) => [comparable(name), number]));
for (const [number, keyword] of keywords.entries()) if (keyword !== "_") numbers.set(comparable(keyword), number);

/** The protocol's IANA keyword in lower case (`tcp`, `ipv6-icmp`), or the number as text where it has none. */
export function protocolName(number: number): string {
  const keyword = keywords[number];
  return keyword === undefined || keyword === "_" ? String(number) : keyword;
}

/** The number of a protocol given by name, in any case and with or without its hyphens, or by number 0-255; else null. */
export function protocolNumber(text: string): number | null {
  if (/^\d{1,3}$/.test(text)) return Number(text) <= 255 ? Number(text) : null;
  return numbers.get(comparable(text)) ?? null;
}

/** Every name that `protocolNumber` takes, what flow logs are full of first: to find what a slip of the pen meant. */
export const PROTOCOL_NAMES: readonly string[] = [
  ...["tcp", "udp", "icmp", "ipv6-icmp", "esp", "gre"],
  ...keywords.filter((keyword) => keyword !== "_"),
  ...aliases.map(([name]) => name),
];

function comparable(name: string): string {
  return name.toLowerCase().replaceAll(/[-_]/g, "");
}
