import { protocolName } from "../record/protocols.js";
import { namedServices } from "../record/services.js";
import { hasPorts } from "./sql-filter.js";
import { sqlText, writeList } from "./sql-text.js";

/** IANA's list as a table, and what makes a service of a flow. */
export function serviceSetup(): string {
  return `-- The port of a flow's server: the one that sent the SYN-ACK, else the lesser.
CREATE OR REPLACE TEMP MACRO server_port(srcport, dstport, protocol, tcp_flags) AS
  CASE WHEN ${hasPorts} THEN
    CASE
      WHEN protocol = 6 AND (tcp_flags & 18) = 18 AND srcport IS NOT NULL THEN srcport
      ELSE least(srcport, dstport)
    END
  END;

CREATE OR REPLACE TEMP MACRO protocol_name(protocol) AS
  coalesce([
    ${writeList(protocolNames(), "    ")}
  ][protocol::INTEGER + 1], protocol::VARCHAR);

-- Names that IANA has given to ports.
CREATE OR REPLACE TEMP TABLE service_names AS
SELECT
  unnest(protocols) AS service_protocol,
  split_part(entry, ' ', 1)::INTEGER AS service_port,
  split_part(entry, ' ', 2) AS service_name
FROM (
  SELECT protocols, unnest(string_split_regex(entries, ',\\s+')) AS entry
  FROM (VALUES
    ${serviceRows().join(",\n    ")}
  ) AS names(protocols, entries)
);

`;
}

/** @param hasFlags whether the log has `tcp_flags` */
export function serviceJoin(hasFlags: boolean): string {
  return `\n    LEFT JOIN service_names
      ON service_protocol = protocol AND service_port = ${serverPort(hasFlags)}`;
}

export function serviceValue(hasFlags: boolean): string {
  return `coalesce(service_name, protocol_name(protocol) || coalesce('/' || ${serverPort(hasFlags)}, ''))`;
}

function serverPort(hasFlags: boolean): string {
  return `server_port(srcport, dstport, protocol, ${hasFlags ? "tcp_flags" : "NULL::INTEGER"})`;
}

function protocolNames(): string[] {
  const names = Array.from({ length: 256 }, (_, number) => protocolName(number));
  const last = names.findLastIndex((name, number) => name !== String(number));
  return names.slice(0, last + 1).map((name, number) => (name === String(number) ? "NULL" : sqlText(name)));
}

/** Most names are those of a port of TCP and UDP: a row for each set of protocols. */
function serviceRows(): string[] {
  const protocolsOf = new Map<string, number[]>();
  for (const { protocol, port, name } of namedServices()) {
    const entry = `${port} ${name}`;
    protocolsOf.set(entry, [...(protocolsOf.get(entry) ?? []), protocol]);
  }
  const entriesOf = new Map<string, string[]>();
  for (const [entry, protocols] of protocolsOf) {
    const key = protocols.sort((a, b) => a - b).join(", ");
    entriesOf.set(key, [...(entriesOf.get(key) ?? []), entry]);
  }
  return Array.from(entriesOf, ([protocols, entries]) => {
    const text = writeList(entries, "      ").replaceAll("'", "''");
    return `([${protocols}], '${text}')`;
  });
}
