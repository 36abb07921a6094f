import { describe, expect, it } from 'vitest'
import { KeyError } from '../../src/errors/builtins.ts'
import { Markup } from '../../src/http/markup.ts'
import { JSONTag, TaggedJSONSerializer, TagUUID } from '../../src/json/tag.ts'
import { Tuple, tuple } from '../../src/json/tuple.ts'
import { UUID } from '../../src/json/uuid.ts'

const serializer = new TaggedJSONSerializer()
const uuid = new UUID('a8098c1a-f86e-11da-bd1a-00112444be1e')

describe('TaggedJSONSerializer', () => {
  it.each<[string, unknown, string]>([
    ['tuple', tuple(1, tuple()), '{" t":[1,{" t":[]}]}'],
    ['list', [1, tuple(2)], '[1,{" t":[2]}]'],
    ['bytes', Buffer.from('raw'), '{" b":"cmF3"}'],
    ['Markup', new Markup('<b>'), '{" m":"<b>"}'],
    ['UUID', uuid, '{" u":"a8098c1af86e11dabd1a00112444be1e"}'],
    ['Date', new Date('2024-05-06T07:08:09.500Z'), '{" d":"Mon, 06 May 2024 07:08:09 GMT"}'],
    ['what looks like a tag', { ' t': [1] }, '{" di":{" t__":[1]}}'],
    ['what looks like the tag for that', { ' di': { ' t__': 1 } }, '{" di":{" di__":{" t__":1}}}'],
    ['a tag’s name among others', { ' t': [1], x: 1 }, '{" t":[1],"x":1}'],
    ['nested objects', { a: { b: [tuple()] } }, '{"a":{"b":[{" t":[]}]}}'],
    [
      'a Map',
      new Map<string, unknown>([
        ['b', tuple()],
        ['1', 2],
      ]),
      '{"b":{" t":[]},"1":2}',
    ],
    ['plain JSON', ['é', 1.5, true, null], '["\\u00e9",1.5,true,null]'],
  ])('writes %s', (_name, value, text) => {
    expect(serializer.dumps(value)).toBe(text)
  })

  it('reads it all back', () => {
    const value = {
      t: tuple(1, 'a', tuple()),
      b: Buffer.from([0, 255]),
      m: new Markup('<b>'),
      u: uuid,
      d: new Date('2024-05-06T07:08:09Z'),
      tag: { ' t': [1] },
      l: [1, tuple(), null, true, 1.5, 'é'],
    }
    const back = serializer.loads(serializer.dumps(value)) as typeof value
    expect(back).toEqual(value)
    expect(back.t).toBeInstanceOf(Tuple)
    expect(back.l[1]).toBeInstanceOf(Tuple)
    expect(back.m).toBeInstanceOf(Markup)
    expect(String(back.m)).toBe('<b>')
    expect(back.u.hex).toBe(uuid.hex)
  })

  it('keeps large integers, and names that other objects inherit', () => {
    expect(serializer.loads('[12345678901234567890]')).toEqual([12345678901234567890n])
    const odd = serializer.loads('{"__proto__":{" t":[1]},"constructor":{"prototype":1}}') as object
    expect(Object.getPrototypeOf(odd)).toBe(Object.prototype)
    expect(serializer.dumps(odd)).toBe('{"__proto__":{" t":[1]},"constructor":{"prototype":1}}')
  })

  it('leaves out members that are undefined', () => {
    expect(serializer.dumps({ a: undefined, b: 1 })).toBe('{"b":1}')
  })

  it('reads an unreadable date as null, as Flask does', () => {
    expect(serializer.loads('{" d":"never"}')).toBeNull()
  })

  it('refuses what is no JSON', () => {
    expect(() => serializer.loads('{')).toThrow(SyntaxError)
  })
})

describe('register', () => {
  class Color {
    readonly name: string

    constructor(name: string) {
      this.name = name
    }
  }

  class TagColor extends JSONTag {
    override readonly key: string = ' c'

    override check(value: unknown): boolean {
      return value instanceof Color
    }

    override toJson(value: unknown): unknown {
      return (value as Color).name
    }

    override toPython(value: unknown): unknown {
      return new Color(String(value))
    }
  }

  it('adds a type', () => {
    const own = new TaggedJSONSerializer()
    own.register(TagColor)
    expect(own.dumps([new Color('red')])).toBe('[{" c":"red"}]')
    expect(own.loads('{" c":"red"}')).toEqual(new Color('red'))
  })

  it('refuses a key that is taken, unless forced', () => {
    const own = new TaggedJSONSerializer()
    expect(() => own.register(TagUUID)).toThrow(KeyError)
    own.register(TagUUID, { force: true })
    expect(own.dumps(uuid)).toBe(serializer.dumps(uuid))
  })

  it('puts a special case before the type that it is a case of', () => {
    class TagPair extends JSONTag {
      override readonly key: string = ' p'

      override check(value: unknown): boolean {
        return value instanceof Tuple && value.length === 2
      }

      override toJson(value: unknown): unknown {
        return (value as Tuple).join('-')
      }
    }
    const own = new TaggedJSONSerializer()
    own.register(TagPair, { index: 0 })
    expect(own.dumps(tuple(1, 2))).toBe('{" p":"1-2"}')
    expect(own.dumps(tuple(1))).toBe('{" t":[1]}')
    expect(own.loads('{" p":"1-2"}')).toBe('1-2')
  })
})
