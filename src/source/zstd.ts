import { Decompress } from "fzstd";
import { escapeControls } from "../errors.js";
import { DamagedInputError } from "./failure.js";
import type { Output, Rewriting } from "./rewritten.js";

/** Larger windows need a switch in zstd's own tool too; no memory is set aside for one before data asks for it. */
const maxPiece = 32 * 1024;

/**
 * The unpacked bytes of zstd data: any number of frames.
 *
 * Damaged or cut off, it gives every block before the damage, and then throws. Node's zlib unpacks zstd only from 22.15 on,
 * and drops what it has unpacked when it meets damage; fzstd is plain JavaScript and gives block after block. It does not
 * compare checksums.
 */
export class Zstd implements Rewriting {
  readonly #name: string;
  readonly #what: string;
  #position = 0;
  #out: Output | null = null;
  readonly #frames = new Decompress((bytes) => this.#out?.add(bytes));

  /** @param what what the packed bytes are called in errors: "zstd data" */
  constructor(name: string, what: string) {
    this.#name = name;
    this.#what = what;
  }

  take(packed: Uint8Array, ended: boolean, out: Output): number {
    this.#out = out;
    for (let at = 0; at < packed.length; at += maxPiece) {
      // It keeps what it is given, and the room that `packed` stands in is written to again.
      this.#push(packed.slice(at, at + maxPiece), false);
    }
    if (ended) this.#push(new Uint8Array(0), true);
    return packed.length;
  }

  #push(piece: Uint8Array, isLast: boolean): void {
    try {
      this.#frames.push(piece, isLast);
      this.#position += piece.length;
    } catch (error) {
      const says = isLast
        ? `is cut off after ${this.#position} bytes`
        : `is damaged near byte ${this.#position}: ${(error as Error).message}`;
      const hint = isLast ? "It is not whole: fetch or copy it again." : "Fetch or copy it again.";
      throw new DamagedInputError(`${escapeControls(this.#name)}: the ${this.#what} ${says}`, {
        hint: `${hint} What came before it was read.`,
        cause: error,
      });
    }
  }
}
