import { type Random, seeded } from "../generate/random.js";

const header =
  "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status";
const account = "123456789012";
const firstWindow = Date.UTC(2026, 0, 15) / 1000;
const windowSeconds = 60;
/** How often a line is no record: 200 of 10 M. */
const malformedEvery = 50_000;

/** What a set of records is like. */
export interface DataSet {
  seed: number;
  records: number;
  /** Hosts inside, each with an interface, and addresses outside that they talk to. */
  inside: number;
  outside: number;
  /** Whether a few of those outside have most of the traffic; else all pairs are as likely. */
  skewed: boolean;
}

/** 200 hosts that talk to some 60,000 addresses, a few of which have most of the traffic. */
export const USUAL: DataSet = { seed: 1, records: 10_000_000, inside: 200, outside: 60_000, skewed: true };
/** Some 4.2 M distinct pairs of addresses. */
export const DISTINCT: DataSet = { seed: 2, records: 10_000_000, inside: 200, outside: 12_000, skewed: false };

/** As `USUAL`, and less of it: events take 3.4 times the room. */
export const EVENTS: DataSet = { ...USUAL, records: 3_000_000 };

/** As `USUAL`, some 60 MB of Parquet. */
export const TABLE: DataSet = { ...USUAL, records: 2_000_000 };

/** How many lines of a set are malformed. */
export function malformedLines({ records }: DataSet): number {
  return Math.floor(records / malformedEvery);
}

/** Lines of a set, without line ends: the header, then records in the order of time, with a bad line now and then. */
export function* dataLines({ seed, records, inside, outside, skewed }: DataSet): Generator<string, void> {
  const random = seeded(seed);
  const hosts = Array.from({ length: inside }, (_, i) => `10.${i >> 14}.${(i >> 6) & 255}.${(i & 63) * 4 + 1}`);
  const interfaces = hosts.map(() => `eni-0${hex(random)}${hex(random)}`);
  const sites = Array.from(
    { length: outside },
    () => `${random.int(11, 223)}.${random.int(0, 255)}.${random.int(0, 255)}.${random.int(1, 254)}`,
  );
  const perWindow = Math.ceil(records / 600);
  yield header;
  for (let i = 0; i < records; i++) {
    const start = firstWindow + windowSeconds * Math.floor(i / perWindow) + random.int(0, 30);
    const end = start + random.int(0, 28);
    const at = random.int(0, inside - 1);
    const eni = interfaces[at] as string;
    if (i % malformedEvery === malformedEvery - 1) {
      // So many octets that no tool which counts this line has the right talkers.
      yield `2 ${account} ${eni} ${hosts[at]} 198.51.100.7 443 http 6 12 4000000000000 ${start} ${end} ACCEPT OK`;
      continue;
    }
    const kind = random.next();
    if (kind < 0.005) {
      yield `2 ${account} ${eni} - - - - - - - ${start} ${end} - ${kind < 0.0001 ? "SKIPDATA" : "NODATA"}`;
      continue;
    }
    const site = sites[Math.floor(outside * (skewed ? random.next() ** 3 : random.next()))] as string;
    const protocol = kind < 0.87 ? 6 : kind < 0.98 ? 17 : 1;
    const service = protocol === 1 ? 0 : servicePorts[random.int(0, servicePorts.length - 1)];
    const client = protocol === 1 ? 0 : random.int(1024, 65535);
    const packets = 1 + Math.floor(2000 * random.next() ** 8);
    const bytes = packets * random.int(40, 1500);
    const action = random.next() < 0.07 ? "REJECT" : "ACCEPT";
    const [src, dst, sport, dport] =
      random.next() < 0.5 ? [hosts[at], site, client, service] : [site, hosts[at], service, client];
    yield `2 ${account} ${eni} ${src} ${dst} ${sport} ${dport} ${protocol} ${packets} ${bytes} ${start} ${end} ${action} OK`;
  }
}

const servicePorts = [443, 443, 443, 443, 80, 80, 53, 53, 22, 3306, 5432, 6379, 8080, 123, 25, 3389];

function hex(random: Random): string {
  return random.int(0, 0xffffffff).toString(16).padStart(8, "0");
}
