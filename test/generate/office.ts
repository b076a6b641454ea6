import { type Random, seeded } from "./random.js";

const header =
  "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status";
const account = "123456789012";
/** The gateway that all traffic of the office passes, and the web server that the internet sees. */
const gatewayInterface = "eni-0a1b2c3d4e5f60718";
const webInterface = "eni-0b2c3d4e5f6071829";

const midnight = Date.UTC(2026, 0, 15) / 1000;
/** AWS's default capture window of ten minutes. */
const windowSeconds = 600;
const windowsPerHour = 6;

const tcp = 6;
const udp = 17;
const icmp = 1;

const webServer = "10.0.2.80";
const fileServer = "10.0.1.20";
const nameServer = "10.0.1.2";
const administrator = "10.0.1.105";
const desks = Array.from({ length: 12 }, (_, at) => `10.0.1.${101 + at}`);
const backupSite = "198.51.100.200";
const scanner = "203.0.113.66";
const upstreamNameServer = "203.0.113.53";
const sites = ["198.51.100.14", "198.51.100.31", "203.0.113.8", "203.0.113.20", "192.0.2.44", "192.0.2.90"];

/** One direction of a flow in one capture window. */
interface Flow {
  eni: string;
  src: string;
  dst: string;
  srcport: number;
  dstport: number;
  protocol: number;
  packets: number;
  bytes: number;
  start: number;
  end: number;
  action: "ACCEPT" | "REJECT";
}

/**
 * One day of a small office behind AWS, as a default format log with its header: what fixtures/office.log holds.
 *
 * From 01:00 to 03:00 the file server is backed up off site, which outweighs all else in bytes. At 03:10 one address
 * outside tries 800 ports of the web server and is refused at all but two. From 08:00 to 18:00 people look up
 * names, browse, and the administrator logs in to the web server; that session is seen by both interfaces. Visitors
 * and stray knocks come all day. While nobody is in, the gateway's windows are NODATA.
 */
export function officeLog(): string {
  const random = seeded(20260115);
  const lines = [header];
  for (let window = 0; window < 24 * windowsPerHour; window++) {
    const at = midnight + window * windowSeconds;
    const hour = Math.floor(window / windowsPerHour);
    const flows = [...visitors(at, hour, random), ...knocks(at, random)];
    if (hour >= 1 && hour < 3) flows.push(...backup(at, random));
    if (window === 3 * windowsPerHour + 1) flows.push(...portScan(at, random));
    if (hour >= 8 && hour < 18) flows.push(...workday(at, random));
    if (!flows.some(({ eni }) => eni === gatewayInterface)) lines.push(noData(at));
    lines.push(...flows.sort((a, b) => a.start - b.start).map(formatFlow));
  }
  return `${lines.join("\n")}\n`;
}

function backup(at: number, random: Random): Flow[] {
  const times = { start: at + random.int(0, 4), end: at + windowSeconds - random.int(1, 5) };
  const port = 49152 + Math.floor((at - midnight) / windowSeconds);
  const packets = random.int(420_000, 560_000);
  const sent = { packets, bytes: packets * 1460 + random.int(0, 1459) };
  const acknowledged = { packets: Math.floor(packets / 2), bytes: Math.floor(packets / 2) * 52 };
  return conversation(gatewayInterface, fileServer, backupSite, port, 443, sent, acknowledged, times);
}

/** Every port once, in no order; the two that are open answer with a SYN-ACK, and the scanner hangs up. */
function portScan(at: number, random: Random): Flow[] {
  const ports = random.shuffle(Array.from({ length: 800 }, (_, i) => i + 1));
  return ports.flatMap((port, i) => {
    const times = { start: at + Math.floor(i / 4), end: at + Math.floor(i / 4) + random.int(0, 1) };
    const probe = { packets: 1, bytes: 44 };
    const srcport = 61000 + (i % 4);
    if (port === 80 || port === 443) {
      return conversation(webInterface, scanner, webServer, srcport, port, { packets: 2, bytes: 84 }, probe, times);
    }
    return [refused(scanner, srcport, port, probe, times)];
  });
}

/** Names, pages, a ping now and then, and in some windows the administrator's session. */
function workday(at: number, random: Random): Flow[] {
  const flows = desks.filter(() => random.chance(0.55)).flatMap((desk) => atDesk(desk, at, random));
  flows.push(...lookUp(nameServer, upstreamNameServer, at, random));
  if (random.chance(0.25)) flows.push(...session(at, random));
  if (random.chance(0.2)) {
    const packets = random.int(3, 10);
    const echo = { packets, bytes: packets * 84 };
    flows.push(
      ...conversation(gatewayInterface, administrator, webServer, 0, 0, echo, echo, someTime(at, random), icmp),
    );
  }
  return flows;
}

