import type { ByteReader } from "./bytes.js";
import type { DamagedInputError } from "./failure.js";

/** How much is asked of the container at once; of a small one less: room that is never used takes time to make. */
const pieceBytes = 256 * 1024;
const firstPieceBytes = 16 * 1024;
const lineFeed = 0x0a;

/** A text that grows. */
export class Output {
  #own = new Uint8Array(firstPieceBytes);
  bytes: Uint8Array = this.#own;
  length = 0;

  clear(): void {
    this.bytes = this.#own;
    this.length = 0;
  }

  /** Add bytes that stay as they are until the text is given, so that they need not be copied. */
  lend(bytes: Uint8Array): void {
    if (this.length > 0) {
      this.add(bytes);
      return;
    }
    this.bytes = bytes;
    this.length = bytes.length;
  }

  /** Make room for so many bytes more. */
  reserve(count: number): void {
    if (this.length + count <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(2 * this.bytes.length, this.length + count));
    grown.set(this.bytes.subarray(0, this.length));
    this.#own = grown;
    this.bytes = grown;
  }

  add(bytes: Uint8Array, from = 0, to = bytes.length): void {
    this.reserve(to - from);
    if (to - from > 256) {
      this.bytes.set(bytes.subarray(from, to), this.length);
      this.length += to - from;
      return;
    }
    // Of so little, a view and a call would cost more.
    const into = this.bytes;
    let at = this.length;
    for (let i = from; i < to; i++) into[at++] = bytes[i] as number;
    this.length = at;
  }

  endLine(): void {
    this.reserve(1);
    this.bytes[this.length++] = lineFeed;
  }
}

/** Makes plain flow-log text of a container's text. */
export interface Rewriting {
  /** Room for a text of so many bytes or more, which begins with those; left out: any room will do. */
  makeRoom?(bytes: number, begin: Uint8Array): Uint8Array;
  /** What is to be told of the text that was taken; see `ByteReader`. */
  readonly note?: string | null;
  /** No text comes any more. */
  close?(): void;
  /**
   * Take the next piece of text, and put into `out` what comes of it.
   *
   * @param text  what was left of the piece before, and what was read since
   * @param ended whether no more follows
   * @returns how much of it was used; the rest comes again, with more behind it
   * @throws InputError after all that could be made was put into `out`
   */
  take(text: Uint8Array, ended: boolean, out: Output): number;
}

/** The plain text of a container, which is read as it is asked for: memory does not grow with it. */
export class RewrittenBytes implements ByteReader {
  readonly #container: ByteReader;
  readonly #rewriting: Rewriting;
  readonly #out = new Output();
  #given = 0;
  #held: Uint8Array;
  #start = 0;
  #end = 0;
  #isFirst = true;
  #ended = false;
  #failure: unknown = null;

  constructor(container: ByteReader, rewriting: Rewriting) {
    this.#container = container;
    this.#rewriting = rewriting;
    this.#held = this.#newRoom(firstPieceBytes, new Uint8Array(0));
  }

  get consumed(): number {
    return this.#container.consumed;
  }

  get note(): string | null {
    return this.#rewriting.note ?? null;
  }

  read(into: Uint8Array): number | Promise<number> {
    while (this.#given === this.#out.length) {
      if (this.#failure !== null) throw this.#failure;
      if (this.#ended) return 0;
      let read: number | Promise<number>;
      try {
        read = this.#readMore();
      } catch (error) {
        this.#fail(error);
        continue;
      }
      if (typeof read !== "number") return this.#later(read, into);
      this.#take(read);
    }
    const part = this.#out.bytes.subarray(this.#given, Math.min(this.#out.length, this.#given + into.length));
    into.set(part);
    this.#given += part.length;
    return part.length;
  }

  close(): Promise<void> {
    this.#rewriting.close?.();
    return this.#container.close();
  }

  async #later(reading: Promise<number>, into: Uint8Array): Promise<number> {
    const read = await reading.catch((error: unknown) => {
      this.#fail(error);
      return null;
    });
    if (read !== null) this.#take(read);
    return this.read(into);
  }

  #readMore(): number | Promise<number> {
    if (this.#end === this.#held.length || (this.#start === this.#end && this.#end > 0)) this.#moveUp();
    return this.#container.read(this.#held.subarray(this.#end, this.#end + pieceBytes));
  }

  /** What is left goes to the beginning; one line or event may be larger than all the room that there was. */
  #moveUp(): void {
    const left = this.#held.subarray(this.#start, this.#end);
    this.#end = left.length;
    const size = this.#held.length;
    if (size < 2 * pieceBytes) this.#held = this.#newRoom(Math.min(4 * size, 2 * pieceBytes), left);
    else if (this.#end > size / 2) this.#held = this.#newRoom(2 * size, left);
    else this.#held.set(left);
    this.#start = 0;
  }

  #newRoom(bytes: number, begin: Uint8Array): Uint8Array {
    if (this.#rewriting.makeRoom !== undefined) return this.#rewriting.makeRoom(bytes, begin);
    const room = new Uint8Array(bytes);
    room.set(begin);
    return room;
  }

  #take(read: number): void {
    this.#end += read;
    this.#ended = read === 0;
    this.#rewrite();
  }

  #rewrite(): void {
    this.#out.clear();
    this.#given = 0;
    let text = this.#held.subarray(this.#start, this.#end);
    if (this.#isFirst) {
      if (!this.#ended && text.length < 3 && text[0] === 0xef) return;
      this.#isFirst = false;
      if (text[0] === 0xef && text[1] === 0xbb && text[2] === 0xbf) {
        this.#start += 3;
        text = text.subarray(3);
      }
    }
    try {
      this.#start += this.#rewriting.take(text, this.#ended, this.#out);
    } catch (error) {
      // Where the container has failed already, that is why the text ends in the middle.
      this.#failure ??= error;
      this.#ended = true;
    }
  }

  /** The container broke: what came before is given first. */
  #fail(error: unknown): void {
    this.#failure = error;
    this.#ended = true;
    if ((error as DamagedInputError).name === "DamagedInputError") this.#rewrite();
  }
}

/** Beyond this no line is a record: it passes by as it stands. */
const maxLine = 1 << 20;

/** A rewriting of one line after the other, so that the numbers of lines stay as they are. */
export abstract class LineRewriting implements Rewriting {
  /** Inside a line that is too long. */
  #passing = false;

  take(text: Uint8Array, ended: boolean, out: Output): number {
    let at = 0;
    while (at < text.length) {
      const lineEnd = text.indexOf(lineFeed, at);
      if (lineEnd < 0 && !ended && !this.#passing && text.length - at <= maxLine) break;
      const end = lineEnd < 0 ? text.length : lineEnd;
      if (this.#passing || (lineEnd < 0 && !ended)) out.add(text, at, end);
      else this.line(text, at, end, out);
      this.#passing = lineEnd < 0;
      if (lineEnd >= 0) out.endLine();
      at = end + (lineEnd < 0 ? 0 : 1);
    }
    return at;
  }

  /** Put what comes of the line in [start, end), which has no line end, into `out`. */
  protected abstract line(text: Uint8Array, start: number, end: number, out: Output): void;
}
