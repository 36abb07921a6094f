import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Environment } from '../../src/templating/environment.ts'
import {
  type TemplateError,
  TemplateNotFound,
  TemplateSyntaxError,
  TemplatesNotFound,
} from '../../src/templating/errors.ts'
import { ChoiceLoader, DictLoader, FileSystemLoader } from '../../src/templating/loader.ts'
import { passContext, passEnvironment, passEvalContext } from '../../src/templating/python/call.ts'
import type { Context } from '../../src/templating/runtime/context.ts'

function caught(run: () => unknown): TemplateError {
  try {
    run()
  } catch (error) {
    return error as TemplateError
  }
  throw new Error('nothing was thrown')
}

describe('filters, tests and globals', () => {
  it('are records to add to, also after a template was compiled', () => {
    const env = new Environment()
    env.filters.shout = (value: string) => `${value.toUpperCase()}!`
    env.tests.palindrome = (value: string) => value === Array.from(value).reverse().join('')
    env.globals.answer = () => 42
    const source = '{{ "hi"|shout }}{{ "aba" is palindrome }}{{ answer() }}'
    expect(env.renderString(source)).toBe('HI!True42')
    env.filters.shout = (value: string) => `${value}?`
    expect(env.renderString(source)).toBe('hi?True42')
  })

  it('get their arguments, with keywords as a trailing object', () => {
    const env = new Environment()
    env.filters.args = (...args: unknown[]) => JSON.stringify(args)
    expect(env.renderString('{{ 1|args("a", k=2.0) }}')).toBe('[1,"a",{"k":2}]')
  })

  it('get the context, the evaluation context or the environment when they ask for it', () => {
    const env = new Environment({ autoescape: true })
    env.filters.find = passContext((context: Context, name: string) => context.get(name))
    env.filters.mode = passEvalContext(
      (context: { autoescape: boolean }, _value: unknown) => context.autoescape,
    )
    env.globals.same = passEnvironment((environment: Environment) => environment === env)
    const source =
      '{% for i in [7] %}{% set j = i %}{{ "x"|find }}{{ ""|mode }}{{ same() }}{% endfor %}'
    expect(env.renderString(source, { x: 1 })).toBe('1TrueTrue')
  })

  it('show a function that asks for the context what the loop has set', () => {
    const env = new Environment()
    env.globals.find = passContext((context: Context, name: string) => context.get(name))
    expect(
      env.renderString(
        '{% for i in [7] %}{% set j = i %}{{ find("j") }}{% endfor %}{{ find("j") }}',
      ),
    ).toBe('7None')
  })

  it('work when called from JavaScript', () => {
    const { filters } = new Environment()
    expect((filters.title as (value: string) => unknown)('a b')).toBe('A B')
  })

  it('are missing: an error when compiled, or when reached inside a condition', () => {
    const env = new Environment()
    expect(() => env.fromString('{{ 1|nope }}')).toThrow("No filter named 'nope'.")
    expect(() => env.renderString('{% if true %}{{ 1|nope }}{% endif %}')).toThrow(
      "No filter named 'nope' found.",
    )
  })

  it('finalize changes each value before it is printed', () => {
    const env = new Environment({ finalize: (value) => (value === null ? '' : value) })
    expect(env.renderString('[{{ none }}{{ 1 }}]')).toBe('[1]')
  })

  it('tojson asks the application to write the JSON', () => {
    const env = new Environment({
      jsonDumps: (value, options) => `${JSON.stringify(value)}<${options.indent}`,
    })
    expect(env.renderString('{{ {"b": 1.5}|tojson(2) }}')).toBe('{"b":1.5}\\u003c2')
  })

  it('knows the do and loopcontrols tags, and no other extension', () => {
    expect(() => new Environment({ extensions: ['jinja2.ext.i18n'] })).toThrow('i18n')
    const env = new Environment({ extensions: ['do'] })
    expect(env.renderString('{% do l.append(1) %}{{ l }}', { l: [] })).toBe('[1]')
  })
})

