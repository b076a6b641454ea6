import { describe, expect, test } from "vitest";
import { parsePort } from "../../src/query/ports.js";
import { HAS_PORTS } from "../../src/record/protocols.js";
import { loadServices, namedServices, serviceName } from "../../src/record/services.js";

const tcp = 6;
const udp = 17;
const dccp = 33;
const sctp = 132;
const udplite = 136;

describe("what is offered at a port", () => {
  test.each([
    { name: "the web, which IANA lists last as www-http", protocol: tcp, port: 80, want: "http" },
    { name: "the web over UDP", protocol: udp, port: 80, want: "http" },
    { name: "TLS", protocol: tcp, port: 443, want: "https" },
    { name: "QUIC", protocol: udp, port: 443, want: "https" },
    { name: "a name of its own with TCP", protocol: tcp, port: 514, want: "shell" },
    { name: "another with UDP", protocol: udp, port: 514, want: "syslog" },
    { name: "SSH over SCTP", protocol: sctp, port: 22, want: "ssh" },
    { name: "a port that only TCP and UDP name", protocol: sctp, port: 53, want: "sctp/53" },
    { name: "a protocol whose ports nobody names", protocol: udplite, port: 53, want: "udplite/53" },
    { name: "DCCP", protocol: dccp, port: 5001, want: "dccp/5001" },
    { name: "a port that IANA names, whatever is there", protocol: tcp, port: 5001, want: "commplex-link" },
    { name: "a port that is left out of IANA's list", protocol: tcp, port: 49_152, want: "tcp/49152" },
    { name: "a port that IANA reserves", protocol: tcp, port: 0, want: "tcp/0" },
    { name: "a client's port", protocol: udp, port: 65535, want: "udp/65535" },
    { name: "capitals are made small", protocol: tcp, port: 216, want: "cailic" },
  ])("$name: $want", ({ protocol, port, want }) => expect(serviceName(protocol, port)).toBe(want));
});

test("every named service, each once and with the name its port has", () => {
  const named = [...namedServices()];
  expect(named.length).toBeGreaterThan(10_000);
  expect(new Set(named.map(({ protocol, port }) => `${protocol} ${port}`)).size).toBe(named.length);
  expect(named).toContainEqual({ protocol: tcp, port: 80, name: "http" });
  expect(named).toContainEqual({ protocol: udp, port: 514, name: "syslog" });
  for (const { protocol, port, name } of named) {
    expect(HAS_PORTS.has(protocol), name).toBe(true);
    expect(name).toBe(serviceName(protocol, port));
  }
});

test("law: a service's name asks for its port", () => {
  for (const { port, name } of namedServices()) {
    // Not by toContainEqual, which takes seconds for so many.
    expect(
      parsePort(name).some(([first]) => first === port),
      `${name} ${port}`,
    ).toBe(true);
  }
});

test("law: what a port without a name is called is no name of a service", () => {
  const names = loadServices();
  const called = Array.from(HAS_PORTS, (protocol) =>
    Array.from({ length: 65_536 }, (_, port) => serviceName(protocol, port)).filter((name, port) =>
      name.endsWith(`/${port}`),
    ),
  ).flat();
  expect(called).toContain("tcp/65535");
  expect(called.filter((name) => names.has(name))).toEqual([]);
});
