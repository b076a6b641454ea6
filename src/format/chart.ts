import { createRequire } from "node:module";
import type { Point, plot } from "simple-ascii-chart";
import type { KeyValue, Timeline } from "../engine/answer.js";
import { lineOf, type TimeTick, timeTicks, type ValueAxis, valueAxis } from "./axis.js";
import { showCell } from "./cell.js";
import { formatInstant } from "./instant.js";
import { formatDuration } from "./notes.js";
import { scaleBytes, scaleCount } from "./scale.js";
import { keyColumnKind, type Look, type Paint } from "./sheet.js";
import { joinBins, type Steps } from "./steps.js";
import { displayWidth, wrapWords } from "./width.js";

const leastWidth = 40;
/** `25.0 GB┤`, the widest that figures get. */
const axisWidth = 8;
/** A timeline of one bin is no line across the terminal. */
const mostStepWidth = 8;
const leastLabelGap = 5;
const mostLabels = 10;

/** The signs that a line is drawn of, as the package names them: `wns` turns from the west to the south. */
interface Signs {
  we: string;
  ns: string;
  wns: string;
  wsn: string;
  sne: string;
  nse: string;
}

interface Stroke {
  signs: Signs;
  paint: (text: string) => string;
}

const heavy: Signs = { we: "━", ns: "┃", wns: "┓", wsn: "┛", sne: "┏", nse: "┗" };
const double: Signs = { we: "═", ns: "║", wns: "╗", wsn: "╝", sne: "╔", nse: "╚" };
const light: Signs = { we: "─", ns: "│", wns: "╮", wsn: "╯", sne: "╭", nse: "╰" };
const dotted: Signs = { we: "·", ns: "┊", wns: "·", wsn: "·", sne: "·", nse: "·" };

/**
 * A timeline as lines over time, in whole lines of text of at most that many columns: a title, the lines between their axes,
 * and which is whose. The first series have a line each, all else has one together.
 */
export function drawTimeline(answer: Timeline, width: number, look: Look): string {
  const { paint } = look;
  if (width < leastWidth) return note(`no chart: it takes ${leastWidth} columns`, width, paint);
  const named = namedStrokes(paint);
  const steps = joinBins(answer, width - axisWidth, named.length);
  if (steps === null) return note(`no chart: ${answer.metric} cannot be summed`, width, paint);
  if (steps.times.length === 0) return note("no chart: the flows tell no times", width, paint);
  const strokes = steps.lines.map(({ key }, i) => (key === null ? undefined : named[i]) ?? othersStroke(paint));
  return [
    ...wrapWords(titleOf(answer, steps), width).map((line) => `${paint.title(line)}\n`),
    ...plotLines(answer, steps, strokes, width, paint),
    ...(answer.by.length > 0 ? legendLines(answer, steps, strokes, width) : []),
    ...notesOf(answer, steps).map((text) => note(text, width, paint)),
  ].join("");
}

function namedStrokes({ lines }: Paint): Stroke[] {
  if (lines.length > 0) return lines.map((paint) => ({ signs: heavy, paint }));
  return [heavy, double, light].map((signs) => ({ signs, paint: (text) => text }));
}

function othersStroke({ note }: Paint): Stroke {
  return { signs: dotted, paint: note };
}

function note(text: string, width: number, { note }: Paint): string {
  return wrapWords(text, width)
    .map((line) => `${note(line)}\n`)
    .join("");
}

/** `bytes per 5 min from 2026-01-01 UTC`: what no label of an axis says. */
function titleOf({ metric, bin_seconds }: Timeline, { times, binsPerStep }: Steps): string {
  const [day, time] = formatInstant(times[0]!).split("T");
  return `${metric} per ${formatDuration(bin_seconds * binsPerStep)} from ${day}${time === undefined ? "" : " UTC"}`;
}

/** What all lines of a chart are drawn in. */
interface Frame {
  axis: ValueAxis;
  /** Figures by their line of text, 0 the lowest. */
  figures: ReadonlyMap<number, string>;
  figureWidth: number;
  ticks: readonly TimeTick[];
  stepWidth: number;
}

/** The lines between their axes, and the times under them. */
function plotLines(
  { metric }: Timeline,
  { times, lines }: Steps,
  strokes: readonly Stroke[],
  width: number,
  paint: Paint,
): string[] {
  const axis = valueAxis(lines.flatMap(({ sums }) => sums).reduce((most, sum) => (sum > most ? sum : most), 0n));
  const scale = metric === "bytes" ? scaleBytes : scaleCount;
  const figures = new Map(axis.ticks.map(({ at, value }) => [at, scale(value)]));
  const figureWidth = Math.max(...[...figures.values()].map((figure) => figure.length));
  const stepWidth = Math.min(mostStepWidth, Math.floor((width - axisWidth) / times.length));
  const placeLabels = (ticks: readonly TimeTick[]) =>
    place(ticks, (index) => figureWidth + 1 + index * stepWidth, width);
  const ticks = timeTicks(times, (ticks) => areApart(placeLabels(ticks)));

  const frame: Frame = { axis, figures, figureWidth, ticks, stepWidth };
  const plots = lines.map(({ sums }, i) => plotLine(sums, strokes[i]!.signs, frame));
  const rows = plots[0]!.map((row, at) => {
    if (at > axis.height) return `${paint.rule(row)}\n`;
    const cells = plots.map((plot) => plot[at]!.slice(figureWidth + 1));
    return `${row.slice(0, figureWidth)}${paint.rule(row[figureWidth]!)}${overlay(cells, strokes)}\n`;
  });
  return [...rows, `${writeLabels(placeLabels(ticks))}\n`];
}

