import type { Batch } from "../parse/batch.js";
import type { Columns } from "../parse/columns.js";
import { HAS_PORTS, protocolName } from "../record/protocols.js";
import { serviceName } from "../record/services.js";
import { PortMask } from "./port-mask.js";

const none = 0xffff_ffff;
const tcp = 6;
const synAck = 0x12;

/**
 * What each flow's server offers, as a text: the name of the port that sent the SYN-ACK, where `tcp_flags` shows one, else of the
 * lesser port; of protocols without ports the protocol's name.
 */
export class ServiceColumn {
  /** Of the texts. */
  readonly dictionary = "service";
  readonly #columns: Columns;
  readonly #mask: PortMask;
  /** The codes of names by protocol and port; 0 where they are not known yet. Of ports that do not exist, the protocol's own. */
  readonly #codes: (Uint32Array | undefined)[] = [];
  #era = 0;

  constructor(columns: Columns) {
    this.#columns = columns;
    this.#mask = new PortMask(columns);
  }

  of(batch: Batch): number {
    this.#forgetOldCodes();
    const column = this.#columns.words(this.dictionary);
    const source = this.#mask.of("srcport", batch);
    const destination = this.#mask.of("dstport", batch);
    const protocols = this.#columns.words("protocol");
    const flags = batch.has("tcp_flags") ? this.#columns.words("tcp_flags") : null;
    const { kernel } = this.#columns;
    // Taken anew after a name is met for the first time, which may make the memory grow.
    let words = kernel.u32;
    for (let row = 0; row < batch.rows; row++) {
      const at = 2 * row;
      const protocol = words[protocols / 4 + at] as number;
      const srcport = words[source / 4 + at] as number;
      const flag = flags === null || protocol !== tcp ? 0 : (words[flags / 4 + at] as number);
      // Null is greater than any port, and "all flags" as flags.
      const isServer = flag !== none && (flag & synAck) === synAck && srcport !== none;
      const port = Math.min(isServer ? srcport : Math.min(srcport, words[destination / 4 + at] as number), noPort);
      let code = protocol > 255 ? 0 : (this.#codes[protocol]?.[port] ?? 0);
      if (code === 0 && protocol <= 255) {
        code = this.#newCode(protocol, port);
        words = kernel.u32;
      }
      words[column / 4 + at] = code;
      words[column / 4 + at + 1] = 0;
    }
    return column;
  }

  #newCode(protocol: number, port: number): number {
    const codes = this.#codes[protocol] ?? new Uint32Array(noPort + 1);
    this.#codes[protocol] = codes;
    const hasName = port !== noPort && HAS_PORTS.has(protocol);
    const code = this.#intern(hasName ? serviceName(protocol, port) : protocolName(protocol));
    codes[port] = code;
    return code;
  }

  #intern(name: string): number {
    return this.#columns.kernel.intern(this.#columns.dictionary(this.dictionary), Buffer.from(name));
  }

  #forgetOldCodes(): void {
    if (this.#era === this.#columns.era) return;
    this.#era = this.#columns.era;
    this.#codes.length = 0;
  }
}

const noPort = 65_536;
