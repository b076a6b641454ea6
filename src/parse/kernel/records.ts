// Tells flows from other records, and sums up what every run reports of them.

/** What the last `sortRecords` found, by kind: flows, nodata, skipdata, other. */
export let records: u32 = 0;
export let flows: u32 = 0;
export let nodata: u32 = 0;
export let skipdata: u32 = 0;

/**
 * List the rows that are not odd, and the flows among them.
 *
 * @param kinds       for each word of `column`, a byte: 0 flow, 1 nodata, 2 skipdata, 3 other
 * @param column      codes of the log status (words), or 0 where `kinds` has a byte a row
 * @param recordRows  gets the row numbers (u32) of all records
 * @param flowRows    gets those of the flows
 */
export function sortRecords(
  column: usize,
  kinds: usize,
  rows: u32,
  odd: usize,
  recordRows: usize,
  flowRows: usize,
): void {
  let recordCount: usize = 0;
  let flowCount: usize = 0;
  let none: u32 = 0;
  let skipped: u32 = 0;
  for (let row: usize = 0; row < (rows as usize); row++) {
    if (load<u8>(odd + row)) continue;
    const kind = load<u8>(kinds + (column ? (load<u32>(column + (row << 3)) as usize) : row)) as u32;
    // Both lists are written always and only grown where due: no branch that the log's mix could mislead.
    store<u32>(recordRows + (recordCount << 2), row as u32);
    recordCount++;
    store<u32>(flowRows + (flowCount << 2), row as u32);
    flowCount += (kind == 0) as usize;
    none += (kind == 1) as u32;
    skipped += (kind == 2) as u32;
  }
  records = recordCount as u32;
  flows = flowCount as u32;
  nodata = none;
  skipdata = skipped;
}

/** Mark the codes of a column that the selected rows have: 1 in `seen`, which has a byte a code. */
export function markSeen(column: usize, selection: usize, n: u32, seen: usize): void {
  for (let i: usize = 0; i < (n as usize); i++) {
    const code = load<u32>(column + ((load<u32>(selection + (i << 2)) as usize) << 3)) as usize;
    store<u8>(seen + code, 1);
  }
}
