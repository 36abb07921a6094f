import { readFileSync } from 'node:fs'
import { describe, expect, it, vi } from 'vitest'
import {
  AttributeError,
  IndexError,
  KeyError,
  LookupError,
  pyRepr,
  RuntimeError,
  ValueError,
} from '../../src/errors/builtins.ts'
import * as codes from '../../src/errors/codes.ts'
import { defineWarning } from '../../src/errors/warnings.ts'

describe('the register of error codes', () => {
  const names = [...codes.errorCodes().keys()].filter((code) => code.startsWith('BUST_ERR_'))

  it('exports every row under its code', () => {
    const exported = Object.keys(codes).filter((name) => name.startsWith('BUST_ERR_'))
    expect(exported.sort()).toEqual([...names].sort())
  })

  it('is in alphabetical order, as its rules say', () => {
    const source = readFileSync(new URL('../../src/errors/codes.ts', import.meta.url), 'utf8')
    const rows = Array.from(source.matchAll(/^export const (BUST_ERR_\w+)/gm), (match) => match[1])
    expect(rows).toEqual([...rows].sort())
  })

  it('never brings a retired code back', () => {
    expect(names.filter((name) => codes.RETIRED_CODES.includes(name))).toEqual([])
  })
})

describe('defineError', () => {
  it('makes a class with code, status and a filled message', () => {
    const Own = codes.defineError<[a: string, b: number]>(
      'TEST_OWN',
      "No '%s' in %s$&.",
      400,
      TypeError,
    )
    const error = new Own('x', 5)
    expect(error).toBeInstanceOf(TypeError)
    expect([
      error.code,
      error.statusCode,
      error.message,
      error.name,
      Own.code,
      (Own as { name?: string }).name,
    ]).toEqual(['TEST_OWN', 400, "No 'x' in 5$&.", 'TEST_OWN', 'TEST_OWN', 'TEST_OWN'])
    expect(Object.keys(error).sort()).toEqual(['code', 'statusCode'])
  })

  it('refuses a code twice', () => {
    codes.defineError('TEST_TWICE', 'x')
    expect(() => codes.defineError('TEST_TWICE', 'y')).toThrow('already defined')
  })
})

describe('Python’s built-in errors', () => {
  it('have Python’s names and family', () => {
    expect(String(new ValueError('x'))).toBe('ValueError: x')
    expect(new KeyError('k')).toBeInstanceOf(LookupError)
    expect(new IndexError('i')).toBeInstanceOf(LookupError)
    expect(String(new RuntimeError('r'))).toBe('RuntimeError: r')
    expect(new AttributeError('a').name).toBe('AttributeError')
    expect(Object.keys(new ValueError('x'))).toEqual([])
  })

  it('a KeyError shows the key', () => {
    expect([new KeyError('a').message, new KeyError(5).message, new KeyError('a').key]).toEqual([
      "'a'",
      '5',
      'a',
    ])
  })

  it.each([
    ['plain', "'plain'"],
    ["it's", '"it\'s"'],
    [`it's "x"`, `'it\\'s "x"'`],
    ['a\\b\n\r\t\0\x7f\xa0', "'a\\\\b\\n\\r\\t\\x00\\x7f\\xa0'"],
    ['é☃', "'é☃'"],
  ])('repr(%j)', (text, repr) => expect(pyRepr(text)).toBe(repr))
})

describe('defineWarning', () => {
  it('shows each differing message once', () => {
    const emitted = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined)
    const warn = defineWarning<[what: string]>('BUST_WARN_TEST', 'Mind the %s.')
    warn('gap')
    warn('gap')
    warn('step')
    expect(emitted.mock.calls.map(([message]) => message)).toEqual([
      'Mind the gap.',
      'Mind the step.',
    ])
    expect(emitted.mock.calls[0]?.[1]).toEqual({ type: 'BustAPIWarning', code: 'BUST_WARN_TEST' })
    emitted.mockRestore()
  })
})
