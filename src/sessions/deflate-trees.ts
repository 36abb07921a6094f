import { BitWriter, CODE_LENGTH_ORDER, DISTANCES, LENGTHS, rangeOf } from './deflate-format.ts'
import { HuffmanTree, LITERAL_CODES, STATIC_DISTANCES, STATIC_LITERALS } from './huffman-tree.ts'

const END_OF_BLOCK = 256
const DISTANCE_CODES = 30
const CODE_LENGTH_CODES = 19
// Codes that repeat a code length: the one before 3 to 6 times, zero 3 to 10 or 11 to 138 times.
const REPEAT = 16
const ZEROS = 17
const MANY_ZEROS = 18

/**
 * Collects literals and matches, and writes them as the one block that zlib would (RFC 1951). It may
 * be used again after `finish`.
 */
export class DeflateTrees {
  readonly #literals = new HuffmanTree(LITERAL_CODES, 15, STATIC_LITERALS)
  readonly #distances = new HuffmanTree(DISTANCE_CODES, 15, STATIC_DISTANCES)
  readonly #lengths = new HuffmanTree(CODE_LENGTH_CODES, 7, null)
  /** Pairs of distance (0 for a literal) and length or literal. */
  readonly #symbols: number[] = []

  /** Forgets the block before. */
  start(): void {
    this.#symbols.length = 0
    this.#literals.reset()
    this.#distances.reset()
    this.#lengths.reset()
    this.#literals.count(END_OF_BLOCK)
  }

  /** Adds one byte. */
  addLiteral(byte: number): void {
    this.#symbols.push(0, byte)
    this.#literals.count(byte)
  }

  /** Adds a repetition of `length` bytes from `distance` bytes before. */
  addMatch(distance: number, length: number): void {
    this.#symbols.push(distance, length)
    this.#literals.count(rangeOf(LENGTHS, length) + END_OF_BLOCK + 1)
    this.#distances.count(rangeOf(DISTANCES, distance))
  }

