import { readFileSync } from "node:fs";
import type { Writing } from "./json-writing.js";

/** What `json-kernel/index.ts` exports; every pointer is a byte offset into `memory`. */
interface JsonKernel {
  memory: WebAssembly.Memory;
  room(bytes: number): number;
  release(pointer: number): void;
  rewind(depth: number, sparse: boolean): void;
  stack: WebAssembly.Global;
  wanted: WebAssembly.Global;
  level(): number;
  tokenize(from: number, at: number, to: number, tape: number, room: number, ended: boolean): number;
  stopped: WebAssembly.Global;
  problem: WebAssembly.Global;
  alike(
    at: number,
    to: number,
    steps: number,
    members: number,
    fields: number,
    isMessage: boolean,
    out: number,
    outEnd: number,
  ): number;
  taken: WebAssembly.Global;
  gather(parts: number, count: number, out: number): number;
}

/** The kinds of token: what `kindOf` a token's first word is. */
export const Kind = {
  openObject: 0,
  closeObject: 1,
  openArray: 2,
  closeArray: 3,
  key: 4,
  string: 5,
  scalar: 6,
  /** The key `message`. */
  messageKey: 7,
} as const;
export const kindMask = 7;
export const hasEscape = 8;
export const hasBlank = 16;
export const kindBits = 5;

/** Behind `problem` of the kernel. */
const problems = [
  "",
  "expected a value",
  'expected a name in quotes, or "}"',
  'expected ":"',
  'expected "," or an end',
  "control character in a string: it may be cut off",
  "nested too deep",
  "another bracket than the one that opened",
] as const;

/** How many tokens are made at once, at most. */
const tapeRoom = 1 << 16;
/** How many parts wait to be put together, and how much they may come to. */
const partsRoom = 1 << 14;
const outBytes = 512 * 1024;
/** Room for what stands in no text: decoded strings, values with blanks, header lines. */
const scratchBytes = 256 * 1024;
/** How many members of an object, and bytes between their values, can be expected. */
const maxMembers = 256;
const betweenBytes = 16 * 1024;
/** The loops read some bytes past the end of what is there. */
const margin = 64;

interface Expected {
  members: number;
  fields: number;
  isMessage: boolean;
  version: number;
}

let compiled: WebAssembly.Module | undefined;

/** The tokens of a JSON text, and lines that are put together from parts of it. The memory does not grow but for `text`. */
export class JsonTokens {
  readonly #call: JsonKernel;
  readonly #tape: number;
  readonly #parts: number;
  readonly #out: number;
  readonly #scratch: number;
  readonly #steps: number;
  readonly #between: number;
  #expected: Expected | null = null;
  #text = 0;
  #textBytes = 0;
  #scratchUsed = 0;
  #count = 0;
  /** What the parts come to, each with the byte behind it. */
  #partBytes = 0;
  #u8 = new Uint8Array(0);
  /** Two words a token: `start << kindBits | flags | kind`, `end`; places in the text. */
  tape = new Uint32Array(0);
  #words = new Uint32Array(0);

  constructor() {
    compiled ??= new WebAssembly.Module(readFileSync(new URL("./json-kernel.wasm", import.meta.url)));
    this.#call = new WebAssembly.Instance(compiled, { env: { abort: failKernel } }).exports as unknown as JsonKernel;
    this.#tape = this.#call.room(8 * tapeRoom);
    this.#parts = this.#call.room(12 * partsRoom);
    this.#out = this.#call.room(outBytes + margin);
    this.#scratch = this.#call.room(scratchBytes + margin);
    this.#steps = this.#call.room(12 * (maxMembers + 1));
    this.#between = this.#call.room(betweenBytes + margin);
    this.#view();
  }

