import { expect, test } from 'vitest'
import { pyEqual, pyFloat, pyInt, pyStr } from '../../src/routing/python-text.ts'
import { similarity } from '../../src/routing/similarity.ts'

test('str() as Python has it', () => {
  const values = ['a', 1, -1, 1.5, 1e21, true, false, null, undefined, 10n, Number.NaN, -Infinity]
  expect(values.map(pyStr)).toEqual([
    'a',
    '1',
    '-1',
    '1.5',
    '1000000000000000000000',
    'True',
    'False',
    'None',
    'None',
    '10',
    'nan',
    '-inf',
  ])
  expect(pyStr(new URL('http://h/'))).toBe('http://h/')
})

test('int() and float() take numbers, booleans and texts', () => {
  expect([5n, true, false, -1.9, '-7', '9007199254740993'].map(pyInt)).toEqual([
    5n,
    1,
    0,
    -1,
    -7,
    9007199254740993n,
  ])
  expect([5n, true, 'nan', '-infinity', '1_0.5', '.5', '5.'].map(pyFloat)).toEqual([
    5,
    1,
    Number.NaN,
    -Infinity,
    10.5,
    0.5,
    5,
  ])
  expect(() => pyInt(null)).toThrow(TypeError)
  expect(() => pyFloat(Symbol.iterator)).toThrow(TypeError)
})

test('== compares by value', () => {
  const date = new Date(5)
  const equal: [unknown, unknown][] = [
    [1, 1n],
    [1, true],
    [0, false],
    [1.5, 1.5],
    [
      [1, 'a'],
      [true, 'a'],
    ],
    [{ a: 1 }, { a: 1n }],
    [date, new Date(5)],
    ['a', 'a'],
    [null, null],
  ]
  for (const [a, b] of equal) expect(pyEqual(a, b)).toBe(true)
  const different: [unknown, unknown][] = [
    [1, '1'],
    [1, 2],
    [9007199254740992, 9007199254740993n],
    [[1], [1, 2]],
    [{ a: 1 }, { b: 1 }],
    [{ a: 1 }, { a: 1, b: 2 }],
    [date, new Date(6)],
    [[], {}],
    [null, 0],
    [new (class A {})(), new (class A {})()],
  ]
  for (const [a, b] of different) expect(pyEqual(a, b)).toBe(false)
})

test('similarity is difflib’s ratio', () => {
  expect(similarity('index', 'indx')).toBe(0.8888888888888888)
  expect(similarity('blog.show', 'show')).toBe(0.6153846153846154)
  expect(similarity('abcd', 'bcde')).toBe(0.75)
  expect(similarity('a', 'b')).toBe(0)
  expect(similarity('', '')).toBe(1)
})
