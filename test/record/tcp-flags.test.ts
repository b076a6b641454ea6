import { expect, test } from "vitest";
import { tcpFlagBits, tcpFlagLetters } from "../../src/record/tcp-flags.js";

test.each([
  { text: "FIN", want: 1 },
  { text: "s", want: 2 },
  { text: "RST", want: 4 },
  { text: "SA", want: 18 },
  { text: "as", want: 18 },
  { text: "SYN-ACK", want: 18 },
  { text: "syn+ack", want: 18 },
  { text: "SYNACK", want: 18 },
  { text: "FSRPAUEC", want: 255 },
  { text: "ECE", want: 64 },
  { text: "CWR", want: 128 },
  { text: "PAU", want: 56 },
])("$text is $want", ({ text, want }) => expect(tcpFlagBits(text)).toBe(want));

test.each(["", "-", "SYN-", "X", "SYNX", "18", "SYN ACK", "tcp"])("%j names no flags", (text) =>
  expect(tcpFlagBits(text)).toBeNull(),
);

test("law: letters name the same bits again", () => {
  for (let bits = 1; bits <= 255; bits++) expect(tcpFlagBits(tcpFlagLetters(bits))).toBe(bits);
});
