import { afterThisRequest, g, jsonify, request } from 'bustapi'
import { Fields } from '../fields.ts'
import { fillIn } from '../names.ts'
import { className, plain } from '../python.ts'
import { compileValue } from '../typed-values.ts'
import type { Run, Step } from '../world.ts'
import type { Makers } from './compiler.ts'
import { alterations, applyChanges, headerChanges } from './response-changes.ts'

/** Where `g_append` gathers its texts. */
const TEXTS = 'corpus_texts'

const NOTHING: unique symbol = Symbol('no result')

type Op = (...args: readonly unknown[]) => unknown

const G_OPS: Readonly<Record<string, Op>> = {
  get: (key, fallback = null) => plain(g.get(String(key), fallback)),
  set(key, value) {
    g[String(key)] = value
    return NOTHING
  },
  contains: (key) => g.has(String(key)),
  setdefault: (key, value = null) => plain(g.setdefault(String(key), value)),
  list: () => [...g].sort(),
  pop: (key, fallback = null) => plain(g.pop(String(key), fallback)),
}

function compileTest(fields: Fields): () => boolean {
  const tests: (() => boolean)[] = []
  const query = fields.text('query')
  if (query !== undefined) tests.push(() => request.args.has(query))
  const path = fields.text('path')
  if (path !== undefined) tests.push(() => request.path === path)
  const method = fields.text('method')
  if (method !== undefined) tests.push(() => request.method === method)
  const endpoint = fields.text('endpoint')
  if (endpoint !== undefined) tests.push(() => request.endpoint === endpoint)
  fields.done()
  if (tests.length === 0) fields.fail('a condition that tests nothing')
  return () => tests.every((test) => test())
}

/** `g`, the trace, conditions, and functions for after this request. */
export const flow: Makers = {
  g_set(fields): Step {
    const key = fields.text('name') ?? fields.fail('no name')
    const value = compileValue(fields.take('value') ?? null, fields.where)
    return (run) => {
      g[key] = value(run)
      return null
    }
  },

  g_get(fields): Step {
    const key = fields.text('name') ?? fields.fail('no name')
    const fallback = compileValue(fields.take('default') ?? null, fields.where)
    return (run) => jsonify(plain(g.get(key, fallback(run))))
  },

  g_ops(fields): Step {
    const ops = fields.list('ops').map((source) => {
      if (!Array.isArray(source)) fields.fail('an op that is no list')
      const [op, ...args] = source as [string, ...never[]]
      const perform = Object.hasOwn(G_OPS, op) ? G_OPS[op] : undefined
      if (!perform) return fields.fail(`unknown op of g ${op}`)
      const values = args.map((arg) => compileValue(arg, `${fields.where}.${op}`))
      return (run: Run) => perform(...values.map((value) => value(run)))
    })
    return (run) => jsonify(ops.map((op) => op(run)).filter((result) => result !== NOTHING))
  },

  g_append(fields): Step {
    const text = fields.text('text') ?? ''
    return ({ args }) => {
      const texts = g.setdefault(TEXTS, []) as string[]
      texts.push(fillIn(text, args))
      return null
    }
  },

  g_text(): Step {
    return () => (g.get(TEXTS, []) as string[]).join('|')
  },

  log(fields, { world }): Step {
    const text = fields.text('text') ?? ''
    return ({ args }) => {
      world.trace.push(fillIn(text, args))
      return null
    }
  },

  log_error(fields, { world }): Step {
    const label = fields.text('label') ?? ''
    return ({ error }) => {
      world.trace.push(`${label}:${className(error)}`)
      return null
    }
  },

  after_this_request(fields, { world }): Step {
    const changes = headerChanges(fields)
    const log = fields.text('log')
    return (run) => {
      afterThisRequest((response) => {
        if (log !== undefined) world.trace.push(log)
        return applyChanges(changes, response, run)
      })
      return null
    }
  },

  when(fields, compiler): Step {
    const test = compileTest(fields.fields('if') ?? new Fields(undefined, `${fields.where}.if`))
    const then = compiler.handler(fields.take('then'), `${fields.where}.then`)
    const otherwise = fields.has('else')
      ? compiler.handler(fields.take('else'), `${fields.where}.else`)
      : () => null
    return (run) => (test() ? then(run) : otherwise(run))
  },

  alter(fields, { world }): Step {
    const changes = alterations(fields, world)
    return (run) => {
      const { response } = run
      if (!response) throw new TypeError('alter belongs in an after_request function')
      return applyChanges(changes, response, run)
    }
  },
}
