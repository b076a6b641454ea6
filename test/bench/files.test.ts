import { appendFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { dataLines, USUAL } from "./data.js";
import { provideFiles } from "./files.js";

const set = { ...USUAL, records: 101 };
const lines = [...dataLines(set)];
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "flowlog-test-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function provide(records = set.records) {
  const said: string[] = [];
  const files = await provideFiles(folder, "usual", { ...set, records }, { pieces: 3, gzipped: true }, (text) => {
    said.push(text);
  });
  return { files, said };
}

test("the same records plain, in pieces that have a header each, and as one gzip file", async () => {
  const { files, said } = await provide();
  const text = (part: string[]) => `${part.join("\n")}\n`;

  expect(said).toHaveLength(1);
  expect(await readFile(files.plain.path, "utf8")).toBe(text(lines));
  expect(await readFile(files.start.path, "utf8")).toBe(text(lines.slice(0, 20)));
  expect(gunzipSync(await readFile(files.whole.path)).toString()).toBe(text(lines));
  const pieces = await Promise.all(files.pieces.files.map(async (file) => gunzipSync(await readFile(file)).toString()));
  const header = lines.slice(0, 1);
  expect(pieces).toEqual(
    [
      [1, 35],
      [35, 69],
      [69, 102],
    ].map(([from, to]) => text([...header, ...lines.slice(from, to)])),
  );
});

test("the same records as events", async () => {
  const files = await provideFiles(folder, "events", set, { pieces: 1, gzipped: false, events: true }, () => {});
  const { events } = JSON.parse(await readFile(files.events.path, "utf8"));
  expect(events.map(({ message }: { message: string }) => message)).toEqual(lines.slice(1));
  expect(events[0]).toMatchObject({ timestamp: Number(lines[1]?.split(" ")[10]) * 1000 });
});

test("files that fit are kept", async () => {
  await writeFile(join(folder, "notes.txt"), "mine");
  expect((await provide()).said).toEqual([]);
});

test("a file that changed is written again", async () => {
  const { files } = await provide();
  await appendFile(files.plain.path, "x");
  expect((await provide()).said).toHaveLength(1);
  expect((await provide()).said).toEqual([]);
});

test("files of another set are written again, what else is there is not touched", async () => {
  expect((await provide(100)).said).toHaveLength(1);
  expect(await readFile(join(folder, "notes.txt"), "utf8")).toBe("mine");
});

test("more than the disk holds is told with how to mend it", async () => {
  await expect(provide(10 ** 15)).rejects.toThrow(
    /has room for .* GB, the data takes 170000000.0 GB. Give another .*--data/,
  );
});
