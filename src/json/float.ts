/**
 * A number that JSON shows to be a float even when it is whole: `new Float(60)` is written `60.0`,
 * as Python writes it. For what must be byte-equal to what a Python program writes.
 */
export class Float extends Number {
  /** Python's text of the float. */
  override toString(): string {
    const value = this.valueOf()
    return Number.isInteger(value) && Math.abs(value) < 1e16 ? `${value}.0` : `${value}`
  }
}
