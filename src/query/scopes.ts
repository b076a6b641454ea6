/**
 * Networks that no one routes in the internet: RFC 1918, RFC 6598 (carriers' NAT), fc00::/7 (RFC 4193), link-local, loopback.
 * The IPv4 addresses that are written within IPv6 (`::ffff:10.0.0.1`) are IPv6, and none of these.
 */
export const PRIVATE_PREFIXES: readonly string[] = [
  ...["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16", "127.0.0.0/8"],
  ...["fc00::/7", "fe80::/10", "::1/128"],
];

/**
 * All that is no public address: the private ones, and what is not unicast. That is multicast, and for IPv4 "this network"
 * (RFC 1122) and all above multicast (reserved, and the broadcast address); for IPv6 the unspecified address (RFC 4291, 2.4).
 */
export const NOT_PUBLIC_PREFIXES: readonly string[] = [
  ...PRIVATE_PREFIXES,
  ...["0.0.0.0/8", "224.0.0.0/4", "240.0.0.0/4", "ff00::/8", "::/128"],
];

/** Every address of one family. */
export const FAMILY_PREFIXES: { readonly ipv4: string; readonly ipv6: string } = { ipv4: "0.0.0.0/0", ipv6: "::/0" };
