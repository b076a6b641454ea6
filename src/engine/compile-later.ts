import { setFlagsFromString } from "node:v8";

/**
 * Have V8 of Node 20 run a function some thirty times as long as it would before it compiles it with care. What runs once a block of text
 * is not worth that on each of some threads: compilers took a tenth of two processors' time, and kept workers waiting for each
 * other. What runs once a row is compiled some milliseconds later. Node 22 counts calls, and waits for 3000 of them by itself.
 */
export function compileLater(): void {
  if (process.versions.node.startsWith("20.")) setFlagsFromString("--interrupt-budget=4000000");
}