describe('errors tell file and line', () => {
  const env = new Environment({
    loader: new DictLoader({
      'inner.html': 'a\n{% macro m(x) %}\n{{ x.y.z }}\n{% endmacro %}\n{{ m(1) }}',
      'outer.html': '\n\n{% include "inner.html" %}',
      'syntax.html': 'a\n{% if %}',
      'call.html': 'x\n{{ boom() }}',
      'base.html': '{% block b %}{% endblock %}',
      'child.html': '{% extends "base.html" %}\n{% block b %}\n\n{{ 1 // 0 }}{% endblock %}',
    }),
  })

  it('for syntax errors, in the message', () => {
    const error = caught(() => env.getTemplate('syntax.html')) as TemplateSyntaxError
    expect(error).toBeInstanceOf(TemplateSyntaxError)
    expect(error.message).toBe(
      'Expected an expression, got \'end of statement block\'\n  File "syntax.html", line 2\n    {% if %}',
    )
    expect([error.reason, error.templateName, error.lineno]).toEqual([
      "Expected an expression, got 'end of statement block'",
      'syntax.html',
      2,
    ])
  })

  it('for undefined values, with every template on the way', () => {
    const error = caught(() => env.render('outer.html'))
    expect(error.message).toBe("'int object' has no attribute 'y'")
    expect([error.templateName, error.lineno]).toEqual(['inner.html', 3])
    expect(error.stack?.split('\n').slice(1, 4)).toEqual([
      '    at template (inner.html:3)',
      '    at template (inner.html:5)',
      '    at template (outer.html:3)',
    ])
  })

  it('for errors of the application, which stay what they are', () => {
    const boom = new TypeError('kaboom')
    const error = caught(() =>
      env.render('call.html', {
        boom: () => {
          throw boom
        },
      }),
    )
    expect(error).toBe(boom)
    expect(error.message).toBe('kaboom')
    expect(error.stack).toContain('at template (call.html:2)')
  })

  it('in blocks, and while streaming', () => {
    for (const run of [
      () => env.render('child.html'),
      () => Array.from(env.stream('child.html')),
    ]) {
      expect(caught(run).stack).toContain('at template (child.html:4)')
    }
  })
})

describe('streaming', () => {
  it('gives pieces as they are made', () => {
    const env = new Environment()
    const made: number[] = []
    const numbers = function* (): Generator<number> {
      for (const n of [1, 2]) {
        made.push(n)
        yield n
      }
    }
    const pieces = env.streamString('a{% for n in numbers() %}{{ n }},{% endfor %}z', { numbers })
    const iterator = pieces[Symbol.iterator]()
    expect(made).toEqual([])
    expect(iterator.next().value).toBe('a')
    expect(iterator.next().value).toBe('1')
    expect(made).toEqual([1])
    expect(Array.from({ [Symbol.iterator]: () => iterator })).toEqual([',', '2', ',', 'z'])
  })

  it('streams blocks, parents and includes', () => {
    const env = new Environment({
      loader: new DictLoader({
        base: '<{% block a %}{% endblock %}>',
        child: '{% extends "base" %}{% block a %}x{{ super() }}{% include "part" %}{% endblock %}',
        part: 'p{{ v }}',
      }),
    })
    expect(Array.from(env.stream('child', { v: 1 }))).toEqual(['<', 'x', 'p', '1', '>'])
  })
})

