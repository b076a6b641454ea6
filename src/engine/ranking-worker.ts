import type { Asked } from "./messages.js";
import { RankingPart, type RankingTask } from "./ranking-part.js";
import type { Selected } from "./reading.js";
import { type Surroundings, type Work, work } from "./thread.js";

/** Keeps a thread's part of a ranking, and gives of it what is asked for. */
class RankingWork implements Work {
  readonly #part: RankingPart;
  readonly #send: Surroundings["send"];

  constructor({ query, memory }: RankingTask, { columns, send }: Surroundings) {
    this.#part = new RankingPart(query, columns, memory);
    this.#send = send;
  }

  add(selected: Selected): void {
    this.#part.add(selected);
  }

  answer(question: Asked): void {
    if (question.kind === "summary") {
      this.#send({ kind: "summaries", summaries: this.#part.summaries() });
    } else if (question.kind === "part") {
      const pieces = this.#part.pieces(question.metric, question.parts, question.part);
      this.#send({ kind: "pieces", pieces }, buffersOf(pieces));
    } else {
      const standing = this.#part.stand(question.metric, question.pieces, question.segments);
      this.#send({ kind: "standing", standing }, buffersOf(standing.rows));
    }
  }
}

function buffersOf(pieces: readonly Uint8Array[]): ArrayBuffer[] {
  return pieces.map((piece) => piece.buffer as ArrayBuffer);
}

work((task: RankingTask, surroundings) => new RankingWork(task, surroundings));
