import { expect, test } from "vitest";
import { identify } from "../../src/source/content.js";

test.each([
  { title: "nothing yet", head: [], ended: false, want: "more" },
  { title: "nothing at all", head: [], ended: true, want: "text" },
  { title: "a digit decides", head: [0x32], ended: false, want: "text" },
  { title: "a letter of a header decides", head: [0x76], ended: false, want: "text" },
  { title: "half of the gzip mark", head: [0x1f], ended: false, want: "more" },
  { title: "half of the gzip mark and no more", head: [0x1f], ended: true, want: "text" },
  { title: "gzip", head: [0x1f, 0x8b], ended: false, want: "gzip" },
  { title: "a line feed can begin a capture", head: [0x0a], ended: false, want: "more" },
  { title: "a blank line does not", head: [0x0a, 0x32], ended: false, want: "text" },
  { title: "a number that begins like 7z", head: [0x37, 0x7a], ended: false, want: "more" },
  { title: "and does not go on so", head: [0x37, 0x7a, 0x20], ended: false, want: "text" },
])("$title", ({ head, ended, want }) => expect(identify(Uint8Array.from(head), ended)).toBe(want));
