import { describe, expect, test } from 'vitest'
import { LookupError, RuntimeError, ValueError } from '../../src/errors/builtins.ts'
import { parseConverterArguments } from '../../src/routing/converter-arguments.ts'
import { BaseConverter } from '../../src/routing/converters.ts'
import { Rule } from '../../src/routing/rule.ts'
import { UrlMap } from '../../src/routing/url-map.ts'

const add =
  (text: string, converters = {}) =>
  () =>
    new UrlMap([], { converters }).add(new Rule(text, { endpoint: 'e' }))

describe('a rule that cannot be parsed says what to write instead', () => {
  test('no slash at the start', () => {
    expect(() => new Rule('nope')).toThrow(ValueError)
    expect(() => new Rule('nope')).toThrow(
      "URL rule 'nope' must start with a slash. Write '/nope'.",
    )
  })

  test.each(['/<', '/<int>x<', '/<a b>', '/a/<int:>', '/<1a>', '/<x-y>', '/<int(1:x>', '/a/<é>'])(
    '%s',
    (rule) => {
      expect(add(rule)).toThrow(ValueError)
      expect(add(rule)).toThrow(`Malformed URL rule '${rule}'`)
    },
  )

  test('an unknown converter', () => {
    expect(add('/<nat:n>')).toThrow(LookupError)
    expect(add('/<nat:n>')).toThrow("the converter 'nat' does not exist. Known ones are default,")
    expect(add('/<toString:n>')).toThrow(LookupError)
  })

  test('arguments that are none', () => {
    expect(add('/<int(min=-1):n>')).toThrow("cannot parse the converter argument 'min=-'")
    expect(add('/<any(a b):n>')).toThrow("cannot parse the converter argument 'a'")
    expect(add('/<int(low=1):n>')).toThrow("The converter int has no argument 'low'")
    expect(add('/<int(1, fixed_digits=2):n>')).toThrow("got its argument 'fixed_digits' twice")
    expect(add('/<int(1, 2, 3, True, 5):n>')).toThrow('takes at most 4 arguments')
    expect(add('/<string(length=x):n>')).toThrow(ValueError)
  })

  test('a variable twice, or one that JavaScript reserves', () => {
    expect(add('/<a>/<a>')).toThrow("the variable name 'a' is used twice")
    expect(add('/<__proto__>')).toThrow('is reserved by JavaScript')
  })

  test('a regex that is not JavaScript', () => {
    class Python extends BaseConverter {
      override regex = '(?P<year>[0-9]+)'
    }
    expect(add('/<py:x>', { py: Python })).toThrow(ValueError)
    expect(add('/<py:x>', { py: Python })).toThrow('(?<name>…) for Python’s (?P<name>…)')
  })

  test('methods in one string', () => {
    expect(() => new Rule('/x', { methods: 'GET' })).toThrow(TypeError)
    expect(() => new Rule('/x', { methods: 'GET' })).toThrow("for example { methods: ['POST'] }")
  })

  test('a WebSocket rule for POST', () => {
    expect(() => new Rule('/x', { websocket: true, methods: ['POST'] })).toThrow(ValueError)
  })

  test('a rule that belongs to another map', () => {
    const rule = new Rule('/x', { endpoint: 'x' })
    new UrlMap([rule])
    expect(() => new UrlMap([rule])).toThrow(RuntimeError)
    const copy = rule.empty()
    expect(copy).toMatchObject({ rule: '/x', endpoint: 'x' })
    new UrlMap([copy])
  })

  test('a failed rule leaves nothing behind', () => {
    const map = new UrlMap()
    expect(() => map.add(new Rule('/<nat:n>', { endpoint: 'e' }))).toThrow()
    expect([...map.iterRules()]).toEqual([])
  })
})

describe('converter arguments are read as Werkzeug reads them', () => {
  test.each([
    ['', [], null],
    ['2', [2], null],
    ['2,10', ['2,10'], null],
    ['min=1, max=9', [], { min: 1, max: 9 }],
    ['\'a b\',c,"d,e"', ['a b', 'c', 'd,e'], null],
    ['True,None,x.y', [true, null, 'x.y'], null],
    ['1.5', [1.5], null],
    ['length=', [], null],
    ['nan', [Number.NaN], null],
    ['1_000', [1000], null],
    ['ü', ['ü'], null],
    ['a,(', ['a'], null],
  ])('%j', (text, args, options) => {
    const parsed = parseConverterArguments('/', text)
    expect(parsed.args).toEqual(args)
    expect(parsed.options && { ...parsed.options }).toEqual(options)
  })
})
