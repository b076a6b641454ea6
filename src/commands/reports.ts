import type { Config } from "./config.js";

/** A question with a name, and the command line that it stands for. */
export interface Report {
  name: string;
  /** What it answers, in a line. */
  about: string;
  /** The command and its arguments, as after `flowlog`. What the user adds stands behind them. */
  run: readonly string[];
  /** The option that the question lacks, to be given by the user. */
  needs?: "--src" | "--dst";
  /** The config that it is from; absent for one of flowlog's own. */
  config?: string;
}

// Expressions, not flags: `--action accept` given behind a saved `--action reject` would add to its list, `-f` narrows it.

/**
 * The queries that AWS's console writes for Athena ("Generate Athena integration"), with the same meaning. AWS names no
 * administrative ports; those here are remote shells and desktops, and where the consoles of appliances usually listen.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-run-athena-query.html
 */
export const REPORTS: readonly Report[] = [
  {
    name: "accepted-traffic",
    about: "the TCP flows that were accepted",
    run: ["parse", "-f", "proto tcp and action accept"],
  },
  {
    name: "admin-port-traffic",
    about: "the 10 addresses with the most traffic at administrative ports",
    run: [
      "top-talkers",
      "--by",
      "addr",
      "-n",
      "10",
      "-f",
      "port in [22, 23, 3389, 5900, 5985-5986, 8080, 8443, 10000]",
    ],
  },
  {
    name: "ipv4-traffic",
    about: "the bytes of all IPv4 flows",
    run: ["aggregate", "--metrics", "bytes", "-f", "ipv4"],
  },
  {
    name: "ipv6-traffic",
    about: "the bytes of all IPv6 flows",
    run: ["aggregate", "--metrics", "bytes", "-f", "ipv6"],
  },
  {
    name: "rejected-tcp-traffic",
    about: "the TCP flows that were rejected",
    run: ["parse", "-f", "proto tcp and action reject"],
  },
  { name: "rejected-traffic", about: "the flows that were rejected", run: ["parse", "-f", "action reject"] },
  { name: "ssh-rdp-traffic", about: "the SSH and RDP flows", run: ["parse", "-f", "port in [22, 3389]"] },
  {
    name: "top-talkers",
    about: "the 50 addresses with the most traffic, either side",
    run: ["top-talkers", "--by", "addr", "-n", "50"],
  },
  {
    name: "top-talkers-packet-level",
    about: "the 50 packet-level source addresses with the most traffic",
    run: ["top-talkers", "--by", "pkt_srcaddr", "-n", "50"],
  },
  {
    name: "top-talking-instances",
    about: "the 50 instances with the most traffic",
    run: ["top-talkers", "--by", "instance_id", "-n", "50"],
  },
  {
    name: "top-talking-subnets",
    about: "the 50 subnets with the most traffic",
    run: ["top-talkers", "--by", "subnet_id", "-n", "50"],
  },
  {
    name: "top-tcp-traffic",
    about: "the TCP traffic of each source address, most first",
    run: ["top-talkers", "--by", "srcaddr", "-n", "0", "-f", "proto tcp"],
  },
  {
    name: "total-bytes-transferred",
    about: "the 50 pairs of source and destination address with the most bytes",
    run: ["top-talkers", "--by", "pair", "--metric", "bytes", "-n", "50"],
  },
  {
    name: "total-bytes-transferred-packet-level",
    about: "the 50 pairs of packet-level addresses with the most bytes",
    run: ["top-talkers", "--by", "pkt_srcaddr,pkt_dstaddr", "--metric", "bytes", "-n", "50"],
  },
  { name: "traffic-from-src", about: "the flows from an address or network", run: ["parse"], needs: "--src" },
  { name: "traffic-to-dst", about: "the flows to an address or network", run: ["parse"], needs: "--dst" },
];

/** The named questions of flowlog and of the config, which wins: a name that flowlog takes later must not change its answer. */
export function reportsOf(config: Config | null | undefined): Report[] {
  const own = config?.reports ?? [];
  return [...REPORTS.filter(({ name }) => !own.some((report) => report.name === name)), ...own];
}
