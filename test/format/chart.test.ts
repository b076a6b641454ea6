import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { KeyValue, Sum, Timeline } from "../../src/engine/answer.js";
import { drawTimeline } from "../../src/format/chart.js";
import { loadColors, plainPaint } from "../../src/format/paint.js";
import type { Look, Paint } from "../../src/format/sheet.js";
import { displayWidth } from "../../src/format/width.js";
import { makeReport, pipe } from "./sample.js";

const tenOClock = 1767261600n;
const colors = await loadColors();

/** A timeline of these sums: one list for each series, bins in their order. */
function makeTimeline(sums: Sum[][], parts: Partial<Timeline> & { start?: bigint } = {}): Timeline {
  const { start = tenOClock, ...rest } = parts;
  const series = rest.series ?? [[]];
  const binSec = rest.bin_seconds ?? 300;
  const rows = sums[0]!.flatMap((_, bin) =>
    series.map((key, i) => {
      const sum = sums[i]![bin]!;
      return { time: start + BigInt(bin * binSec), key, bytes: sum, packets: sum, flows: sum ?? 0n };
    }),
  );
  return {
    command: "timeline",
    by: series[0]?.map((_, i) => ["srcaddr", "dstaddr", "srcport", "dstport", "protocol"][i]!) ?? ["srcaddr"],
    metric: "bytes",
    bin_seconds: binSec,
    bins: sums[0]!.length,
    series,
    rows,
    total: { groups: series.length, bytes: 1n, packets: 1n, flows: 1n },
    input: makeReport(),
    ...rest,
  };
}

function draw(answer: Timeline, width = 80, paint: Paint = plainPaint): string {
  const look: Look = { ...pipe, width, paint };
  // Blanks at line ends would not survive an editor; there are some only behind the axis.
  return drawTimeline(answer, width, look).replaceAll(/ +$/gm, "");
}

