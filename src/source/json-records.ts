import { gunzipSync } from "node:zlib";
import { escapeControls, quote } from "../errors.js";
import { DamagedInputError, NotALogError } from "./failure.js";
import { decode, JsonRows, lastOfNested, memberNames, type PartLines } from "./json-rows.js";
import { hasEscape, JsonTokens, Kind, kindBits, kindMask } from "./json-tokens.js";
import { writingOf } from "./json-writing.js";
import { aggregateHint, findAggregate, isMessageName } from "./named-columns.js";
import { cutNote, type PagingToken } from "./paging.js";
import type { Output, Rewriting } from "./rewritten.js";

/** One event, or one payload in base64, is held as a whole; it may be as large as this. */
const maxItem = 16 * 1024 * 1024;
/** What a payload may unpack to. CloudWatch sends at most 1 MB, packed. */
const maxPayload = 256 * 1024 * 1024;
/** An object that is no record is a line all the same, which is told as malformed; of a longer one the beginning. */
const maxShown = 200;
/** So many values without a record are waited for one that has one; then the input is no log. */
const maxOdd = 100;

/** What the name of a member says about its value. */
const Name = { none: 0, other: 1, message: 2, wrapper: 3, payload: 4, type: 5, token: 6, apiToken: 7 } as const;

/** Members that hold events, or what holds them. All others are passed over, whatever is in them. */
const names: ReadonlyMap<string, number> = new Map<string, number>([
  ...["message", "@message", "Message"].map((name) => [name, Name.message] as const),
  ...["events", "logEvents", "results", "Records", "records", "awslogs", "kinesis", "hits", "_source"].map(
    (name) => [name, Name.wrapper] as const,
  ),
  ...["data", "Data"].map((name) => [name, Name.payload] as const),
  ["messageType", Name.type],
  ["NextToken", Name.token],
  ["nextToken", Name.apiToken],
]);

/** By a name's length and first byte: whether it may be one of `names`. */
const mayBeKnown = new Uint8Array(16 << 7);
for (const name of names.keys()) mayBeKnown[(name.length << 7) | name.charCodeAt(0)] = 1;

/** What is open and not yet understood: it is looked at as a whole, when it closes. */
const Item = { none: 0, object: 1, array: 2 } as const;

/** Behind so many objects that are written alike, only so many tokens are made: those of the few between them. */
const manyObjects = 128;
const fewTokens = 128;

/** What the text is called that is not in a payload. */
const outermost = "JSON";
const lineFeed = 0x0a;
const brace = 0x7b;
const letterH = 0x48;
const none = -1;

/** Lines that were passed over. */
interface Damage {
  /** What is wrong with the first. */
  says: string;
  more: number;
  /** Whether others follow, which were read. */
  isBehind: boolean;
}

/** What an input, with all payloads in it, has been found to hold. */
class Findings {
  readonly rows = new JsonRows();
  records = 0;
  hasControl = false;
  /** As long as there is no record: what the first value is that is none, and lines that show all of them. */
  odd: { what: string; hint: string; lines: string[] } | null = null;
}

/**
 * The records in JSON texts, one behind the other, as lines: in whatever is called `message`, in lists of texts, in objects
 * with a field in each member, and in payloads in base64; `names` tells where they are looked for. The n-th record is the
 * n-th line; where objects hold fields, a header made of their names comes before.
 */
export class JsonRecords implements Rewriting, PartLines {
  readonly #name: string;
  /** What the text is called in errors. */
  readonly #what: string;
  readonly #tokens = takeTokens();
  /** Whether tokens are made only of what may be a record's text, or holds some: all that most inputs need. */
  #isSparse = true;
  readonly #findings: Findings;
  /** Reads what is found in payloads. */
  #inner: JsonRecords | null = null;
  #innerRoom: Uint8Array = new Uint8Array(0);
  /** Where in all that came the text begins that is held. */
  #position = 0;
  #out: Output | null = null;

