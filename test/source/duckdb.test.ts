import { Readable } from "node:stream";
import { afterEach, expect, test, vi } from "vitest";
import { openInput } from "../../src/source/reader.js";
import { folder } from "./folder.js";

afterEach(() => vi.doUnmock("@duckdb/node-api"));

test("without the package that reads Parquet, the error says what to install", async () => {
  vi.doMock("@duckdb/node-api", () => {
    throw Object.assign(new Error("Cannot find package"), { code: "ERR_MODULE_NOT_FOUND" });
  });
  const path = `${folder({ "a.parquet": "PAR1....PAR1" })}/a.parquet`;
  await expect(openInput({ name: path, path, named: true, size: 12 }, Readable.from([]))).rejects.toMatchObject({
    message: `${path}: a Parquet file, and @duckdb/node-api, which reads it, cannot be loaded`,
    hint: expect.stringContaining("npm install @duckdb/node-api"),
    exitStatus: 3,
  });
});
