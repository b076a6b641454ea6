import { quote, UserError } from "../errors.js";

/**
 * A value of a question (a prefix, a port, a time …) that cannot be read. It carries its parts, so that an option,
 * a line of a file and a filter expression can each say it in their own sentence.
 */
export class ValueError extends UserError {
  override name = "ValueError";

  /**
   * @param value     what was given, as it stood
   * @param expected  what belongs there, to stand after "expected": `CIDR notation, such as 10.0.0.0/8`
   * @param hint      a whole sentence: the nearest known word, or why this value is refused
   */
  constructor(
    readonly value: string,
    readonly expected: string,
    hint?: string,
  ) {
    super(`${quote(value)} given, expected ${expected}`, hint === undefined ? {} : { hint });
  }
}
