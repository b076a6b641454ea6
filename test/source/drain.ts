import type { ByteReader } from "../../src/source/bytes.js";

/** All that a reader gives, and what it throws in the end, if it does. */
export async function drain(reader: ByteReader, size = 65_536): Promise<{ text: string; error: Error | null }> {
  const parts: Buffer[] = [];
  let error: Error | null = null;
  try {
    for (;;) {
      const into = new Uint8Array(size);
      const count = await reader.read(into);
      if (count === 0) break;
      parts.push(Buffer.from(into.subarray(0, count)));
    }
  } catch (thrown) {
    error = thrown as Error;
  }
  await reader.close();
  return { text: Buffer.concat(parts).toString("latin1"), error };
}
