import type { Batch } from "../parse/batch.js";
import type { Columns } from "../parse/columns.js";
import { HAS_PORTS } from "../record/protocols.js";

/** Ports of protocols that have ports; those of all others are no ports, and null. */
export class PortMask {
  readonly #columns: Columns;
  /** A byte a protocol in the kernel's memory: 1 for those that have ports. */
  readonly #protocols: number;

  constructor(columns: Columns) {
    this.#columns = columns;
    this.#protocols = columns.kernel.call.reserve(256);
    for (const protocol of HAS_PORTS) columns.kernel.u8[this.#protocols + protocol] = 1;
  }

  /** The column of a port field. A layout without `protocol` leaves the port to speak for itself. */
  of(field: string, batch: Batch): number {
    const ports = this.#columns.words(field);
    if (!batch.has("protocol")) return ports;
    const masked = this.#columns.words(`${field} where protocols have ports`);
    const protocols = this.#columns.words("protocol");
    this.#columns.kernel.call.maskPorts(ports, protocols, batch.rows, this.#protocols, masked);
    return masked;
  }
}
