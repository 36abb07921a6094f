import { pyRepr, ValueError } from '../errors/builtins.ts'
import { HTTPException } from '../errors/http-exception-base.ts'
import { parsePythonInt, strip } from './text.ts'

/** Turns a stored value into another type; throwing or `NaN` means it could not. */
export type Converter<V, T> = (value: V) => T

/** What {@link convert} returns when the converter could not. */
export const FAILED: unique symbol = Symbol('conversion failed')

/**
 * Runs the `type` of `get`/`getlist`. Any error counts as "no such value", as Python's ValueError
 * does there; an HTTP exception is meant for the client and passes.
 */
export function convert<V, T>(value: V, type: Converter<V, T>): T | typeof FAILED {
  // Python's int('') and float(' ') fail, JavaScript's Number gives 0.
  if ((type as unknown) === Number && typeof value === 'string' && value.trim() === '') {
    return FAILED
  }
  try {
    const result = type(value)
    return typeof result === 'number' && Number.isNaN(result) ? FAILED : result
  } catch (error) {
    if (error instanceof HTTPException) throw error
    return FAILED
  }
}

/**
 * Reads a whole number as Python's `int` does: `request.args.get('page', 1, int)`. Unlike `Number`
 * it takes no fraction, no exponent and no blank text.
 *
 * @throws ValueError for anything else.
 */
export function int(text: string): number {
  const value = parsePythonInt(text)
  if (value === null) {
    throw new ValueError(`invalid literal for int() with base 10: ${pyRepr(text)}`)
  }
  return value
}

/**
 * Reads a number as Python's `float` does: `request.args.get('ratio', 0.5, float)`. Unlike `Number`
 * it takes no blank text and no `0x`.
 *
 * @throws ValueError for anything else.
 */
export function float(text: string): number {
  const stripped = strip(text)
  if (
    /^[+-]?(?:\d+(?:_\d+)*\.?(?:\d+(?:_\d+)*)?|\.\d+(?:_\d+)*)(?:e[+-]?\d+(?:_\d+)*)?$/i.test(
      stripped,
    )
  ) {
    return Number(stripped.replaceAll('_', ''))
  }
  const named = /^([+-]?)(?:inf(?:inity)?|(nan))$/i.exec(stripped)
  if (named === null) throw new ValueError(`could not convert string to float: ${pyRepr(text)}`)
  if (named[2] !== undefined) return Number.NaN
  return named[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
}
