import { expect, test } from "vitest";
import { parsePort } from "../../src/query/ports.js";

test.each([
  { name: "a number", text: "443", want: [[443, 443]] },
  { name: "the least", text: "0", want: [[0, 0]] },
  { name: "the greatest", text: "65535", want: [[65535, 65535]] },
  { name: "a range", text: "1024-2047", want: [[1024, 2047]] },
  { name: "a range of one", text: "22-22", want: [[22, 22]] },
  { name: "a service", text: "https", want: [[443, 443]] },
  { name: "a service in capitals", text: "SSH", want: [[22, 22]] },
  { name: "a service with hyphens", text: "ms-wbt-server", want: [[3389, 3389]] },
  {
    name: "a service with three ports",
    text: "http-alt",
    want: [
      [591, 591],
      [8008, 8008],
      [8080, 8080],
    ],
  },
  { name: "a service of UDP alone", text: "syslog", want: [[514, 514]] },
  { name: "what people say for domain", text: "dns", want: [[53, 53]] },
  {
    name: "what people say for bootps and bootpc",
    text: "dhcp",
    want: [
      [67, 67],
      [68, 68],
    ],
  },
])("$name", ({ text, want }) => expect(parsePort(text)).toEqual(want));

test.each([
  { name: "past 65535", text: "65536" },
  { name: "far past", text: "99999999999999999999" },
  { name: "a range past 65535", text: "1-65536" },
  { name: "a range from its end", text: "2047-1024", hint: "A range starts with its least port: 1024-2047." },
  { name: "a slip of the pen", text: "htps", hint: "Did you mean https?" },
  { name: "a key of every object", text: "__proto__" },
  { name: "a method of every object", text: "constructor" },
  { name: "half a range", text: "1024-" },
  { name: "a sign", text: "+22" },
  { name: "nothing", text: "" },
])("refused: $name", ({ text, hint }) => {
  expect(() => parsePort(text)).toThrow(
    expect.objectContaining({
      value: text,
      expected: "a port 0-65535, a range such as 1024-2047, or a service name such as https",
      ...(hint === undefined ? {} : { hint }),
    }),
  );
});
