import type { Timeline } from "../engine/answer.js";
import type { Look } from "./sheet.js";

/** A timeline as lines over time. */
export function drawTimeline(_answer: Timeline, _width: number, _look: Look): string {
  return "";
}
