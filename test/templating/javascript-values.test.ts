import { describe, expect, it } from 'vitest'
import { Markup } from '../../src/http/markup.ts'
import { MultiDict } from '../../src/http/multi-dict.ts'
import { Environment } from '../../src/templating/environment.ts'

const environment = new Environment({ autoescape: true })
const plain = new Environment()
const render = (source: string, context: Record<string, unknown> = {}): string =>
  plain.renderString(source, context)

class Visit {
  args = new MultiDict([
    ['q', '<1>'],
    ['x', '1'],
    ['x', '2'],
  ])
  #secret = 5

  get fullPath(): string {
    return '/a?q'
  }

  secret(): number {
    return this.#secret
  }

  toString(): string {
    return 'a visit'
  }
}

describe('objects of classes', () => {
  const visit = new Visit()

  it('show properties under their camelCase and snake_case names', () => {
    expect(render('{{ v.fullPath }} {{ v.full_path }} {{ v["full_path"] }}', { v: visit })).toBe(
      '/a?q /a?q /a?q',
    )
  })

  it('keep `this` in methods, also in ones that are called later', () => {
    expect(render('{{ v.secret() }}{% set s = v.secret %}{{ s() }}', { v: visit })).toBe('55')
  })

  it('print as their toString says, and as their class otherwise', () => {
    class Bare {}
    expect(render('{{ v }} {{ [v] }} {{ b }}', { v: visit, b: new Bare() })).toBe(
      'a visit [a visit] <Bare object>',
    )
  })

  it('are looked into for items after attributes', () => {
    const source =
      '{{ v.args.q }} {{ v.args["x"] }} {{ v.args.getlist("x") }} {{ v.args.nope is defined }} ' +
      '{{ "q" in v.args }} {{ v.args|length }} {{ v.args is mapping }} {{ v.args.get is callable }}'
    expect(render(source, { v: visit })).toBe("<1> 1 ['1', '2'] False True 2 True True")
  })

  it('give keys when walked and tuples from items()', () => {
    const source = '{% for k in a %}{{ k }},{% endfor %}{{ a.items()|list }}{{ a|dictsort }}'
    expect(render(source, { a: visit.args })).toBe(
      "q,x,[('q', '<1>'), ('x', '1')][('q', '<1>'), ('x', '1')]",
    )
  })

  it('name their class when an attribute is missing', () => {
    expect(() => render('{{ v.nope.x }}', { v: visit })).toThrow(
      "'Visit object' has no attribute 'nope'",
    )
  })
})

describe('plain objects', () => {
  it('give their own keys, also ones that are named as a method of dict', () => {
    const cart = { items: [1, 2], get: (key: string) => `got ${key}` }
    expect(render('{{ c.items }} {{ c.get("x") }} {{ c.items()|length }}', { c: cart })).toBe(
      '[1, 2] got x 2',
    )
  })

  it('print as their own toString says', () => {
    expect(render('{{ x }}', { x: { toString: () => 'custom' } })).toBe('custom')
  })

  it('are changed in place by the methods of dict', () => {
    const target: Record<string, unknown> = { a: 1 }
    render('{% set _ = t.update({"b": 2}) %}{% set _ = t.pop("a") %}', { t: target })
    expect(target).toEqual({ b: 2 })
  })
})