/**
 * One line and the axes, drawn by the package. It draws all lines of a chart with the same signs, and one that is drawn later
 * breaks those under it where it turns: so each is drawn alone. It reckons in floats: so it is given columns and lines of text.
 */
function plotLine(sums: readonly bigint[], signs: Signs, frame: Frame): string[] {
  const { axis, figures, figureWidth, ticks, stepWidth } = frame;
  const levels = sums.map((sum) => lineOf(sum, axis));
  const points = levels.map((level, i): Point => [i * stepWidth, level]);
  const plotWidth = levels.length * stepWidth;
  // A step lasts until the next one, and the last as long.
  if (stepWidth > 1) points.push([plotWidth - 1, levels.at(-1)!]);
  const text = loadPlot()([points], {
    width: plotWidth,
    height: axis.height + 1,
    yRange: [0, axis.height],
    customXAxisTicks: ticks.map(({ index }) => index * stepWidth),
    customYAxisTicks: axis.ticks.map(({ at }) => at),
    // All figures of one width: room is kept for those of the points only. Times are written by us, in one line.
    formatter: (value, { axis }) => (axis === "y" ? (figures.get(value) ?? "").padStart(figureWidth) : ""),
    symbols: { chart: signs, axis: { n: " ", e: "─" } },
  });
  const rows = text.split("\n").filter((row) => row.trim() !== "");
  return rows.map((row) => row.slice(0, figureWidth + 1 + plotWidth));
}

/** Of lines at the same place the first is seen. */
function overlay(rows: readonly string[], strokes: readonly Stroke[]): string {
  let text = "";
  let run = "";
  let runOf = -1;
  const end = () => {
    text += runOf < 0 ? run : strokes[runOf]!.paint(run);
    run = "";
  };
  for (let column = 0; column < rows[0]!.length; column++) {
    const top = rows.findIndex((row) => row[column] !== " ");
    if (top !== runOf) {
      end();
      runOf = top;
    }
    run += top < 0 ? " " : rows[top]![column]!;
  }
  if (runOf >= 0) end();
  return text;
}

interface PlacedLabel {
  from: number;
  label: string;
}

/** Each label about the middle of its column, as far as the width allows. */
function place(ticks: readonly TimeTick[], columnOf: (index: number) => number, width: number): PlacedLabel[] {
  return ticks.map(({ index, label }) => {
    const centred = columnOf(index) - Math.floor((label.length - 1) / 2);
    return { label, from: Math.max(0, Math.min(width - label.length, centred)) };
  });
}

function areApart(labels: readonly PlacedLabel[]): boolean {
  if (labels.length > mostLabels) return false;
  return labels.every(({ from }, i) => {
    const before = labels[i - 1];
    return before === undefined || from >= before.from + before.label.length + leastLabelGap;
  });
}

function writeLabels(labels: readonly PlacedLabel[]): string {
  return labels.reduce((line, { from, label }) => line.padEnd(from) + label, "");
}

/** Which line is whose: as many to a line of text as fit. */
function legendLines({ by }: Timeline, { lines }: Steps, strokes: readonly Stroke[], width: number): string[] {
  const gap = "   ";
  const texts: string[] = [];
  let room = 0;
  lines.forEach(({ key }, i) => {
    const { signs, paint } = strokes[i]!;
    const [first, ...rest] = breakText(nameOf(key, by), width - 3);
    const item = `${paint(signs.we.repeat(2))} ${first}`;
    const itemWidth = 3 + displayWidth(first!);
    if (room >= gap.length + itemWidth && rest.length === 0) {
      texts[texts.length - 1] += gap + item;
      room -= gap.length + itemWidth;
    } else {
      texts.push(item, ...rest.map((text) => `   ${text}`));
      room = rest.length === 0 ? width - itemWidth : 0;
    }
  });
  return texts.map((text) => `${text}\n`);
}

function nameOf(key: readonly KeyValue[] | null, by: readonly string[]): string {
  if (key === null) return "others";
  return key.map((value, i) => showCell(value, keyColumnKind(by[i]!), true)).join(" ");
}

/** Between the values of a key where that is possible, else within an address, else anywhere: it is shown whole. */
function breakText(text: string, width: number): string[] {
  const lines = [""];
  const fits = (more: string) => displayWidth(lines.at(-1) + more.trimEnd()) <= width;
  const add = (more: string) => {
    if (fits(more) || lines.at(-1) === "") lines[lines.length - 1] += more;
    else lines.push(more);
  };
  for (const value of text.split(/(?<= )/)) {
    if (fits(value)) {
      add(value);
      continue;
    }
    for (const part of value.split(/(?<=:)/)) {
      if (displayWidth(part) <= width) add(part);
      else Array.from(part).forEach(add);
    }
  }
  return lines.map((line) => line.trimEnd());
}

/** What is to be known of the lines before they are believed. */
function notesOf(
  { series, bin_seconds }: Timeline,
  { lines, binsPerStep, firstBins, lastBins, times }: Steps,
): string[] {
  const named = series.filter((key) => key !== null).length;
  const drawn = lines.filter(({ key }) => key !== null).length;
  const short = [
    ...(firstBins < binsPerStep ? [`the first of ${firstBins}`] : []),
    ...(lastBins < binsPerStep && times.length > 1 ? [`the last of ${lastBins}`] : []),
  ];
  return [
    ...(drawn < named ? [`the first ${drawn} of ${named} series have lines of their own; the rest is in others`] : []),
    ...(binsPerStep > 1
      ? [
          `a step is the sum of ${binsPerStep} bins of ${formatDuration(bin_seconds)}${short.map((text) => `, ${text}`).join("")}`,
        ]
      : []),
  ];
}

function loadPlot(): typeof plot {
  return (createRequire(import.meta.url)("simple-ascii-chart") as { plot: typeof plot }).plot;
}
