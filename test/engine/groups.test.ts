import { describe, expect, test } from "vitest";
import { GroupTable, type KeyWord } from "../../src/engine/groups.js";
import { Kernel } from "../../src/parse/kernel.js";
import { type Random, seeded } from "../generate/random.js";

const batch = 64;
const noAddress = 1n << 33n;
const ipv6Mark = 1n << 32n;

/** A flow as a table gets it: a plain word, a text, an address, and two values to be summed. */
interface Flow {
  number: bigint;
  text: string | null;
  address: bigint | Buffer | null;
  sums: [bigint | null, bigint | null];
}

/** A table with a key of each kind in a kernel of its own, and how flows are put in and groups taken out. */
class World {
  readonly kernel: Kernel;
  readonly table: GroupTable;
  readonly texts: number;
  readonly addresses: number;
  readonly #columns: number[];
  readonly #values: { words: number; nulls: number }[];
  readonly #rows: number;

  /** @param used texts that have codes already, so that codes here are others than elsewhere */
  constructor(used: readonly string[] = [], kernel = new Kernel()) {
    const { call } = kernel;
    this.kernel = kernel;
    this.texts = call.newDictionary();
    this.addresses = call.newDictionary();
    for (const text of used) {
      kernel.intern(this.texts, Buffer.from(text));
      kernel.intern(this.addresses, Buffer.from(text.padEnd(16, "\0").slice(0, 16)));
    }
    const keys: KeyWord[] = [
      { kind: "plain", dictionary: 0 },
      { kind: "text", dictionary: this.texts },
      { kind: "address", dictionary: this.addresses },
    ];
    this.table = new GroupTable(kernel, keys, ["add", "add"], batch);
    this.#columns = keys.map(() => call.reserve(8 * batch));
    this.#values = [0, 1].map(() => ({ words: call.reserve(8 * batch), nulls: call.reserve(batch) }));
    this.#rows = call.reserve(4 * batch);
  }

  add(flows: readonly Flow[]): void {
    for (let from = 0; from < flows.length; from += batch) this.#addBatch(flows.slice(from, from + batch));
  }

