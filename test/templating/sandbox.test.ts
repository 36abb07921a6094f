import { describe, expect, it } from 'vitest'
import { Environment, selectJinjaAutoescape } from '../../src/templating/environment.ts'
import { DictLoader } from '../../src/templating/loader.ts'

const environment = new Environment({ autoescape: true })
const render = (source: string, context: Record<string, unknown> = {}): string =>
  environment.renderString(source, context)

class Model {
  static table = 'models'
  name = 'm'
  save(): void {}
}

describe('no way from a value to its class', () => {
  const context = {
    o: { a: 1 },
    m: new Model(),
    f: () => 1,
    c: Model,
    s: 'text',
    l: [1],
    d: new Date(0),
  }
  const paths = [
    'constructor',
    '__proto__',
    'prototype',
    'caller',
    'arguments',
    '__defineGetter__',
    '__lookupGetter__',
  ]
  const routes = [
    '{{ V.P }}',
    "{{ V['P'] }}",
    "{{ V|attr('P') }}",
    "{{ [V]|map(attribute='P')|first }}",
  ]

  for (const name of Object.keys(context)) {
    it.each(paths)(`${name}.%s is undefined by every route`, (path) => {
      for (const route of routes) {
        expect(render(route.replace('V', name).replaceAll('P', path), context)).toBe('')
      }
    })
  }

  it.each([
    "{{ f.constructor('return 1')() }}",
    "{{ m.save.constructor('return 1')() }}",
    "{{ ''.constructor.constructor('return 1')() }}",
    '{{ "{0.constructor}".format(m) }}',
    '{{ "{0[constructor]}".format(m) }}',
    "{{ m['constructor']['constructor']('return 1')() }}",
    '{{ range.constructor("return 1")() }}',
    '{{ cycler.__proto__.constructor("return 1")() }}',
    '{{ [m]|map(attribute="constructor.constructor")|first()("return 1") }}',
    '{{ self.constructor.constructor("return 1")() }}',
    '{% for x in [1] %}{{ loop.constructor("return 1")() }}{% endfor %}',
    '{% macro m2() %}{% endmacro %}{{ m2.constructor("return 1")() }}',
    '{{ namespace().constructor("return 1")() }}',
    '{{ (nope|default(f)).constructor("return 1")() }}',
  ])('%s fails', (source) => {
    expect(() => render(source, context)).toThrow(/has no attribute|is undefined/)
  })

  it('hides what every object and function inherits', () => {
    expect(
      render('{{ o.toString }}{{ m.hasOwnProperty }}{{ f.call }}{{ f.bind }}{{ f.name }}', context),
    ).toBe('')
    expect(render('{{ toString }}{{ constructor }}{{ hasOwnProperty }}')).toBe('')
  })

  it('shows static members of a class, which the application handed over', () => {
    expect(render('{{ c.table }}', context)).toBe('models')
  })
})

describe('hostile data', () => {
  it('cannot change a prototype', () => {
    const hostile = JSON.parse(
      '{"__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 1}}}',
    )
    const target = {}
    const seen: unknown[] = []
    render(
      '{% set _ = t.update(h) %}{% set _ = {}.update(h) %}{{ dict(**h) }}{{ namespace(h) }}{{ f(**h) }}' +
        '{% set ns = namespace() %}{% set ns.__proto__ = 1 %}{% set _ = t.setdefault("__proto__", 1) %}',
      { t: target, h: hostile, f: (options: object) => seen.push(Object.assign({}, options)) },
    )
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
    expect(Object.getPrototypeOf(target)).toBe(Object.prototype)
    expect(Object.getPrototypeOf(seen[0])).toBe(Object.prototype)
  })

  it('is shown as data under any key', () => {
    expect(
      render('{{ h["constructor"] }}{{ h.get("x") }}', { h: { constructor: 'Ferrari' } }),
    ).toBe('FerrariNone')
  })

  // S49: attributes, JavaScript strings, arrays where a text was expected.
  it('is escaped in text and attributes', () => {
    expect(render('<a title="{{ x }}" href=\'{{ x }}\'>{{ x }}</a>', { x: `"'><script>&` })).toBe(
      '<a title="&#34;&#39;&gt;&lt;script&gt;&amp;" href=\'&#34;&#39;&gt;&lt;script&gt;&amp;\'>' +
        '&#34;&#39;&gt;&lt;script&gt;&amp;</a>',
    )
  })

  it('is escaped when it comes as an array, an object or a number-like text', () => {
    expect(
      render('{{ a }}{{ o }}{{ m }}', {
        a: ['<b>'],
        o: { '<k>': '<v>' },
        m: new Map([['<', '>']]),
      }),
    ).toBe(
      '[&#39;&lt;b&gt;&#39;]{&#39;&lt;k&gt;&#39;: &#39;&lt;v&gt;&#39;}{&#39;&lt;&#39;: &#39;&gt;&#39;}',
    )
  })

  it('is escaped when its toString is hostile', () => {
    expect(render('{{ o }}{{ e }}', { o: { toString: () => '<b>' }, e: new Error('<i>') })).toBe(
      '&lt;b&gt;&lt;i&gt;',
    )
  })

  it('stays inside a script with tojson, a backslash at the end included', () => {
    expect(render('<script>x = {{ x|tojson }};</script>', { x: `</script><!-- ' & \\` })).toBe(
      '<script>x = "\\u003c/script\\u003e\\u003c!-- \\u0027 \\u0026 \\\\";</script>',
    )
  })

  it('keeps tojson a text when it looks like the mark of a float', () => {
    expect(render('{{ x|tojson }}', { x: '\0float:1e9\0;alert(1)' })).toBe(
      '"\\u0000float:1e9\\u0000;alert(1)"',
    )
  })

  it('cannot break out of the compiled JavaScript', () => {
    const name = 'x\u2028throw 1 //.txt'
    const text = ['`$', '{1}` \\ \u2028 */ '].join('')
    const env = new Environment({ loader: new DictLoader({ [name]: `${text}{{ "\\'\`" }}` }) })
    expect(env.render(name)).toBe(`${text}'\``)
  })
})

describe("Flask's escaping rule", () => {
  it.each([
    ['a.html', true],
    ['a.htm', true],
    ['a.xml', true],
    ['a.xhtml', true],
    ['a.svg', true],
    ['a.txt', false],
    ['a.html.txt', false],
    ['a.HTML', false],
    ['html', false],
    [null, true],
  ])('%s: %s', (name, expected) => {
    expect(selectJinjaAutoescape(name)).toBe(expected)
  })
})
