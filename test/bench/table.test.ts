import { expect, test } from "vitest";
import { memoryAtMost, memoryShare, speed } from "./asked.js";
import { type Outcome, resultTable } from "./table.js";

test("a line for each tool, targets beside the figures that they are about", () => {
  const table = resultTable([
    {
      title: "`top-talkers --by pair`",
      outcomes: new Map<string, Outcome>([
        ["flowlog", { seconds: 1.2345, peakBytes: 200_400_000 }],
        ["DuckDB", { seconds: 3.7035, peakBytes: 501_000_000 }],
        ["mawk", "wrong answer"],
      ]),
      asked: [speed("DuckDB", 1.5), memoryShare("DuckDB", 60), memoryAtMost(200)],
    },
    {
      title: "`cat FILE | flowlog`",
      outcomes: new Map([["flowlog", { seconds: 0.0512, peakBytes: null }]]),
      asked: [],
    },
  ]);
  expect(table.split("\n")).toEqual([
    "| work                    | tool    |      seconds | peak MB | flowlog's speed | asked                                                               |",
    "| :---------------------- | :------ | -----------: | ------: | --------------: | :------------------------------------------------------------------ |",
    "| `top-talkers --by pair` | flowlog |         1.23 |     200 |                 | at most 200 MB: 200.4, missed                                       |",
    "|                         | DuckDB  |         3.70 |     501 |          3.00 × | 1.5 × the speed: 3.00, met; at most 60 % of its memory: 40.0 %, met |",
    "|                         | mawk    | wrong answer |         |                 |                                                                     |",
    "| `cat FILE \\| flowlog`   | flowlog |        0.051 |       – |                 |                                                                     |",
  ]);
});