describe('other values', () => {
  it('Map is a dict and Set a set', () => {
    const m = new Map<unknown, unknown>([
      ['a', 1],
      [2, 'two'],
    ])
    expect(
      render('{{ m }} {{ m.a }} {{ m[2] }} {{ m|length }} {% for k in m %}{{ k }}{% endfor %}', {
        m,
      }),
    ).toBe("{'a': 1, 2: 'two'} 1 two 2 a2")
    expect(render('{{ s }} {{ 1 in s }} {{ s|length }}', { s: new Set([1, 'a']) })).toBe(
      "{1, 'a'} True 2",
    )
  })

  it.each([
    ['an empty Map', new Map()],
    ['an empty Set', new Set()],
    ['an empty MultiDict', new MultiDict()],
    ['an empty object', {}],
    ['an empty array', []],
    ['zero', 0],
    ['a bigint zero', 0n],
    ['an empty text', ''],
    ['an empty Markup', new Markup('')],
    ['null', null],
    ['undefined', undefined],
    ['no bytes', new Uint8Array()],
  ])('%s is false', (_name, value) => {
    expect(render('{{ "yes" if v else "no" }}', { v: value })).toBe('no')
  })

  it.each([
    ['NaN', Number.NaN],
    ['an object of a class', new Visit()],
    ['a function', () => 0],
    ['a date', new Date(0)],
  ])('%s is true', (_name, value) => {
    expect(render('{{ "yes" if v else "no" }}', { v: value })).toBe('yes')
  })

  it('null is None, undefined is undefined, a missing result of a function is None', () => {
    const context = { n: null, u: undefined, f: () => undefined }
    expect(render('{{ n }}|{{ u }}|{{ f() }}|{{ u is defined }}', context)).toBe('None||None|False')
  })

  it('Date is a datetime in UTC', () => {
    const d = new Date(1_700_000_000_123)
    expect(
      render(
        '{{ d }} {{ d.year }} {{ d.strftime("%Y-%m-%d %H:%M:%S %-d %B %j") }} {{ d.toISOString() }}',
        { d },
      ),
    ).toBe(
      '2023-11-14 22:13:20.123000+00:00 2023 2023-11-14 22:13:20 14 November 318 2023-11-14T22:13:20.123Z',
    )
  })

  it('bigint keeps its digits; bytes and errors print as in Python', () => {
    const context = { b: 12345678901234567890n, y: new Uint8Array([65, 255]), e: new Error('bad') }
    expect(render('{{ b + 1 }} {{ y }} {{ e }}', context)).toBe(
      "12345678901234567891 b'A\\xff' bad",
    )
  })

  it('a promise is refused instead of printed', () => {
    expect(() => render('{{ p }}', { p: Promise.resolve(1) })).toThrow('await it before rendering')
  })

  it('an object with __html__ is not escaped', () => {
    const icon = { __html__: () => '<i></i>' }
    expect(environment.renderString('{{ i }}{{ i ~ "<" ~ x }}', { i: icon, x: '<' })).toBe(
      '<i></i><i></i>&lt;&lt;',
    )
  })
})

describe('functions of the application', () => {
  const calls: unknown[][] = []
  const f = (...args: unknown[]): unknown => {
    calls.push(args)
    return args.length
  }
  const called = (source: string): unknown[] => {
    calls.length = 0
    render(source, { f })
    return calls[0] as unknown[]
  }

  it('get keyword arguments as one trailing object', () => {
    expect(called('{{ f(1, "a", b=2, **{"c": 3}) }}')).toEqual([1, 'a', { b: 2, c: 3 }])
  })

  it('get plain JavaScript values', () => {
    expect(
      called('{{ f(4 / 2, {"a": [1.0, {"b": 2}]}, range(2), [1]|map("string"), nope) }}'),
    ).toEqual([2, { a: [1, { b: 2 }] }, [0, 1], ['1'], undefined])
  })

  it('find snake_case keywords under camelCase too, without seeing them twice', () => {
    const [options] = called('{{ f(with_categories=true) }}') as [Record<string, unknown>]
    expect(options.withCategories).toBe(true)
    expect({ ...options }).toEqual({ with_categories: true })
  })

  it('registered as a camelCase global are found by their snake_case name', () => {
    const env = new Environment()
    env.globals.urlFor = (endpoint: string) => `/${endpoint}`
    expect(env.renderString('{{ url_for("x") }}{{ urlFor("y") }}')).toBe('/x/y')
  })
})