describe('templates', () => {
  it('of the same string are compiled once', () => {
    const env = new Environment()
    expect(env.fromString('{{ x }}')).toBe(env.fromString('{{ x }}'))
  })

  it('follow options that are changed later', () => {
    const env = new Environment()
    const source = '{% if true %}\n{{ x }}{% endif %}'
    expect(env.renderString(source, { x: '<' })).toBe('\n<')
    env.trimBlocks = true
    env.autoescape = true
    expect(env.renderString(source, { x: '<' })).toBe('&lt;')
  })

  it('show what they export to JavaScript', () => {
    const env = new Environment({
      loader: new DictLoader({ m: '{% set v = 5 %}{% macro hi(n) %}hi {{ n }}{% endmacro %}' }),
    })
    const { module } = env.getTemplate('m')
    expect(module.v).toBe(5)
    expect((module.hi as (name: string) => string)('you')).toBe('hi you')
  })

  it('take a Map of variables, or none', () => {
    const env = new Environment()
    expect(env.renderString('{{ x }}', new Map([['x', 1]]))).toBe('1')
    expect(env.renderString('{{ x }}')).toBe('')
  })
})

describe('loading', () => {
  let folder = ''

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'templates-'))
    mkdirSync(join(folder, 'a', 'sub'), { recursive: true })
    mkdirSync(join(folder, 'b'))
    writeFileSync(join(folder, 'a', 'sub', 'x.html'), 'from a')
    writeFileSync(join(folder, 'b', 'x.html'), 'from b\n')
    writeFileSync(join(folder, 'b', 'y.html'), 'y')
    writeFileSync(join(folder, 'secret'), 'secret')
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  it('searches folders in order', () => {
    writeFileSync(join(folder, 'a', 'y.html'), 'a wins')
    const loader = new FileSystemLoader([join(folder, 'a'), join(folder, 'b')])
    const env = new Environment({ loader })
    expect(env.render('sub/x.html')).toBe('from a')
    expect(env.render('x.html')).toBe('from b')
    expect(env.render('y.html')).toBe('a wins')
    expect(loader.listTemplates()).toEqual(['sub/x.html', 'x.html', 'y.html'])
  })

  it.each(['../secret', 'sub/../../secret', '..', '/../secret', '..\\secret', 'x\0.html', ''])(
    'finds nothing outside: %j',
    (name) => {
      const env = new Environment({ loader: new FileSystemLoader(join(folder, 'b')) })
      expect(() => env.getTemplate(name)).toThrow(TemplateNotFound)
    },
  )

  it('names the folders that were searched', () => {
    const env = new Environment({ loader: new FileSystemLoader('/nowhere') })
    expect(() => env.render('n.html')).toThrow("'n.html' not found in search path: '/nowhere'")
    expect(() => env.render(['n.html', 'm.html'])).toThrow(TemplatesNotFound)
  })

  it('reads a file again when it has changed, unless told not to', () => {
    const path = join(folder, 'b', 'z.html')
    writeFileSync(path, 'one')
    const loader = new FileSystemLoader(join(folder, 'b'))
    const reloading = new Environment({ loader })
    const fixed = new Environment({ loader, autoReload: false })
    expect([reloading.render('z.html'), fixed.render('z.html')]).toEqual(['one', 'one'])
    expect(reloading.getTemplate('z.html')).toBe(reloading.getTemplate('z.html'))
    writeFileSync(path, 'two')
    utimesSync(path, 1, 1)
    expect([reloading.render('z.html'), fixed.render('z.html')]).toEqual(['two', 'one'])
  })

  it('forgets the templates that were not used for longest', () => {
    const env = new Environment({ cacheSize: 1, loader: new DictLoader({ a: 'a', b: 'b' }) })
    const first = env.getTemplate('a')
    env.getTemplate('b')
    expect(env.getTemplate('a')).not.toBe(first)
  })

  it('asks several loaders in turn', () => {
    const loader = new ChoiceLoader([
      new DictLoader({ a: '1' }),
      new DictLoader({ a: '2', b: '3' }),
    ])
    const env = new Environment({ loader })
    expect(env.render('a') + env.render('b')).toBe('13')
    expect(loader.listTemplates()).toEqual(['a', 'b'])
  })

  it('takes the first of several names that exists', () => {
    const env = new Environment({ loader: new DictLoader({ a: 'A' }) })
    expect(env.render(['nope', 'a'])).toBe('A')
  })
})
