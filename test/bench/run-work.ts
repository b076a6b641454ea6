import { type Answer, checkEqual, type Reading, WrongAnswer } from "./answers.js";
import { type Measured, medianOf } from "./measures.js";
import { type Finished, runPipeline } from "./processes.js";
import type { Outcome, WorkResult } from "./table.js";
import type { Contender, Work } from "./works.js";

/** What became of a contender that has no figures, and why. */
export interface Failure {
  outcome: "wrong answer" | "failed";
  reason: string;
}

/** Contenders that gave the right answer, with it, and the others by name. */
export interface Checked {
  right: Map<Contender, Answer>;
  wrong: Map<string, Failure>;
}

/**
 * Runs every contender once and compares the answers.
 *
 * @throws when one that may not fail does, such as flowlog or the judge: then no figure means anything
 */
export async function checkWork(work: Work): Promise<Checked> {
  const checked: Checked = { right: new Map(), wrong: new Map() };
  const { judge } = work;
  const truth = judge && (await perform(judge, judge.read())).answer;
  for (const contender of work.contenders) {
    try {
      const answer = truth && contender === judge ? truth : (await perform(contender, contender.read())).answer;
      checkEqual(answer, contender.want ?? truth ?? []);
      checked.right.set(contender, answer);
    } catch (error) {
      checked.wrong.set(contender.name, toFailure(work, contender, error));
    }
  }
  return checked;
}

/**
 * Runs the contenders whose answer was right in turn, so that a slow minute of the machine hits all alike, and takes the medians.
 * Every run's answer is compared again. The runs of checkWork were the warm-up.
 *
 * @throws as checkWork does
 */
export async function measureWork(work: Work, checked: Checked, runs: number): Promise<WorkResult> {
  const runsOf = new Map<Contender, Measured[]>([...checked.right.keys()].map((contender) => [contender, []]));
  const wrong = new Map(checked.wrong);
  for (let run = 0; run < runs * (work.repeat ?? 1); run++) {
    for (const [contender, measured] of runsOf) {
      try {
        const { finished, answer } = await perform(contender, (contender.readTimed ?? contender.read)());
        const want = checked.right.get(contender) ?? [];
        checkEqual(answer, contender.readTimed ? want.slice(0, 1) : want);
        measured.push(finished);
      } catch (error) {
        runsOf.delete(contender);
        wrong.set(contender.name, toFailure(work, contender, error));
      }
    }
  }
  const medians = new Map([...runsOf].map(([{ name }, measured]) => [name, medianOf(measured)]));
  const outcomes = work.contenders.map(({ name }): [string, Outcome] => [
    name,
    medians.get(name) ?? wrong.get(name)?.outcome ?? "failed",
  ]);
  return { title: work.title, outcomes: new Map(outcomes), asked: work.asked };
}

async function perform(contender: Contender, reading: Reading): Promise<{ finished: Finished; answer: Answer }> {
  const finished = await runPipeline(contender.pipeline, reading.take);
  return { finished, answer: reading.answer(finished.stderr) };
}

function toFailure(work: Work, { name, mayFail }: Contender, error: unknown): Failure {
  const reason = error instanceof Error ? error.message : String(error);
  if (!mayFail) throw new Error(`${work.title}: ${name}: ${reason}`, { cause: error });
  return { outcome: error instanceof WrongAnswer ? "wrong answer" : "failed", reason };
}
