import { Random } from '../../../support/random.ts'

/** Random values of a shop's columns. */
export class RandomValues extends Random {
  /** An amount with two decimals, as text. */
  money(low: number, high: number): string {
    return (this.int(low * 100, high * 100) / 100).toFixed(2)
  }

  /** A day within some years, as the text of an SQL timestamp. */
  day(from: number, to: number): string {
    const two = (n: number) => String(n).padStart(2, '0')
    return `${this.int(from, to)}-${two(this.int(1, 12))}-${two(this.int(1, 28))} 00:00:00`
  }
}
