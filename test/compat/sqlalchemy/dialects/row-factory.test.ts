import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { rowFactory } from '../../../../compat/sqlalchemy/dialects/row-factory.ts'
import { ROOT } from '../../../../scripts/paths.ts'

it('names the values of a row, in their order', () => {
  const row = rowFactory(['id', 'two words', 'quote"\\', 'line\n'])([1, 'a', null, 2n])
  expect(Object.entries(row)).toEqual([
    ['id', 1],
    ['two words', 'a'],
    ['quote"\\', null],
    ['line\n', 2n],
  ])
})

it('gives the last of two columns of one name, as drivers do', () => {
  expect(rowFactory(['id', 'name', 'id'])([1, 'a', 2])).toEqual({ id: 2, name: 'a' })
})

it('takes __proto__ for a name like another one', () => {
  const row = rowFactory(['__proto__', 'a'])([{ evil: true }, 1])
  expect(Object.keys(row)).toEqual(['__proto__', 'a'])
  expect(Object.getPrototypeOf(row)).toBe(Object.prototype)
})

it('runs no code that stands in a name', () => {
  const name = '"]: globalThis.ran = 1, ["x'
  expect(rowFactory([name])([7])).toEqual({ [name]: 7 })
  expect(globalThis).not.toHaveProperty('ran')
})

it('is not needed: rows and attributes are the same where no code may be made of strings', () => {
  const file = join(ROOT, 'test/compat/sqlalchemy/dialects/without-eval.ts')
  const flags = ['--disallow-code-generation-from-strings', '--disable-warning=ExperimentalWarning']
  const run = (args: readonly string[]): unknown =>
    JSON.parse(execFileSync(process.execPath, [...args, file], { encoding: 'utf8' }))
  const [forbidden, allowed] = [run(flags), run(flags.slice(1))]
  expect(forbidden).toEqual({ ...(allowed as object), evaluates: false })
  expect(allowed).toEqual({
    evaluates: true,
    names: ['ada', 'bob'],
    raw: [{ id: 1, name: 'ada' }],
    proto: ['__proto__'],
  })
})
