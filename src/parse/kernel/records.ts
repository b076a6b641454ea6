// Tells flows from other records, and sums up what every run reports of them.

/** What the last sorting found. */
export let records: u32 = 0;
export let flows: u32 = 0;

/** List the rows (u32) that are not odd, and the flows among them: all but those marked in `dashes`, a byte a row. */
export function sortByDashes(dashes: usize, rows: u32, odd: usize, recordRows: usize, flowRows: usize): void {
  let recordCount: usize = 0;
  let flowCount: usize = 0;
  for (let row: usize = 0; row < (rows as usize); row++) {
    if (load<u8>(odd + row)) continue;
    // Both lists are written always and only grown where due: no branch that the log's mix could mislead.
    store<u32>(recordRows + (recordCount << 2), row as u32);
    recordCount++;
    store<u32>(flowRows + (flowCount << 2), row as u32);
    flowCount += (load<u8>(dashes + row) == 0) as usize;
  }
  records = recordCount as u32;
  flows = flowCount as u32;
}

/** How many rows the last `sortFlows` or `listOthers` listed as others. */
export let others: u32 = 0;

const ok: u16 = 0x4b4f;

/**
 * List the rows that are not odd, the flows among them (whose log status is OK, by the bytes of the field), and the others.
 *
 * @param entry the place before the log status in the first row of the index
 */
export function sortFlows(
  entry: usize,
  stride: usize,
  rows: u32,
  odd: usize,
  recordRows: usize,
  flowRows: usize,
  otherRows: usize,
): void {
  let recordCount: usize = 0;
  let flowCount: usize = 0;
  let otherCount: usize = 0;
  for (let row: usize = 0; row < (rows as usize); row++, entry += stride) {
    if (load<u8>(odd + row)) continue;
    const place = load<u64>(entry);
    const isFlow = u32(((place >> 32) as u32) - (place as u32) == 3) & u32(load<u16>(place as u32 as usize, 1) == ok);
    // All lists are written always and only grown where due.
    store<u32>(recordRows + (recordCount << 2), row as u32);
    store<u32>(flowRows + (flowCount << 2), row as u32);
    store<u32>(otherRows + (otherCount << 2), row as u32);
    recordCount++;
    flowCount += isFlow as usize;
    otherCount += (1 - isFlow) as usize;
  }
  records = recordCount as u32;
  flows = flowCount as u32;
  others = otherCount as u32;
}

/** ACCEPT and REJECT differ in two bytes: the words of their first and of their last four. */
const acce: u32 = 0x45434341;
const reje: u32 = 0x454a4552;
const cept: u32 = 0x54504543;
const ject: u32 = 0x5443454a;

/** List the rows (u32) that are not odd and whose action is neither ACCEPT, REJECT nor `-`. */
export function listOthers(entry: usize, stride: usize, rows: u32, odd: usize, list: usize): void {
  let count: usize = 0;
  for (let row: usize = 0; row < (rows as usize); row++, entry += stride) {
    if (load<u8>(odd + row)) continue;
    const place = load<u64>(entry);
    const start = (place as u32 as usize) + 1;
    const length = ((place >> 32) as u32) - (start as u32);
    const first = load<u32>(start);
    const last = load<u32>(start, 2);
    const isAccept = u32(first == acce) & u32(last == cept);
    const isReject = u32(first == reje) & u32(last == ject);
    const isKnown = (u32(length == 6) & (isAccept | isReject)) | (u32(length == 1) & u32((first & 0xff) == 0x2d));
    store<u32>(list + (count << 2), row as u32);
    count += (1 - isKnown) as usize;
  }
  others = count as u32;
}

/** Mark the codes of a column that the selected rows have: 1 in `seen`, which has a byte a code. */
export function markSeen(column: usize, selection: usize, n: u32, seen: usize): void {
  for (let i: usize = 0; i < (n as usize); i++) {
    const code = load<u32>(column + ((load<u32>(selection + (i << 2)) as usize) << 3)) as usize;
    store<u8>(seen + code, 1);
  }
}
