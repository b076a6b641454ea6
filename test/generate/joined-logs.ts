import { readReference } from "../reference/reader.js";
import { randomLog } from "./random-log.js";

/**
 * Good logs of many kinds, whose joined text has a header wherever the layout changes.
 *
 * @param from the first seed
 */
export function joinedLogs(count: number, from = 0): Buffer {
  const parts: Buffer[] = [];
  for (let seed = from; parts.length < count; seed++) {
    const { bytes, formats, note } = randomLog(seed);
    if (formats !== null || !note.includes("header") || bytes.length > 65536) continue;
    // A header that cannot be read by would end the reading there.
    if (readReference(bytes, { file: "" }).error !== null) continue;
    parts.push(bytes, Buffer.from("\n"));
  }
  return Buffer.concat(parts);
}
