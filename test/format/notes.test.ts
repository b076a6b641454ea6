import { describe, expect, test } from "vitest";
import { emptyNote, footLines, recordFootLines, skippedNote } from "../../src/format/notes.js";
import { makeRanking, makeReport } from "./sample.js";

const span = "log from 2026-01-01T00:00:00Z to 2026-01-01T00:10:00Z";
const counts = `1 of 5 groups, by bytes; 8 flows; ${span}`;
const none = { bytes: 0n, packets: 0n, flows: 0n, groups: 0 };

describe("under a ranking", () => {
  test.each([
    { name: "nothing but the counts, if there is nothing to remark on", answer: makeRanking(), want: [counts] },
    {
      name: "a filter: how many of the log's flows matched",
      answer: makeRanking({ input: makeReport({ matched: 3 }) }),
      want: [`1 of 5 groups, by bytes; 3 of 8 flows matched; ${span}`],
    },
    {
      name: "all groups shown",
      answer: makeRanking({ total: { groups: 1, bytes: 1n, packets: 1n, flows: 1n }, metric: "flows" }),
      want: [`1 group, by flows; 8 flows; ${span}`],
    },
    {
      name: "a log without times",
      answer: makeRanking({ input: makeReport({ first: null, last: null }) }),
      want: ["1 of 5 groups, by bytes; 8 flows; the log tells no times"],
    },
    {
      name: "lines that were set aside",
      answer: makeRanking({ input: makeReport({ malformed: 1, nodata: 2, other_status: 1, skipped: 3 }) }),
      want: [counts, "1 malformed line skipped, 2 NODATA, 1 of another log_status, 3 files skipped as no flow log"],
    },
    {
      name: "SKIPDATA: a lower bound",
      answer: makeRanking({ input: makeReport({ skipdata: 1 }) }),
      want: [counts, "totals are a lower bound: AWS lost records in 1 capture window (SKIPDATA)", "1 SKIPDATA"],
    },
    {
      name: "several interfaces",
      answer: makeRanking({ input: makeReport({ interfaces: 3 }) }),
      want: [counts, "counted per interface: traffic between two of the 3 interfaces is counted at both"],
    },
    {
      name: "either side as the key",
      answer: makeRanking({ by: ["addr_24"] }),
      want: [counts, "a flow counts for both its addresses: percentages may pass 100 together"],
    },
    {
      name: "a sum that cannot be made",
      answer: makeRanking({ total: { groups: 5, bytes: null, packets: 21n, flows: 8n } }),
      want: [counts, "bytes cannot be summed: no flow carries them"],
    },
    {
      name: "flows that could not be asked",
      answer: makeRanking({ input: makeReport({ unanswerable: 2 }) }),
      want: [counts, "2 could not be asked: their layout lacks a field of the question"],
    },
    {
      name: "one flow that could not be asked",
      answer: makeRanking({ input: makeReport({ unanswerable: 1 }) }),
      want: [counts, "1 could not be asked: its layout lacks a field of the question"],
    },
    {
      name: "an input that failed",
      answer: makeRanking({ input: makeReport({ complete: false, failed: 1 }) }),
      want: [counts, "incomplete: 1 input could not be read, or not to its end"],
    },
    {
      name: "several inputs that failed",
      answer: makeRanking({ input: makeReport({ complete: false, failed: 2 }) }),
      want: [counts, "incomplete: 2 inputs could not be read, or not to their ends"],
    },
    {
      name: "no match",
      answer: makeRanking({ total: none, input: makeReport({ matched: 0 }) }),
      want: ["no flow matched, of 8 flows"],
    },
    {
      name: "records but no flow",
      answer: makeRanking({ total: none, input: makeReport({ flows: 0, matched: 0, nodata: 8 }) }),
      want: ["0 flows in 8 records", "8 NODATA"],
    },
    {
      name: "an empty log",
      answer: makeRanking({ total: none, input: makeReport({ records: 0, flows: 0, matched: 0 }) }),
      want: ["0 records"],
    },
  ])("$name", ({ answer, want }) => expect(footLines(answer)).toEqual(want));
});

describe("under records", () => {
  test.each([
    { name: "all shown", parts: {}, want: ["8 records"] },
    { name: "some matched", parts: { matched: 3 }, want: ["3 of 8 records matched"] },
    { name: "no match", parts: { matched: 0 }, want: ["no record matched, of 8 records"] },
    { name: "an empty log", parts: { records: 0, matched: 0 }, want: ["0 records"] },
    { name: "nothing of sums", parts: { interfaces: 2, skipdata: 1 }, want: ["8 records", "1 SKIPDATA"] },
  ])("$name", ({ parts, want }) => expect(recordFootLines(makeReport(parts), null)).toEqual(want));

  test("a limit that ended the reading", () => {
    expect(recordFootLines(makeReport(), 1)).toEqual(["first record; the rest was not read"]);
    expect(recordFootLines(makeReport(), 2)).toEqual(["first 2 records; the rest was not read"]);
  });
});

test.each([
  { malformed: 1, lines: 18, help: false, want: "1 of 18 lines was skipped" },
  { malformed: 1, lines: 1, help: false, want: "1 of 1 line was skipped" },
  {
    ...{ malformed: 3, lines: 90210, help: true },
    want: "3 of 90210 lines were skipped. If the log has a custom format, give it with --format.",
  },
])("$malformed of $lines skipped", ({ malformed, lines, help, want }) => {
  expect(skippedNote(makeReport({ malformed, lines }), help)).toBe(want);
});

describe("without a record", () => {
  const nothing = { lines: 0, headers: 0, records: 0, flows: 0, matched: 0 };
  test.each([
    {
      name: "an empty pipe",
      parts: {},
      pipe: true,
      want: "standard input is empty; check the command before the pipe",
    },
    { name: "an empty file", parts: {}, want: "0 records: the input is empty" },
    { name: "empty files", parts: { sources: 3 }, want: "0 records: all 3 inputs are empty" },
    { name: "a header alone", parts: { lines: 1, headers: 1 }, pipe: true, want: "0 records in 1 line: 1 header" },
    {
      name: "all that is no record",
      parts: { lines: 6, headers: 2, comments: 1, blank: 3 },
      want: "0 records in 6 lines: 2 headers, 1 comment, 3 blank",
    },
    { name: "no flow log", parts: { sources: 0, skipped: 2 }, want: "0 records: no input is a flow log" },
  ])("$name", ({ parts, pipe = false, want }) => {
    expect(emptyNote(makeReport({ ...nothing, ...parts }), pipe)).toBe(want);
  });
});