  #addBatch(flows: readonly Flow[]): void {
    const { kernel } = this;
    for (const [row, flow] of flows.entries()) {
      const code = flow.text === null ? 0 : kernel.intern(this.texts, Buffer.from(flow.text));
      const words = [flow.number, BigInt(code), this.#addressWord(flow.address)];
      words.forEach((word, i) => {
        kernel.u64[((this.#columns[i] as number) >>> 3) + row] = word;
      });
      flow.sums.forEach((value, i) => {
        const { words: to, nulls } = this.#values[i] as { words: number; nulls: number };
        kernel.u64[(to >>> 3) + row] = value ?? 7n;
        kernel.u8[(nulls >>> 0) + row] = value === null ? 1 : 0;
      });
      kernel.u32[(this.#rows >>> 2) + row] = row;
    }
    this.table.add(this.#columns, { rows: this.#rows, count: flows.length }, this.#values);
  }

  #addressWord(address: bigint | Buffer | null): bigint {
    if (address === null) return noAddress;
    return typeof address === "bigint" ? address : ipv6Mark | BigInt(this.kernel.intern(this.addresses, address));
  }

  /** Every group as plain values, by its key. */
  groups(): Map<string, unknown> {
    const groups = new Map<string, unknown>();
    for (const group of this.table.all()) {
      const [number = 0n, text = 0n, address = 0n] = this.table.key(group);
      const key = JSON.stringify([
        String(number),
        text === 0n ? null : Buffer.from(this.kernel.interned(this.texts, Number(text))).toString(),
        address >= ipv6Mark && address < noAddress
          ? Buffer.from(this.kernel.interned(this.addresses, Number(address & 0xffffffffn))).toString("hex")
          : String(address),
      ]);
      expect(groups.has(key)).toBe(false);
      groups.set(key, [this.table.flows(group), this.table.sum(group, 0), this.table.sum(group, 1)]);
    }
    return groups;
  }
}

const greatest = 2n ** 64n - 1n;

function randomFlow(random: Random): Flow {
  const value = () =>
    random.pick([null, 0n, 1n, BigInt(random.int(2, 1e9)), 2n ** 53n + 1n, 2n ** 63n, greatest, greatest]);
  const length = random.pick([1, 3, 7, 8, 9, 15, 16, 17, 24, 25, 40, 300]);
  return {
    number: random.pick([0n, 1n, BigInt(random.int(0, 30)), greatest]),
    text: random.pick([null, "ACCEPT", "é".repeat(8), String(random.int(0, 9)).padStart(length, "x")]),
    address: random.pick([
      null,
      0n,
      0xffffffffn,
      BigInt(random.int(0, 9)),
      Buffer.alloc(16),
      Buffer.alloc(16, random.int(0, 9)),
    ]),
    sums: [value(), value()],
  };
}

function randomFlows(seed: number, count: number): Flow[] {
  const random = seeded(seed);
  return Array.from({ length: count }, () => randomFlow(random));
}

const otherCodes = ["8".padStart(300, "x"), "2", "other", "ACCEPT"];

/** All that a table writes, kept. */
function written(table: GroupTable): Uint8Array[] {
  return Array.from(table.write([...table.all()]), (bytes) => bytes.slice());
}

describe.each([1, 2, 3])("random groups %i", (seed) => {
  const one = randomFlows(seed, 700);
  const other = randomFlows(100 + seed, 500);

  test("what is written is the same in a kernel with other codes", () => {
    const from = new World();
    from.add(one);
    const to = new World(otherCodes);
    for (const bytes of written(from.table)) to.table.absorb(bytes);
    expect(to.groups()).toEqual(from.groups());
    expect([to.table.lacking(0), to.table.lacking(1)]).toEqual([from.table.lacking(0), from.table.lacking(1)]);
    expect(to.table.lacking(0)).toBeGreaterThan(0);
    expect(
      Array.from(from.groups().values())
        .flat()
        .some((sum) => sum !== null && (sum as bigint) > greatest),
    ).toBe(true);
  });

  test("absorbed groups are added to those that are there: as if all flows had come to one table", () => {
    const [from, to, both] = [new World(), new World(otherCodes), new World()];
    from.add(one);
    to.add(other);
    both.add([...one, ...other]);
    for (const bytes of written(from.table)) to.table.absorb(bytes);
    expect(to.groups()).toEqual(both.groups());
    // Twice more, so that wide sums meet wide sums.
    for (const bytes of [...written(from.table), ...written(from.table)]) to.table.absorb(bytes);
    both.add([...one, ...one]);
    expect(to.groups()).toEqual(both.groups());
  });

  test.each([1, 2, 32, 256])("%i parts have each group once, and the key alone tells which", (parts) => {
    const [world, twin] = [new World(), new World(otherCodes)];
    world.add(one);
    twin.add([...other, ...one.toReversed()]);
    const partsOf = ({ table }: World) => {
      const found = new Map<string, number>();
      let last = 0;
      const read = new World();
      for (const { part, bytes } of table.writeParts(parts)) {
        expect(part).toBeGreaterThanOrEqual(last);
        last = part;
        read.table.clear();
        read.table.absorb(bytes.slice());
        for (const key of read.groups().keys()) {
          expect(found.has(key)).toBe(false);
          found.set(key, part);
        }
      }
      return found;
    };
    const [found, again] = [partsOf(world), partsOf(twin)];
    expect(new Set(found.keys())).toEqual(new Set(world.groups().keys()));
    for (const [key, part] of found) expect(again.get(key)).toBe(part);
    expect(Math.max(...found.values())).toBeLessThan(parts);
    // Not all in a few of them.
    expect(new Set(found.values()).size).toBeGreaterThan(Math.min(parts, found.size / 4) / 2);
  });

  test("two tables that write at the same time do not disturb each other", () => {
    const kernel = new Kernel();
    const [left, right] = [new World([], kernel), new World([], kernel)];
    left.add(one);
    right.add(other);
    const [leftCopy, rightCopy] = [new World(), new World(otherCodes)];
    const runs = [
      { pieces: left.table.writeParts(32), to: leftCopy },
      { pieces: right.table.writeParts(256), to: rightCopy },
    ];
    for (let going = true; going; ) {
      const steps = runs.map(({ pieces, to }) => {
        const { done, value } = pieces.next();
        if (done !== true) to.table.absorb(value.bytes.slice());
        return done;
      });
      going = steps.includes(false);
    }
    expect(leftCopy.groups()).toEqual(left.groups());
    expect(rightCopy.groups()).toEqual(right.groups());
  });
});

test("a sum of 128 bits is written whole", () => {
  const flow: Flow = { number: 1n, text: null, address: null, sums: [greatest, null] };
  const from = new World();
  from.add(Array.from({ length: 5 }, () => flow));
  let bytes = written(from.table);
  // Doubled by being absorbed twice, over and over.
  for (let power = 1n; power <= 44n; power++) {
    const to = new World();
    for (const piece of [...bytes, ...bytes]) to.table.absorb(piece);
    expect([...to.groups().values()]).toEqual([[5n << power, (5n * greatest) << power, null]]);
    bytes = written(to.table);
  }
});

test("texts as long as a line, in pieces that hold whole rows", () => {
  const flows = Array.from({ length: 11 }, (_, i): Flow => {
    const text = String(i).padStart(2 ** 20 - 10, "x");
    return { number: BigInt(i), text, address: null, sums: [1n, 2n] };
  });
  const [from, to] = [new World(), new World(otherCodes)];
  from.add(flows);
  const pieces = written(from.table);
  expect(pieces.length).toBeGreaterThan(2);
  for (const bytes of pieces) to.table.absorb(bytes);
  expect(to.groups()).toEqual(from.groups());
  expect(to.table.size).toBe(11);
});

test("no groups are no bytes", () => {
  const { table } = new World();
  expect([...table.write([])]).toEqual([]);
  expect([...table.writeParts(256)]).toEqual([]);
  table.absorb(new Uint8Array(0));
  expect(table.size).toBe(0);
});

describe("clear", () => {
  const flows = Array.from({ length: 30_000 }, (_, i): Flow => {
    return {
      number: BigInt(i),
      text: `text ${i}`,
      address: Buffer.from(`address ${i}`.padEnd(16)),
      sums: [greatest, 1n],
    };
  });

  test("forgets all groups, and those that come then are new", () => {
    const world = new World();
    const empty = world.table.bytes;
    world.add(flows.slice(0, 500));
    world.add(flows.slice(0, 500));
    world.table.clear();
    expect([world.table.size, world.table.bytes, world.table.lacking(0)]).toEqual([0, empty, 0]);
    world.add(flows.slice(100, 200));
    const anew = new World();
    anew.add(flows.slice(100, 200));
    expect(world.groups()).toEqual(anew.groups());
  });

  test("gives memory back, wide sums too: the kernel does not grow by what comes after", () => {
    const world = new World();
    const { call, u8 } = world.kernel;
    expect(u8.length).toBeLessThan(10 << 20);
    const round = () => {
      world.add(flows);
      world.add(flows);
      for (const { bytes } of world.table.writeParts(256)) expect(bytes.length).toBeGreaterThan(0);
      world.table.clear();
      call.forget(world.texts);
      call.forget(world.addresses);
    };
    round();
    const grown = world.kernel.u8.length;
    for (let i = 0; i < 4; i++) round();
    expect(world.kernel.u8.length).toBe(grown);
  });
});

test("beyond 2 GiB of memory, where pointers are negative to JavaScript", () => {
  const kernel = new Kernel();
  // Reserved and never touched: the machine gives it no pages.
  for (let left = 5; left > 0; left--) kernel.call.reserve(500 << 20);
  const far = new World([], kernel);
  const near = new World();
  const flows = randomFlows(1, 500);
  far.add(flows);
  near.add(flows);
  expect([...far.table.all()].every((group) => group < 0 || group >= 2 ** 31)).toBe(true);
  expect(far.groups()).toEqual(near.groups());
  const back = new World(otherCodes);
  for (const { bytes } of far.table.writeParts(256)) back.table.absorb(bytes);
  expect(back.groups()).toEqual(near.groups());
  for (const bytes of written(near.table)) far.table.absorb(bytes);
  near.add(flows);
  expect(far.groups()).toEqual(near.groups());
});