  /** What is open around the item: whether it is a list. */
  readonly #frames: boolean[] = [];
  /** How many frames were open when one of CloudWatch's control messages began, whose events are no records; 0: none did. */
  #control = 0;
  /** What the name says whose value comes next. */
  #next: number = Name.none;
  #item: number = Item.none;
  #itemToken = 0;
  /** What the name in front of the item says. */
  #itemName: number = Name.none;
  /** Of what is passed over, how much is open. */
  #skipping = 0;
  /** The tokens of the item's message and payload. */
  #message = none;
  #payload = none;
  #isControl = false;
  /** The token with which the page that is open, or was the last, says that more follow. */
  #token: PagingToken | null = null;
  #damage: Damage | null = null;
  /** Whether a text that begins a line is looked for, behind one that is broken. */
  #isSeeking = false;
  /** Whether a blank line stands for it, so that the numbers of lines stay as they are. */
  #isBlank = false;

  /** Where, of the tokens that were made last, the last object stands that has a message, or is a row; null: none is. */
  #last: { start: number; end: number; isMessage: boolean } | null = null;
  /** How many tokens are made at once. */
  #room: number;

  constructor(name: string, what = outermost, findings = new Findings()) {
    this.#name = name;
    this.#what = what;
    this.#findings = findings;
    this.#room = this.#tokens.most;
  }

  makeRoom(bytes: number, begin: Uint8Array): Uint8Array {
    return this.#tokens.makeRoom(bytes, begin);
  }

