import { escapeControls, quote } from "../errors.js";
import type { ByteReader } from "./bytes.js";
import { DamagedInputError } from "./failure.js";
import { headerLength, MemberCheck, startsMember, trailerSize } from "./gzip-member.js";
import { InflateStream, inflateBeforeDamage, inflateWhole } from "./inflate.js";
import type { Lookahead } from "./lookahead.js";

/** Members that end within this much are unpacked at once. */
const smallMember = 32 * 1024;
/** How much packed data the stream is given at a time. */
const pieceSize = 64 * 1024;
/** Small members' bytes are handed on together, up to this much. */
const handful = 64 * 1024;
/** A member's packed bytes are kept so far, to find the exact bytes before damage; beyond, up to a piece's are lost. */
const maxKept = 4 * 1024 * 1024;

/**
 * The unpacked bytes of gzip data: any number of members, with zeros between or after them (tapes and tar pad so).
 *
 * Damaged or cut off, it gives every byte before the damage, and then throws. Bytes after the last member that are
 * neither a member nor zeros are damage too. Node's own gunzip stops without a word at zeros between members and
 * passes over what follows, so each member's borders are found here; Node's inflate does the unpacking.
 */
export class GzipBytes implements ByteReader {
  readonly #packed: Lookahead;
  readonly #chunks: AsyncGenerator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array(0);
  #next: Promise<IteratorResult<Uint8Array>> | null = null;

  /**
   * @param name the input's name, for errors
   * @param what what the packed bytes are called in errors: "gzip data"
   */
  constructor(packed: Lookahead, name: string, what: string) {
    this.#packed = packed;
    this.#chunks = new Gunzip(packed, name, what).chunks();
  }

  get consumed(): number {
    return this.#packed.consumed;
  }

  read(into: Uint8Array): number | Promise<number> {
    return this.#rest.length > 0 ? this.#give(into) : this.#wait(into);
  }

  async close(): Promise<void> {
    await this.#packed.close();
    // Not awaited: it comes to its end when the read that it may be waiting for does.
    this.#chunks.return(undefined).catch(() => {});
  }

  async #wait(into: Uint8Array): Promise<number> {
    const chunk = await (this.#next ?? this.#chunks.next());
    if (chunk.done === true) return 0;
    this.#rest = chunk.value;
    // The next stretch is unpacked on another thread while this one is parsed. Its error waits for its own read.
    this.#next = this.#chunks.next();
    this.#next.catch(() => {});
    return this.#give(into);
  }

  #give(into: Uint8Array): number {
    const part = this.#rest.subarray(0, into.length);
    into.set(part);
    this.#rest = this.#rest.subarray(part.length);
    return part.length;
  }
}

class Gunzip {
  readonly #packed: Lookahead;
  readonly #name: string;
  readonly #what: string;
  /** Bytes of small members that wait to be handed on; always handed on before waiting for input. */
  #held: Uint8Array[] = [];
  #heldSize = 0;

  constructor(packed: Lookahead, name: string, what: string) {
    this.#packed = packed;
    this.#name = name;
    this.#what = what;
  }

