import { Headers, jsonify, Tuple } from 'bustapi'
import type { Json } from '../json.ts'
import { isObject } from '../json.ts'
import { fillIn } from '../names.ts'
import { andThen, mapInOrder } from '../sequence.ts'
import type { ValueOf } from '../typed-values.ts'
import { compileOptions, compileValue } from '../typed-values.ts'
import type { Step } from '../world.ts'
import type { Compiler, Makers } from './compiler.ts'

/** Whether a view that returns this list would have returned a tuple (DESIGN.md's rule). */
function readsAsTuple(value: unknown): boolean {
  if (!Array.isArray(value) || value instanceof Tuple) return false
  if (value.length !== 2 && value.length !== 3) return false
  const second: unknown = value[1]
  if (typeof second === 'number') return Number.isInteger(second) && second >= 100 && second <= 599
  return typeof second === 'string' && /^\d{3}(?: |$)/.test(second)
}

/** Compiles an item of a tuple or an argument of make_response: a step is run, a literal kept. */
export function compileItem(source: Json, compiler: Compiler, where: string): ValueOf {
  return isObject(source) && typeof source.do === 'string'
    ? compiler.handler(source, where)
    : compileValue(source, where)
}

/** Headers beside a body: an object or pairs in the corpus, unmistakable headers in a view. */
export function asHeaders(value: unknown): unknown {
  if (Array.isArray(value)) return new Headers(value as [string, string][])
  return isObject(value) ? new Headers(value as Record<string, string>) : value
}

/**
 * A tuple as a TypeScript view writes it: a list of body, status and headers, or of body and a
 * Headers object. What DESIGN.md's rule would not read as a tuple (Python's 1-tuple, a status of
 * None) goes as a Tuple.
 */
function makeTuple(items: readonly unknown[]): unknown {
  const list = items.length === 2 ? [items[0], asHeaders(items[1])] : [...items]
  return list[1] instanceof Headers || readsAsTuple(list) ? list : Tuple.from(items)
}

/** What a view returns as it is. */
export const returns: Makers = {
  text(fields): Step {
    const text = fields.text('text') ?? ''
    return ({ args }) => fillIn(text, args)
  },

  bytes(fields): Step {
    const bytes = fields.text('b64') ?? ''
    return () => Buffer.from(bytes, 'base64')
  },

  value(fields): Step {
    const value = compileValue(fields.take('value') ?? null, fields.where)
    return (run) => {
      const made = value(run)
      return readsAsTuple(made) ? jsonify(made) : made
    }
  },

  none(): Step {
    return () => null
  },

  json(fields): Step {
    const { where } = fields
    if (fields.has('kwargs')) {
      const kwargs = compileOptions(fields.entries('kwargs'), where)
      return (run) => {
        const values = kwargs(run)
        // Without any, Python's jsonify(**{}) has no argument at all.
        return Object.keys(values).length === 0 ? jsonify() : jsonify(values)
      }
    }
    if (fields.has('args')) {
      const args = fields.list('args').map((arg) => compileValue(arg, where))
      return (run) => jsonify(...args.map((arg) => arg(run)))
    }
    const value = compileValue(fields.take('value') ?? null, where)
    return (run) => jsonify(value(run))
  },

  tuple(fields, compiler): Step {
    const items = fields
      .list('items')
      .map((item, at) => compileItem(item, compiler, `${fields.where}.items[${at}]`))
    return (run) =>
      andThen(
        mapInOrder(items, (item) => item(run)),
        makeTuple,
      )
  },
}
