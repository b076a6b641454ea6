import { execFileSync } from "node:child_process";
import { gzipSync } from "node:zlib";

/** One way in which AWS, or a log shipper, hands records over. Written from the shapes that spec and AWS's pages show, by plain means. */
export interface Container {
  name: string;
  /** @param records lines of AWS's default format, without line ends */
  write(records: readonly string[]): Buffer;
  /** Which line of the answer's messages the i-th record is, from 0; left out: i + 1. */
  lineOf?(i: number): number;
  /** Whether the fields' texts stand alone, so that no damaged record can be carried. */
  ofFields?: true;
}

const names =
  "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status".split(
    " ",
  );
const snake = names.map((name) => name.replaceAll("-", "_"));
const camel = names.map((name) => name.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase()));
/** As Logs Insights calls what it finds in a flow log by itself. */
const insights = camel.map((name) => {
  const own: Record<string, string> = {
    srcaddr: "srcAddr",
    dstaddr: "dstAddr",
    srcport: "srcPort",
    dstport: "dstPort",
  };
  return own[name] ?? (name === "start" ? "startTime" : name === "end" ? "endTime" : name);
});

const stream = "eni-0a1b2c3d4e5f60718-all";
const fieldsOf = (record: string) => record.split(" ");
const startOf = (record: string) => Number(fieldsOf(record)[10]) || 1735689600;
const millisOf = (record: string) => startOf(record) * 1000;
const isoOf = (record: string) => new Date(millisOf(record)).toISOString();
const secondOf = (record: string) => isoOf(record).slice(0, 19);
const ids = (i: number) => String(i + 1).padStart(56, "0");
const text = (lines: readonly string[]) => Buffer.from(lines.map((line) => `${line}\n`).join(""));
const halves = (records: readonly string[]) => {
  const middle = Math.ceil(records.length / 2);
  return [records.slice(0, middle), records.slice(middle)];
};
const quoted = (cell: string) => `"${cell.replaceAll('"', '""')}"`;
const insightsTime = (record: string) => isoOf(record).replace("T", " ").replace("Z", "");
const texts: Container[] = [
  { name: "gzip", write: (records) => gzipSync(text(records)) },
  { name: "zstd", write: (records) => zstd(text(records)) },
  {
    name: "zstd of two frames",
    write: (records) => Buffer.concat(halves(records).map((half) => zstd(text(half)))),
  },
  { name: "zstd in gzip", write: (records) => gzipSync(zstd(text(records))) },
  { name: "CloudWatch export to S3", write: (records) => gzipSync(text(records.map((r) => `${isoOf(r)} ${r}`))) },
  {
    name: "aws logs tail, detailed",
    write: (records) => text(records.map((r) => `${secondOf(r)}.000000+00:00 ${stream} ${r}`)),
  },
  { name: "aws logs tail, short", write: (records) => text(records.map((r) => `${secondOf(r)} ${r}`)) },
  { name: "aws logs tail, json", write: (records) => text(records.map((r) => `${secondOf(r)}+00:00 ${stream} ${r}`)) },
  {
    name: "aws logs tail, in colours",
    write: (records) =>
      text(records.map((r) => `\x1b[32m${secondOf(r)}.000000+00:00\x1b[0m \x1b[36m${stream}\x1b[0m ${r}`)),
  },
  {
    name: "filter-log-events as text",
    write: (records) =>
      text([
        ...records.map((r, i) => ["EVENTS", ids(i), millisOf(r) + 305123, stream, r, millisOf(r)].join("\t")),
        `NEXTTOKEN\t${"x".repeat(40)}`,
      ]),
  },
  {
    name: "get-log-events as text",
    write: (records) =>
      text([
        `b/${ids(0)}/s\tf/${ids(1)}/s`,
        ...records.map((r) => ["EVENTS", millisOf(r) + 305123, r, millisOf(r)].join("\t")),
      ]),
    lineOf: (i) => i + 2,
  },
  {
    name: "events[].message as text, joined by tabs",
    write: (records) => text(halves(records).map((page) => page.join("\t"))),
  },
  { name: "events[].[message] as text", write: text },
  {
    name: "events[].[timestamp,message] as text",
    write: (records) => text(records.map((r) => `${millisOf(r)}\t${r}`)),
  },
];

const after = (i: number) => i + 2;

const csvs: Container[] = [
  {
    name: "CloudWatch console CSV",
    write: (records) => text(["timestamp,message", ...records.map((r) => `${millisOf(r)},${r}`)]),
    lineOf: after,
  },
  {
    name: "Logs Insights CSV of @message",
    write: (records) => text(["@timestamp,@message", ...records.map((r) => `${insightsTime(r)},${quoted(r)}`)]),
    lineOf: after,
  },
  {
    name: "Logs Insights CSV of fields",
    write: (records) =>
      text([
        `@timestamp,${insights.join(",")}`,
        ...records.map((r) => [insightsTime(r), ...fieldsOf(r)].join(",").replaceAll(",-", ",")),
      ]),
    lineOf: after,
    ofFields: true,
  },
  {
    name: "Athena CSV",
    write: (records) =>
      text([
        snake.map(quoted).join(","),
        ...records.map((r) =>
          fieldsOf(r)
            .map((cell) => quoted(cell === "-" ? "" : cell))
            .join(","),
        ),
      ]),
    lineOf: after,
    ofFields: true,
  },
  {
    name: "CSV of pandas with a byte order mark and CRLF",
    write: (records) =>
      Buffer.from(
        `\ufeff${[
          names.join(","),
          ...records.map((r) =>
            fieldsOf(r)
              .join(",")
              .replaceAll(/(?<=,)-(?=,)/g, "None"),
          ),
        ]
          .map((line) => `${line}\r\n`)
          .join("")}`,
      ),
    lineOf: after,
    ofFields: true,
  },
];

/** Every container that flowlog reads. */
export const CONTAINERS: readonly Container[] = [...texts, ...csvs];

/** Packed by zstd's own tool, where it is there, else as a frame of raw blocks (RFC 8878, 3.1.1). */
export function zstd(bytes: Buffer): Buffer {
  try {
    return execFileSync("zstd", ["-qc"], { input: bytes, maxBuffer: 2 ** 30, stdio: ["pipe", "pipe", "ignore"] });
  } catch {
    return rawZstd(bytes);
  }
}

/** A zstd frame that packs nothing: blocks of at most 128 KiB as they stand. */
export function rawZstd(bytes: Buffer): Buffer {
  const blockBytes = 128 * 1024;
  const parts: Buffer[] = [Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x38])];
  for (let at = 0; at === 0 || at < bytes.length; at += blockBytes) {
    const block = bytes.subarray(at, at + blockBytes);
    const isLast = at + blockBytes >= bytes.length;
    const header = Buffer.alloc(3);
    header.writeUIntLE((block.length << 3) | (isLast ? 1 : 0), 0, 3);
    parts.push(header, block);
  }
  return Buffer.concat(parts);
}
