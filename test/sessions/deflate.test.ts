import { createHash } from 'node:crypto'
import { inflateSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compress, MAX_INPUT } from '../../src/sessions/deflate.ts'
import { STREAMS } from './facts.ts'

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')
const unfold = (bytes: Uint8Array): Buffer => inflateSync(compress(bytes))

describe('compress gives the bytes of Python’s zlib.compress', () => {
  it.each(STREAMS.texts)('for %j', (text, stream) => {
    expect(base64(compress(Buffer.from(text)))).toBe(stream)
  })

  it.each(STREAMS.bytes.map(([bytes, stream], i) => ({ i, bytes, stream })))(
    'for bytes $i',
    ({ bytes, stream }) => {
      expect(base64(compress(Buffer.from(bytes, 'base64')))).toBe(stream)
    },
  )
})

/** The pseudo-random numbers from which the recorded inputs were made. */
function* numbers(seed: number): Generator<number, never> {
  for (let state = BigInt(seed); ; ) {
    state = (state * 1103515245n + 12345n) & 0x7fffffffn
    yield Number(state >> 8n)
  }
}

/** Bytes whose frequencies are Fibonacci numbers, shuffled: the deepest of all Huffman trees. */
function deepTree(symbols: number, seed: number): Uint8Array {
  const bytes: number[] = []
  for (let [symbol, a, b] = [0, 1, 1]; symbol < symbols; [symbol, a, b] = [symbol + 1, b, a + b]) {
    for (let i = 0; i < a; i++) bytes.push(40 + symbol)
  }
  const random = numbers(seed)
  for (let i = bytes.length - 1; i > 0; i--) {
    const j = random.next().value % (i + 1)
    const byte = bytes[i] as number
    bytes[i] = bytes[j] as number
    bytes[j] = byte
  }
  return Uint8Array.from(bytes)
}

function noise(length: number): Uint8Array {
  const random = numbers(7)
  return Uint8Array.from({ length }, () => random.next().value & 255)
}

describe('compress gives the bytes of Python, told by their SHA-1', () => {
  const sha1 = (bytes: Uint8Array): string => createHash('sha1').update(bytes).digest('hex')

  it.each([
    [17, 1, '29420960f913c96de8a04d1adee828c1b58226ac'],
    [18, 2, '60d962d0c33820ab32e813771f47d0d04bc2f0df'],
    [19, 3, '80cea2b4d9ca9e7f2c3073a97f58cbd8b43739cf'],
  ])('for frequencies that would make codes too long: %i symbols', (symbols, seed, digest) => {
    expect(sha1(compress(deepTree(symbols, seed)))).toBe(digest)
  })

  it.each([
    [1, '38a31a67b29ccb3222c53b9610097ff6d148fd88'],
    [300, '3622a63d44f0db0615c333c227d2e68fb7c240cf'],
    [5000, 'f8e7c85a8f2c3e41e46f21bf8b8129c53f52c8d2'],
  ])('for noise, which is better stored: %i bytes', (length, digest) => {
    expect(sha1(compress(noise(length)))).toBe(digest)
  })
})

describe('compress gives what unfolds again', () => {
  it('for any bytes, of any length that it takes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), fc.nat(40), (bytes, times) => {
        const data = Buffer.concat(Array.from({ length: times }, () => bytes)).subarray(
          0,
          MAX_INPUT,
        )
        expect(unfold(data).equals(data)).toBe(true)
      }),
      { numRuns: 200 },
    )
  })

  it('for runs of zeros, whose matches run past the end', () => {
    for (const length of [3, 257, 258, 259, 1000, MAX_INPUT]) {
      expect(unfold(new Uint8Array(length)).length).toBe(length)
    }
  })

  it('for matches from far away', () => {
    const data = Buffer.alloc(MAX_INPUT)
    for (let i = 0; i < data.length; i++) data[i] = (i * i + (i >> 5)) & 0xff
    data.copy(data, 9000, 0, 3000)
    expect(unfold(data).equals(data)).toBe(true)
  })

  it('and refuses what is too long', () => {
    expect(() => compress(new Uint8Array(MAX_INPUT + 1))).toThrow(RangeError)
  })
})
