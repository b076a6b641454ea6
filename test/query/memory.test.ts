import { expect, test } from "vitest";
import { UserError } from "../../src/errors.js";
import { parseMemory } from "../../src/query/memory.js";

test.each([
  { name: "the least", text: "1M", want: 1_000_000 },
  { name: "millions", text: "256M", want: 256_000_000 },
  { name: "small letters", text: "256m", want: 256_000_000 },
  { name: "thousands", text: "1500k", want: 1_500_000 },
  { name: "thousand millions", text: "4G", want: 4_000_000_000 },
  { name: "more than any machine has", text: "1T", want: 1e12 },
  { name: "powers of two", text: "1Mi", want: 2 ** 20 },
  { name: "powers of two in thousands", text: "1024Ki", want: 2 ** 20 },
  { name: "powers of two in capitals", text: "2GI", want: 2 ** 31 },
  { name: "the greatest unit", text: "1Ti", want: 2 ** 40 },
  { name: "a B behind", text: "512MB", want: 512_000_000 },
  { name: "a B behind powers of two", text: "512MiB", want: 2 ** 29 },
  { name: "a blank before the unit", text: "1.5 GB", want: 1_500_000_000 },
  { name: "blanks around", text: " 2G ", want: 2_000_000_000 },
  { name: "no unit: bytes", text: "1000000", want: 1_000_000 },
  { name: "bytes by name", text: "1000000B", want: 1_000_000 },
  { name: "a fraction", text: "1.5G", want: 1_500_000_000 },
  { name: "a fraction of a byte is none", text: "1000000.7", want: 1_000_000 },
  { name: "a fraction that reaches the least", text: "0.001G", want: 1_000_000 },
])("$name: $text", ({ text, want }) => expect(parseMemory(text)).toBe(want));

const noSize = "is no size of memory, expected one such as 256M or 2G";
const tooLittle = "of memory is too little, expected 1M or more";

test.each([
  { name: "nothing", text: "", want: `"" ${noSize}` },
  { name: "a blank", text: " ", want: `" " ${noSize}` },
  { name: "a word", text: "lots", want: `"lots" ${noSize}` },
  { name: "a unit alone", text: "M", want: `"M" ${noSize}` },
  { name: "an unknown unit", text: "4P", want: `"4P" ${noSize}` },
  { name: "a unit twice", text: "4MM", want: `"4MM" ${noSize}` },
  { name: "bits", text: "4Mbit", want: `"4Mbit" ${noSize}` },
  { name: "an i without a unit", text: "4000000i", want: `"4000000i" ${noSize}` },
  { name: "less than nothing", text: "-1G", want: `"-1G" ${noSize}` },
  { name: "a sign", text: "+1G", want: `"+1G" ${noSize}` },
  { name: "an exponent", text: "1e9", want: `"1e9" ${noSize}` },
  { name: "hexadecimal", text: "0x100000", want: `"0x100000" ${noSize}` },
  { name: "no digit before the point", text: ".5G", want: `".5G" ${noSize}` },
  { name: "no digit behind the point", text: "5.G", want: `"5.G" ${noSize}` },
  { name: "a comma", text: "1,5G", want: `"1,5G" ${noSize}` },
  { name: "digits in groups", text: "1_000M", want: `"1_000M" ${noSize}` },
  { name: "a percentage", text: "50%", want: `"50%" ${noSize}` },
  { name: "two blanks", text: "1  G", want: `"1  G" ${noSize}` },
  { name: "two sizes", text: "1G 2G", want: `"1G 2G" ${noSize}` },
  { name: "other digits", text: "٢G", want: `"٢G" ${noSize}` },
  { name: "more digits than a number keeps", text: "1000000000000000", want: `"1000000000000000" ${noSize}` },
  { name: "control characters are shown", text: "1G\u001b[2J", want: `"1G\\u001b[2J" ${noSize}` },
  { name: "zero", text: "0", want: `"0" ${tooLittle}` },
  { name: "zero of something", text: "0G", want: `"0G" ${tooLittle}` },
  { name: "a unit forgotten", text: "256", want: `"256" ${tooLittle}` },
  { name: "one byte less", text: "999999", want: `"999999" ${tooLittle}` },
  { name: "less by a fraction", text: "0.999999M", want: `"0.999999M" ${tooLittle}` },
  { name: "less by a fraction of a byte", text: "999999.9", want: `"999999.9" ${tooLittle}` },
])("$name: $text", ({ text, want }) => expect(() => parseMemory(text)).toThrow(new UserError(want)));
