import { describe, expect, test } from "vitest";
import { readRecords, topTalkers, UserError } from "../src/index.js";

describe("arguments that no compiler has checked", () => {
  const log = "fixtures/ipv6.log";

  test.each<{ options: unknown; message: string }>([
    { options: { limit: -1 }, message: "limit is -1, expected a whole number; 0 is all" },
    { options: { limit: 1.5 }, message: "limit is 1.5, expected a whole number; 0 is all" },
    { options: { limit: Number.NaN }, message: "limit is NaN, expected a whole number; 0 is all" },
    { options: { limit: 5n }, message: "limit is 5n, expected a whole number; 0 is all" },
    { options: { metric: "octets" }, message: 'metric is "octets", expected one of bytes, packets, flows' },
    { options: { by: ["srcaddr"] }, message: 'by is a list, expected a text such as "srcaddr,dstport"' },
    { options: { bottom: 1 }, message: "bottom is 1, expected true or false" },
    { options: { format: [5] }, message: "format is a list, expected a text or a list of texts" },
    { options: { onProblem: {} }, message: "onProblem is an object, expected a function" },
    { options: { limits: 2 }, message: 'topTalkers has no option "limits"; did you mean limit?' },
    { options: { toString: 2 }, message: 'topTalkers has no option "toString"' },
    { options: null, message: "options is null, expected an object" },
  ])("topTalkers: $message", async ({ options, message }) => {
    const refusal = topTalkers(log, options as never);
    await expect(refusal).rejects.toThrow(UserError);
    await expect(refusal).rejects.toThrow(message);
  });

  test.each([
    { inputs: undefined, message: "inputs is undefined, expected a path or a list of paths" },
    { inputs: [log, 7], message: "inputs is a list, expected a path or a list of paths" },
  ])("readRecords: $message", async ({ inputs, message }) => {
    const refusal = readRecords(inputs as never).next();
    await expect(refusal).rejects.toThrow(UserError);
    await expect(refusal).rejects.toThrow(message);
  });

  test("an option that is undefined is not given", async () => {
    expect((await topTalkers(log, { limit: undefined, metric: undefined } as never)).metric).toBe("bytes");
  });
});
