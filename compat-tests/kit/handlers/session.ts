import { flash, getFlashedMessages, jsonify, session } from 'bustapi'
import type { Fields } from '../fields.ts'
import { fillIn } from '../names.ts'
import { plain, typeName } from '../python.ts'
import type { ValueOf } from '../typed-values.ts'
import { compileValue } from '../typed-values.ts'
import type { Run, Step } from '../world.ts'
import type { Makers } from './compiler.ts'

/** What a writing op gives: it leaves no entry in the list of results. */
const NOTHING: unique symbol = Symbol('no result')

type Op = (...args: readonly unknown[]) => unknown

const name = (value: unknown): string => String(value)

const OPS: Readonly<Record<string, Op>> = {
  set(key, value) {
    session.set(name(key), value)
    return NOTHING
  },
  get: (key, fallback = null) => plain(session.get(name(key), fallback)),
  get_typed(key) {
    const value = session.get(name(key), null)
    return [typeName(value), plain(value)]
  },
  pop: (key, fallback = null) => plain(session.pop(name(key), fallback)),
  clear() {
    session.clear()
    return NOTHING
  },
  update(values) {
    session.update(values as Record<string, unknown>)
    return NOTHING
  },
  setdefault: (key, value = null) => plain(session.setdefault(name(key), value)),
  permanent(value = true) {
    session.permanent = value === true
    return NOTHING
  },
  append_nested(key, value) {
    const list = session.getItem(name(key)) as unknown[]
    list.push(value)
    return NOTHING
  },
  mark_modified() {
    session.modified = true
    return NOTHING
  },
  contains: (key) => session.has(name(key)),
  len: () => session.size,
  incr(key) {
    const before = session.get(name(key), 0)
    if (typeof before !== 'number') throw new TypeError(`1 cannot be added to ${String(before)}`)
    session.set(name(key), before + 1)
    return before + 1
  },
  flags: () => ({
    permanent: session.permanent,
    modified: session.modified,
    new: session.new,
  }),
  dump: () => Object.fromEntries([...session.items()].map(([key, value]) => [key, plain(value)])),
}

function compileOps(fields: Fields): ((run: Run) => unknown)[] {
  return fields.list('ops').map((source) => {
    if (!Array.isArray(source)) fields.fail('an op that is no list')
    const [op, ...args] = source as [string, ...never[]]
    const perform = Object.hasOwn(OPS, op) ? OPS[op] : undefined
    if (!perform) return fields.fail(`unknown session op ${op}`)
    const values = args.map((arg): ValueOf => compileValue(arg, `${fields.where}.${op}`))
    return (run: Run) => perform(...values.map((value) => value(run)))
  })
}

/** The session, and the messages that are kept in it. */
export const sessions: Makers = {
  session(fields): Step {
    const ops = compileOps(fields)
    return (run) => jsonify(ops.map((op) => op(run)).filter((result) => result !== NOTHING))
  },

  flash(fields, compiler): Step {
    const messages = fields
      .list('messages')
      .map((message) => compileValue(message, `${fields.where}.messages`))
    const then = fields.has('then')
      ? compiler.handler(fields.take('then'), `${fields.where}.then`)
      : () => 'flashed'
    return (run) => {
      for (const message of messages) {
        const [text, category] = message(run) as [string, string?]
        const words = typeof text === 'string' ? fillIn(text, run.args) : text
        if (category === undefined) flash(words)
        else flash(words, category)
      }
      return then(run)
    }
  },

  get_flashed(fields): Step {
    const withCategories = fields.flag('with_categories') ?? false
    const categoryFilter = fields.texts('category_filter') ?? []
    const times = fields.number('times') ?? 1
    return () =>
      jsonify(
        Array.from({ length: times }, () =>
          plain(getFlashedMessages({ withCategories, categoryFilter })),
        ),
      )
  },
}
