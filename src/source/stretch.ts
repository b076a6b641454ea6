import { closeSync, fstatSync, openSync, readFileSync, readSync } from "node:fs";
import { DamagedInputError, ioFailure } from "./failure.js";
import type { Input } from "./inputs.js";
import { headBytes, isPlain } from "./shape.js";

const lineFeed = 0x0a;
/** How much more than a stretch is read at first, for the end of its last line, and then each time. */
const slackBytes = 4 << 10;
const furtherBytes = 64 << 10;

/** A plain text file that can be read at any place of it. */
export interface PlainFile {
  /** As told to the user. */
  name: string;
  /** null: standard input. */
  path: string | null;
  /** Where its bytes begin and end: `< file` goes on where the shell has read to. */
  begin: number;
  end: number;
}

/** The input as a file that can be read in stretches, by several threads; null where it is no plain text in a regular file: packed, or in a container. */
export function plainFile({ name, path, size }: Input): PlainFile | null {
  if (size === null) return null;
  try {
    const begin = path === null ? positionOf(0) : 0;
    if (begin === null) return null;
    const descriptor = openStretches({ name, path });
    try {
      const room = new Uint8Array(headBytes);
      const end = fstatSync(descriptor).size;
      const head = room.subarray(0, readSync(descriptor, room, 0, room.length, begin));
      return isPlain(head) ? { name, path, begin, end } : null;
    } finally {
      closeStretches(descriptor);
    }
  } catch {
    // Whoever reads it as a whole will say what is wrong with it.
    return null;
  }
}

/** How far a descriptor has been read; null where the system does not tell. */
function positionOf(descriptor: number): number | null {
  try {
    const position = /^pos:\s*(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${descriptor}`, "utf8"))?.[1];
    return position === undefined ? null : Number(position);
  } catch {
    return null;
  }
}

/** @returns a descriptor for `readStretch` */
export function openStretches({ name, path }: Pick<PlainFile, "name" | "path">): number {
  if (path === null) return 0;
  try {
    return openSync(path, "r");
  } catch (error) {
    throw ioFailure(name, error);
  }
}

export function closeStretches(descriptor: number): void {
  if (descriptor !== 0) closeSync(descriptor);
}

/** Whole lines that were read: where they stand in the room, and whether a line follows that is too long to be read. */
export interface Stretch {
  at: number;
  length: number;
  isTooLong: boolean;
}

/**
 * Read the lines that begin in [from, to) of a file, each to its end.
 *
 * @param room    gets the bytes; larger than `to - from` by the longest line and some
 * @param maxLine a line of more bytes is left where it is
 * @throws DamagedInputError when the system fails to read
 */
export function readStretch(
  file: PlainFile,
  descriptor: number,
  from: number,
  to: number,
  room: Uint8Array,
  maxLine: number,
): Stretch {
  // The byte before tells whether a line begins at `from`.
  const origin = from === file.begin ? from : from - 1;
  let filled = 0;
  let ended = false;
  const readOn = (wanted: number) => {
    const most = Math.min(filled + wanted, room.length - 1, file.end - origin);
    while (filled < most && !ended) {
      const count = readAt(file, descriptor, room.subarray(filled, most), origin + filled);
      filled += count;
      ended = count === 0;
    }
    ended ||= origin + filled === file.end;
  };
  readOn(to - origin + slackBytes);
  const begin = origin === from ? 0 : room.subarray(0, filled).indexOf(lineFeed) + 1;
  const isNone = (origin !== from && begin === 0) || origin + begin >= to || begin >= filled;
  if (isNone) return { at: 0, length: 0, isTooLong: false };
  let looked = Math.max(begin, to - 1 - origin);
  let end = room.subarray(0, filled).indexOf(lineFeed, looked);
  while (end < 0 && !ended) {
    looked = filled;
    const lastLine = room.subarray(0, filled).lastIndexOf(lineFeed) + 1;
    if (filled - Math.max(begin, lastLine) > maxLine + 1) {
      return { at: begin, length: Math.max(0, lastLine - begin), isTooLong: true };
    }
    readOn(furtherBytes);
    end = room.subarray(0, filled).indexOf(lineFeed, looked);
  }
  if (end < 0) {
    // The last line of a file may lack its end.
    const lastLine = Math.max(begin, room.subarray(0, filled).lastIndexOf(lineFeed) + 1);
    if (filled - lastLine > maxLine + 1) return { at: begin, length: lastLine - begin, isTooLong: true };
    if (room[filled - 1] !== lineFeed) room[filled++] = lineFeed;
    end = filled - 1;
  }
  return { at: begin, length: end + 1 - begin, isTooLong: false };
}

function readAt({ name }: PlainFile, descriptor: number, into: Uint8Array, position: number): number {
  try {
    return readSync(descriptor, into, 0, into.length, position);
  } catch (error) {
    throw ioFailure(name, error, DamagedInputError);
  }
}