  /** The whole zlib stream: header, block, checksum. */
  finish(data: Uint8Array): Uint8Array {
    const out = new BitWriter(data.length + 64)
    out.bits(0x9c78, 16)
    this.#literals.build()
    this.#distances.build()
    const runs: Run[] = []
    foldRuns(this.#literals, runs)
    foldRuns(this.#distances, runs)
    for (let i = 0; i < runs.length; i++) this.#lengths.count((runs[i] as Run).code)
    this.#lengths.build()
    const used = this.#lastLengthCode()

    const bits = this.#literals.bits + this.#distances.bits
    const extra = this.#extraBits()
    const dynamicBits = bits + extra + this.#lengths.bits + runExtraBits(runs) + 3 * used + 14
    const staticBits = this.#literals.staticBits + this.#distances.staticBits + extra
    const dynamicBytes = (dynamicBits + 10) >>> 3
    const staticBytes = (staticBits + 10) >>> 3

    if (data.length + 4 <= Math.min(dynamicBytes, staticBytes)) writeStored(data, out)
    else if (staticBytes <= dynamicBytes) {
      out.bits(0b011, 3)
      this.#writeSymbols(STATIC_LITERALS, STATIC_DISTANCES, out)
    } else {
      out.bits(0b101, 3)
      this.#writeTrees(runs, used, out)
      this.#writeSymbols(this.#literals, this.#distances, out)
    }
    return out.finish(adler32(data))
  }

  #lastLengthCode(): number {
    let used = CODE_LENGTH_CODES
    while (used > 4 && this.#lengths.lengths[CODE_LENGTH_ORDER[used - 1] as number] === 0) used--
    return used
  }

  #extraBits(): number {
    let bits = 0
    for (let i = 0; i < this.#symbols.length; i += 2) {
      const distance = this.#symbols[i] as number
      if (distance === 0) continue
      const length = this.#symbols[i + 1] as number
      bits += LENGTHS.extra[rangeOf(LENGTHS, length)] as number
      bits += DISTANCES.extra[rangeOf(DISTANCES, distance)] as number
    }
    return bits
  }

  #writeTrees(runs: readonly Run[], used: number, out: BitWriter): void {
    out.bits(this.#literals.maxCode + 1 - 257, 5)
    out.bits(this.#distances.maxCode + 1 - 1, 5)
    out.bits(used - 4, 4)
    for (const code of CODE_LENGTH_ORDER.slice(0, used)) {
      out.bits(this.#lengths.lengths[code] as number, 3)
    }
    for (const run of runs) {
      this.#lengths.write(run.code, out)
      out.bits(run.extra, run.extraBits)
    }
  }

  #writeSymbols(literals: CodeWriter, distances: CodeWriter, out: BitWriter): void {
    for (let i = 0; i < this.#symbols.length; i += 2) {
      const distance = this.#symbols[i] as number
      const value = this.#symbols[i + 1] as number
      if (distance === 0) {
        literals.write(value, out)
        continue
      }
      const length = rangeOf(LENGTHS, value)
      literals.write(length + END_OF_BLOCK + 1, out)
      out.bits(value - (LENGTHS.base[length] as number), LENGTHS.extra[length] as number)
      const far = rangeOf(DISTANCES, distance)
      distances.write(far, out)
      out.bits(distance - (DISTANCES.base[far] as number), DISTANCES.extra[far] as number)
    }
    literals.write(END_OF_BLOCK, out)
  }
}

interface CodeWriter {
  write(code: number, out: BitWriter): void
}

/** One entry of the written trees: a code, and a number that says how often it repeats. */
interface Run {
  readonly code: number
  readonly extra: number
  readonly extraBits: number
}

// A code that stands for itself; most entries are of this kind.
const ONCE: readonly Run[] = Array.from({ length: REPEAT }, (_, code) => ({
  code,
  extra: 0,
  extraBits: 0,
}))

const runExtraBits = (runs: readonly Run[]): number =>
  runs.reduce((sum, run) => sum + run.extraBits, 0)

/** Adds the code lengths of a tree with repetitions folded as zlib's `scan_tree` folds them. */
function foldRuns(tree: HuffmanTree, runs: Run[]): void {
  const { lengths, maxCode } = tree
  let last = -1
  let count = 0
  let most = lengths[0] === 0 ? 138 : 7
  let least = lengths[0] === 0 ? 3 : 4
  for (let i = 0; i <= maxCode; i++) {
    const length = lengths[i] as number
    const next = i === maxCode ? -1 : (lengths[i + 1] as number)
    count++
    if (count < most && length === next) continue
    const once = ONCE[length] as Run
    if (count < least) for (; count > 0; count--) runs.push(once)
    else if (length !== 0) {
      if (length !== last) {
        runs.push(once)
        count--
      }
      runs.push({ code: REPEAT, extra: count - 3, extraBits: 2 })
    } else if (count <= 10) runs.push({ code: ZEROS, extra: count - 3, extraBits: 3 })
    else runs.push({ code: MANY_ZEROS, extra: count - 11, extraBits: 7 })
    count = 0
    last = length
    most = next === 0 ? 138 : length === next ? 6 : 7
    least = next === 0 || length === next ? 3 : 4
  }
}

function writeStored(data: Uint8Array, out: BitWriter): void {
  out.bits(0b001, 3)
  out.align()
  out.bits(data.length, 16)
  out.bits(~data.length & 0xffff, 16)
  for (const byte of data) out.bits(byte, 8)
}

/** The checksum at the end of a zlib stream (RFC 1950 §9). */
function adler32(data: Uint8Array): number {
  let a = 1
  let b = 0
  for (const byte of data) {
    a = (a + byte) % 65521
    b = (b + a) % 65521
  }
  return ((b << 16) | a) >>> 0
}
