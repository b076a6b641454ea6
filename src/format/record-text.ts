import type { Piece } from "../engine/parallel-records.js";
import type { Question } from "../engine/reading.js";
import { Run, type RunEvents, type RunResult, type Sources } from "../engine/run.js";
import { weigh } from "../engine/weigh.js";
import { plainPaint } from "./paint.js";
import { type RowStyle, rowWriter } from "./row-writer.js";
import type { Look } from "./sheet.js";

/** Rows of records as text, in the order of the inputs. */
export interface RecordText {
  pieces(): AsyncIterable<Piece>;
  /** What was met; there once `pieces` has come to its end. */
  result(): RunResult;
}

/**
 * Write records, on several threads where that pays and nobody waits for the first rows alone.
 *
 * @param limit how many records at most; 0: all
 */
export async function openRecordText(
  style: RowStyle,
  look: Look,
  limit: number,
  question: Question,
  sources: Sources,
  events: RunEvents,
): Promise<RecordText> {
  const isWhole = limit === 0 && look.width === null && look.paint === plainPaint;
  const weighed = await weigh(isWhole ? sources : { ...sources, jobs: 1 }, style.format !== "count");
  if (weighed.isForThreads) {
    const { ParallelRecords } = await import("../engine/parallel-records.js");
    return new ParallelRecords(style, question, weighed.sources, weighed.found, events);
  }
  const run = new Run(weighed.sources, question, events, weighed.found);
  return { pieces: () => writeRows(run, style, look, limit), result: () => run.result() };
}

async function* writeRows(run: Run, style: RowStyle, look: Look, limit: number): AsyncGenerator<Piece, void> {
  const write = rowWriter(style, (first) => first, look);
  let left = limit === 0 ? Number.POSITIVE_INFINITY : limit;
  for await (const { batch, selection } of run.batches()) {
    const count = Math.min(selection.count, left);
    left -= count;
    const parts = Array.from(write(batch, selection, count), (part) => Buffer.from(part));
    yield { layout: batch.layout, text: parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts) };
    if (left === 0) return;
  }
}
