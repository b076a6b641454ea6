import type { Query, SummaryQuery } from "../query/query.js";
import type { FoundInputs } from "../source/inputs.js";
import { compileLater } from "./compile-later.js";
import { gather } from "./gather.js";
import type { Grouped } from "./group.js";
import { GroupingPart, type GroupingTask } from "./grouping-part.js";
import { ParallelRun, workersFor } from "./parallel.js";
import { addAccounts, type Question, Reading } from "./reading.js";
import { InputTally, makeResult, type RunEvents, type Sources } from "./run.js";

/** No more than one thread would tell of a log with a new text in every line. */
const maxNotes = 20;

/** Group flows on several threads, of which each keeps a part of it. */
export async function groupInParallel(
  query: Query | SummaryQuery,
  question: Question,
  sources: Sources,
  found: FoundInputs,
  events: RunEvents,
): Promise<Grouped> {
  if (sources.ownsProcess) compileLater();
  const tally = new InputTally(events);
  tally.addFound(found);
  const task: GroupingTask = { query, memory: sources.memory / workersFor(found.inputs, sources) };
  const run = new ParallelRun({ program: "grouping-worker", task, question, sources, inputs: found.inputs, events });
  try {
    await run.read();
    const finished = await run.pool.askAll({ kind: "finish" });
    const own = new Reading(question, sources.formats, events);
    const part = new GroupingPart(query, own.columns, sources.memory);
    await gather(run.pool, part);
    const told = finished.flatMap((each) => each.told);
    const problems = told.filter((each) => typeof each !== "string");
    problems.sort((a, b) => a.order - b.order || a.problem.line - b.problem.line);
    for (const { problem } of problems) events.onProblem(problem);
    // What every thread has met is one note, not one for each.
    const notes = new Set(told.filter((each) => typeof each === "string").sort());
    for (const note of [...notes].slice(0, maxNotes)) events.onNote(note);
    for (const [order, input] of found.inputs.entries()) tally.add(input, run.errorOf(order));
    const account = addAccounts(finished.map((each) => each.account));
    return { groupings: part, result: makeResult(account, tally, question, events) };
  } finally {
    await run.stop();
  }
}
