import { quote } from "../errors.js";
import { isTrafficField } from "../record/fields.js";
import { fieldIndex, type Layout } from "../record/layout.js";
import { type Columns, maxBatchRows } from "./columns.js";
import type { Counts } from "./counts.js";
import type { Scanned } from "./decode.js";

/** 9999-12-31T23:59:59Z. A later time is most likely in milliseconds. */
const lastSecond = 253_402_300_799n;
const noNumber = 0xffff_ffff_ffff_ffffn;
/** How many unknown texts of a field are told, each once; the field of a hostile log may hold millions. */
const maxUnknownsTold = 10;

const knownTexts: Record<string, readonly string[]> = {
  log_status: ["OK", "NODATA", "SKIPDATA"],
  action: ["ACCEPT", "REJECT"],
};

/** Selected rows of a batch: a pointer to row numbers (u32), in the log's order, and how many they are. */
export interface Selection {
  rows: number;
  count: number;
}

/** Tells flows from the records that are none, and counts both. */
export class RecordSorter {
  readonly records: Selection;
  readonly flows: Selection;
  /** Distinct `interface_id` among the flows. */
  interfaces = 0;
  readonly #columns: Columns;
  readonly #counts: Counts;
  readonly #note: (text: string) => void;
  /** For each code of a log status: 0 flow, 1 nodata, 2 skipdata, 3 other. */
  #statusKinds: number[] = [3];
  #interfaceSeen = new Uint8Array(1024);
  readonly #lookedAt = new Map<string, number>();
  readonly #allDashes: number;
  #farTimeTold = false;

  constructor(columns: Columns, counts: Counts, note: (text: string) => void) {
    const { reserve } = columns.kernel.call;
    this.#columns = columns;
    this.#counts = counts;
    this.#note = note;
    this.records = { rows: reserve(4 * maxBatchRows), count: 0 };
    this.flows = { rows: reserve(4 * maxBatchRows), count: 0 };
    this.#allDashes = reserve(maxBatchRows);
  }

  /** Fill `records` and `flows` for a batch whose columns are decoded. */
  sort(scanned: Scanned, layout: Layout): void {
    if (fieldIndex(layout, "log_status") >= 0) {
      this.#tellUnknown("log_status");
      this.#sortByStatus(scanned);
    } else {
      this.#sortByDashes(scanned, layout);
    }
    if (fieldIndex(layout, "action") >= 0) this.#tellUnknown("action");
    if (fieldIndex(layout, "interface_id") >= 0) this.#countInterfaces();
    this.#noteTimes(layout);
  }

  #sortByStatus({ rows, odd }: Scanned): void {
    const { kernel } = this.#columns;
    const status = kernel.words32(this.#columns.words("log_status"), 2 * rows);
    this.#readStatuses();
    this.#separate(rows, odd, (row) => this.#statusKinds[status[2 * row] as number] as number);
  }

  /** Without a log status, a record whose traffic fields are all `-` says that there was no traffic. */
  #sortByDashes({ rows, index, odd }: Scanned, layout: Layout): void {
    const { kernel } = this.#columns;
    const stride = 8 * layout.fields.length;
    const traffic = layout.fields.flatMap(({ name }, i) => (isTrafficField(name) ? [i] : []));
    const all = kernel.u8.subarray(this.#allDashes, this.#allDashes + rows);
    all.fill(traffic.length > 0 ? 1 : 0);
    for (const i of traffic) kernel.call.dashes(index + 8 * i, stride, rows, odd, this.#allDashes);
    this.#separate(rows, odd, (row) => all[row] as number);
  }

  #separate(rows: number, odd: number, kindOf: (row: number) => number): void {
    const { kernel } = this.#columns;
    const isOdd = kernel.u8.subarray(odd, odd + rows);
    const records = kernel.words32(this.records.rows, rows);
    const flows = kernel.words32(this.flows.rows, rows);
    const kinds = [0, 0, 0, 0];
    let recordCount = 0;
    let flowCount = 0;
    for (let row = 0; row < rows; row++) {
      if (isOdd[row] !== 0) continue;
      records[recordCount++] = row;
      const kind = kindOf(row);
      if (kind === 0) flows[flowCount++] = row;
      else kinds[kind] = (kinds[kind] as number) + 1;
    }
    this.records.count = recordCount;
    this.flows.count = flowCount;
    this.#counts.records += recordCount;
    this.#counts.flows += flowCount;
    this.#counts.nodata += kinds[1] as number;
    this.#counts.skipdata += kinds[2] as number;
    this.#counts.other_status += kinds[3] as number;
  }