  /** Room for a text of so many bytes or more, which begins with those; the room before is gone. */
  makeRoom(bytes: number, begin: Uint8Array): Uint8Array {
    if (bytes > this.#textBytes) {
      const kept = begin.slice();
      if (this.#text !== 0) this.#call.release(this.#text);
      this.#text = this.#call.room(bytes + margin);
      this.#textBytes = bytes;
      this.#view();
      this.#u8.set(kept, this.#text);
    } else {
      this.#u8.set(begin, this.#text);
    }
    return this.#u8.subarray(this.#text, this.#text + this.#textBytes);
  }

  /**
   * Make tokens of the text in [at, to), going on where the last call stopped. They stand in `tape`.
   *
   * @param room how many there may be, at most `most`
   * @returns how many there are
   */
  next(at: number, to: number, ended: boolean, room: number): number {
    return this.#call.tokenize(this.#text, this.#text + at, this.#text + to, this.#tape, room, ended);
  }

  /** How many tokens `next` gives at most. */
  get most(): number {
    return tapeRoom;
  }

  /** Where in the text the last call has stopped. */
  get stopped(): number {
    return (this.#call.stopped.value as number) - this.#text;
  }

  /** Why it could not go on there; null: it could. */
  get problem(): string | null {
    return problems[this.#call.problem.value as number] || null;
  }

  get depth(): number {
    return this.#call.level();
  }

  /**
   * Let the tokens begin again at a value.
   * @param open   what is open around it: whether it is a list
   * @param sparse whether names that are not wanted are left out, with their values, unless these are objects or lists
   */
  rewind(open: readonly boolean[], sparse: boolean): void {
    const stack = this.#call.stack.value as number;
    for (const [depth, isList] of open.entries()) this.#u8[stack + depth] = isList ? 0 : 1;
    this.#call.rewind(open.length, sparse);
  }

  /** @param table for a name's length (below 16) and first byte, `length << 7 | byte`: 1 where such names are wanted */
  want(table: Uint8Array): void {
    this.#u8.set(table, this.#call.wanted.value as number);
  }

  /** Where in the room the text begins. */
  placeOf(text: Uint8Array): number {
    return text.byteOffset - this.#text;
  }

  /** The end of a string without the escapes of line ends that it ends with. */
  withoutLineEnds(start: number, end: number): number {
    let last = end;
    while (last - 2 >= start && this.byteAt(last - 2) === backslash && isLineEnd(this.byteAt(last - 1))) last -= 2;
    return last;
  }

  byteAt(place: number): number {
    return this.#u8[this.#text + place] as number;
  }

  bytes(start: number, end: number): Uint8Array {
    return this.#u8.subarray(this.#text + start, this.#text + end);
  }

  textOf(start: number, end: number): string {
    const { buffer } = this.#call.memory;
    return Buffer.from(buffer, this.#text + start, end - start).toString("utf8");
  }

  /** Whether another part of so many bytes can be added before the parts are taken. */
  hasRoom(bytes: number): boolean {
    return this.#count < partsRoom && this.#partBytes + bytes < outBytes;
  }

  /** Add a part of the text, with a byte behind it. */
  addPart(start: number, end: number, after: number): void {
    this.#add(this.#text + start, this.#text + end, after);
  }

  /** @returns whether there was room for it */
  addBytes(bytes: Uint8Array, after: number): boolean {
    if (this.#scratchUsed + bytes.length > scratchBytes || !this.hasRoom(bytes.length + 1)) return false;
    const start = this.#scratch + this.#scratchUsed;
    this.#u8.set(bytes, start);
    this.#scratchUsed += bytes.length;
    this.#add(start, start + bytes.length, after);
    return true;
  }

  /**
   * Say how the objects are written that come next; null: nothing is known of them.
   *
   * @param writing of a message, or of a row with a field in each member: the place of each member's value in the line or -1, in
   *                ascending order; how many fields a line has; and which version of what names mean that is of
   */
  expect(writing: (Writing & Omit<Expected, "members"> & { places: readonly number[] }) | null): void {
    this.#expected = null;
    if (writing === null) return;
    const { between, places, fields, isMessage, version } = writing;
    const bytes = between.reduce((sum, { length }) => sum + length, 0);
    if (places.length > maxMembers || bytes > betweenBytes) return;
    const words = new Int32Array(this.#call.memory.buffer, this.#steps, 3 * between.length);
    let at = this.#between;
    for (const [i, text] of between.entries()) {
      this.#u8.set(text, at);
      words.set([at, text.length, places[i] ?? -1], 3 * i);
      at += text.length;
    }
    this.#expected = { members: places.length, fields, isMessage, version };
  }

  /** Whether anything is known of the objects that come next; of rows, by this version of what names mean. */
  isExpecting(version: number): boolean {
    return this.#expected !== null && (this.#expected.isMessage || this.#expected.version === version);
  }

  /**
   * Take the objects that are written as expected from the text in [at, to), where the last call has stopped.
   * @returns how many they are, and their lines, which hold until the next call; `stopped` is where the next value is
   */
  takeAlike(at: number, to: number): { count: number; lines: Uint8Array } {
    const { members, fields, isMessage } = this.#expected as Expected;
    const end = this.#call.alike(
      this.#text + at,
      this.#text + to,
      this.#steps,
      members,
      fields,
      isMessage,
      this.#out,
      this.#out + outBytes,
    );
    return { count: this.#call.taken.value as number, lines: this.#u8.subarray(this.#out, end) };
  }

  #add(start: number, end: number, after: number): void {
    const at = 3 * this.#count++;
    this.#words[at] = start;
    this.#words[at + 1] = end;
    this.#words[at + 2] = after;
    this.#partBytes += end - start + 1;
  }

  /** All parts that were added, one behind the other. It holds until the next call. */
  takeParts(): Uint8Array {
    const end = this.#call.gather(this.#parts, this.#count, this.#out);
    this.#count = 0;
    this.#partBytes = 0;
    this.#scratchUsed = 0;
    return this.#u8.subarray(this.#out, end);
  }

  #view(): void {
    const { buffer } = this.#call.memory;
    this.#u8 = new Uint8Array(buffer);
    this.tape = new Uint32Array(buffer, this.#tape, 2 * tapeRoom);
    this.#words = new Uint32Array(buffer, this.#parts, 3 * partsRoom);
  }
}

const backslash = 0x5c;

/** The letter of an escape: `\n`, `\r`. */
function isLineEnd(letter: number): boolean {
  return letter === 0x6e || letter === 0x72;
}

function failKernel(): never {
  throw new Error("the JSON kernel has no memory left");
}