  async *chunks(): AsyncGenerator<Uint8Array> {
    try {
      do yield* this.#member();
      while (yield* this.#findNext());
    } catch (error) {
      yield* this.#handOn();
      throw error;
    }
    yield* this.#handOn();
  }

  async *#member(): AsyncGenerator<Uint8Array> {
    yield* this.#header();
    const check = new MemberCheck();
    const small = inflateWhole(this.#packed.peek().subarray(0, smallMember));
    if (small === null) {
      yield* this.#handOn();
      yield* this.#stream(check);
    } else {
      check.add(small.bytes);
      this.#packed.skip(small.used);
      this.#held.push(small.bytes);
      this.#heldSize += small.bytes.length;
      if (this.#heldSize >= handful) yield* this.#handOn();
    }
    if (this.#packed.available < trailerSize) {
      yield* this.#handOn();
      if ((await this.#packed.fill(trailerSize)) < trailerSize) throw this.#cutOff();
    }
    if (!check.matches(this.#packed.peek())) throw this.#damaged("the data before it does not match its checksum");
    this.#packed.skip(trailerSize);
  }

  async *#header(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const length = headerLength(this.#packed.peek());
      if (typeof length === "number") {
        this.#packed.skip(length);
        return;
      }
      if (length !== null) throw this.#damaged(length.problem);
      yield* this.#handOn();
      const before = this.#packed.available;
      if ((await this.#packed.fill(before + 1)) === before) throw this.#cutOff();
    }
  }

  /** A member's data, of any length, to its last byte. */
  async *#stream(check: MemberCheck): AsyncGenerator<Uint8Array> {
    const inflate = new InflateStream();
    let kept: Uint8Array[] | null = [];
    try {
      while (!inflate.ended) {
        if ((await this.#packed.fill(1)) === 0) throw this.#cutOff();
        const piece = this.#packed.peek().subarray(0, pieceSize);
        const before = inflate.used;
        inflate.write(piece);
        if (before + piece.length > maxKept) kept = null;
        kept?.push(piece);
        try {
          for (let bytes = await inflate.next(); bytes !== null; bytes = await inflate.next()) {
            check.add(bytes);
            yield bytes;
          }
        } catch (error) {
          const found = kept === null ? null : inflateBeforeDamage(Buffer.concat(kept), before);
          if (found !== null && found.bytes.length > check.size) yield found.bytes.subarray(check.size);
          if (found !== null) this.#packed.skip(found.good - before);
          throw this.#damaged((error as Error).message, error);
        }
        this.#packed.skip(inflate.used - before);
      }
    } finally {
      inflate.close();
    }
  }

  /** Pass over zeros to the next member. @returns false where there is none, as the input ends. */
  async *#findNext(): AsyncGenerator<Uint8Array, boolean> {
    for (;;) {
      if (this.#packed.available === 0) {
        yield* this.#handOn();
        if ((await this.#packed.fill(1)) === 0) {
          if (this.#packed.failure !== null) throw this.#packed.failure;
          return false;
        }
      }
      const bytes = this.#packed.peek();
      const zeros = bytes.findIndex((byte) => byte !== 0);
      if (zeros === 0) break;
      this.#packed.skip(zeros < 0 ? bytes.length : zeros);
    }
    if (this.#packed.available < 2) {
      yield* this.#handOn();
      await this.#packed.fill(2);
    }
    const seen = this.#packed.peek().subarray(0, 12);
    if (startsMember(seen)) return true;
    throw (this.#packed.failure ?? this.#trailing(seen)) as Error;
  }

  *#handOn(): Generator<Uint8Array> {
    if (this.#heldSize === 0) return;
    const bytes = this.#held.length === 1 ? (this.#held[0] as Uint8Array) : Buffer.concat(this.#held);
    this.#held = [];
    this.#heldSize = 0;
    yield bytes;
  }

  #cutOff(): Error {
    if (this.#packed.failure !== null) return this.#packed.failure as Error;
    const place = this.#packed.position + this.#packed.available;
    return this.#problem(
      `the ${this.#what} is cut off after ${place} bytes`,
      "It is not whole: fetch or copy it again.",
    );
  }

  #damaged(reason: string, cause?: unknown): Error {
    const says = `the ${this.#what} is damaged near byte ${this.#packed.position}: ${reason}`;
    return this.#problem(says, "Fetch or copy it again.", cause);
  }

  #trailing(seen: Uint8Array): Error {
    const says = `the ${this.#what} ends at byte ${this.#packed.position}, and something else follows`;
    const shown = quote(Buffer.from(seen).toString("latin1"));
    return this.#problem(`${says}: ${shown}`, "What follows was not read. Take the files apart that were joined here.");
  }

  #problem(says: string, hint: string, cause?: unknown): Error {
    const done = "What came before it was read.";
    return new DamagedInputError(`${escapeControls(this.#name)}: ${says}`, { hint: `${hint} ${done}`, cause });
  }
}
