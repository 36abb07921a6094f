import { describe, expect, it } from 'vitest'
import { answer, contextOf, FACTS, type Fact } from './facts.ts'

const groups = new Map<string, Fact[]>()
for (const fact of FACTS) {
  const group = fact.id.split('/')[0] as string
  groups.set(group, [...(groups.get(group) ?? []), fact])
}

// Python words its complaints about wrong arguments by where the function is written, in C or in
// Python; of a TypeError only the class is compared.
function comparable(fact: Partial<Fact>): unknown {
  if (fact.error === undefined) return fact.expect
  return fact.error.type === 'TypeError' ? 'TypeError' : fact.error
}

describe('templates answer as Jinja2 does', () => {
  it('has facts to compare with', () => {
    expect(FACTS.length).toBeGreaterThan(1800)
  })

  for (const [group, facts] of groups) {
    describe(group, () => {
      it.each(facts.map((fact) => [`${fact.id}: ${fact.source}`, fact] as const))(
        '%s',
        (_name, fact) => {
          const context = contextOf(fact)
          const rendered = answer(fact, (environment) =>
            environment.renderString(fact.source, context),
          )
          expect(comparable(rendered)).toEqual(comparable(fact))
          const streamed = answer(fact, (environment) =>
            Array.from(environment.streamString(fact.source, contextOf(fact))).join(''),
          )
          expect(streamed).toEqual(rendered)
        },
      )
    })
  }
})
