import { expect, test } from "vitest";
import { crc32, crc32ByTable } from "../../src/source/crc32.js";

// The check value of the CRC catalogue, and one more that Node's documentation gives.
test.each([
  { text: "", want: 0 },
  { text: "123456789", want: 0xcbf43926 },
  { text: "hello world", want: 0x0d4a1185 },
])("$text", ({ text, want }) => {
  const data = Buffer.from(text);
  for (const compute of [crc32, crc32ByTable]) {
    expect(compute(data)).toBe(want);
    expect(compute(data.subarray(3), compute(data.subarray(0, 3)))).toBe(want);
  }
});
