import { afterEach, describe, expect, it } from 'vitest'
import { Markup } from '../../src/http/markup.ts'
import { dumps, loads, setProviderLookup } from '../../src/json/current.ts'
import { DefaultJSONProvider, JSONProvider } from '../../src/json/provider.ts'
import { Tuple, tuple } from '../../src/json/tuple.ts'
import { UUID } from '../../src/json/uuid.ts'
import { FACTS, FakeResponse } from './facts.ts'

const app = (debug = false) => ({ debug, responseClass: FakeResponse })
const provider = (debug = false) => new DefaultJSONProvider<FakeResponse>(app(debug))

describe('DefaultJSONProvider', () => {
  it.each(FACTS.texts)('writes $value as Flask does', ({ value, ...python }) => {
    const json = provider()
    const data: unknown = JSON.parse(value)
    expect(json.dumps(data)).toBe(python.dumps)
    expect(json.response(data).body).toBe(python.response)
    json.compact = false
    expect(json.response(data).body).toBe(python.pretty)
    json.ensureAscii = false
    expect(json.dumps(data)).toBe(python.unicode)
  })

  it('answers with a line end, indented while debugging unless `compact` says otherwise', () => {
    expect(provider().response({ b: 1, a: 2 })).toEqual(
      new FakeResponse('{"a":2,"b":1}\n', { mimetype: 'application/json' }),
    )
    const debugging = provider(true)
    expect(debugging.response([1]).body).toBe('[\n  1\n]\n')
    debugging.compact = true
    expect(debugging.response([1]).body).toBe('[1]\n')
  })

  it('takes no, one or several values', () => {
    const json = provider()
    expect(json.response().body).toBe('null\n')
    expect(json.response([1, 2]).body).toBe('[1,2]\n')
    expect(json.response(1, 'a').body).toBe('[1,"a"]\n')
  })

  it('has Flask’s knobs', () => {
    const json = provider()
    json.sortKeys = false
    json.ensureAscii = false
    json.mimetype = 'application/x-json'
    expect(json.response({ z: 'é', a: 1 })).toEqual(
      new FakeResponse('{"z":"é","a":1}\n', { mimetype: 'application/x-json' }),
    )
    expect(json.dumps({ z: 'é' }, { ensureAscii: true, indent: 1 })).toBe('{\n "z": "\\u00e9"\n}')
  })

  it('knows dates, UUIDs, Markup, __html__, toJSON and instances of classes', () => {
    class Point {
      y = 4
      x = 3
      tag: string | undefined = undefined
    }
    const values = [
      new Date(Date.UTC(2020, 1, 29)),
      new UUID('00000000-0000-4000-8000-000000000001'),
      new Markup('<b>'),
      { __html__: () => '<u>' },
      new URL('http://a.test/'),
      new Point(),
      tuple(1, 'a'),
      new Map([['k', [new Date(0)]]]),
      Object('boxed'),
    ]
    // A plain object with `__html__` is a dict that holds a function, so only a class has one.
    class Html {
      __html__(): string {
        return '<u>'
      }
    }
    values[3] = new Html()
    expect(provider().response(values).body).toBe(
      '["Sat, 29 Feb 2020 00:00:00 GMT","00000000-0000-4000-8000-000000000001","<b>","<u>",' +
        '"http://a.test/",{"x":3,"y":4},[1,"a"],{"k":["Thu, 01 Jan 1970 00:00:00 GMT"]},"boxed"]\n',
    )
  })

  it.each<[string, unknown]>([
    ['set', new Set([1])],
    ['bytes', Buffer.from('x')],
    ['function', () => 1],
    ['symbol', Symbol('s')],
    ['Promise', Promise.resolve(1)],
    ['Error', new Error('e')],
    ['RegExp', /x/],
    ['Float64Array', new Float64Array(1)],
  ])('refuses a %s with Python’s message', (name, value) => {
    expect(() => provider().dumps({ a: [value] })).toThrow(
      new TypeError(`Object of type ${name} is not JSON serializable`),
    )
  })

  it('supports more classes by overriding `default`', () => {
    class Money {
      readonly cents: number

      constructor(cents: number) {
        this.cents = cents
      }
    }
    class WithMoney extends DefaultJSONProvider<FakeResponse> {
      override default(value: unknown): unknown {
        return value instanceof Money ? `${value.cents / 100} EUR` : super.default(value)
      }
    }
    const json = new WithMoney(app())
    expect(json.dumps([new Money(250), new Date(0)])).toBe(
      '["2.5 EUR", "Thu, 01 Jan 1970 00:00:00 GMT"]',
    )
  })

  it('reads text and bytes, refusing forbidden names unless told to keep them', () => {
    const json = provider()
    expect(json.loads('{"a": 1}')).toEqual({ a: 1 })
    expect(json.loads(Buffer.from('[1]'))).toEqual([1])
    expect(() => json.loads('{"__proto__": 1}')).toThrow(SyntaxError)
    expect(Object.keys(json.loads('{"__proto__": 1}', { proto: 'keep' }) as object)).toEqual([
      '__proto__',
    ])
    json.bigIntegers = true
    expect(json.loads('12345678901234567890')).toBe(12345678901234567890n)
  })

  it('writes to a stream', () => {
    const written: string[] = []
    provider().dump({ a: 1 }, { write: (text) => written.push(text) })
    expect(written).toEqual(['{"a": 1}'])
  })
})

