import { DeflateTrees } from './deflate-trees.ts'

/**
 * zlib's compression at its default level, giving zlib's very bytes. Python decides by the
 * compressed length whether to compress a session cookie, and Node's own `zlib` is a variant whose
 * lengths differ by a few bytes; so this follows zlib's `deflate_slow` (level 6) step by step.
 */

// zlib's parameters for level 6: stop being lazy, stop searching, and how far to search.
const GOOD_LENGTH = 8
const MAX_LAZY = 16
const NICE_LENGTH = 128
const MAX_CHAIN = 128

const MIN_MATCH = 3
const MAX_MATCH = 258
// A match of the shortest length is not worth its distance code farther back than this.
const TOO_FAR = 4096
const MAX_DISTANCE = 32768 - MAX_MATCH - MIN_MATCH - 1
const HASH_SIZE = 32768

/** The longest input that zlib puts into one block, and so the longest that {@link compress} takes. */
export const MAX_INPUT = 16_000

const head = new Uint16Array(HASH_SIZE)
const previous = new Uint16Array(MAX_INPUT + MAX_MATCH)
const window = new Uint8Array(MAX_INPUT + 2 * MAX_MATCH)
const trees = new DeflateTrees()

/**
 * Compresses as Python's `zlib.compress(data)` does.
 * @param data at most {@link MAX_INPUT} bytes
 * @returns the zlib stream (RFC 1950)
 */
export function compress(data: Uint8Array): Uint8Array {
  const { length } = data
  if (length > MAX_INPUT) throw new RangeError(`More than ${MAX_INPUT} bytes`)
  window.set(data)
  window.fill(0, length, length + 2 * MAX_MATCH)
  head.fill(0)
  trees.start()
  findMatches(length)
  return trees.finish(data)
}

/** Enters the position into the chain of its hash, and returns the position before it, or 0. */
function insert(at: number): number {
  const hash =
    (((window[at] as number) << 10) ^
      ((window[at + 1] as number) << 5) ^
      (window[at + 2] as number)) &
    (HASH_SIZE - 1)
  const before = head[hash] as number
  previous[at] = before
  head[hash] = at
  return before
}

function findMatches(length: number): void {
  let at = 0
  let matchLength = MIN_MATCH - 1
  let matchStart = 0
  let literalWaits = false
  while (at < length) {
    const ahead = length - at
    const candidate = ahead >= MIN_MATCH ? insert(at) : 0
    const lastLength = matchLength
    const lastStart = matchStart
    matchLength = MIN_MATCH - 1
    if (candidate !== 0 && lastLength < MAX_LAZY && at - candidate <= MAX_DISTANCE) {
      const found = longestMatch(candidate, at, ahead, lastLength)
      if (found >= 0) matchStart = found >>> 9
      matchLength = found >= 0 ? found & 511 : Math.min(lastLength, ahead)
      if (matchLength === MIN_MATCH && at - matchStart > TOO_FAR) matchLength = MIN_MATCH - 1
    }
    if (lastLength >= MIN_MATCH && matchLength <= lastLength) {
      // The match of one position before is no worse: take that one.
      trees.addMatch(at - 1 - lastStart, lastLength)
      const last = length - MIN_MATCH
      for (const end = at + lastLength - 2; at < end; ) if (++at <= last) insert(at)
      at++
      literalWaits = false
      matchLength = MIN_MATCH - 1
    } else {
      if (literalWaits) trees.addLiteral(window[at - 1] as number)
      literalWaits = true
      at++
    }
  }
  if (literalWaits) trees.addLiteral(window[length - 1] as number)
}

/** The best match longer than `best`, as `start * 512 + length`; -1 when there is none. */
function longestMatch(candidate: number, at: number, ahead: number, best: number): number {
  let tries = best >= GOOD_LENGTH ? MAX_CHAIN >> 2 : MAX_CHAIN
  const nice = Math.min(NICE_LENGTH, ahead)
  const limit = Math.max(at - MAX_DISTANCE, 0)
  let length = best
  let start = -1
  let match = candidate
  do {
    if (
      window[match + length] === window[at + length] &&
      window[match + length - 1] === window[at + length - 1] &&
      window[match] === window[at] &&
      window[match + 1] === window[at + 1]
    ) {
      let same = 2
      while (same < MAX_MATCH && window[match + same] === window[at + same]) same++
      if (same > length) {
        start = match
        length = same
        if (same >= nice) break
      }
    }
    match = previous[match] as number
  } while (match > limit && --tries !== 0)
  return start < 0 ? -1 : start * 512 + Math.min(length, ahead)
}
