import { hasHTML } from '../http/escape.ts'
import { Markup } from '../http/markup.ts'
import type { FilterEnvironment } from './filters/support.ts'
import { modulo } from './python/arithmetic.ts'
import { builtin, isCallable, passEnvironment } from './python/call.ts'
import { contains, equal, ordered } from './python/compare.ts'
import { isIterable, isMapping, isSequence } from './python/iterate.ts'
import { isLower, isUpper } from './python/string-methods.ts'
import { str } from './python/text.ts'
import { Undefined } from './python/undefined.ts'
import { isFloat, isInt } from './python/values.ts'

type Test = (...args: never[]) => unknown

const unary = (name: string, test: (value: unknown) => boolean): Test =>
  builtin(`test_${name}`, 'value', test)

const binary = (name: string, test: (a: unknown, b: unknown) => boolean): Test =>
  builtin(name, 'a b', test)

const registered = (kind: 'filters' | 'tests'): Test =>
  passEnvironment(
    builtin(`test_${kind}`, 'value', (environment: FilterEnvironment, name: unknown) =>
      Object.hasOwn(environment[kind], str(name)),
    ),
  )

const eq = binary('eq', equal)
const ne = binary('ne', (a, b) => !equal(a, b))
const gt = binary('gt', (a, b) => ordered(a, b, '>'))
const ge = binary('ge', (a, b) => ordered(a, b, '>='))
const lt = binary('lt', (a, b) => ordered(a, b, '<'))
const le = binary('le', (a, b) => ordered(a, b, '<='))

const isNone = (value: unknown): boolean => value === null || value === undefined

/** All of Jinja's tests. */
export const TESTS: Readonly<Record<string, Test>> = {
  odd: unary('odd', (value) => equal(modulo(value, 2), 1)),
  even: unary('even', (value) => equal(modulo(value, 2), 0)),
  divisibleby: builtin('test_divisibleby', 'value num', (value: unknown, num: unknown) =>
    equal(modulo(value, num), 0),
  ),
  defined: unary('defined', (value) => !(value instanceof Undefined)),
  undefined: unary('undefined', (value) => value instanceof Undefined),
  filter: registered('filters'),
  test: registered('tests'),
  none: unary('none', isNone),
  boolean: unary('boolean', (value) => typeof value === 'boolean'),
  false: unary('false', (value) => value === false),
  true: unary('true', (value) => value === true),
  integer: unary('integer', isInt),
  float: unary('float', isFloat),
  number: unary('number', (value) => isInt(value) || isFloat(value) || typeof value === 'boolean'),
  lower: unary('lower', (value) => isLower(str(value))),
  upper: unary('upper', (value) => isUpper(str(value))),
  string: unary('string', (value) => typeof value === 'string' || value instanceof Markup),
  mapping: unary('mapping', isMapping),
  sequence: unary('sequence', isSequence),
  iterable: unary('iterable', isIterable),
  callable: unary('callable', (value) => isCallable(value) || value instanceof Undefined),
  sameas: builtin(
    'test_sameas',
    'value other',
    (value: unknown, other: unknown) => value === other || (isNone(value) && isNone(other)),
  ),
  escaped: unary('escaped', hasHTML),
  in: builtin('test_in', 'value seq', (value: unknown, seq: unknown) => contains(seq, value)),
  '==': eq,
  eq,
  equalto: eq,
  '!=': ne,
  ne,
  '>': gt,
  gt,
  greaterthan: gt,
  '>=': ge,
  ge,
  '<': lt,
  lt,
  lessthan: lt,
  '<=': le,
  le,
}
