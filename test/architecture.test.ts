import { readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { describe, expect, it } from 'vitest'
import { filesUnder, ROOT } from '../scripts/paths.ts'
import { longFiles, type Sources, violations } from './architecture/check.ts'
import { importsOf } from './architecture/imports.ts'

function readTree(): Sources {
  const files = ['src', 'compat', 'compat-tests', 'bench', 'demo']
    .flatMap((folder) => filesUnder(join(ROOT, folder)))
    .filter((file) => file.endsWith('.ts'))
  return Object.fromEntries(
    files.map((file) => [relative(ROOT, file).replaceAll(sep, '/'), readFileSync(file, 'utf8')]),
  )
}

describe('the plan of rooms', () => {
  it('holds in the whole tree', () => {
    expect(violations(readTree())).toEqual([])
  })

  it('has short files, or says which are long', () => {
    const long = longFiles(readTree())
    if (long.length > 0) console.info(long.join('\n'))
    expect(longFiles({ 'src/a.ts': '\n'.repeat(501), 'src/b.ts': '\n'.repeat(500) })).toEqual([
      'src/a.ts has 501 lines; could a job of it be a file?',
    ])
  })
})

describe('the checker sees', () => {
  const cases: readonly (readonly [title: string, sources: Sources, fault: string | undefined])[] =
    [
      [
        'an import upwards',
        { 'src/http/a.ts': "import { x } from '../app.ts'", 'src/app.ts': '' },
        'src/http/a.ts: http may not import app',
      ],
      [
        'a re-export upwards',
        { 'src/json/a.ts': "export * from '../config.ts'", 'src/config.ts': '' },
        'src/json/a.ts: json may not import config',
      ],
      [
        'an import downwards as allowed',
        { 'src/app.ts': "import './http/a.ts'", 'src/http/a.ts': '' },
        undefined,
      ],
      [
        'a type from above as allowed',
        { 'src/json/a.ts': "import type { A } from '../app.ts'", 'src/app.ts': '' },
        undefined,
      ],
      [
        'inline types as types',
        { 'src/json/a.ts': "import { type A } from '../app.ts'", 'src/app.ts': '' },
        undefined,
      ],
      [
        'one value among inline types',
        { 'src/json/a.ts': "import { type A, b } from '../app.ts'", 'src/app.ts': '' },
        'src/json/a.ts: json may not import app',
      ],
      [
        'a proxy inside the framework',
        {
          'src/dispatch/a.ts': "import { g } from '../context/proxies.ts'",
          'src/context/proxies.ts': '',
        },
        'src/dispatch/a.ts: dispatch may not import proxies',
      ],
      [
        'an engine for anybody else',
        { 'src/helpers.ts': "import './engine/listen.ts'", 'src/engine/listen.ts': '' },
        'src/helpers.ts: helpers may not import engine',
      ],
      [
        'src importing compat, even for a type',
        {
          'src/app.ts': "import type { A } from '../compat/connect/a.ts'",
          'compat/connect/a.ts': '',
        },
        'src/app.ts: src may not import compat/connect/a.ts',
      ],
      [
        'compat past the doors',
        { 'compat/connect/a.ts': "import { x } from '../../src/http/a.ts'", 'src/http/a.ts': '' },
        'compat/connect/a.ts: connect may not import http',
      ],
      [
        'a compat room in another',
        { 'compat/cors/a.ts': "import '../login/a.ts'", 'compat/login/a.ts': '' },
        'compat/cors/a.ts: cors may not import login',
      ],
      [
        'the kit reaching into the source, even for a type',
        { 'compat-tests/a.ts': "import type { A } from '../src/index.ts'", 'src/index.ts': '' },
        'compat-tests/a.ts: compat-tests may use published subpaths only, not ../src/index.ts',
      ],
      [
        'the kit on published subpaths',
        { 'compat-tests/a.ts': "import 'bustapi/core'" },
        undefined,
      ],
      [
        'the command line loaded at once',
        { 'src/app.ts': "import './cli/main.ts'", 'src/cli/main.ts': '' },
        'src/app.ts: cli is reached by import() only',
      ],
      [
        'the command line loaded late',
        { 'src/app.ts': "void import('./cli/main.ts')", 'src/cli/main.ts': '' },
        undefined,
      ],
      [
        'node: in a pure room, even for a type',
        { 'src/http/a.ts': "import type { Socket } from 'node:net'" },
        'src/http/a.ts: http is for any platform: no node:net',
      ],
      [
        'fastify elsewhere',
        { 'src/app.ts': "import type { F } from 'fastify'" },
        'src/app.ts: only src/engine/ may use fastify',
      ],
      [
        'a type written as import()',
        { 'src/app.ts': "export type F = import('fastify').F" },
        'src/app.ts: only src/engine/ may use fastify',
      ],
      [
        'a late require',
        { 'src/app.ts': "const load = createRequire(import.meta.url)\nload('find-my-way')" },
        'src/app.ts: only src/routing/compile.ts may use find-my-way',
      ],
      [
        'AsyncLocalStorage elsewhere',
        { 'src/app.ts': "import { AsyncLocalStorage as A } from 'node:async_hooks'" },
        'src/app.ts: only src/context/store.ts,compat/sqlalchemy/orm/session/serial-queue.ts may use AsyncLocalStorage',
      ],
      [
        'a package nobody has asked for',
        { 'src/app.ts': "import 'lodash/fp'" },
        'src/app.ts: no room may use the package lodash',
      ],
      [
        'its own package by name',
        { 'compat/cors/a.ts': "import 'bustapi/core'" },
        'compat/cors/a.ts: imports its own package as bustapi/core',
      ],
      [
        'a file without a room',
        { 'src/misc/a.ts': '' },
        'src/misc/a.ts: belongs to no room of test/architecture/rooms.ts',
      ],
      [
        'a cycle',
        { 'src/http/a.ts': "import './b.ts'", 'src/http/b.ts': "import './a.ts'" },
        'import cycle: src/http/a.ts → src/http/b.ts → src/http/a.ts',
      ],
      [
        'no cycle where types close the circle, since types are never loaded',
        {
          'src/http/a.ts': "import type { B } from './b.ts'",
          'src/http/b.ts': "export * from './a.ts'",
        },
        undefined,
      ],
      [
        'a file that has grown too long',
        { 'src/http/a.ts': '\n'.repeat(1001) },
        'src/http/a.ts: 1001 lines, and at most 1000 are allowed',
      ],
    ]
  it.each(cases)('%s', (_title, sources, fault) => {
    expect(violations(sources)).toEqual(fault === undefined ? [] : [fault])
  })
})

describe('importsOf', () => {
  it('reads every form', () => {
    const source = `
      import a, { type B, c as d } from 'one'
      import * as e from 'two'
      import 'three'
      export { f } from 'four'
      export type * from 'five'
      const g = await import('six')
      const h = createRequire(import.meta.url)('seven')
      type I = typeof import('eight')
      // import 'nine'
      const text = "import 'ten'"
    `
    expect(importsOf(source).map((one) => [one.specifier, one.kind, one.names])).toEqual([
      ['one', 'static', ['a', 'B', 'c']],
      ['two', 'static', ['e']],
      ['three', 'static', []],
      ['four', 'static', ['f']],
      ['five', 'type', []],
      ['six', 'dynamic', []],
      ['seven', 'static', []],
      ['eight', 'type', []],
    ])
  })
})
