import { describe, expect, it } from 'vitest'
import { decodeJson } from '../../src/json/decode.ts'
import { JSONDecodeError } from '../../src/json/decode-error.ts'
import { FACTS } from './facts.ts'

const messageOf = (read: () => unknown): string => {
  try {
    read()
  } catch (error) {
    expect(error).toBeInstanceOf(SyntaxError)
    expect(error).toBeInstanceOf(JSONDecodeError)
    return (error as Error).message
  }
  return 'nothing thrown'
}

describe('decodeJson reads what Python reads', () => {
  it('reads NaN and infinities, which JSON.parse refuses', () => {
    expect(
      decodeJson('{"a": [NaN, Infinity, -Infinity], "b": "x\\u00e9\\n", "c": -1.5e+3}'),
    ).toEqual({
      a: [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
      b: 'xé\n',
      c: -1500,
    })
    expect(decodeJson('[NaN, {}, [], {"k": [true, false, null]}]')).toEqual([
      Number.NaN,
      {},
      [],
      { k: [true, false, null] },
    ])
  })

  it.each(FACTS.refused)('refuses %j: %s', (text, message) => {
    expect(messageOf(() => decodeJson(text))).toBe(message)
  })

  it('counts the position in characters, lines and columns', () => {
    const error = (() => {
      try {
        decodeJson('{"😀":\n  x}')
      } catch (thrown) {
        return thrown as JSONDecodeError
      }
      return null
    })()
    expect(error).toMatchObject({ msg: 'Expecting value', pos: 8, lineno: 2, colno: 3 })
    expect(error?.name).toBe('JSONDecodeError')
  })

  it.each(['utf-8', 'utf-16le', 'utf-16be', 'utf-32le', 'utf-32be'])(
    'reads bytes in %s',
    (name) => {
      for (const text of ['{"a":"é𝒳"}', '1', '[]', '"x"']) {
        for (const mark of name === 'utf-8' ? ['', '\ufeff'] : ['', '\ufeff']) {
          expect(decodeJson(encode(mark + text, name))).toEqual(JSON.parse(text))
        }
      }
    },
  )

  it('refuses bytes that are no text', () => {
    expect(messageOf(() => decodeJson(Buffer.from([0x22, 0xff, 0x22])))).toContain('UTF-8')
    expect(messageOf(() => decodeJson(Buffer.from([0, 0, 0xfe, 0xff, 1])))).toContain('UTF-32BE')
  })

  it('keeps integers beyond 2^53 as bigints on demand', () => {
    const text = '[12345678901234567890, -9007199254740993, 9007199254740991, 1e30, 1.5]'
    expect(decodeJson(text, { bigIntegers: true })).toEqual([
      12345678901234567890n,
      -9007199254740993n,
      9007199254740991,
      1e30,
      1.5,
    ])
    expect(decodeJson('[9007199254740993]')).toEqual([9007199254740992])
  })

  it('refuses to nest without end where it reads by itself', () => {
    expect(messageOf(() => decodeJson(`${'['.repeat(5000)}NaN`))).toContain('Nesting too deep')
  })
})

describe('member names that could change prototypes (S31)', () => {
  const attacks = [
    '{"__proto__": {"admin": true}}',
    '{"a": [{"__proto__": 1}]}',
    '{"\\u005f_proto__": {"admin": true}}',
    '{"__pr\\u006Fto__": NaN}',
    '{"constructor": {"prototype": {"admin": true}}}',
    '{"x": {"\\u0063onstructor": {"prototype": 1}}}',
  ]

  it.each(attacks)('%s is refused', (text) => {
    expect(messageOf(() => decodeJson(text))).toContain('Forbidden member name')
  })

  it.each(attacks)('%s is plain data where that is asked for', (text) => {
    const value = decodeJson(text, { proto: 'keep' }) as object
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
    expect(Object.keys(value)).toHaveLength(1)
    expect(({} as Record<string, unknown>).admin).toBeUndefined()
  })

  it('the same words elsewhere are fine', () => {
    const value = { constructor: 'Ford', text: '__proto__', prototype: { constructor: 1 } }
    expect(decodeJson(JSON.stringify(value))).toEqual(value)
  })
})

function encode(text: string, name: string): Buffer {
  if (name === 'utf-8') return Buffer.from(text)
  const littleEndian = name.endsWith('le')
  if (name.startsWith('utf-16')) {
    const bytes = Buffer.from(text, 'utf16le')
    return littleEndian ? bytes : bytes.swap16()
  }
  const points = Array.from(text, (char) => char.codePointAt(0) ?? 0)
  const bytes = Buffer.alloc(4 * points.length)
  points.forEach((point, i) => {
    if (littleEndian) bytes.writeUInt32LE(point, 4 * i)
    else bytes.writeUInt32BE(point, 4 * i)
  })
  return bytes
}
