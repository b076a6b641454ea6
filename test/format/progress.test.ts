import { expect, test } from "vitest";
import { formatProgress, type ProgressFigures } from "../../src/format/progress.js";

const file: ProgressFigures = {
  bytes: 694_000_000,
  total: 1_138_000_000,
  records: 6_100_000,
  bytesPerSec: 353_000_000,
};
const pipe: ProgressFigures = { ...file, total: null };

test.each([
  {
    name: "a wide terminal: no wider than can be read",
    figures: file,
    width: 200,
    line: "██████████████████▎░░░░░░░░░░░   60%  694 MB of 1.1 GB  6.1 M records  353 MB/s  2 s left",
  },
  {
    name: "80 columns: a shorter bar",
    figures: file,
    width: 80,
    line: "████████████▊░░░░░░░░   60%  694 MB of 1.1 GB  6.1 M records  353 MB/s  2 s left",
  },
  {
    name: "60 columns: no rate",
    figures: file,
    width: 60,
    line: "██████▊░░░░   60%  694 MB of 1.1 GB  6.1 M records  2 s left",
  },
  {
    name: "50 columns: no records",
    figures: file,
    width: 50,
    line: "█████████▊░░░░░░   60%  694 MB of 1.1 GB  2 s left",
  },
  { name: "30 columns: no time left", figures: file, width: 30, line: "███▋░░   60%  694 MB of 1.1 GB" },
  { name: "20 columns: the bar and the share", figures: file, width: 20, line: "████████▌░░░░░   60%" },
  { name: "a pipe: nobody knows the share", figures: pipe, width: 80, line: "694 MB  6.1 M records  353 MB/s" },
  { name: "a pipe on 25 columns", figures: pipe, width: 25, line: "694 MB  6.1 M records" },
  { name: "a pipe on 15 columns", figures: pipe, width: 15, line: "6.1 M records" },
  {
    name: "hours left, and a single record",
    figures: { bytes: 1000, total: 1e9, records: 1, bytesPerSec: 12_345 },
    width: 70,
    line: "▏░░░░░░░░░░░░░    0%  1.0 kB of 1.0 GB  1 record  12.3 kB/s  23 h left",
  },
  {
    name: "a file that has grown",
    figures: { bytes: 2000, total: 1000, records: 20, bytesPerSec: 0 },
    width: 70,
    line: "███████████████████████████  100%  2.0 kB of 1.0 kB  20 records  0 B/s",
  },
])("$name", ({ figures, width, line }) => expect(formatProgress(figures, width)).toBe(line));

test("never wider than the terminal", () => {
  for (let width = 6; width < 200; width++) {
    expect(formatProgress(file, width).length).toBeLessThanOrEqual(width);
    if (width >= 13) expect(formatProgress(pipe, width).length).toBeLessThanOrEqual(width);
  }
});

test.each([
  { bytesPerSec: 1e7, left: "99 s left", bytes: 990e6 },
  { bytesPerSec: 1e7, left: "2 min left", bytes: 1000e6 },
  { bytesPerSec: 1e7, left: "99 min left", bytes: 59_400e6 },
  { bytesPerSec: 1e7, left: "2 h left", bytes: 60_001e6 },
])("$bytes bytes more: $left", ({ bytesPerSec, left, bytes }) => {
  expect(formatProgress({ bytes: 0, total: bytes, records: 0, bytesPerSec }, 200)).toContain(`  ${left}`);
});
