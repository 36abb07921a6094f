import { describe, expect, it } from 'vitest'
import { loadLate } from '../../scripts/late.ts'

const late = (code: string): string => loadLate(code, (specifier) => specifier === 'late')

class Six {
  readonly six: number = 6
}

/** Runs a chunk with a `require` that notes what is loaded. */
function evaluate(code: string): { exports: Record<string, () => unknown>; loaded: string[] } {
  const exports: Record<string, () => unknown> = {}
  const loaded: string[] = []
  const load = (name: string): unknown => {
    loaded.push(name)
    return { one: 1, Six, default: { two: 2 } }
  }
  const toESM = (module: unknown): unknown => ({ ...(module as object), three: 3 })
  new Function('exports', 'require', '__toESM', code)(exports, load, toESM)
  return { exports, loaded }
}

describe('a late require', () => {
  it('waits for the first use and happens once', () => {
    const { exports, loaded } = evaluate(
      late(
        'let a = require("late");\nlet b = require("now");\nexports.f = () => a.one + (0, a.one);',
      ),
    )
    expect(loaded).toEqual(['now'])
    expect([exports.f?.(), exports.f?.()]).toEqual([2, 2])
    expect(loaded).toEqual(['now', 'late'])
  })

  it('can be constructed from', () => {
    const { exports } = evaluate(
      late('let a = require("late");\nexports.f = () => new a.Six().six;'),
    )
    expect(exports.f?.()).toBe(6)
  })

  it('keeps the interop of a default import', () => {
    const { exports, loaded } = evaluate(
      late(
        'let a = require("late");\na = __toESM(a, 1);\nexports.f = () => a.default.two + a.three;',
      ),
    )
    expect(loaded).toEqual([])
    expect(exports.f?.()).toBe(5)
  })

  it('is not set off by passing a name on', () => {
    const { exports, loaded } = evaluate(late('const a = require("late");\nexports.uno = a.one;'))
    expect(loaded).toEqual([])
    expect(Object.keys(exports)).toEqual(['uno'])
    expect(exports.uno).toBe(1)
  })

  it('leaves words alone that only look like the name', () => {
    const code =
      'let a = require("late");\nexports.f = () => ({ a: 1 }).a + ((x) => x.a)({ a: 2 });'
    expect(evaluate(late(code)).exports.f?.()).toBe(3)
  })

  it.each(['{ a }', '(a) => a', 'typeof a'])('refuses any other use: %s', (use) => {
    expect(() =>
      late(`let a = require("late");\nexports.f = () => ${use.includes('=>') ? use : `(${use})`};`),
    ).toThrow("cannot load 'a' late")
  })

  it('leaves a chunk without one as it is', () => {
    const code = 'let b = require("now");\nexports.f = () => b.one;'
    expect(late(code)).toBe(code)
  })
})
