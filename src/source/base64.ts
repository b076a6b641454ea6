import { escapeControls, quote } from "../errors.js";
import { DamagedInputError } from "./failure.js";
import type { Output, Rewriting } from "./rewritten.js";

const notBase64 = /[^A-Za-z0-9+/=]/;

/** The bytes that base64 stands for: one text, or several with their paddings, in lines of any length. */
export class Base64 implements Rewriting {
  readonly #name: string;
  #position = 0;
  /** Letters of a group of four that is not whole yet. */
  #rest = "";

  constructor(name: string) {
    this.#name = name;
  }

  take(text: Uint8Array, ended: boolean, out: Output): number {
    const letters = Buffer.from(text.buffer, text.byteOffset, text.length).toString("latin1");
    const foreign = letters.replaceAll(/\s/g, "A").search(notBase64);
    const good = foreign < 0 ? letters : letters.slice(0, foreign);
    const groups = this.#rest + good.replaceAll(/\s/g, "");
    const whole = ended || foreign >= 0 ? groups.length : groups.length - (groups.length % 4);
    this.#rest = groups.slice(whole);
    // What is padded ends there: Node would pass over all that follows.
    for (const [part] of groups.slice(0, whole).matchAll(/[^=]+=*/g)) out.add(Buffer.from(part, "base64"));
    if (foreign >= 0) {
      const place = this.#position + foreign;
      const shown = quote(letters.slice(foreign, foreign + 12));
      throw new DamagedInputError(
        `${escapeControls(this.#name)}: the base64 text is damaged at byte ${place}: ${shown}`,
        { hint: "Copy it again. What came before it was read." },
      );
    }
    this.#position += text.length;
    return text.length;
  }
}
