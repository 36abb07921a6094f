import { describe, expect, it } from 'vitest'
import { compareCase, describeDifference } from '../../../../compat-tests/kit/express/compare.ts'
import { runCase } from '../../../../compat-tests/kit/express/run.ts'
import { reference, subject } from '../../../../compat-tests/kit/express/targets.ts'
import { MIDDLEWARE } from '../../../../compat-tests/suites/express-middleware/index.ts'

process.env.NO_DEPRECATION = 'express,body-parser,router,express-session'

describe.each([5, 4] as const)('with Express %i as with the drop-in', async (major) => {
  const express = reference(major)
  const ours = await subject(major)
  const rows = MIDDLEWARE.filter(({ test }) => test.only === undefined || test.only === major)

  it.each(rows.map((row) => [row.name, row.test] as const))('%s works', async (_name, test) => {
    const found = await compareCase(test, express, ours)
    expect(found.map(describeDifference)).toEqual([])
  })

  it.each(rows.map((row) => [row.name, row.test] as const))(
    'the scenario of %s says something',
    async (_name, test) => {
      const { replies, events, thrown } = await runCase(test, express)
      expect(thrown).toBeNull()
      expect(replies.length + events.length).toBeGreaterThan(0)
      expect(replies.filter((reply) => reply.failure === 'no reply')).toEqual([])
    },
  )
})