  #readStatuses(): void {
    const { kernel } = this.#columns;
    const dictionary = this.#columns.dictionary("log_status");
    const size = kernel.call.dictionarySize(dictionary);
    for (let code = this.#statusKinds.length; code <= size; code++) {
      const kind = knownTexts.log_status?.indexOf(Buffer.from(kernel.interned(dictionary, code)).toString()) ?? -1;
      this.#statusKinds.push(kind < 0 ? 3 : kind);
    }
  }

  #tellUnknown(field: string): void {
    const { kernel } = this.#columns;
    const dictionary = this.#columns.dictionary(field);
    const size = kernel.call.dictionarySize(dictionary);
    const known = knownTexts[field] ?? [];
    for (let code = (this.#lookedAt.get(field) ?? 0) + 1; code <= size; code++) {
      const text = Buffer.from(kernel.interned(dictionary, code)).toString();
      if (known.includes(text) || code > maxUnknownsTold + known.length) continue;
      const consequence = field === "log_status" ? "such records are counted, but are no flows" : "kept as text";
      this.#note(`unknown ${field} ${quote(text)}: ${consequence}`);
    }
    this.#lookedAt.set(field, size);
  }

  #countInterfaces(): void {
    const { kernel } = this.#columns;
    const known = kernel.call.dictionarySize(this.#columns.dictionary("interface_id"));
    if (this.#interfaceSeen.length <= known) {
      const larger = new Uint8Array(2 * known + 2);
      larger.set(this.#interfaceSeen);
      this.#interfaceSeen = larger;
    }
    // Code 0 stands for `-`, which names no interface.
    this.#interfaceSeen[0] = 1;
    const codes = kernel.words32(this.#columns.words("interface_id"), 2 * maxBatchRows);
    const flows = kernel.words32(this.flows.rows, this.flows.count);
    for (const row of flows) {
      const code = codes[2 * row] as number;
      if (this.#interfaceSeen[code] !== 0) continue;
      this.#interfaceSeen[code] = 1;
      this.interfaces++;
    }
  }

  #noteTimes(layout: Layout): void {
    const { call } = this.#columns.kernel;
    const counts = this.#counts;
    if (fieldIndex(layout, "start") >= 0) {
      call.extremes(this.#columns.words("start"), this.flows.rows, this.flows.count);
      const least = BigInt.asUintN(64, call.least.value as bigint);
      if (least !== noNumber && (counts.first === null || least < counts.first)) counts.first = least;
      this.#noteFarTime(call.greatest.value as bigint);
    }
    if (fieldIndex(layout, "end") >= 0) {
      call.extremes(this.#columns.words("end"), this.flows.rows, this.flows.count);
      if (BigInt.asUintN(64, call.least.value as bigint) === noNumber) return;
      const greatest = call.greatest.value as bigint;
      if (counts.last === null || greatest > counts.last) counts.last = greatest;
      this.#noteFarTime(greatest);
    }
  }

  #noteFarTime(seconds: bigint): void {
    if (seconds <= lastSecond || this.#farTimeTold) return;
    this.#farTimeTold = true;
    this.#note(`a time is ${seconds}, past the year 9999: probably milliseconds; shown as it is, not converted`);
  }
}
