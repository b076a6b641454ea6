import type { Kernel } from "./kernel.js";

/** Most rows of a batch. More make the index outgrow the cache, fewer make the calls around it count. */
export const maxBatchRows = 4096;

/** Fields whose texts are counted through the whole run. */
const lastingTexts: ReadonlySet<string> = new Set(["log_status", "action", "interface_id"]);

/**
 * Where the columns of a batch stand in the kernel's memory, by field name: made when first asked for, and the
 * same for every batch of the run, so that the codes of a text mean the same under every layout.
 */
export class Columns {
  readonly kernel: Kernel;
  /** The dictionary of all IPv6 addresses: 16 bytes each. */
  readonly ipv6: number;
  /** How often texts were forgotten. */
  era = 0;
  readonly #words = new Map<string, number>();
  readonly #nulls = new Map<string, number>();
  readonly #dictionaries = new Map<string, number>();

  constructor(kernel: Kernel) {
    this.kernel = kernel;
    this.ipv6 = kernel.call.newDictionary();
  }

  /**
   * The column's 64-bit words, one a row. A number stands as it is; an address as its IPv4 number, or 2^32 + its
   * code in `ipv6`, or 2^33 for null; a text as its code in `dictionary`, 0 for null.
   */
  words(name: string): number {
    return getOrMake(this.#words, name, () => this.kernel.call.reserve(8 * maxBatchRows));
  }

  /** A byte a row, 1 for null. Only counters have them: every other number leaves "all ones" for null. */
  nulls(name: string): number {
    return getOrMake(this.#nulls, name, () => this.kernel.call.reserve(maxBatchRows));
  }

  dictionary(name: string): number {
    return getOrMake(this.#dictionaries, name, () => this.kernel.call.newDictionary());
  }

  /** How much memory the texts and IPv6 addresses take. */
  get textBytes(): number {
    let bytes = this.kernel.call.dictionaryBytes(this.ipv6);
    for (const dictionary of this.#dictionaries.values()) bytes += this.kernel.call.dictionaryBytes(dictionary);
    return bytes;
  }

  /**
   * Forget the texts and IPv6 addresses, so that codes begin anew: for when memory runs short, and between batches only. Whoever
   * keeps something by the code must look at `era`. The few texts that tell what a record is stay.
   */
  forgetTexts(): void {
    const { forget } = this.kernel.call;
    forget(this.ipv6);
    for (const [name, dictionary] of this.#dictionaries) if (!lastingTexts.has(name)) forget(dictionary);
    this.era++;
  }
}

function getOrMake(map: Map<string, number>, name: string, make: () => number): number {
  let pointer = map.get(name);
  if (pointer === undefined) {
    pointer = make();
    map.set(name, pointer);
  }
  return pointer;
}
