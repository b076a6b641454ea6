import { blockBytes, firstBlockBytes } from "../parse/parser.js";
import type { PlainFile } from "../source/stretch.js";

/** How a file is cut into blocks, in bytes. The first must hold the lines that show the layout. */
export interface BlockCut {
  firstBytes: number;
  bytes: number;
}

export const USUAL_CUT: BlockCut = { firstBytes: firstBlockBytes, bytes: blockBytes };

export function countBlocks({ begin, end }: PlainFile, { firstBytes, bytes }: BlockCut): number {
  return 1 + Math.max(0, Math.ceil((end - begin - firstBytes) / bytes));
}

/** Where the i-th block begins and ends in its file. */
export function blockBounds({ begin, end }: PlainFile, { firstBytes, bytes }: BlockCut, i: number): [number, number] {
  const bound = (at: number) => Math.min(end, at === 0 ? begin : begin + firstBytes + (at - 1) * bytes);
  return [bound(i), bound(i + 1)];
}
