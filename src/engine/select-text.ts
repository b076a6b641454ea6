import type { Columns } from "../parse/columns.js";
import { type Filter, foldCase } from "../query/filter.js";
import { compilePattern } from "../query/regex.js";
import type { Refine } from "./refine.js";
import { Verdicts } from "./verdicts.js";

type TextFilter = Extract<Filter, { op: "text" | "match" }>;

export function refineText(filter: TextFilter, wanted: boolean, columns: Columns): Refine {
  const { field } = filter;
  const holds = compileTest(filter);
  const isNegated = filter.negated === true;
  const verdicts = new Verdicts(
    columns,
    columns.dictionary(field),
    (bytes) => holds(Buffer.from(bytes).toString()) !== isNegated,
  );
  const flip = wanted ? 0 : 1;
  const words = columns.words(field);
  const { selectTable } = columns.kernel.call;
  return (_batch, rows, count) => {
    const { pointer, size } = verdicts.inKernel();
    return selectTable(words, pointer, size, flip, rows, count);
  };
}

function compileTest(filter: TextFilter): (text: string) => boolean {
  if (filter.op === "match") {
    const pattern = compilePattern(filter.pattern, filter.anyCase);
    return (text) => pattern.test(text);
  }
  const fold = (text: string) => (filter.anyCase ? foldCase(text) : text);
  const values = new Set(filter.values.map(fold));
  return (text) => values.has(fold(text));
}
