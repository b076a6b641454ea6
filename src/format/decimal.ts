/** A number of up to four decimals, with all its digits. */
export class Decimal {
  readonly tenThousandths: bigint;

  constructor(tenThousandths: bigint) {
    this.tenThousandths = tenThousandths;
  }

  /** The part before the point. */
  get whole(): bigint {
    return this.tenThousandths / 10_000n;
  }

  /** `812.4567`, `2.5`, `3`. */
  toString(): string {
    const part = String(this.tenThousandths % 10_000n).padStart(4, "0");
    return `${this.whole}.${part}`.replace(/\.?0+$/, "");
  }
}
