import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

// .ci/run sets this to count what really ran.
const report = process.env.TEST_REPORT;

export default defineConfig({
  test: {
    root: fileURLToPath(new URL("..", import.meta.url)),
    include: ["test/**/*.test.ts"],
    globalSetup: [fileURLToPath(new URL("build-if-stale.ts", import.meta.url))],
    // A .flowlogrc of whoever runs the tests is none of theirs.
    env: { FLOWLOG_NO_CONFIG: "1" },
    // vitest leaves one processor to itself, which is half of a small machine, and has hardly any use for it.
    maxWorkers: "100%",
    // Whole runs start processes and properties run hundreds of logs; both must pass on a slow, busy machine.
    testTimeout: 60_000,
    ...(report ? { reporters: ["default", ["json", { outputFile: report }]] } : {}),
  },
});
