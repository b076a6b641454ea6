import { quote } from "../errors.js";
import { isTrafficField } from "../record/fields.js";
import { fieldIndex, type Layout } from "../record/layout.js";
import { type Columns, maxBatchRows } from "./columns.js";
import type { Counts } from "./counts.js";
import { indexStride, type Scanned } from "./decode.js";
import type { Kernel } from "./kernel.js";

/** 9999-12-31T23:59:59Z. A later time is most likely in milliseconds. */
const lastSecond = 253_402_300_799n;
/** How many unknown texts of a field are told, each once; the field of a hostile log may hold millions. */
const maxUnknownsTold = 10;

const knownTexts: Record<string, readonly string[]> = {
  log_status: ["OK", "NODATA", "SKIPDATA"],
  action: ["ACCEPT", "REJECT"],
};

const otherStatus = 3;

/** A byte for each code of a dictionary, in the kernel's memory. */
class ByteTable {
  pointer: number;
  size = 1;
  #room = 256;
  readonly #kernel: Kernel;

  /** @param first what code 0 has */
  constructor(kernel: Kernel, first: number) {
    this.#kernel = kernel;
    this.pointer = kernel.call.reserve(this.#room);
    kernel.u8[this.pointer] = first;
  }

  push(byte: number): void {
    if (this.size === this.#room) this.#grow();
    this.#kernel.u8[this.pointer + this.size++] = byte;
  }

  #grow(): void {
    const { call } = this.#kernel;
    const larger = call.reserve(2 * this.#room);
    this.#kernel.u8.copyWithin(larger, this.pointer, this.pointer + this.#room);
    call.release(this.pointer);
    this.pointer = larger;
    this.#room *= 2;
  }
}

/** Selected rows of a batch: a pointer to row numbers (u32), in the log's order, and how many they are. */
export interface Selection {
  rows: number;
  count: number;
}

/** Tells flows from the records that are none, and counts both. */
export class RecordSorter {
  readonly records: Selection;
  readonly flows: Selection;
  readonly #columns: Columns;
  readonly #counts: Counts;
  readonly #note: (text: string) => void;
  /** For each code of a log status: 0 flow, 1 nodata, 2 skipdata, 3 other. Code 0, which stands for `-`, is other. */
  readonly #statusKinds = [otherStatus];
  /** For each code of an interface, whether a flow had it. Code 0 names none. */
  readonly #interfaceSeen: ByteTable;
  readonly #lookedAt = new Map<string, number>();
  /** How many unknown texts of a field were told. */
  readonly #told = new Map<string, number>();
  readonly #allDashes: number;
  /** Room for row numbers (u32). */
  readonly #others: number;
  /** For `start` and `end` the least and greatest that was met (u64 each). */
  readonly #times: Readonly<Record<"start" | "end", number>>;
  #farTimeTold = false;

  constructor(columns: Columns, counts: Counts, note: (text: string) => void) {
    const { reserve } = columns.kernel.call;
    this.#columns = columns;
    this.#counts = counts;
    this.#note = note;
    this.records = { rows: reserve(4 * maxBatchRows), count: 0 };
    this.flows = { rows: reserve(4 * maxBatchRows), count: 0 };
    this.#allDashes = reserve(maxBatchRows);
    this.#others = reserve(4 * maxBatchRows);
    this.#interfaceSeen = new ByteTable(columns.kernel, 1);
    this.#times = { start: reserve(16), end: reserve(16) };
    for (const range of Object.values(this.#times)) columns.kernel.u64[range / 8] = 0xffff_ffff_ffff_ffffn;
  }

  /** Fill `records` and `flows` for a batch whose columns are decoded. */
  sort(scanned: Scanned, layout: Layout): void {
    if (fieldIndex(layout, "log_status") >= 0) this.#sortByStatus(scanned, layout);
    else this.#sortByDashes(scanned, layout);
    if (fieldIndex(layout, "action") >= 0) this.#tellUnknownActions(scanned, layout);
    if (fieldIndex(layout, "interface_id") >= 0) this.#countInterfaces();
    this.#noteTimes(layout);
  }

  /** By the bytes of the field: only of records that are no flows is the status read. */
  #sortByStatus({ rows, index, odd }: Scanned, layout: Layout): void {
    const { kernel } = this.#columns;
    const entry = index + 4 * fieldIndex(layout, "log_status");
    kernel.call.sortFlows(entry, indexStride(layout), rows, odd, this.records.rows, this.flows.rows, this.#others);
    const others = kernel.call.others.value as number;
    if (others === 0) {
      this.#count(0, 0);
      return;
    }
    this.#readOthers("log_status", index, layout, others);
    this.#tellUnknown("log_status");
    const dictionary = this.#columns.dictionary("log_status");
    const size = kernel.call.dictionarySize(dictionary);
    for (let code = this.#statusKinds.length; code <= size; code++) {
      const kind = knownTexts.log_status?.indexOf(Buffer.from(kernel.interned(dictionary, code)).toString()) ?? -1;
      this.#statusKinds.push(kind < 0 ? otherStatus : kind);
    }
    const kinds = [0, 0, 0, 0];
    const codes = kernel.words32(this.#columns.words("log_status"), 2 * rows);
    for (const row of kernel.words32(this.#others, others)) kinds[this.#statusKinds[codes[2 * row]!]!]!++;
    this.#count(kinds[1]!, kinds[2]!);
  }

  /** Decode a text of the rows in `#others`. */
  #readOthers(field: string, index: number, layout: Layout, count: number): void {
    const entry = index + 4 * fieldIndex(layout, field);
    const [dest, dictionary] = [this.#columns.words(field), this.#columns.dictionary(field)];
    this.#columns.kernel.call.textsOf(entry, indexStride(layout), this.#others, count, dest, dictionary);
  }

  #tellUnknownActions({ rows, index, odd }: Scanned, layout: Layout): void {
    const { call } = this.#columns.kernel;
    call.listOthers(index + 4 * fieldIndex(layout, "action"), indexStride(layout), rows, odd, this.#others);
    if (call.others.value === 0) return;
    this.#readOthers("action", index, layout, call.others.value as number);
    this.#tellUnknown("action");
  }

  /** Without a log status, a record whose traffic fields are all `-` says that there was no traffic. */
  #sortByDashes({ rows, index, odd }: Scanned, layout: Layout): void {
    const { kernel } = this.#columns;
    const stride = indexStride(layout);
    const traffic = layout.fields.flatMap(({ name }, i) => (isTrafficField(name) ? [i] : []));
    kernel.u8.fill(traffic.length > 0 ? 1 : 0, this.#allDashes, this.#allDashes + rows);
    for (const i of traffic) kernel.call.dashes(index + 4 * i, stride, rows, odd, this.#allDashes);
    kernel.call.sortByDashes(this.#allDashes, rows, odd, this.records.rows, this.flows.rows);
    // A record without traffic and without a status is one of NODATA.
    this.#count((kernel.call.records.value as number) - (kernel.call.flows.value as number), 0);
  }

  /** Count what the kernel has sorted. */
  #count(nodata: number, skipdata: number): void {
    const { call } = this.#columns.kernel;
    const counts = this.#counts;
    this.records.count = call.records.value as number;
    this.flows.count = call.flows.value as number;
    counts.records += this.records.count;
    counts.flows += this.flows.count;
    counts.nodata += nodata;
    counts.skipdata += skipdata;
    counts.other_status += this.records.count - this.flows.count - nodata - skipdata;
  }

  #tellUnknown(field: string): void {
    const { kernel } = this.#columns;
    const dictionary = this.#columns.dictionary(field);
    const size = kernel.call.dictionarySize(dictionary);
    const known = knownTexts[field] ?? [];
    for (let code = (this.#lookedAt.get(field) ?? 0) + 1; code <= size; code++) {
      const text = Buffer.from(kernel.interned(dictionary, code)).toString();
      const told = this.#told.get(field) ?? 0;
      if (known.includes(text) || told === maxUnknownsTold) continue;
      this.#told.set(field, told + 1);
      const consequence = field === "log_status" ? "such records are counted, but are no flows" : "kept as text";
      this.#note(`unknown ${field} ${quote(text)}: ${consequence}`);
    }
    this.#lookedAt.set(field, size);
  }

  #countInterfaces(): void {
    const { call } = this.#columns.kernel;
    const known = call.dictionarySize(this.#columns.dictionary("interface_id"));
    while (this.#interfaceSeen.size <= known) this.#interfaceSeen.push(0);
    const { pointer } = this.#interfaceSeen;
    call.markSeen(this.#columns.words("interface_id"), this.flows.rows, this.flows.count, pointer);
  }

  /** The distinct `interface_id` of the flows. */
  get interfaces(): string[] {
    const { kernel } = this.#columns;
    const dictionary = this.#columns.dictionary("interface_id");
    const texts: string[] = [];
    for (let code = 1; code < this.#interfaceSeen.size; code++) {
      if (kernel.u8[this.#interfaceSeen.pointer + code] !== 1) continue;
      texts.push(Buffer.from(kernel.interned(dictionary, code)).toString("latin1"));
    }
    return texts;
  }

  #noteTimes(layout: Layout): void {
    const counts = this.#counts;
    const start = this.#widened("start", layout);
    if (start !== null && (counts.first === null || start.least < counts.first)) counts.first = start.least;
    const end = this.#widened("end", layout);
    if (end !== null && (counts.last === null || end.greatest > counts.last)) counts.last = end.greatest;
  }

  /** The least and greatest time of all flows so far; null where these flows do not widen it. */
  #widened(field: "start" | "end", layout: Layout): { least: bigint; greatest: bigint } | null {
    if (fieldIndex(layout, field) < 0) return null;
    const { kernel } = this.#columns;
    const range = this.#times[field];
    const { rows, count } = this.flows;
    if (kernel.call.extremes(this.#columns.words(field), rows, count, range) === 0) return null;
    const least = kernel.u64[range / 8] as bigint;
    const greatest = kernel.u64[range / 8 + 1] as bigint;
    this.#noteFarTime(greatest);
    return { least, greatest };
  }

  #noteFarTime(seconds: bigint): void {
    if (seconds <= lastSecond || this.#farTimeTold) return;
    this.#farTimeTold = true;
    // Which record is met first depends on the threads; so no value is named.
    this.#note("times past the year 9999, probably milliseconds: shown as they are, not converted");
  }
}
