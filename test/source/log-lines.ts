/** So many default records as text, no two alike, each with its line end. */
export function logLines(count: number, first = 0): string {
  let text = "";
  for (let line = first; line < first + count; line++) {
    const address = `192.0.2.${(line * 7) % 256} 198.51.100.${(line * 13) % 256} ${49152 + ((line * 31) % 16384)} 443`;
    const sums = `${line % 77} ${(line * 9973) % 99991}`;
    text += `2 123456789012 eni-0a1b2c3d ${address} 6 ${sums} ${1735689600 + line} ${1735689660 + line} ACCEPT OK\n`;
  }
  return text;
}
