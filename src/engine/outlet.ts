import { type MessagePort, receiveMessageOnPort } from "node:worker_threads";
import type { Layout } from "../record/layout.js";
import type { BlockName, PieceMessage, Told } from "./messages.js";
import { SharedLayout, sharedLayoutBytes } from "./shared-layout.js";

/**
 * How many pieces of a worker are on their way at most. With half as many, workers stood still for a fifth of the time while
 * a pipe, which holds 64 KiB, was emptied.
 */
const maxPieces = 8;
/** A block of 256 KiB becomes some 700 kB of JSON: one piece. */
const pieceBytes = 768 << 10;

// The shared memory: whether the first layout is known, and that layout; then a word for each worker, which counts the
// pieces of it that were taken.
const layoutAt = 4;
const takenAt = layoutAt + sharedLayoutBytes;

export function newOutletMemory(workers: number): SharedArrayBuffer {
  return new SharedArrayBuffer(takenAt + 4 * workers);
}

/** What a worker's outlet is made of. */
export interface OutletParts {
  /** The number of the worker. */
  self: number;
  /** What all workers share. */
  memory: SharedArrayBuffer;
  /** Where the memory of pieces comes back that were taken. Making it anew took a third of the time: zeros, and what is collected. */
  returns: MessagePort;
}

/** Where a worker's text goes: to the main thread, piece by piece, and no faster than that takes it. */
export class Outlet {
  readonly #self: number;
  readonly #isKnown: Int32Array;
  readonly #first: SharedLayout;
  readonly #taken: Int32Array;
  readonly #returns: MessagePort;
  readonly #send: (piece: PieceMessage, transfer: ArrayBuffer[]) => void;
  readonly #takeTold: () => Told[];
  #block: BlockName = { order: 0, index: 0 };
  #layout: Layout | null = null;
  #sent = 0;
  #bytes = new Uint8Array(pieceBytes);
  #filled = 0;
  #firstMet: string | null = null;
  #firstMetIsSent = false;

  /** @param takeTold gives what the user is to be told before the next piece */
  constructor(
    { self, memory, returns }: OutletParts,
    send: (piece: PieceMessage, transfer: ArrayBuffer[]) => void,
    takeTold: () => Told[],
  ) {
    this.#self = self;
    this.#isKnown = new Int32Array(memory, 0, 1);
    this.#first = new SharedLayout(memory, layoutAt);
    this.#taken = new Int32Array(memory, takenAt + 4 * self, 1);
    this.#returns = returns;
    this.#send = send;
    this.#takeTold = takeTold;
  }

  begin(block: BlockName): void {
    this.#block = block;
  }

  /** What follows is of this layout, and be it nothing. */
  setLayout(layout: Layout): void {
    if (this.#layout !== null && this.#layout.key !== layout.key) this.#flush(false);
    this.#layout = layout;
  }

  write(text: Uint8Array): void {
    for (let at = 0; at < text.length; ) {
      if (this.#filled === pieceBytes) this.#flush(false);
      const part = text.subarray(at, at + pieceBytes - this.#filled);
      this.#bytes.set(part, this.#filled);
      this.#filled += part.length;
      at += part.length;
    }
  }

  /** The block has no more rows. @param firstMet the first layout that this worker has met in all */
  end(firstMet: Layout | null): void {
    this.#firstMet ??= firstMet?.key ?? null;
    this.#flush(true);
    this.#layout = null;
  }

  /**
   * The first layout that the run has an answered record of, which the main thread knows, as it takes all in order.
   * @param mine the first one that this worker has come to
   */
  firstLayout(mine: Layout): Layout {
    if (Atomics.load(this.#isKnown, 0) === 0) {
      this.setLayout(mine);
      this.#flush(false);
      while (Atomics.load(this.#isKnown, 0) === 0) Atomics.wait(this.#isKnown, 0, 0);
    }
    return this.#first.get() as Layout;
  }

  #flush(isLast: boolean): void {
    // All that is on its way is of blocks up to this one, so that the worker whose block is the first of all never waits in vain.
    for (let taken = this.#pieces(); this.#sent - taken >= maxPieces; taken = this.#pieces()) {
      Atomics.wait(this.#taken, 0, taken);
    }
    const text = this.#bytes.subarray(0, this.#filled);
    const firstMet = this.#firstMetIsSent ? null : this.#firstMet;
    this.#firstMetIsSent = this.#firstMet !== null;
    const layout = this.#layout?.key ?? null;
    const { order, index } = this.#block;
    const piece = { order, index, from: this.#self, layout, text, told: this.#takeTold(), firstMet, isLast };
    this.#send({ kind: "piece", ...piece }, this.#filled > 0 ? [text.buffer] : []);
    this.#sent = (this.#sent + 1) | 0;
    if (this.#filled > 0) {
      const returned = receiveMessageOnPort(this.#returns) as { message: ArrayBuffer } | undefined;
      this.#bytes = new Uint8Array(returned?.message ?? new ArrayBuffer(pieceBytes));
    }
    this.#filled = 0;
  }

  #pieces(): number {
    return Atomics.load(this.#taken, 0);
  }
}

/** The main thread's side of all outlets. */
export class Outlets {
  readonly #isKnown: Int32Array;
  readonly #first: SharedLayout;
  readonly #taken: Int32Array;

  readonly #returns: readonly MessagePort[];

  /** @param returns for each worker, where memory goes back to it */
  constructor(memory: SharedArrayBuffer, returns: readonly MessagePort[]) {
    this.#isKnown = new Int32Array(memory, 0, 1);
    this.#first = new SharedLayout(memory, layoutAt);
    this.#taken = new Int32Array(memory, takenAt);
    this.#returns = returns;
  }

  /** A piece is taken: its worker may send one more. */
  take({ from, text }: PieceMessage): void {
    const buffer = text.buffer as ArrayBuffer;
    if (text.length > 0) this.#returns[from]?.postMessage(buffer, [buffer]);
    Atomics.add(this.#taken, from, 1);
    Atomics.notify(this.#taken, from);
  }

  /** Tell the workers the first layout of the run. */
  setFirstLayout(layout: Layout): void {
    this.#first.set(layout);
    Atomics.store(this.#isKnown, 0, 1);
    Atomics.notify(this.#isKnown, 0);
  }
}
