import { GroupingPart, type GroupingTask } from "./grouping-part.js";
import type { Asked } from "./messages.js";
import type { Selected } from "./reading.js";
import { type Surroundings, type Work, work } from "./thread.js";

/** Keeps a thread's part of the groupings of a query, and gives of it what is asked for. */
class GroupingWork implements Work {
  readonly #part: GroupingPart;
  readonly #send: Surroundings["send"];

  constructor({ query, memory }: GroupingTask, { columns, send }: Surroundings) {
    this.#part = new GroupingPart(query, columns, memory);
    this.#send = send;
  }

  add(selected: Selected): void {
    this.#part.add(selected);
  }

  answer(question: Asked): void {
    if (question.kind === "summary") {
      this.#send({ kind: "summaries", summaries: this.#part.summaries() });
    } else if (question.kind === "part") {
      const pieces = this.#part.pieces(question.grouping, question.parts, question.part);
      this.#send({ kind: "pieces", pieces }, buffersOf(pieces.flat()));
    } else {
      const { grouping, pieces, segments, among } = question;
      const standing = this.#part.stand(grouping, pieces, segments, among);
      this.#send({ kind: "standing", standing }, buffersOf(standing.rows));
    }
  }
}

function buffersOf(pieces: readonly Uint8Array[]): ArrayBuffer[] {
  return pieces.map((piece) => piece.buffer as ArrayBuffer);
}

work((task: GroupingTask, surroundings) => new GroupingWork(task, surroundings));