  get note(): string | null {
    if (this.#token !== null) return cutNote(this.#token);
    const { hasControl, records } = this.#findings;
    return hasControl && records === 0 ? controlNote : null;
  }

  close(): void {
    giveBack(this.#tokens);
    this.#inner?.close();
    this.#inner = null;
  }

  /** @param text stands in the room that was made last */
  take(text: Uint8Array, ended: boolean, out: Output): number {
    this.#out = out;
    const from = this.#tokens.placeOf(text);
    try {
      const used = this.#takeTokens(from, from + text.length, ended) - from;
      this.#position += used;
      return used;
    } finally {
      if (this.#what === outermost) this.#flushLast();
      else this.#flush();
    }
  }

  #takeTokens(from: number, to: number, ended: boolean): number {
    const tokens = this.#tokens;
    let at = this.#isSeeking ? this.#seek(from, to, ended) : from;
    for (let isMore = !this.#isSeeking; isMore; ) {
      const taken = this.#takeAlike(at, to);
      if (taken > 0) at = tokens.stopped;
      const begun = at;
      const count = tokens.next(at, to, ended, this.#room);
      const isFull = count === this.#room;
      this.#last = null;
      if (!this.#walk(count)) {
        this.#isSparse = false;
        at = this.#beginAgain();
        continue;
      }
      isMore = isFull;
      const { problem, stopped } = tokens;
      const isCut = ended && !isFull && (stopped < to || tokens.depth > 0);
      if (problem !== null || isCut) {
        // The record of an event that breaks off behind it is whole.
        const isWhole = this.#item === Item.object && this.#message !== none;
        if (isWhole) this.#record(this.#message);
        if (problem === null) throw this.#cutOff(to - from);
        if (!this.#mayPass()) throw this.#broken(problem, stopped, to, from);
        this.#noteDamage(this.#sayBroken(problem, stopped, to, from));
        this.#isBlank = !isWhole;
        at = this.#seek(this.#item === Item.none ? stopped : this.#beginAgain(), to, ended);
        isMore = !this.#isSeeking;
        continue;
      }
      at = stopped;
      if (taken === 0) this.#learnWriting();
      const hadRoom = this.#room === tokens.most;
      this.#room = taken > manyObjects ? fewTokens : Math.min(2 * this.#room, tokens.most);
      if (this.#item !== Item.none) {
        at = this.#beginAgain();
        if (to - at > maxItem || (isFull && at === begun && hadRoom)) throw this.#tooLarge(at - from);
      } else if (to - at > maxItem) {
        throw this.#tooLarge(at - from);
      }
    }
    if (ended && this.#damage !== null) throw this.#damaged();
    if (ended && this.#findings.records === 0 && this.#what === outermost) this.#tellOdd();
    return at;
  }

  /** Texts of a line each can be read on behind one that is broken. A list in one text, or a payload, is broken for good. */
  #mayPass(): boolean {
    return this.#findings.records > 0 && this.#frames.length === 0 && this.#what === outermost;
  }

  /** Go on with the first object that begins a line behind `at`. @returns where that is, or how far none does */
  #seek(at: number, to: number, ended: boolean): number {
    this.#tokens.rewind([], this.#isSparse);
    this.#item = Item.none;
    this.#next = Name.none;
    this.#skipping = 0;
    const text = this.#tokens.bytes(at, to);
    let end = text.indexOf(lineFeed);
    while (end >= 0 && end + 1 < text.length && text[end + 1] !== brace) end = text.indexOf(lineFeed, end + 1);
    this.#isSeeking = end < 0 || end + 1 === text.length;
    if (this.#isSeeking) return end < 0 || ended ? to : at + end;
    (this.#damage as Damage).isBehind = true;
    if (this.#isBlank) this.addText("", lineFeed);
    return at + end + 1;
  }

  #noteDamage(says: string): void {
    if (this.#damage === null) this.#damage = { says, more: 0, isBehind: false };
    else this.#damage.more++;
  }

  /** @param end what ended the reading before the text did */
  #damaged(end: string | null = null): Error {
    const { says, more, isBehind } = this.#damage as Damage;
    const others = more === 0 ? "" : `; so ${more === 1 ? "is 1 place" : `are ${more} places`} behind it`;
    const last = end === null ? "" : `; then ${end}`;
    return new DamagedInputError(`${escapeControls(this.#name)}: ${says}${others}${last}`, {
      hint: `Write or fetch it again. ${isBehind && end === null ? leftOut : done}`,
    });
  }

  /** The item is not whole: it is taken again, with what comes behind it. @returns where it begins */
  #beginAgain(): number {
    const begin = (this.#tokens.tape[2 * this.#itemToken] as number) >>> kindBits;
    this.#tokens.rewind(this.#frames, this.#isSparse);
    this.#next = this.#itemName;
    this.#item = Item.none;
    this.#skipping = 0;
    return begin;
  }

  /** @returns false where the item is one of which all tokens are needed */
  #walk(count: number): boolean {
    const { tape } = this.#tokens;
    for (let i = 0; i < count; i++) {
      const kind = (tape[2 * i] as number) & kindMask;
      if (this.#skipping > 0) {
        if (kind === Kind.openObject || kind === Kind.openArray) this.#skipping++;
        else if (kind === Kind.closeObject || kind === Kind.closeArray) this.#skipping--;
        continue;
      }
      switch (kind) {
        case Kind.messageKey:
          this.#next = Name.message;
          break;
        case Kind.key:
          this.#next = this.#nameAt(i);
          break;
        case Kind.string:
        case Kind.scalar:
          if (this.#next === Name.other) this.#next = Name.none;
          else this.#value(i, kind === Kind.string);
          break;
        case Kind.openObject:
          this.#openObject(i, count);
          break;
        case Kind.openArray:
          this.#openArray(i);
          if (this.#isSparse && this.#item === Item.array) return false;
          break;
        default:
          if (this.#isSparse && this.#item === Item.object && this.#isFieldsOnly()) return false;
          this.#close(i);
      }
    }
    return true;
  }

  /** Take the objects that are written as the last one was, without tokens. @returns how many */
  #takeAlike(at: number, to: number): number {
    const isFree = this.#item === Item.none && this.#next === Name.none && this.#skipping === 0 && this.#control === 0;
    const { rows, odd } = this.#findings;
    if (!isFree || odd !== null || !this.#tokens.isExpecting(rows.version)) return 0;
    this.#flush();
    let taken = 0;
    for (let from = at; ; from = this.#tokens.stopped) {
      const { count, lines } = this.#tokens.takeAlike(from, to);
      if (count === 0) break;
      this.#out?.add(lines);
      taken += count;
    }
    this.#findings.records += taken;
    if (taken > 0 && this.#frames.length === 0) this.#token = null;
    return taken;
  }

  /** See how the last object was written, if all that it says is in its message, or in its fields. */
  #learnWriting(): void {
    if (this.#last === null) return;
    const { start, end, isMessage } = this.#last;
    const { rows } = this.#findings;
    const { version } = rows;
    const writing = writingOf(this.#tokens.bytes(start, end));
    if (writing === null) return;
    const meanings = writing.names.map((name) => names.get(name) ?? Name.other);
    if (isMessage) {
      const places = meanings.map((meaning) => (meaning === Name.message ? 0 : -1));
      const isSingle = places.filter((place) => place === 0).length === 1;
      if (isSingle) this.#tokens.expect({ ...writing, places, fields: 1, isMessage, version });
    } else if (meanings.every((meaning) => meaning === Name.other)) {
      const places = rows.placesOf(writing.names);
      if (places !== null) this.#tokens.expect({ ...writing, places, fields: rows.fields, isMessage, version });
    }
  }

  /** Whether the item can hold a record only by its fields. */
  #isFieldsOnly(): boolean {
    return this.#message === none && !this.#isControl && this.#control === 0;
  }

  #nameAt(i: number): number {
    const { tape } = this.#tokens;
    const start = (tape[2 * i] as number) >>> kindBits;
    const end = tape[2 * i + 1] as number;
    if (end - start > 15 || mayBeKnown[((end - start) << 7) | this.#tokens.byteAt(start)] !== 1) return Name.other;
    return names.get(this.#tokens.textOf(start, end)) ?? Name.other;
  }

  #value(i: number, isString: boolean): void {
    const name = this.#next;
    this.#next = Name.none;
    if (name === Name.none) {
      if (this.#item === Item.array) return;
      if (isString) this.#record(i);
      else this.#addOdd(i, i);
    } else if (!isString) {
      return;
    } else if (name === Name.type) {
      const isControl = this.#textAt(i) === "CONTROL_MESSAGE";
      if (isControl) this.#findings.hasControl = true;
      if (this.#item === Item.object) this.#isControl = isControl;
      else if (isControl && this.#control === 0) this.#control = this.#frames.length;
    } else if (name === Name.token || name === Name.apiToken) {
      const depth = this.#frames.length + (this.#item === Item.object ? 1 : 0);
      if (depth === 1) this.#token = name === Name.token ? "NextToken" : "nextToken";
    } else if (this.#item === Item.object) {
      if (name === Name.message) this.#message = i;
      else if (name === Name.payload) this.#payload = i;
    } else if (name === Name.message) {
      this.#record(i);
    } else if (name === Name.payload) {
      this.#readPayload(i);
    }
  }

  #openObject(i: number, count: number): void {
    const name = this.#next;
    this.#next = Name.none;
    if (this.#item === Item.array) {
      // Logs Insights gives a row as a list of such objects; any other list in a list may be long.
      const isPair = i + 1 >= count || isPairName(this.#textAt(i + 1));
      if (isPair) {
        this.#skipping = 1;
        return;
      }
      this.#openFrame(true);
    } else if (name !== Name.none) {
      if (name !== Name.wrapper && name !== Name.message && name !== Name.payload) {
        this.#skipping = 1;
        return;
      }
      if (this.#item === Item.object) this.#openFrame(false);
    }
    this.#begin(Item.object, i, name);
  }

  #openArray(i: number): void {
    const name = this.#next;
    this.#next = Name.none;
    if (this.#item === Item.array) {
      this.#skipping = 1;
    } else if (name === Name.none) {
      if (this.#frames.at(-1) === true) this.#begin(Item.array, i, name);
      else this.#openFrame(true);
    } else if (name === Name.wrapper || name === Name.payload) {
      if (this.#item === Item.object) this.#openFrame(false);
      this.#openFrame(true);
    } else {
      this.#skipping = 1;
    }
  }

  #begin(item: number, i: number, name: number): void {
    if (this.#frames.length === 0) this.#token = null;
    this.#item = item;
    this.#itemToken = i;
    this.#itemName = name;
    this.#message = none;
    this.#payload = none;
    this.#isControl = false;
  }

  /** What is open holds more than can be held: what is in it is taken one by one. */
  #openFrame(isList: boolean): void {
    this.#frames.push(isList);
    if (this.#item === Item.object) {
      if (this.#message !== none) this.#record(this.#message);
      if (this.#payload !== none) this.#readPayload(this.#payload);
      if (this.#isControl && this.#control === 0) this.#control = this.#frames.length;
    }
    this.#item = Item.none;
  }

  #close(i: number): void {
    if (this.#item === Item.object) this.#closeObject(i);
    else if (this.#item === Item.array) this.#closeArray(i);
    else {
      this.#frames.pop();
      if (this.#frames.length < this.#control) this.#control = 0;
    }
    this.#item = Item.none;
  }

  #closeObject(i: number): void {
    // A page has opened its list of events: this is a record.
    if (this.#frames.length === 0) this.#token = null;
    if (this.#message !== none) {
      this.#record(this.#message);
      this.#noteLast(i, true);
    } else if (this.#control > 0 || this.#isControl) {
      return;
    } else if (this.#payload === none || !this.#readPayload(this.#payload)) {
      if (this.#findings.rows.add(this.#tokens, this.#itemToken + 1, i, this)) {
        this.#findings.records++;
        this.#noteLast(i, false);
      } else this.#addOdd(this.#itemToken, i);
    }
  }

  /** @param i the token that closes it */
  #noteLast(i: number, isMessage: boolean): void {
    const { tape } = this.#tokens;
    this.#last = {
      start: (tape[2 * this.#itemToken] as number) >>> kindBits,
      end: tape[2 * i + 1] as number,
      isMessage,
    };
  }

  /** A list in a list: of texts and numbers, as `--query 'events[].[timestamp,message]'` gives it, or of names and values. */
  #closeArray(i: number): void {
    const { tape } = this.#tokens;
    const pairs: [string, string][] = [];
    let found = false;
    for (let at = this.#itemToken + 1; at < i; at++) {
      const kind = (tape[2 * at] as number) & kindMask;
      if (kind === Kind.openObject) {
        const last = lastOfNested(tape, at);
        pairs.push(this.#pairIn(at + 1, last));
        at = last;
      } else if (kind === Kind.openArray) {
        at = lastOfNested(tape, at);
      } else if (kind === Kind.string) {
        this.#record(at);
        found = true;
      }
    }
    const message = pairs.find(([name]) => isMessageName(name))?.[1];
    if (message !== undefined) this.#addMessage(message);
    else if (pairs.length > 0 && this.#findings.rows.addPairs(pairs, this)) this.#findings.records++;
    else if (!found)
      this.#addOdd(
        this.#itemToken,
        i,
        pairs.map(([name]) => name),
      );
  }

  /** `{"field": "srcAddr", "value": "192.0.2.10"}` */
  #pairIn(first: number, last: number): [name: string, value: string] {
    const pair: [string, string] = ["", ""];
    for (let i = first; i + 1 < last; i += 2) {
      const name = this.#textAt(i);
      if (name === "field") pair[0] = this.#textAt(i + 1);
      else if (name === "value") pair[1] = this.#textAt(i + 1);
    }
    return pair;
  }

  #textAt(i: number): string {
    const { tape } = this.#tokens;
    const word = tape[2 * i] as number;
    const text = this.#tokens.textOf(word >>> kindBits, tape[2 * i + 1] as number);
    return (word & hasEscape) === 0 ? text : (decode(text) ?? text);
  }

  #record(i: number): void {
    if (this.#control > 0) return;
    const { tape } = this.#tokens;
    const word = tape[2 * i] as number;
    const start = word >>> kindBits;
    let end = tape[2 * i + 1] as number;
    const first = this.#tokens.byteAt(start);
    if (first === brace || (first === letterH && this.#readPayload(i))) {
      if (first === brace) this.#addMessage(this.#textAt(i));
      return;
    }
    if ((word & hasEscape) !== 0) {
      end = this.#tokens.withoutLineEnds(start, end);
      if (this.#tokens.bytes(start, end).includes(backslash)) {
        this.#addMessage(this.#textAt(i));
        return;
      }
    }
    this.#findings.records++;
    this.addPart(start, end, lineFeed);
  }

  /** A message that was decoded. One may be JSON itself: a transformer of CloudWatch makes an object of each record. */
  #addMessage(text: string): void {
    if (this.#control > 0) return;
    const message = text.replace(/[\r\n]+$/, "");
    if (message.startsWith("{") && isJson(message)) {
      this.#readInner(Buffer.from(message));
    } else {
      this.#findings.records++;
      this.addText(message, lineFeed);
    }
  }

  /** Records in base64: gzip of JSON, as subscriptions have it, or JSON or text as it is. @returns whether it is such */
  #readPayload(i: number): boolean {
    if (this.#control > 0) return true;
    const text = this.#textAt(i);
    if (text.length < 8 || !/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return false;
    let bytes: Buffer = Buffer.from(text, "base64");
    const isPacked = bytes[0] === 0x1f && bytes[1] === 0x8b;
    if (isPacked) bytes = this.#unpack(bytes);
    if (/^\s*[{[]/.test(bytes.toString("latin1", 0, 100))) {
      this.#readInner(bytes);
      return true;
    }
    const lines = bytes.toString("utf8");
    if (!isPacked && !/^[\x20-\x7e\s]+ [\x20-\x7e\s]+$/.test(lines)) return false;
    for (const line of lines.split(/\r?\n/)) if (line !== "") this.#addMessage(line);
    return true;
  }

  #unpack(bytes: Buffer): Buffer {
    try {
      return gunzipSync(bytes, { maxOutputLength: maxPayload });
    } catch (error) {
      const says = `a payload in base64 behind ${this.#findings.records} records is damaged: ${(error as Error).message}`;
      throw new DamagedInputError(`${escapeControls(this.#name)}: ${says}`, {
        hint: `Fetch it again. ${done}`,
        cause: error,
      });
    }
  }

  #readInner(bytes: Buffer): void {
    this.#flush();
    this.#inner ??= new JsonRecords(this.#name, "JSON of a payload", this.#findings);
    this.#inner.#readWhole(bytes, this.#out as Output);
  }

  #readWhole(bytes: Buffer, out: Output): void {
    if (this.#innerRoom.length < bytes.length) this.#innerRoom = this.makeRoom(2 * bytes.length, new Uint8Array(0));
    this.#innerRoom.set(bytes);
    this.#frames.length = 0;
    this.#control = 0;
    this.#next = Name.none;
    this.#item = Item.none;
    this.#skipping = 0;
    this.#position = 0;
    this.#tokens.rewind(this.#frames, this.#isSparse);
    this.take(this.#innerRoom.subarray(0, bytes.length), true, out);
  }

  /** A value that is no record. No line is dropped in silence: it is one, and no record. */
  #addOdd(first: number, last: number, given?: readonly string[]): void {
    if (this.#control > 0) return;
    const tokens = this.#tokens;
    const start = (tokens.tape[2 * first] as number) >>> kindBits;
    const end = tokens.tape[2 * last + 1] as number;
    const line = tokens.textOf(start, Math.min(end, start + maxShown)).replaceAll(/\s+/g, " ");
    if (this.#findings.records > 0) {
      this.addText(line, lineFeed);
      return;
    }
    const members = given ?? (this.#item === Item.object ? memberNames(tokens, first + 1, last, true) : []);
    this.#findings.odd ??= oddOf(members, line);
    this.#findings.odd.lines.push(line);
    if (this.#findings.odd.lines.length > maxOdd) this.#tellOdd();
  }

  #tellOdd(): void {
    const { odd } = this.#findings;
    if (odd === null) return;
    throw new NotALogError(`${escapeControls(this.#name)}: ${odd.what}`, { hint: odd.hint });
  }

  addPart(start: number, end: number, after: number): void {
    if (this.#findings.odd !== null) this.#showOdd();
    if (!this.#tokens.hasRoom(end - start + 1)) {
      this.#flush();
      if (!this.#tokens.hasRoom(end - start + 1)) {
        this.#addLong(this.#tokens.bytes(start, end), after);
        return;
      }
    }
    this.#tokens.addPart(start, end, after);
  }

  addText(text: string, after: number): void {
    if (this.#findings.odd !== null) this.#showOdd();
    const bytes = Buffer.from(text);
    if (this.#tokens.addBytes(bytes, after)) return;
    this.#flush();
    if (!this.#tokens.addBytes(bytes, after)) this.#addLong(bytes, after);
  }

  #addLong(bytes: Uint8Array, after: number): void {
    this.#out?.add(bytes);
    this.#out?.add(Uint8Array.of(after));
  }

  /** There are records after all: what was held back comes before them. */
  #showOdd(): void {
    const lines = this.#findings.odd?.lines ?? [];
    this.#findings.odd = null;
    for (const line of lines) this.addText(line, lineFeed);
  }

  #flush(): void {
    this.#out?.add(this.#tokens.takeParts());
  }

  /** At the end of what was taken: nothing is put together before that is given. */
  #flushLast(): void {
    this.#out?.lend(this.#tokens.takeParts());
  }

  #broken(problem: string, at: number, to: number, from: number): Error {
    const says = this.#sayBroken(problem, at, to, from);
    if (this.#damage !== null) return this.#damaged(says);
    const Kind = this.#findings.records > 0 ? DamagedInputError : NotALogError;
    return new Kind(`${escapeControls(this.#name)}: ${says}`, { hint: `Write or fetch it again. ${done}` });
  }

  #sayBroken(problem: string, at: number, to: number, from: number): string {
    const place = this.#position + at - from;
    const found = quote(this.#tokens.textOf(at, Math.min(to, at + 24)));
    return `the ${this.#what} is broken at byte ${place}${this.#behind()}: ${problem}, found ${found}`;
  }

  #cutOff(length: number): Error {
    const says = `the ${this.#what} is cut off after ${this.#position + length} bytes${this.#behind()}`;
    if (this.#damage !== null) return this.#damaged(says);
    return new DamagedInputError(`${escapeControls(this.#name)}: ${says}`, {
      hint: `It is not whole: write or fetch it again. ${done}`,
    });
  }

  #tooLarge(at: number): Error {
    const says = `a value in the ${this.#what} at byte ${this.#position + at} is larger than ${maxItem >> 20} MiB, and holds no list that flowlog looks into`;
    if (this.#damage !== null) return this.#damaged(says);
    const Kind = this.#findings.records > 0 ? DamagedInputError : NotALogError;
    return new Kind(`${escapeControls(this.#name)}: ${says}`, { hint: whereToLook });
  }

  #behind(): string {
    const { records } = this.#findings;
    return records === 0 ? "" : `, behind ${records} ${records === 1 ? "record" : "records"}`;
  }
}

const backslash = 0x5c;
const controlNote = "only control messages of CloudWatch Logs; records come in messages of the type DATA_MESSAGE";
const done = "What came before it was read.";
const leftOut = 'Left out is what stands there, up to the next line that begins with "{".';
const whereToLook =
  'flowlog looks for "message" in "events", "logEvents", "results" and "Records", and for objects with the names of AWS\'s fields.';

function oddOf(members: readonly string[], line: string): { what: string; hint: string; lines: string[] } {
  const aggregate = findAggregate(members);
  const shown = members.slice(0, 5).map((name) => quote(name));
  const has = members.length > 5 ? `${shown.join(", ")}, …` : shown.join(", ");
  const first = members.length > 0 ? `its first value has ${has}` : `its first value is ${quote(line)}`;
  return {
    what: `JSON, but no flow log: ${first}`,
    hint: aggregate === null ? whereToLook : aggregateHint,
    lines: [],
  };
}

/** Those that were used and can be again: to make one takes longer than to read a small file. */
const spareTokens: JsonTokens[] = [];

function takeTokens(): JsonTokens {
  const tokens = spareTokens.pop() ?? new JsonTokens();
  tokens.expect(null);
  tokens.want(mayBeKnown);
  tokens.rewind([], true);
  return tokens;
}

function giveBack(tokens: JsonTokens): void {
  if (spareTokens.length < 2 && !spareTokens.includes(tokens)) spareTokens.push(tokens);
}

function isPairName(name: string): boolean {
  return name === "field" || name === "value";
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
