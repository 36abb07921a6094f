import { describe, expect, it } from 'vitest'
import { compareBothWays, compareCase } from '../../../../compat-tests/kit/express/compare.ts'
import { reference, subject } from '../../../../compat-tests/kit/express/targets.ts'
import { knownGap } from '../../../../compat-tests/known-gaps.ts'
import { casesFor, EXPRESS_SUITES } from '../../../../compat-tests/suites/express/index.ts'

process.env.NO_DEPRECATION = 'express,body-parser,router'

describe.each([5, 4] as const)('Express %i and the drop-in agree on', async (major) => {
  const express = reference(major)
  const ours = await subject(major)
  // `bad input` has a file of its own.
  for (const suite of EXPRESS_SUITES.filter(({ name }) => name !== 'bad input')) {
    const cases = casesFor(suite, major)
    if (cases.length === 0) continue
    describe(suite.name, () => {
      it.each(cases.map((test) => [test.name, test] as const))('%s', async (_name, test) => {
        const found = await compareBothWays(test, express, ours)
        if (knownGap(suite.name, test.name, major) === undefined) expect(found).toEqual([])
        else expect(found, 'a known gap that is closed must leave the list').not.toEqual([])
      })
    })
  }
})

describe('the differential kit', () => {
  it('sees what the two majors differ in', async () => {
    const differing: string[] = []
    for (const suite of EXPRESS_SUITES.slice(0, 3)) {
      for (const test of suite.cases) {
        const found = await compareCase(test, reference(4), reference(5))
        if (found.length > 0) differing.push(`${suite.name}: ${test.name}`)
      }
    }
    expect(differing).toEqual(
      expect.arrayContaining([
        'application: an app has the surface of the reference',
        'application: OPTIONS lists the methods of all matching routes',
        'request: getters are on the prototype',
      ]),
    )
  })

  it('has at least 600 cases over the reference', () => {
    const names = EXPRESS_SUITES.flatMap((suite) =>
      suite.cases.map((test) => `${suite.name} ${test.name}`),
    )
    expect(names.length).toBeGreaterThanOrEqual(600)
    expect(new Set(names).size).toBe(names.length)
  })
})
