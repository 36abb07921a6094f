import type { BitWriter } from './deflate-format.ts'

/** Literals, the end of the block, and match lengths. */
export const LITERAL_CODES = 286

const MAX_BITS = 15

/** The codes that a decoder knows beforehand (RFC 1951 §3.2.6). */
export class StaticTree {
  readonly lengths: Uint8Array
  readonly #codes: Uint16Array

  constructor(lengths: Uint8Array) {
    this.lengths = lengths
    this.#codes = codesFor(lengths, lengths.length - 1)
  }

  /** Writes one code. */
  write(code: number, out: BitWriter): void {
    out.bits(this.#codes[code] as number, this.lengths[code] as number)
  }
}

/** The static code of literals and lengths. */
export const STATIC_LITERALS: StaticTree = new StaticTree(
  Uint8Array.from({ length: 288 }, (_, n) => (n < 144 ? 8 : n < 256 ? 9 : n < 280 ? 7 : 8)),
)

/** The static code of distances. */
export const STATIC_DISTANCES: StaticTree = new StaticTree(new Uint8Array(30).fill(5))

/**
 * A Huffman code for counted symbols, with zlib's choices wherever several codes are as short: the
 * order of its heap, and how it shortens codes that became too long.
 */
export class HuffmanTree {
  /** The length of each symbol's code; 0 for symbols that do not occur. */
  readonly lengths: Uint8Array
  /** The highest symbol that occurs. */
  maxCode = -1
  /** The bits of all counted symbols with this code. */
  bits = 0
  /** The same with the static code. */
  staticBits = 0
  readonly #size: number
  readonly #maxLength: number
  readonly #static: StaticTree | null
  readonly #counts: Uint32Array
  readonly #parents: Uint16Array
  readonly #depths: Uint8Array
  readonly #heap: number[] = [-1]
  #codes: Uint16Array = new Uint16Array(0)

  constructor(size: number, maxLength: number, staticTree: StaticTree | null) {
    this.#size = size
    this.#maxLength = maxLength
    this.#static = staticTree
    const nodes = 2 * size + 1
    this.lengths = new Uint8Array(nodes)
    this.#counts = new Uint32Array(nodes)
    this.#parents = new Uint16Array(nodes)
    this.#depths = new Uint8Array(nodes)
  }

  /** Forgets everything counted and built. */
  reset(): void {
    this.lengths.fill(0)
    this.#counts.fill(0)
    this.#depths.fill(0)
    this.#heap.length = 1
    this.maxCode = -1
    this.bits = 0
    this.staticBits = 0
  }

