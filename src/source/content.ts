/** Content that cannot be a flow log as it stands. */
export interface Foreign {
  /** What it is, as in "vpc.zip: a zip archive, not a flow log". */
  what: string;
  hint: string;
}

export type Content = "text" | "gzip" | "zstd" | "parquet" | Foreign;

interface Signature {
  bytes: readonly number[];
  content: Exclude<Content, "text">;
}

const signature = (bytes: string | readonly number[], what: string, hint: string): Signature => ({
  bytes: typeof bytes === "string" ? [...bytes].map((letter) => letter.charCodeAt(0)) : bytes,
  content: { what, hint },
});

const unpack = (tool: string) => `Unpack it on the way in: ${tool} | flowlog …`;
const utf16 =
  'Convert it to UTF-8: iconv -f UTF-16 -t UTF-8 FILE; in PowerShell, write it with "| Out-File -Encoding utf8".';
const capture = "flowlog reads flow log records, not packets.";

/**
 * What files begin with. Written out here: `file-type`, the well-known library for it, knows hundreds of formats and
 * not UTF-16, and cannot say after one byte of a live pipe that it needs no more.
 */
const SIGNATURES: readonly Signature[] = [
  { bytes: [0x1f, 0x8b], content: "gzip" },
  { bytes: [0x28, 0xb5, 0x2f, 0xfd], content: "zstd" },
  { bytes: [0x50, 0x41, 0x52, 0x31], content: "parquet" },
  signature("PK\x03\x04", "a zip archive", unpack("unzip -p FILE")),
  signature("PK\x05\x06", "an empty zip archive", "There is nothing in it."),
  signature([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], "xz data", unpack("xz -dc FILE")),
  signature("BZh", "bzip2 data", unpack("bzip2 -dc FILE")),
  signature([0x04, 0x22, 0x4d, 0x18], "lz4 data", unpack("lz4 -dc FILE")),
  signature([0xff, 0x06, 0x00, 0x00, 0x73, 0x4e, 0x61, 0x50, 0x70, 0x59], "snappy data", unpack("snzip -dc FILE")),
  signature([0x1f, 0x9d], "data packed by compress (.Z)", unpack("gzip -dc FILE")),
  signature([0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c], "a 7z archive", unpack("7z x -so FILE")),
  signature([0xff, 0xfe], "UTF-16 text", utf16),
  signature([0xfe, 0xff], "UTF-16 text", utf16),
  signature([0xd4, 0xc3, 0xb2, 0xa1], "a packet capture (pcap)", capture),
  signature([0xa1, 0xb2, 0xc3, 0xd4], "a packet capture (pcap)", capture),
  signature([0x0a, 0x0d, 0x0d, 0x0a], "a packet capture (pcapng)", capture),
  signature([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a], "a PNG picture", "Give the log itself."),
  signature("%PDF-", "a PDF document", "Give the log itself."),
];

const TAR: Foreign = { what: "a tar archive", hint: unpack("tar -xOf FILE") };
/** Where a tar header holds the letters `ustar`. */
const tarMark = 257;

/**
 * Tell by its first bytes what an input holds.
 *
 * @param head  what is there so far
 * @param ended whether there is no more to come
 * @returns "more" while the bytes so far begin a signature and do not decide; a text's first byte decides at once
 *          (see `tellShape`)
 */
export function identify(head: Uint8Array, ended: boolean): Content | "more" {
  if (head.length === 0) return ended ? "text" : "more";
  let begun = false;
  for (const { bytes, content } of SIGNATURES) {
    if (!bytes.every((byte, at) => at >= head.length || head[at] === byte)) continue;
    if (head.length >= bytes.length) return content;
    begun = true;
  }
  if (begun && !ended) return "more";
  // Only looked for in what is there: no live pipe carries an archive a few bytes at a time.
  const mark = String.fromCharCode(...head.subarray(tarMark, tarMark + 5));
  return mark === "ustar" ? TAR : "text";
}
