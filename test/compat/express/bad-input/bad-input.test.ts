import { describe, expect, it } from 'vitest'
import { compareBothWays } from '../../../../compat-tests/kit/express/compare.ts'
import { reference, subject } from '../../../../compat-tests/kit/express/targets.ts'
import { badInput } from '../../../../compat-tests/suites/express/bad-input.ts'

process.env.NO_DEPRECATION = 'express,body-parser,router'

/** What the answer to hostile input must never do, whatever Express does. */
const pollution = (): unknown => (({}) as { readonly admin?: unknown }).admin

describe.each([5, 4] as const)('bad input is answered as by Express %i:', async (major) => {
  const express = reference(major)
  const ours = await subject(major)
  it.each(badInput.cases.map((test) => [test.name, test] as const))('%s', async (_name, test) => {
    expect(await compareBothWays(test, express, ours)).toEqual([])
    expect(pollution()).toBeUndefined()
  })
})