describe('JSONProvider', () => {
  class Terse extends JSONProvider<FakeResponse> {
    override dumps(value: unknown): string {
      return JSON.stringify(value)
    }

    override loads(source: string | Uint8Array): unknown {
      return JSON.parse(String(source))
    }
  }

  it('needs dumps and loads only, and answers without a line end', () => {
    expect(new Terse(app()).response({ b: 1, a: 2 })).toEqual(
      new FakeResponse('{"b":1,"a":2}', { mimetype: 'application/json' }),
    )
  })
})

describe('dumps and loads of the current app', () => {
  afterEach(() => setProviderLookup(() => null))

  it('are Python’s json outside an app context: nothing is sorted', () => {
    expect(dumps({ b: new Date(0), a: 'é' })).toBe(
      '{"b": "Thu, 01 Jan 1970 00:00:00 GMT", "a": "\\u00e9"}',
    )
    expect(loads('[NaN]')).toEqual([Number.NaN])
  })

  it('are the app’s provider inside one', () => {
    const json = provider()
    json.bigIntegers = true
    setProviderLookup(() => json)
    expect(dumps({ b: 1, a: 2 })).toBe('{"a": 2, "b": 1}')
    expect(loads('12345678901234567890')).toBe(12345678901234567890n)
  })
})

describe('Tuple', () => {
  it('is an array of exactly its items, and gives arrays', () => {
    const one = tuple(3)
    expect([...one]).toEqual([3])
    expect(one).toBeInstanceOf(Tuple)
    expect(Array.isArray(one)).toBe(true)
    expect(tuple(1, 2).map((item) => item + 1)).not.toBeInstanceOf(Tuple)
    expect(Tuple.from([1, 2])).toBeInstanceOf(Tuple)
  })
})

describe('UUID', () => {
  const text = 'a8098c1a-f86e-11da-bd1a-00112444be1e'

  it.each([text, text.toUpperCase(), `{${text}}`, `urn:uuid:${text}`, text.replaceAll('-', '')])(
    'reads %s',
    (form) => {
      const uuid = new UUID(form)
      expect(String(uuid)).toBe(text)
      expect(uuid.hex).toBe('a8098c1af86e11dabd1a00112444be1e')
      expect(JSON.stringify(uuid)).toBe(`"${text}"`)
    },
  )

  it('knows its bytes, its version and its equals', () => {
    const uuid = new UUID(text)
    expect(Buffer.from(uuid.bytes).toString('hex')).toBe(uuid.hex)
    expect(uuid.version).toBe(1)
    expect(new UUID('0'.repeat(32)).version).toBeNull()
    expect(uuid.equals(new UUID(text.toUpperCase()))).toBe(true)
    expect(uuid.equals(text)).toBe(false)
  })

  it.each(['', 'x', `${text}0`, text.slice(1), text.replace('a', 'g')])('refuses %j', (form) => {
    expect(() => new UUID(form)).toThrow('badly formed hexadecimal UUID string')
  })
})
