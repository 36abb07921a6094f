/** Tables of the DEFLATE format (RFC 1951 §3.2.5): each code stands for a range of values. */
export interface Ranges {
  /** The first value of each code's range. */
  readonly base: readonly number[]
  /** How many bits tell the value within the range. */
  readonly extra: readonly number[]
  /** Code by value. */
  readonly codes: Uint8Array
}

function ranges(first: number, last: number, extra: readonly number[]): Ranges {
  const base: number[] = []
  const codes = new Uint8Array(last + 1)
  let value = first
  extra.forEach((bits, code) => {
    base.push(value)
    const next = value + (1 << bits)
    codes.fill(code, value, next)
    value = next
  })
  return { base, extra, codes }
}

// Length 258 has a code of its own, although the range before it reaches that far.
const lengths = ranges(
  3,
  258,
  [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5],
)
lengths.codes[258] = 28

/** Match lengths from 3 to 258. */
export const LENGTHS: Ranges = {
  base: [...lengths.base, 258],
  extra: [...lengths.extra, 0],
  codes: lengths.codes,
}

/** Match distances from 1 to 32768. */
export const DISTANCES: Ranges = ranges(
  1,
  32768,
  Array.from({ length: 30 }, (_, code) => Math.max((code >> 1) - 1, 0)),
)

/** The code for a value. */
export function rangeOf(table: Ranges, value: number): number {
  return table.codes[value] as number
}

/** The order in which the lengths of code-length codes are written (RFC 1951 §3.2.7). */
export const CODE_LENGTH_ORDER: readonly number[] = [
  16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15,
]

/** Packs numbers of any width into bytes, lowest bit first. */
export class BitWriter {
  readonly #bytes: Uint8Array
  #length = 0
  #buffer = 0
  #held = 0

  /** @param capacity the most bytes that will be written */
  constructor(capacity: number) {
    this.#bytes = new Uint8Array(capacity)
  }

  /** Appends the lowest `count` (at most 16) bits of `value`. */
  bits(value: number, count: number): void {
    this.#buffer |= value << this.#held
    this.#held += count
    while (this.#held >= 8) this.#byte()
  }

  /** Fills up the last byte with zero bits. */
  align(): void {
    if (this.#held === 0) return
    this.#held = 8
    this.#byte()
  }

  #byte(): void {
    this.#bytes[this.#length++] = this.#buffer & 0xff
    this.#buffer >>>= 8
    this.#held -= 8
  }

  /** The bytes, with the checksum after them, highest byte first. */
  finish(checksum: number): Uint8Array {
    this.align()
    for (let shift = 24; shift >= 0; shift -= 8) this.bits((checksum >>> shift) & 0xff, 8)
    return this.#bytes.subarray(0, this.#length)
  }
}