function atDesk(desk: string, at: number, random: Random): Flow[] {
  const flows = random.chance(0.4) ? lookUp(desk, nameServer, at, random) : [];
  const packets = random.int(20, 900);
  const asked = { packets, bytes: packets * random.int(60, 180) };
  // A few pages are films.
  const answers = random.chance(0.06) ? random.int(20_000, 90_000) : random.int(30, 2500);
  const answered = { packets: answers, bytes: answers * random.int(700, 1400) };
  const port = random.int(49152, 65535);
  flows.push(
    ...conversation(gatewayInterface, desk, random.pick(sites), port, 443, asked, answered, someTime(at, random)),
  );
  return flows;
}

function lookUp(client: string, server: string, at: number, random: Random): Flow[] {
  const packets = random.int(2, 40);
  const asked = { packets, bytes: packets * random.int(58, 72) };
  const answered = { packets, bytes: packets * random.int(90, 210) };
  const port = random.int(32768, 60999);
  return conversation(gatewayInterface, client, server, port, 53, asked, answered, someTime(at, random), udp);
}

function session(at: number, random: Random): Flow[] {
  const times = someTime(at, random);
  const port = random.int(49152, 65535);
  const packets = random.int(40, 800);
  const typed = { packets, bytes: packets * random.int(70, 120) };
  const shown = { packets, bytes: packets * random.int(120, 600) };
  return [gatewayInterface, webInterface].flatMap((eni) =>
    conversation(eni, administrator, webServer, port, 22, typed, shown, times),
  );
}

function visitors(at: number, hour: number, random: Random): Flow[] {
  const most = hour >= 7 && hour < 22 ? 5 : 2;
  return Array.from({ length: random.int(0, most) }, () => {
    const visitor = `${random.pick(["192.0.2", "198.51.100", "203.0.113"])}.${random.int(100, 180)}`;
    const packets = random.int(8, 120);
    const asked = { packets, bytes: packets * random.int(60, 160) };
    const served = { packets: packets * 2, bytes: packets * 2 * random.int(500, 1300) };
    const port = random.int(1024, 65535);
    return conversation(webInterface, visitor, webServer, port, 443, asked, served, someTime(at, random));
  }).flat();
}

/** What every public address gets: one packet from somewhere, for a service that might be open. */
function knocks(at: number, random: Random): Flow[] {
  return Array.from({ length: random.int(0, 2) }, () => {
    const from = `${random.pick(["192.0.2", "198.51.100"])}.${random.int(201, 250)}`;
    const start = at + random.int(0, windowSeconds - 60);
    const probe = { packets: 1, bytes: 40 };
    return refused(from, random.int(1024, 65535), random.pick([22, 23, 23, 445, 3389, 8080]), probe, {
      start,
      end: start,
    });
  });
}

type Amount = Pick<Flow, "packets" | "bytes">;
type Times = Pick<Flow, "start" | "end">;

/** Both directions of an accepted conversation: the client's flow and the server's. */
function conversation(
  eni: string,
  client: string,
  server: string,
  clientPort: number,
  serverPort: number,
  sent: Amount,
  answered: Amount,
  times: Times,
  protocol = tcp,
): Flow[] {
  const shared = { eni, protocol, ...times, action: "ACCEPT" as const };
  return [
    { ...shared, src: client, dst: server, srcport: clientPort, dstport: serverPort, ...sent },
    { ...shared, src: server, dst: client, srcport: serverPort, dstport: clientPort, ...answered },
  ];
}

function refused(src: string, srcport: number, dstport: number, amount: Amount, times: Times): Flow {
  return {
    eni: webInterface,
    src,
    dst: webServer,
    srcport,
    dstport,
    protocol: tcp,
    ...amount,
    ...times,
    action: "REJECT",
  };
}

function someTime(at: number, random: Random): Times {
  const start = at + random.int(0, windowSeconds - 120);
  return { start, end: Math.min(at + windowSeconds - 1, start + random.int(5, 300)) };
}

function formatFlow(flow: Flow): string {
  const { eni, src, dst, srcport, dstport, protocol, packets, bytes, start, end, action } = flow;
  return ["2", account, eni, src, dst, srcport, dstport, protocol, packets, bytes, start, end, action, "OK"].join(" ");
}

function noData(at: number): string {
  return `2 ${account} ${gatewayInterface} - - - - - - - ${at} ${at + windowSeconds - 2} - NODATA`;
}
