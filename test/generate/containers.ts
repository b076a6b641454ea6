import { execFileSync } from "node:child_process";
import { gzipSync } from "node:zlib";

/** One way in which AWS, or a log shipper, hands records over. Written from the shapes that spec and AWS's pages show, by plain means. */
export interface Container {
  name: string;
  /** @param records lines of AWS's default format, without line ends */
  write(records: readonly string[]): Buffer;
  /** Which line of the answer's messages the i-th record is, from 0; left out: i + 1. */
  lineOf?(i: number): number;
  /** Whether what has no value is left out, so that a record before the first that has it lacks the field. */
  leavesOut?: true;
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
const event = (message: string, i: number) => ({
  logStreamName: stream,
  timestamp: millisOf(message),
  message,
  ingestionTime: millisOf(message) + 305123,
  eventId: ids(i),
});
const payload = (records: readonly string[], more: object = {}) => ({
  messageType: "DATA_MESSAGE",
  owner: "123456789012",
  logGroup: "/vpc/flow-logs",
  logStream: stream,
  subscriptionFilters: ["to-lambda"],
  logEvents: records.map((message, i) => ({ id: ids(i), timestamp: millisOf(message), message, ...more })),
});
const control = {
  messageType: "CONTROL_MESSAGE",
  owner: "CloudwatchLogs",
  logGroup: "",
  logStream: "",
  subscriptionFilters: [],
  logEvents: [{ id: "", timestamp: 1735689600000, message: "CWL CONTROL MESSAGE: Checking health of destination" }],
};
const halves = (records: readonly string[]) => {
  const middle = Math.ceil(records.length / 2);
  return [records.slice(0, middle), records.slice(middle)];
};
const packed = (value: unknown) => gzipSync(JSON.stringify(value));
const object = (keys: readonly string[], record: string) =>
  Object.fromEntries(fieldsOf(record).map((value, i) => [keys[i], value]));
const quoted = (cell: string) => `"${cell.replaceAll('"', '""')}"`;
const insightsTime = (record: string) => isoOf(record).replace("T", " ").replace("Z", "");
const clearly = (value: unknown) => Buffer.from(`${JSON.stringify(value, null, 4)}\n`);
const lines = (values: readonly unknown[]) => text(values.map((value) => JSON.stringify(value)));

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

const jsons: Container[] = [
  {
    name: "filter-log-events",
    write: (records) => clearly({ events: records.map(event), searchedLogStreams: [] }),
  },
  {
    name: "filter-log-events of old, cut by --max-items",
    write: (records) =>
      clearly({
        searchedLogStreams: [{ logStreamName: stream, searchedCompletely: true }],
        events: records.map(event),
        NextToken: "eyJuZXh0VG9rZW4iOiBudWxsfQ==",
      }),
  },
  {
    name: "get-log-events",
    write: (records) =>
      clearly({
        events: records.map((r) => ({ timestamp: millisOf(r), message: r, ingestionTime: millisOf(r) + 305123 })),
        nextForwardToken: `f/${ids(0)}/s`,
        nextBackwardToken: `b/${ids(0)}/s`,
      }),
  },
  { name: "events[].message", write: (records) => clearly(records) },
  { name: "events[].[timestamp,message]", write: (records) => clearly(records.map((r) => [millisOf(r), r])) },
  { name: "events on one line", write: (records) => Buffer.from(JSON.stringify({ events: records.map(event) })) },
  { name: "subscription payload", write: (records) => Buffer.from(JSON.stringify(payload(records))) },
  { name: "subscription payload, gzip", write: (records) => packed(payload(records)) },
  {
    name: "subscription payload, base64 of gzip",
    write: (records) => Buffer.from(`${packed(payload(records)).toString("base64")}\n`),
  },
  {
    name: "subscription payloads, base64 of gzip, a line each",
    write: (records) => text(halves(records).map((half) => packed(payload(half)).toString("base64"))),
  },
  {
    name: "subscription payload, base64 of JSON in lines of 76",
    write: (records) =>
      Buffer.from(
        Buffer.from(JSON.stringify(payload(records)))
          .toString("base64")
          .replaceAll(/.{76}/g, "$&\r\n"),
      ),
  },
  {
    name: "subscription payload with extracted fields",
    write: (records) => {
      const [first = ""] = records;
      return Buffer.from(JSON.stringify(payload(records, { extractedFields: object(snake, first) })));
    },
  },
  {
    name: "Lambda event of CloudWatch",
    write: (records) => clearly({ awslogs: { data: packed(payload(records)).toString("base64") } }),
  },
  {
    name: "Lambda event of Kinesis",
    write: (records) =>
      clearly({
        Records: halves(records).map((half) => ({
          kinesis: { partitionKey: "p", data: packed(payload(half)).toString("base64") },
          eventSource: "aws:kinesis",
        })),
      }),
  },
  {
    name: "Kinesis GetRecords",
    write: (records) =>
      clearly({
        Records: halves(records).map((half) => ({ Data: packed(payload(half)).toString("base64"), PartitionKey: "p" })),
        NextShardIterator: "AAAA",
      }),
  },
  {
    name: "Firehose object, a gzip member a payload",
    write: (records) => Buffer.concat([packed(control), ...halves(records).map((half) => packed(payload(half)))]),
  },
  {
    name: "Firehose object, packed twice",
    write: (records) => gzipSync(Buffer.concat(halves(records).map((half) => packed(payload(half))))),
  },
  {
    name: "Firehose object, unpacked, back to back",
    write: (records) =>
      Buffer.from(
        [control, ...halves(records).map((half) => payload(half))].map((one) => JSON.stringify(one)).join(""),
      ),
  },
  {
    name: "Firehose object, unpacked, a line each",
    write: (records) => lines([...halves(records).map((half) => payload(half)), control]),
  },
  { name: "flow log straight to Firehose", write: (records) => lines(records.map((message) => ({ message }))) },
  {
    name: "NDJSON of a log shipper",
    write: (records) =>
      lines(
        records.map((message) => ({
          "@timestamp": isoOf(message),
          agent: { type: "shipper", version: "8.1" },
          tags: ["a", "b"],
          message: `${message}\n`,
          host: { name: 'web "1"\\' },
        })),
      ),
  },
  {
    name: "every byte of the messages escaped",
    write: (records) => {
      const escaped = (record: string) =>
        Array.from(record, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`).join("");
      return Buffer.from(`{"events":[${records.map((r) => `{"message":"${escaped(r)}"}`).join(",")}]}`);
    },
  },
  {
    name: "Logs Insights, @message",
    write: (records) =>
      clearly({
        results: records.map((r) => [
          { field: "@timestamp", value: insightsTime(r) },
          { field: "@message", value: r },
          { field: "@ptr", value: "opaque" },
        ]),
        statistics: { recordsMatched: 1.0, recordsScanned: 1.0, bytesScanned: 118.0 },
        status: "Complete",
      }),
  },
  {
    name: "Logs Insights, exported JSON of @message",
    write: (records) =>
      Buffer.from(JSON.stringify(records.map((r) => ({ "@timestamp": insightsTime(r), "@message": r })))),
  },
];

const after = (i: number) => i + 2;

const objects: Container[] = (
  [
    {
      name: "Logs Insights, fields",
      write: (records) =>
        clearly({
          results: records.map((r) => [
            { field: "@timestamp", value: insightsTime(r) },
            ...fieldsOf(r).map((value, i) => ({ field: insights[i], value })),
            { field: "@ptr", value: "opaque" },
          ]),
          statistics: { recordsMatched: 1.0 },
          status: "Complete",
        }),
    },
    {
      name: "Logs Insights, exported JSON of fields",
      write: (records) =>
        Buffer.from(
          JSON.stringify(records.map((r) => ({ "@timestamp": insightsTime(r), ...object(insights, r), "@ptr": "x" }))),
        ),
    },
    { name: "NDJSON of objects, hyphens", write: (records) => lines(records.map((r) => object(names, r))) },
    {
      name: "NDJSON of objects, numbers as numbers, null for nothing",
      write: (records) =>
        text(
          records.map((r) => {
            const members = fieldsOf(r).map((value, i) => {
              const isNumber = [0, 5, 6, 7, 8, 9, 10, 11].includes(i) && /^\d+$/.test(value);
              return `${JSON.stringify(snake[i])}: ${value === "-" ? "null" : isNumber ? value : JSON.stringify(value)}`;
            });
            return `{${members.join(", ")}}`;
          }),
        ),
    },
    {
      name: "objects without what is missing",
      leavesOut: true,
      // The first office record has no data: the second brings another header.
      lineOf: (i) => i + 3,
      write: (records) =>
        clearly(
          records.map((r) =>
            Object.fromEntries(
              fieldsOf(r)
                .map((value, i) => [camel[i] as string, value] as const)
                .filter(([, value]) => value !== "-"),
            ),
          ),
        ),
    },
    {
      name: "subscription payload of transformed events",
      write: (records) => Buffer.from(JSON.stringify(payload(records.map((r) => JSON.stringify(object(camel, r)))))),
    },
  ] satisfies Container[]
).map((container) => ({ lineOf: after, ...container }));

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
  },
];

/** Every container that flowlog reads. */
export const CONTAINERS: readonly Container[] = [...texts, ...jsons, ...objects, ...csvs];

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
