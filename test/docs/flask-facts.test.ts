import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type Fact, outcome, plain } from './facts/fact.ts'
import { FACTS, FLASK_FACTS } from './facts/index.ts'

// The names of MIGRATION.md's matrix, one question after the other: what live Flask answered
// (record-facts.py) is what is answered here.

const RECORDED = JSON.parse(
  readFileSync(new URL('./corpus/flask-facts.json', import.meta.url), 'utf8'),
) as Record<string, unknown>

/** What is answered here, when it is there. */
const answer = async ({ ours }: Fact): Promise<unknown> => {
  let given: unknown
  const now = outcome(() => {
    given = ours()
    return given instanceof Promise ? null : given
  })
  return given instanceof Promise ? plain(await given) : now
}

describe.each(Object.entries(FACTS))('%s', (_part, facts) => {
  it.each(facts.map((fact) => [fact.names.join(' '), fact] as const))(
    '%s',
    async (_names, fact) => {
      expect(await answer(fact)).toEqual(RECORDED[fact.python])
    },
  )
})

it('every recorded answer is to a question', () => {
  expect(FLASK_FACTS.map(({ python }) => python).toSorted()).toEqual(
    Object.keys(RECORDED).toSorted(),
  )
})
