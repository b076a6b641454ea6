import { fstatSync } from "node:fs";
import type { Writable } from "node:stream";
import { isatty } from "node:tty";
import { Breath } from "../engine/breath.js";
import { ClosedPipe } from "./io.js";
import { writeFailure } from "./write-failure.js";

/** Where a result goes. */
export interface Sink {
  /** Whether people read along on a terminal. */
  readonly isTerminal: boolean;
  /** Whether somebody reads while it is written: on a terminal, from a pipe or a socket. */
  readonly isRead: boolean;
  /** A promise where the bytes are not taken at once; they must stay as they are until it is kept. */
  write(chunk: string | Uint8Array): Promise<void> | void;
  /** The result is whole: see that all of it has arrived. */
  commit(): Promise<void>;
  /** There is no result: a file of an earlier run stays as it was. */
  abandon(): void;
}

/**
 * A stream of the process. Writing throws ClosedPipe where the reader has gone away, which ends the run quietly;
 * OutputError for a full disk, which does not.
 *
 * @param option what takes another place to write to, to be named in advice; null where there is no such option
 */
export function streamSink(stream: Writable & { isTTY?: boolean }, name: string, option: string | null): Sink {
  let failure: Error | null = null;
  stream.on("error", (error: NodeJS.ErrnoException) => {
    failure = writeFailure(name, option, error);
  });
  return {
    isTerminal: stream.isTTY === true,
    get isRead() {
      return isRead(stream);
    },
    write(chunk) {
      if (failure !== null) throw failure;
      return new Promise((resolve, reject) => {
        stream.write(chunk, (error) => {
          if (error == null) resolve();
          else reject(writeFailure(name, option, error));
        });
      });
    },
    async commit() {
      if (failure === null) await new Promise<void>((resolve) => stream.write("", () => resolve()));
      // The callback is told of a failure before the listener is.
      await new Promise((resolve) => setImmediate(resolve));
      if (failure !== null) throw failure;
    },
    abandon() {},
  };
}

function isRead(stream: Writable & { fd?: number }): boolean {
  if (stream.fd === undefined) return true;
  const stats = fstatSync(stream.fd);
  return isatty(stream.fd) || stats.isFIFO() || stats.isSocket();
}

/** How much is written at once of an answer that comes in small pieces. */
const pieceLength = 1 << 16;

/** Write an answer that is made piece by piece. Signals are let in between the pieces, also those that are empty. */
export async function writePieces(sink: Sink, pieces: Iterable<string>): Promise<void> {
  const breath = new Breath();
  let text = "";
  for (const piece of pieces) {
    text += piece;
    await breath.take();
    if (text.length < pieceLength) continue;
    await sink.write(text);
    text = "";
  }
  await sink.write(text);
}

/** Do the work with a sink (or what else is kept whole) that is committed after it, or abandoned where it fails. */
export async function withSink<T extends Pick<Sink, "commit" | "abandon">>(
  sink: T,
  work: (sink: T) => Promise<void>,
): Promise<void> {
  try {
    await work(sink);
  } catch (error) {
    sink.abandon();
    throw error;
  }
  await sink.commit();
}

/** Write a whole text to a stream; that nobody reads it is no error. */
export async function writeWhole(stream: Writable, name: string, text: string): Promise<void> {
  try {
    await withSink(streamSink(stream, name, null), async (sink) => sink.write(text));
  } catch (error) {
    if (!(error instanceof ClosedPipe)) throw error;
  }
}