  /** Counts one occurrence of a symbol. */
  count(symbol: number): void {
    ;(this.#counts[symbol] as number)++
  }

  /** Writes a symbol's code; after `build`. */
  write(symbol: number, out: BitWriter): void {
    out.bits(this.#codes[symbol] as number, this.lengths[symbol] as number)
  }

  /** Finds the code for what has been counted. */
  build(): void {
    const heap = this.#heap
    for (let symbol = 0; symbol < this.#size; symbol++) {
      if (this.#counts[symbol] !== 0) {
        heap.push(symbol)
        this.maxCode = symbol
      }
    }
    // Decoders expect two codes at least; these cost nothing, as they never occur.
    while (heap.length < 3) {
      const symbol = this.maxCode < 2 ? ++this.maxCode : 0
      heap.push(symbol)
      this.#counts[symbol] = 1
      this.bits--
      this.staticBits -= this.#static?.lengths[symbol] ?? 0
    }
    for (let i = (heap.length - 1) >> 1; i >= 1; i--) this.#sink(i)
    const order = this.#join()
    this.#assignLengths(order)
    this.#codes = codesFor(this.lengths, this.maxCode)
  }

  #isBefore(a: number, b: number): boolean {
    const x = this.#counts[a] as number
    const y = this.#counts[b] as number
    return x < y || (x === y && (this.#depths[a] as number) <= (this.#depths[b] as number))
  }

  #sink(from: number): void {
    const heap = this.#heap
    const last = heap.length - 1
    const node = heap[from] as number
    let at = from
    for (let child = at << 1; child <= last; child = at << 1) {
      if (child < last && this.#isBefore(heap[child + 1] as number, heap[child] as number)) child++
      if (this.#isBefore(node, heap[child] as number)) break
      heap[at] = heap[child] as number
      at = child
    }
    heap[at] = node
  }

  /** Joins the two rarest nodes until one is left; returns all nodes, the most frequent first. */
  #join(): number[] {
    const heap = this.#heap
    const taken: number[] = []
    let node = this.#size
    while (heap.length > 2) {
      const rarest = heap[1] as number
      heap[1] = heap.pop() as number
      this.#sink(1)
      const second = heap[1] as number
      taken.push(rarest, second)
      this.#counts[node] = (this.#counts[rarest] as number) + (this.#counts[second] as number)
      this.#depths[node] =
        Math.max(this.#depths[rarest] as number, this.#depths[second] as number) + 1
      this.#parents[rarest] = node
      this.#parents[second] = node
      heap[1] = node++
      this.#sink(1)
    }
    taken.push(heap[1] as number)
    return taken.reverse()
  }

  #assignLengths(order: readonly number[]): void {
    const perLength = new Uint16Array(MAX_BITS + 1)
    let overflow = 0
    for (let i = 0; i < order.length; i++) {
      const node = order[i] as number
      let length = i === 0 ? 0 : (this.lengths[this.#parents[node] as number] as number) + 1
      if (length > this.#maxLength) {
        length = this.#maxLength
        overflow++
      }
      this.lengths[node] = length
      if (node >= this.#size) continue
      ;(perLength[length] as number)++
      const count = this.#counts[node] as number
      this.bits += count * length
      this.staticBits += count * (this.#static?.lengths[node] ?? 0)
    }
    if (overflow > 0) this.#shorten(order, perLength, overflow)
  }

  #shorten(order: readonly number[], perLength: Uint16Array, tooMany: number): void {
    const longest = this.#maxLength
    for (let overflow = tooMany; overflow > 0; overflow -= 2) {
      let length = longest - 1
      while (perLength[length] === 0)
        length--
        // A leaf moves down one level, and one that was too deep becomes its brother.
      ;(perLength[length] as number)--
      perLength[length + 1] = (perLength[length + 1] as number) + 2
      ;(perLength[longest] as number)--
    }
    let at = order.length
    for (let length = longest; length > 0; length--) {
      for (let left = perLength[length] as number; left > 0; ) {
        const node = order[--at] as number
        if (node >= this.#size) continue
        this.bits += (length - (this.lengths[node] as number)) * (this.#counts[node] as number)
        this.lengths[node] = length
        left--
      }
    }
  }
}

/** The canonical codes for code lengths (RFC 1951 §3.2.2), with the first bit lowest. */
function codesFor(lengths: Uint8Array, maxCode: number): Uint16Array {
  const next = new Uint16Array(MAX_BITS + 2)
  for (let symbol = 0; symbol <= maxCode; symbol++) {
    const length = lengths[symbol] as number
    if (length > 0) (next[length + 1] as number)++
  }
  for (let length = 1; length <= MAX_BITS; length++) {
    next[length] = ((next[length] as number) + (next[length - 1] as number)) << 1
  }
  const codes = new Uint16Array(maxCode + 1)
  for (let symbol = 0; symbol <= maxCode; symbol++) {
    const length = lengths[symbol] as number
    if (length > 0) codes[symbol] = reversed((next[length] as number)++, length)
  }
  return codes
}

function reversed(code: number, length: number): number {
  let out = 0
  for (let i = 0; i < length; i++) out |= ((code >> i) & 1) << (length - 1 - i)
  return out
}
