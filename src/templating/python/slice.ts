import { ValueError } from '../../errors/builtins.ts'
import { Markup } from '../../http/markup.ts'
import { codePoints } from './iterate.ts'
import { typeName } from './type-name.ts'
import { Undefined } from './undefined.ts'
import { Float, isTuple, makeTuple, Range } from './values.ts'

function bound(value: unknown): number | null {
  if (value === null || value === undefined) return null
  if (typeof value === 'boolean') return Number(value)
  if (typeof value === 'number' && Number.isInteger(value)) return value
  if (typeof value === 'bigint') return Number(value)
  throw new TypeError('slice indices must be integers or None or have an __index__ method')
}

/** Positions that `[start:stop:step]` picks from `length` items. */
function positions(
  length: number,
  startArg: unknown,
  stopArg: unknown,
  stepArg: unknown,
): [number, number, number] {
  const step = bound(stepArg) ?? 1
  if (step === 0) throw new ValueError('slice step cannot be zero')
  const lowest = step < 0 ? -1 : 0
  const highest = step < 0 ? length - 1 : length
  const clamp = (value: number): number => {
    const at = value < 0 ? value + length : value
    return Math.min(Math.max(at, lowest), highest)
  }
  const start = bound(startArg)
  const stop = bound(stopArg)
  return [
    start === null ? (step < 0 ? highest : lowest) : clamp(start),
    stop === null ? (step < 0 ? lowest : highest) : clamp(stop),
    step,
  ]
}

function pick<T>(items: readonly T[], start: unknown, stop: unknown, step: unknown): T[] {
  const [from, to, by] = positions(items.length, start, stop, step)
  if (by === 1) return from < to ? Array.prototype.slice.call(items, from, to) : []
  const out: T[] = []
  for (let i = from; by > 0 ? i < to : i > to; i += by) out.push(items[i] as T)
  return out
}

/** Python's `value[start:stop:step]` for texts, lists, tuples, ranges and bytes. Throws TypeError. */
export function slice(value: unknown, start: unknown, stop: unknown, step: unknown): unknown {
  if (typeof value === 'string') return pick(codePoints(value), start, stop, step).join('')
  if (value instanceof Markup) {
    return new Markup(pick(codePoints(value.toString()), start, stop, step).join(''))
  }
  if (Array.isArray(value)) {
    const items = pick(value, start, stop, step)
    return isTuple(value) ? makeTuple(items) : items
  }
  if (value instanceof Uint8Array)
    return Uint8Array.from(pick(Array.from(value), start, stop, step))
  if (value instanceof Range) {
    const [from, to, by] = positions(value.size, start, stop, step)
    return new Range(
      value.start + from * value.step,
      value.start + to * value.step,
      by * value.step,
    )
  }
  if (value instanceof Undefined) return value.fail()
  const isDict = typeof value === 'object' && value !== null && !(value instanceof Float)
  throw new TypeError(
    isDict ? "unhashable type: 'slice'" : `'${typeName(value)}' object is not subscriptable`,
  )
}
