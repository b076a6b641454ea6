import { nearest } from "../record/nearest.js";
import { loadServices } from "../record/services.js";
import type { Range } from "./filter.js";
import { ValueError } from "./value-error.js";

/** What a port must be, to stand after "expected". */
export const portExpectation = "a port 0-65535, a range such as 1024-2047, or a service name such as https";

/**
 * What people call a service, where IANA's list has only another name for it.
 * A name that IANA has is never here: its list decides.
 */
const everydayNames: ReadonlyMap<string, readonly string[]> = new Map([
  ["dhcp", ["bootps", "bootpc"]],
  ["dns", ["domain"]],
  ["memcached", ["memcache"]],
  ["mssql", ["ms-sql-s"]],
  ["postgres", ["postgresql"]],
  ["rdp", ["ms-wbt-server"]],
  ["smb", ["microsoft-ds"]],
  ["vnc", ["rfb"]],
]);

/**
 * A port, a range or a service's name to ranges of ports, in order: `443`, `1024-2047`, `https`, in any case.
 * A name stands for every port that IANA lists it with, for whatever protocol (`http-alt` is 591, 8008 and 8080).
 *
 * @throws ValueError with the nearest known name
 */
export function parsePort(text: string): Range[] {
  const numbers = /^(\d+)(?:-(\d+))?$/.exec(text);
  if (numbers === null) return portsOfService(text);
  const first = Number(numbers[1]);
  const last = numbers[2] === undefined ? first : Number(numbers[2]);
  if (last > 65535 || first > 65535) throw new ValueError(text, portExpectation);
  if (first > last)
    throw new ValueError(text, portExpectation, `A range starts with its least port: ${last}-${first}.`);
  return [[first, last]];
}

function portsOfService(text: string): Range[] {
  const services = loadServices();
  const name = text.toLowerCase();
  const ports = (services.has(name) ? [name] : (everydayNames.get(name) ?? [])).flatMap(
    (service) => services.get(service) ?? [],
  );
  if (ports.length === 0) {
    const near = nearest(name, [...everydayNames.keys(), ...services.keys()]);
    throw new ValueError(text, portExpectation, near === null ? undefined : `Did you mean ${near}?`);
  }
  return ports.sort((a, b) => a - b).map((port) => [port, port]);
}
