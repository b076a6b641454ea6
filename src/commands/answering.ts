import type { InputReport } from "../engine/answer.js";
import type { RunEvents, Sources } from "../engine/run.js";
import type { Look, OutputFormat } from "../format/sheet.js";
import type { Io } from "./io.js";
import { type InputOptions, lookOf, type OutputOptions, sourcesOf, withOutputs } from "./options.js";
import { writePieces } from "./sink.js";

/**
 * Ask something of the inputs as a whole, and write the answer.
 *
 * @param ask   reads the sources
 * @param write the answer as text, in pieces
 */
export async function askAndWrite<Answer extends { input: InputReport }>(
  inputs: readonly string[],
  options: InputOptions & OutputOptions,
  io: Io,
  ask: (sources: Sources, events: RunEvents) => Promise<Answer>,
  write: (answer: Answer, format: OutputFormat, look: Look) => Iterable<string>,
): Promise<void> {
  const sources = sourcesOf(inputs, options, io);
  await withOutputs(options, io, async (sink, telling) => {
    telling.showProgress();
    const answer = await ask(sources, telling);
    await telling.settle();
    telling.endProgress();
    telling.tellEnd(answer.input, sources);
    await writePieces(sink, write(answer, options.output, await lookOf(options, io, sink)));
  });
}