function withoutCodes(text: string): string {
  return text.replaceAll(/\u001b\[\d+m/g, "");
}

const address = (i: number) => [`192.0.2.${i + 1}`];

test("one series is one line, each bin as wide as the next", () => {
  const sums = [0, 100, 250, 400, 600, 580, 300, 0, 0, 90, 150, 150].map((kilobytes) => BigInt(kilobytes * 1000));
  expect(draw(makeTimeline([sums]))).toBe(`\
bytes per 5 min from 2026-01-01 UTC
600 kB┤                       ┏━━━━━━━━━━━┓
      │                       ┃           ┃
      │                       ┃           ┃
      │                       ┃           ┃
400 kB┤                 ┏━━━━━┛           ┃
      │                 ┃                 ┃
      │                 ┃                 ┗━━━━━┓
      │           ┏━━━━━┛                       ┃
200 kB┤           ┃                             ┃
      │           ┃                             ┃                 ┏━━━━━━━━━━━━
      │     ┏━━━━━┛                             ┃           ┏━━━━━┛
      │     ┃                                   ┃           ┃
   0 B┤━━━━━┛                                   ┗━━━━━━━━━━━┛
      └┬───────────┬───────────┬───────────┬───────────┬───────────┬───────────
     10:00       10:10       10:20       10:30       10:40       10:50
`);
});

describe("several series", () => {
  const sums = [
    [9n, 9n, 9n, 2n],
    [1n, 6n, 6n, 6n],
    [3n, 3n, 12n, 3n],
  ];
  const answer = makeTimeline(sums, { series: [address(0), address(1), null], metric: "flows" });

  test("without colours they are told apart by their strokes", () => {
    expect(draw(answer, 40)).toBe(`\
flows per 5 min from 2026-01-01 UTC
12┤               ·········
  │               ┊       ┊
10┤               ┊       ┊
  │━━━━━━━━━━━━━━━━━━━━━━━┓
 8┤               ┊       ┃
  │               ┊       ┃
 6┤       ╔═══════════════┃════════
  │       ║       ┊       ┃
 4┤       ║       ┊       ┃
  │·······║········       ┃········
 2┤       ║               ┗━━━━━━━━
  │═══════╝
 0┤
  └┬───────────────┬───────────────
 10:00           10:10
━━ 192.0.2.1   ══ 192.0.2.2   ·· others
`);
  });

  test("with colours they are told apart by those", () => {
    const chart = draw(answer, 40, colors);
    expect(chart).toContain(
      "\u001b[36m━━\u001b[39m 192.0.2.1   \u001b[35m━━\u001b[39m 192.0.2.2   \u001b[2m··\u001b[22m others\n",
    );
    expect(chart).toContain("\u001b[35m┏━━━━━━━━━━━━━━━\u001b[39m\u001b[36m┃\u001b[39m\u001b[35m━━━━━━━━\u001b[39m\n");
  });

  test.each([
    { name: "without colours", paint: plainPaint, lines: 3 },
    { name: "with colours", paint: colors, lines: 5 },
  ])("too many to be told apart, $name: the rest is drawn as one", ({ paint, lines }) => {
    const series = [...Array.from({ length: 10 }, (_, i) => address(i)), null];
    const chart = withoutCodes(
      draw(makeTimeline(Array(11).fill([1n, 2n]) as Sum[][], { series, metric: "flows" }), 80, paint),
    );
    expect(chart.match(/192\.0\.2\.\d+/g)).toHaveLength(lines);
    expect(chart).toContain("·· others");
    expect(chart).toContain(`the first ${lines} of 10 series have lines of their own; the rest is in others\n`);
    // 8 or 6 times 2 flows.
    expect(chart).toContain(lines === 3 ? "\n20┤" : "\n12┤");
  });

  test("one too many has a line all the same, where there are no others", () => {
    const series = [0, 1, 2, 3].map(address);
    expect(draw(makeTimeline(Array(4).fill([1n]) as Sum[][], { series }))).toContain("·· 192.0.2.4\n");
  });
});

test("more bins than columns are joined, which is said", () => {
  const start = tenOClock + 600n;
  const chart = draw(makeTimeline([Array(200).fill(1n) as Sum[]], { start, metric: "flows" }), 80);
  expect(chart).toBe(`\
flows per 15 min from 2026-01-01 UTC
3┤┏━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┓
 │┃                                                                 ┃
 │┃                                                                 ┃
 │┃                                                                 ┃
2┤┃                                                                 ┃
 │┃                                                                 ┃
 │┃                                                                 ┃
 │┃                                                                 ┃
1┤┛                                                                 ┗━
 │
 │
 │
0┤
 └────────┬───────────┬───────────┬───────────┬───────────┬───────────
        12:00       15:00       18:00       21:00       01-02
a step is the sum of 3 bins of 5 min, the first of 1, the last of 1
`);
});

test.each([
  { name: "one bin", answer: makeTimeline([[5n]]), want: "\n5 B┤━━━━━━━━\n" },
  { name: "nothing but zeros", answer: makeTimeline([[0n, 0n]]), want: "\n0 B┤━━━━━━━━━━━━━━━━\n" },
  { name: "sums past 2^53", answer: makeTimeline([[2n ** 64n, 2n ** 80n]]), want: "\n1.5 YB┤\n" },
  { name: "counts", answer: makeTimeline([[12_000n]], { metric: "packets" }), want: "\n12.0 k┤━━━━━━━━\n" },
  {
    name: "a metric that cannot be summed",
    answer: makeTimeline([[null, null]]),
    want: "no chart: bytes cannot be summed\n",
  },
  {
    name: "flows without a time alone",
    answer: makeTimeline([[1n]], { rows: [{ time: null, key: [], bytes: 1n, packets: 1n, flows: 1n }] }),
    want: "no chart: the flows tell no times\n",
  },
  {
    name: "a time past the year 9999",
    answer: makeTimeline([[1n]], { start: 1767261600000n }),
    want: "from 1767261600000\n",
  },
  {
    name: "a hostile key",
    answer: makeTimeline([[1n]], { series: [["\u001b[2J\n"]] }),
    want: "\n━━ \\u001b[2J\\u000a\n",
  },
  { name: "a key logged as -", answer: makeTimeline([[1n]], { series: [[null]] }), want: "\n━━ -\n" },
])("$name", ({ answer, want }) => expect(draw(answer)).toContain(want));

test("flows without a time are in no bin", () => {
  const answer = makeTimeline([[1n, 2n]], { metric: "flows" });
  const late = { time: null, key: [], bytes: null, packets: null, flows: 99n };
  expect(draw({ ...answer, bins: 3, rows: [...answer.rows, late] })).toBe(draw(answer));
});

test("a key too long for a line is broken between its values, else within an address", () => {
  const key = ["2001:db8:1111:2222:3333:4444:5555:6666", "2001:db8:1111:2222:3333:4444:5555:7777", 49152, 443, 6];
  const legend = (width: number) =>
    draw(makeTimeline([[1n], [1n]], { series: [key, null] }), width)
      .split("\n")
      .slice(-5);
  expect(legend(80)).toEqual([
    expect.stringContaining("10:00"),
    "━━ 2001:db8:1111:2222:3333:4444:5555:6666 2001:db8:1111:2222:3333:4444:5555:7777",
    "   49152 443 tcp",
    "·· others",
    "",
  ]);
  expect(legend(40)).toEqual([
    "━━ 2001:db8:1111:2222:3333:4444:5555:",
    "   6666 2001:db8:1111:2222:3333:4444:",
    "   5555:7777 49152 443 tcp",
    "·· others",
    "",
  ]);
});

test("a terminal too narrow for a chart is told so", () => {
  expect(draw(makeTimeline([[1n]]), 39)).toBe("no chart: it takes 40 columns\n");
});

describe("of any timeline", () => {
  const value: fc.Arbitrary<KeyValue> = fc.oneof(
    fc.ipV4(),
    fc.ipV6(),
    fc.nat(65535),
    fc.constant(null),
    fc.string({ unit: "binary", maxLength: 60 }),
  );
  const timeline = fc
    .record({
      keys: fc.integer({ min: 0, max: 3 }).chain((count) =>
        count === 0
          ? fc.constant([[]] as KeyValue[][])
          : fc.array(fc.array(value, { minLength: count, maxLength: count }), {
              minLength: 1,
              maxLength: 12,
            }),
      ),
      others: fc.boolean(),
      bins: fc.integer({ min: 1, max: 600 }),
      greatest: fc.bigInt({ min: 0n, max: 2n ** 80n }),
      bin_seconds: fc.constantFrom(1, 7, 60, 300, 3600, 86_400),
      start: fc.bigInt({ min: 0n, max: 2n ** 33n }),
      metric: fc.constantFrom("bytes" as const, "packets" as const, "flows" as const),
      seed: fc.nat(),
    })
    .map(({ keys, others, bins, greatest, seed, ...parts }) => {
      const series = others && keys[0]!.length > 0 ? [...keys, null] : keys;
      const sums = series.map((_, i) =>
        Array.from({ length: bins }, (_, bin) => (greatest * BigInt((seed + bin * 7919 + i * 104_729) % 101)) / 100n),
      );
      return makeTimeline(sums, { ...parts, series });
    });
  const width = fc.integer({ min: 40, max: 250 });
  const paint = fc.constantFrom(plainPaint, colors);

  test("no line is wider than the terminal, and none holds a control character", () => {
    fc.assert(
      fc.property(timeline, width, paint, (answer, width, paint) => {
        const lines = withoutCodes(draw(answer, width, paint)).split("\n");
        expect(lines.length).toBeGreaterThan(12);
        for (const line of lines) {
          expect(displayWidth(line)).toBeLessThanOrEqual(width);
          expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
        }
      }),
    );
  });

  test("the legend names every series that has a line", () => {
    const named = timeline.filter(({ series }) => series.flat().every((value) => /^[\x21-\x7e]+$/.test(`${value}`)));
    fc.assert(
      fc.property(named, width, (answer, width) => {
        const lines = draw(answer, width).split("\n");
        const axis = lines.findIndex((line) => line.trimStart().startsWith("└"));
        const legend = lines
          .slice(axis + 2)
          .join("")
          .replaceAll(" ", "");
        for (const key of answer.series.slice(0, 3).filter((key) => key !== null)) {
          expect(legend).toContain(key.map((value) => (value === null ? "-" : value === "-" ? '"-"' : value)).join(""));
        }
        if (answer.series.includes(null)) expect(legend).toContain("··others");
      }),
    );
  });
});
