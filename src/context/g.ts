import { KeyError } from '../errors/builtins.ts'

/**
 * The namespace behind `g` (Flask's `_AppCtxGlobals`): any property may be read or set during an
 * app context, and it is gone with it.
 */
export class AppCtxGlobals {
  [name: string]: unknown

  /** The value of `name`, or `fallback` (default null). */
  get(name: string, fallback: unknown = null): unknown {
    return Object.hasOwn(this, name) ? this[name] : fallback
  }

  /**
   * Removes `name` and returns its value, or `fallback` when given.
   * @throws {KeyError} when it is absent and no fallback is given.
   */
  pop(name: string, ...fallback: [value?: unknown]): unknown {
    if (!Object.hasOwn(this, name)) {
      if (fallback.length > 0) return fallback[0]
      throw new KeyError(name)
    }
    const value = this[name]
    delete this[name]
    return value
  }

  /** The value of `name`, which is set to `fallback` first when it is absent. */
  setdefault(name: string, fallback: unknown = null): unknown {
    if (!Object.hasOwn(this, name)) this[name] = fallback
    return this[name]
  }

  /** Whether `name` is set (Python's `in`). */
  has(name: string): boolean {
    return Object.hasOwn(this, name)
  }

  /** The names that are set. */
  [Symbol.iterator](): Iterator<string> {
    return Object.keys(this)[Symbol.iterator]()
  }
}
