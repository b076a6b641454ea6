/** The cells of one line of CSV (RFC 4180), without their quotes; a line end in quotes is no end of the line here. */
export function splitCsvLine(line: string): string[] {
  return Array.from(line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"?|([^,]*))/g), ([, quoted, bare]) =>
    quoted === undefined ? (bare ?? "").trim() : quoted.replaceAll('""', '"'),
  );
}
