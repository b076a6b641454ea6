// The one loop over the bytes of a log, and the tables beside it, compiled to WebAssembly with SIMD.
// TypeScript calls these functions once a batch and a column; nothing here is called per row.
// All pointers are byte offsets into the one memory; a column holds one 64-bit word a row.

export { addresses, cutPrefixes } from "./addresses";
export { interned, internedLength, intern, newDictionary, size as dictionarySize, texts } from "./dictionary";
export {
  add,
  addedAny,
  addedHigh,
  addedLow,
  carried,
  carries,
  groupRows,
  newTable,
  rowAt,
  rowsPerBlock,
  size as tableSize,
  stride,
} from "./groups";
export { mergeRows, mergeSum } from "./merge";
export { extremes, greatest, least, dashes, numbers } from "./numbers";
export { flows, markSeen, nodata, records, skipdata, sortRecords } from "./records";
export { render, renderedEnd } from "./render";
export { scan, scanned } from "./scan";
export { lacking, passed, passing, threshold } from "./top";

/** Room that lives until `release`, at a multiple of 16, filled with zeros. */
export function reserve(bytes: usize): usize {
  const pointer = heap.alloc(bytes);
  memory.fill(pointer, 0, bytes);
  return pointer;
}

export function release(pointer: usize): void {
  heap.free(pointer);
}
