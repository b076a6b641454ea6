// The one loop over the bytes of a log, and the tables beside it, compiled to WebAssembly with SIMD.
// TypeScript calls these functions once a batch and a column; nothing here is called per row.
// All pointers are byte offsets into the one memory; a column holds one 64-bit word a row.

export { addresses, cutPrefixes } from "./addresses";
export {
  dictionaryBytes,
  forget,
  intern,
  interned,
  internedLength,
  newDictionary,
  size as dictionarySize,
  texts,
  textsOf,
} from "./dictionary";
export { absorb, partition, writeGroups, written, writtenGroups } from "./exchange";
export { bytes as tableBytes, clear as clearTable, findGroups, newTable, size as tableSize } from "./groups";
export { checkRange, dashes, decodeNumbers, extremes, listRough, maskPorts, noteNulls, readNumbers, selectOthers } from "./numbers";
export { orderCodes, orderLacking, orderSums, orderWords, rankTexts, rowsAt, sortGroups } from "./order";
export { flows, listOthers, markSeen, others, records, sortByDashes, sortFlows } from "./records";
export { render, renderedEnd } from "./render";
export { roughRows, scan, scanned } from "./scan";
export { selectPorts, selectRange, selectTable } from "./select";
export {
  add,
  addedAny,
  addedHigh,
  addedLow,
  bound,
  count,
  countPairs,
  countWithTwo,
  flowsOf,
  hasSum,
  secondAny,
  secondHigh,
  secondLow,
  sumHigh,
  sumLow,
  wideSums,
} from "./sums";
export { rowAt } from "./table";
export { lacking, passed, passing, threshold } from "./top";

/** Room that lives until `release`, at a multiple of 16, filled with zeros. */
export function reserve(bytes: usize): usize {
  const pointer = heap.alloc(bytes);
  memory.fill(pointer, 0, bytes);
  return pointer;
}

/** Room like that of `reserve`, but of whatever it holds: large room costs nothing before it is used. */
export function room(bytes: usize): usize {
  return heap.alloc(bytes);
}

export function release(pointer: usize): void {
  heap.free(pointer);
}
