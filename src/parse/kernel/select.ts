// Keeps the selected rows that a condition holds for, in place and in order: each row is written to where the next kept one belongs,
// then counted or not. A branch around the write takes twice as long where half of the rows pass.

/**
 * Rows whose word lies in a range.
 *
 * @param nulls a byte a row, 1 for null, of which none is kept; 0 where null lies in no range
 * @param flip  1: the rows are kept for which that is not so
 * @param rows  row numbers (u32), `n` of them
 * @returns how many are kept
 */
export function selectRange(
  column: usize,
  nulls: usize,
  first: u64,
  last: u64,
  flip: u32,
  rows: usize,
  n: u32,
): u32 {
  const span = last - first;
  let to = rows;
  const end = rows + ((n as usize) << 2);
  if (nulls) {
    for (let from = rows; from < end; from += 4) {
      const row = load<u32>(from) as usize;
      const holds = u32(load<u64>(column + (row << 3)) - first <= span) & (load<u8>(nulls + row) ^ 1);
      store<u32>(to, row as u32);
      to += ((holds ^ flip) as usize) << 2;
    }
  } else {
    for (let from = rows; from < end; from += 4) {
      const row = load<u32>(from) as usize;
      store<u32>(to, row as u32);
      to += ((u32(load<u64>(column + (row << 3)) - first <= span) ^ flip) as usize) << 2;
    }
  }
  return ((to - rows) >> 2) as u32;
}

/**
 * Rows whose ports are asked for, of protocols that have ports.
 *
 * @param other     the column of the other port, where either will do; else the same
 * @param asked     a byte for each port: 1 where it is asked for
 * @param withPorts a byte for each protocol: 1 where it has ports
 */
export function selectPorts(
  column: usize,
  other: usize,
  protocols: usize,
  asked: usize,
  withPorts: usize,
  flip: u32,
  rows: usize,
  n: u32,
): u32 {
  let to = rows;
  for (let from = rows; from < rows + ((n as usize) << 2); from += 4) {
    const row = load<u32>(from) as usize;
    const port = load<u32>(column + (row << 3)) as usize;
    const otherPort = load<u32>(other + (row << 3)) as usize;
    const protocol = load<u32>(protocols + (row << 3)) as usize;
    // Null, all ones, would be 65535 in its lower half.
    const isAsked =
      (load<u8>(asked + (port & 0xffff)) & u32(port < 65536)) |
      (load<u8>(asked + (otherPort & 0xffff)) & u32(otherPort < 65536));
    const holds = isAsked & load<u8>(withPorts + (protocol & 0xff)) & u32(protocol < 256);
    store<u32>(to, row as u32);
    to += ((holds ^ flip) as usize) << 2;
  }
  return ((to - rows) >> 2) as u32;
}

/** Rows whose word, a small number or a code, has a 1 in a table of bytes; those past the table's end have none. */
export function selectTable(column: usize, table: usize, size: u32, flip: u32, rows: usize, n: u32): u32 {
  let to = rows;
  for (let from = rows; from < rows + ((n as usize) << 2); from += 4) {
    const row = load<u32>(from) as usize;
    const word = load<u32>(column + (row << 3));
    const holds = (word < size ? load<u8>(table + (word as usize)) : 0) as u32;
    store<u32>(to, row as u32);
    to += ((holds ^ flip) as usize) << 2;
  }
  return ((to - rows) >> 2) as u32;
}
